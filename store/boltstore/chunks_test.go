package boltstore

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/store"
)

func TestChunks(t *testing.T) {
	var cs chunks
	for _, c := range []chunk{3, 3, 4, 9} {
		cs = cs.add(c, 0)
	}
	if got, want := cs.ascending(), []chunkRange{{3, 4}, {9, 9}}; !slices.Equal(got, want) {
		t.Errorf("after 3, 4 and 9: %v, want %v", got, want)
	}
	if len(cs) != 4 {
		t.Errorf("two ranges take %d bytes, want 4", len(cs))
	}
	if got, want := cs.since(4).ascending(), []chunkRange{{4, 4}, {9, 9}}; !slices.Equal(got, want) {
		t.Errorf("since 4: %v, want %v", got, want)
	}
	if got, want := cs.add(20, 10).ascending(), []chunkRange{{20, 20}}; !slices.Equal(got, want) {
		t.Errorf("20 added when all before 10 are gone: %v, want %v", got, want)
	}
	if got, want := allUpTo(10_000).ascending(), []chunkRange{{0, 2}}; !slices.Equal(got, want) { // 10,000 / 4,096 = 2.4
		t.Errorf("all up to number 10,000: %v, want %v", got, want)
	}
}

// TestChunksNeverMissAny is the law that an erasure rests on.
func TestChunksNeverMissAny(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var cs chunks
		c, oldest := chunk(0), chunk(0)
		had := map[chunk]bool{}
		for range rapid.IntRange(0, 200).Draw(t, "steps") {
			c += chunk(rapid.IntRange(0, 300).Draw(t, "ahead"))
			if rapid.IntRange(0, 20).Draw(t, "drop") == 0 {
				oldest = min(c, oldest+chunk(rapid.IntRange(0, 500).Draw(t, "dropped")))
			}
			cs = cs.add(c, oldest)
			had[c] = true
		}
		ranges := cs.ascending()
		if len(ranges) > maxChunkRanges {
			t.Fatalf("%d ranges", len(ranges))
		}
		for c := range had {
			if c >= oldest && !slices.ContainsFunc(ranges, func(r chunkRange) bool { return r.from <= c && c <= r.to }) {
				t.Fatalf("%d is in none of %v", c, ranges)
			}
		}
		for i := 1; i < len(ranges); i++ {
			if ranges[i-1].to+1 >= ranges[i].from {
				t.Fatalf("%v touch", ranges)
			}
		}
		if len(ranges) > 0 && ranges[len(ranges)-1].to != c {
			t.Fatalf("%v does not end with %d", ranges, c)
		}
		again, err := parseChunks([]byte(cs), c.first())
		if err != nil || again != cs {
			t.Fatalf("read again: %x, %v; want %x", again, err, cs)
		}
		if kept := cs.since(oldest); kept.since(oldest) != kept {
			t.Fatalf("since %d twice: %v", oldest, kept.ascending())
		}
	})
}

func FuzzChunks(f *testing.F) {
	f.Add([]byte{5, 1, 0, 2}, uint64(100_000))
	f.Fuzz(func(t *testing.T, b []byte, seq uint64) {
		cs, err := parseChunks(b, store.Seq(seq))
		if err != nil {
			if !errors.Is(err, store.ErrCorrupt) {
				t.Fatal(err)
			}
			return
		}
		next := chunkOf(store.Seq(seq)) + 1
		for r := range cs.each {
			if r.from > r.to || r.to >= next {
				t.Fatalf("%v", cs.ascending())
			}
			next = r.from
		}
	})
}
