package contact

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/vitrine-io/vitrine/scoring"
)

// ErrCorrupt is returned by Decode for bytes that are no log.
var ErrCorrupt = errors.New("corrupt log of contacts")

// Append appends the log: a single 0 when it is empty. Numbers are varints, keys
// four bytes, times seconds before the base:
//
//	base + 1, missing [base] + 1 or 0,
//	things:   count, { creative, campaign, advertiser, keep, clicked, dismissed [base] + 1 or 0 }
//	contacts: count, { thing, channel, times, seconds after the one before }, oldest first,
//	          the first after { seconds before the base }
func (l *Log) Append(b []byte) []byte {
	if l.Empty() {
		return append(b, 0)
	}
	base := l.base()
	since := func(second int64) {
		if second == 0 {
			b = append(b, 0)
		} else {
			b = binary.AppendUvarint(b, uint64(base-second)+1)
		}
	}
	b = binary.AppendUvarint(b, uint64(base)+1)
	since(l.missing)
	b = binary.AppendUvarint(b, uint64(len(l.things)))
	for k := range l.things {
		t := &l.things[k]
		for _, key := range []Key{t.creative, t.campaign, t.advertiser} {
			b = binary.LittleEndian.AppendUint32(b, uint32(key))
		}
		b = binary.AppendUvarint(b, uint64(t.keep))
		since(t.clicked)
		since(t.dismissed)
	}
	b = binary.AppendUvarint(b, uint64(len(l.contacts)))
	if len(l.contacts) == 0 {
		return b
	}
	last := l.contacts[0].at
	b = binary.AppendUvarint(b, uint64(base-last))
	for k := range l.contacts {
		c := &l.contacts[k]
		b = binary.AppendUvarint(b, uint64(c.thing))
		b = append(b, byte(c.channel))
		b = binary.AppendUvarint(b, uint64(c.times))
		b = binary.AppendUvarint(b, uint64(c.at-last))
		last = c.at
	}
	return b
}

// base is the latest time in the log.
func (l *Log) base() int64 {
	base := max(l.missing, 0)
	for k := range l.things {
		base = max(base, l.things[k].clicked, l.things[k].dismissed)
	}
	if n := len(l.contacts); n > 0 {
		base = max(base, l.contacts[n-1].at)
	}
	return base
}

func (l *Log) size() int {
	var buf [2 * MaxBytes]byte
	return len(l.Append(buf[:0]))
}

// Decode reads a log and returns what follows it.
func Decode(b []byte) (Log, []byte, error) {
	r := reader{b: b}
	l := r.log()
	if r.failed {
		return Log{}, nil, ErrCorrupt
	}
	return l, r.b, nil
}

type reader struct {
	b      []byte
	failed bool
}

func (r *reader) log() (l Log) {
	base := r.uint(math.MaxInt32 << 8) // far beyond any year that matters
	if base == 0 {
		return l
	}
	base--
	since := func() int64 {
		if before := r.uint(base + 1); before > 0 {
			return base - before + 1
		}
		return 0
	}
	l.missing = since()
	n := r.uint(int64(len(r.b)) / 15)
	for range n {
		t := thing{creative: r.key(), campaign: r.key(), advertiser: r.key()}
		t.keep = r.uint(int64(scoring.MaxCapWindow.Minutes()))
		t.clicked, t.dismissed = since(), since()
		l.things = append(l.things, t)
	}
	count := r.uint(int64(len(r.b)) / 4)
	if count == 0 {
		return l
	}
	at := base - r.uint(base)
	for range count {
		c := contact{thing: int(r.uint(n - 1)), channel: r.channel(), times: r.uint(math.MaxInt32)}
		at += r.uint(base - at)
		c.at = at
		l.contacts = append(l.contacts, c)
	}
	return l
}

func (r *reader) uint(most int64) int64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || most < 0 || v > uint64(most) {
		r.failed, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return int64(v)
}

func (r *reader) key() Key {
	if len(r.b) < 4 {
		r.failed, r.b = true, nil
		return 0
	}
	k := Key(binary.LittleEndian.Uint32(r.b))
	r.b = r.b[4:]
	return k
}

func (r *reader) channel() scoring.Channel {
	if len(r.b) == 0 || r.b[0] > byte(scoring.ChannelCallCenter) {
		r.failed, r.b = true, nil
		return 0
	}
	c := scoring.Channel(r.b[0])
	r.b = r.b[1:]
	return c
}
