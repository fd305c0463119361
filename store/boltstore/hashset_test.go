package boltstore

import (
	"testing"

	"pgregory.net/rapid"
)

// A hashSet is a set, whichever of its hashes want the same place.
func TestHashSetIsASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s hashSet
		want := map[uint64]bool{}
		// Hashes that differ in their upper half alone want one place; from 1020 on they
		// want the last ones, and go on at the first.
		hashes := rapid.Custom(func(t *rapid.T) uint64 {
			return rapid.Uint64Range(0, 40).Draw(t, "upper")<<32 | rapid.SampledFrom([]uint64{0, 1, 2, 1020, 1022, 1023}).Draw(t, "lower")
		})
		for range rapid.IntRange(1, 400).Draw(t, "steps") {
			hash := hashes.Draw(t, "hash")
			if rapid.IntRange(0, 2).Draw(t, "remove") == 0 {
				s.remove(hash)
				delete(want, hash)
				continue
			}
			if fresh := s.add(hash); fresh == want[hash] {
				t.Fatalf("%x: new is %v", hash, fresh)
			}
			want[hash] = true
		}
		if s.size() != len(want) {
			t.Fatalf("has %d, want %d", s.size(), len(want))
		}
		for hash := range want {
			if !s.has(hash) {
				t.Fatalf("%x is missing", hash)
			}
		}
	})
}

func TestHashSetGrows(t *testing.T) {
	var s hashSet
	for h := range uint64(100_000) {
		s.add(h * 0x9e3779b97f4a7c15)
	}
	for h := range uint64(50_000) {
		s.remove(h * 0x9e3779b97f4a7c15)
	}
	for h := range uint64(100_000) {
		if fresh := s.add(h * 0x9e3779b97f4a7c15); fresh != (h < 50_000) {
			t.Fatalf("%d: new is %v", h, fresh)
		}
	}
}
