package boltstore

import (
	"encoding/binary"
	"fmt"

	"github.com/vitrine-io/vitrine/store"
)

// chunk is a part of the journal: 4,096 numbers. To look through one costs a quarter
// of a millisecond.
type chunk uint64

const chunkBits = 12

func chunkOf(seq store.Seq) chunk { return chunk(seq >> chunkBits) }

// first and last are the numbers that the chunk begins and ends with.
func (c chunk) first() store.Seq { return store.Seq(c) << chunkBits }
func (c chunk) last() store.Seq  { return (c + 1).first() - 1 }

// chunks are the parts of the journal that a visitor has events in, so that nobody
// has to look for them anywhere else. They are kept packed and are never changed:
// ranges of chunks, the newest first, each two varints. The first of them is, of
// the newest, its last chunk, of each older one the chunks that lie between it and
// the one before; the second is its length less one. Empty: none.
//
// There are never more than maxChunkRanges: beyond that the two with the least
// between them are joined. Chunks may then be named that the visitor has nothing
// in; those that they have something in are never missed.
type chunks string

const maxChunkRanges = 64

// chunkRange is a run of chunks, both ends in it.
type chunkRange struct{ from, to chunk }

// allUpTo are all chunks up to that of seq: those of a visitor whose record does not
// tell.
func allUpTo(seq store.Seq) chunks {
	return packChunks([]chunkRange{{0, chunkOf(seq)}})
}

// add is cs with the chunk, which is not older than any in it, and without those
// before oldest.
func (cs chunks) add(c, oldest chunk) chunks {
	if last, ok := cs.newest(); ok && c <= last {
		return cs
	}
	var buf [maxChunkRanges + 1]chunkRange
	ranges := append(buf[:0], chunkRange{c, c})
	for r := range cs.each {
		if r.to < oldest {
			break
		}
		r.from = max(r.from, oldest)
		if newer := &ranges[len(ranges)-1]; r.to+1 == newer.from {
			newer.from = r.from
			continue
		}
		ranges = append(ranges, r)
	}
	if len(ranges) > maxChunkRanges {
		ranges = joinNearest(ranges)
	}
	return packChunks(ranges)
}

// since is cs without the chunks before oldest.
func (cs chunks) since(oldest chunk) chunks {
	var kept []chunkRange
	for r := range cs.each {
		if r.to >= oldest {
			kept = append(kept, chunkRange{max(r.from, oldest), r.to})
		}
	}
	return packChunks(kept)
}

// joinNearest joins the two neighbours that the fewest chunks lie between, of
// several the oldest.
func joinNearest(ranges []chunkRange) []chunkRange {
	best := 1
	for i := 1; i < len(ranges); i++ {
		if ranges[i-1].from-ranges[i].to <= ranges[best-1].from-ranges[best].to {
			best = i
		}
	}
	ranges[best-1].from = ranges[best].from
	return append(ranges[:best], ranges[best+1:]...)
}

// newest is the last chunk; ok is false when there is none.
func (cs chunks) newest() (last chunk, ok bool) {
	v, n := varintOf(string(cs))
	return chunk(v), n > 0
}

// have reports whether the chunk is among them.
func (cs chunks) have(c chunk) bool {
	for r := range cs.each {
		if r.from <= c && c <= r.to {
			return true
		}
	}
	return false
}

// each yields the ranges, the newest first.
func (cs chunks) each(yield func(chunkRange) bool) {
	rest, before := string(cs), chunk(0)
	for first := true; rest != ""; first = false {
		v, n := varintOf(rest)
		length, m := varintOf(rest[n:])
		rest = rest[n+m:]
		to := chunk(v)
		if !first {
			to = before - 1 - to
		}
		before = to - chunk(length)
		if !yield(chunkRange{before, to}) {
			return
		}
	}
}

// ascending are the ranges, the oldest first.
func (cs chunks) ascending() []chunkRange {
	var ranges []chunkRange
	for r := range cs.each {
		ranges = append(ranges, r)
	}
	for i, j := 0, len(ranges)-1; i < j; i, j = i+1, j-1 {
		ranges[i], ranges[j] = ranges[j], ranges[i]
	}
	return ranges
}

// packChunks packs ranges that stand in falling order and do not touch.
func packChunks(ranges []chunkRange) chunks {
	var buf [2 * maxChunkRanges * 4]byte
	b, before := buf[:0], chunk(0)
	for i, r := range ranges {
		at := r.to
		if i > 0 {
			at = before - 1 - r.to
		}
		b = binary.AppendUvarint(b, uint64(at))
		b = binary.AppendUvarint(b, uint64(r.to-r.from))
		before = r.from
	}
	return chunks(b)
}

// parseChunks verifies packed chunks of which none is after that of seq.
func parseChunks(b []byte, seq store.Seq) (chunks, error) {
	bad := fmt.Errorf("parts of the journal: %w", store.ErrCorrupt)
	to := uint64(chunkOf(seq)) // what the next range ends with at the latest
	for n, rest := 0, b; len(rest) > 0; n++ {
		at, used := binary.Uvarint(rest)
		if used <= 0 || at > to || n == maxChunkRanges {
			return "", bad
		}
		if to -= at; n == 0 {
			to = at
		}
		length, more := binary.Uvarint(rest[used:])
		if more <= 0 || length > to {
			return "", bad
		}
		rest = rest[used+more:]
		if to -= length; len(rest) > 0 {
			if to == 0 {
				return "", bad
			}
			to--
		}
	}
	return chunks(b), nil
}

// varintOf is binary.Uvarint of a string.
func varintOf(s string) (v uint64, n int) {
	for shift := uint(0); n < len(s); shift += 7 {
		c := s[n]
		n++
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return v, n
		}
	}
	return 0, 0
}
