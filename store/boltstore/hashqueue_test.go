package boltstore

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A hashQueue has the hashes that were added and not taken out at either end, whatever its
// numbers have run up to.
func TestHashQueueIsAQueueOfItsOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := hashQueue{first: rapid.SampledFrom([]uint32{0, queueNumbers - 3, queueNumbers - 1}).Draw(t, "first")}
		var want []uint64
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.SampledFrom([]string{"add", "add", "many", "oldest", "newest"}).Draw(t, "step") {
			case "add":
				hash := rapid.Uint64Range(0, 40).Draw(t, "hash")
				if fresh := q.add(hash); fresh == slices.Contains(want, hash) {
					t.Fatalf("%x: new is %v", hash, fresh)
				} else if fresh {
					want = append(want, hash)
				}
			case "many":
				next := uint64(1000)
				if len(want) > 0 {
					next += slices.Max(want)
				}
				for range rapid.SampledFrom([]int{10, queueBlock - 1, queueBlock, 3 * queueBlock}).Draw(t, "n") {
					if next++; !q.add(next) {
						t.Fatalf("%x is not new", next)
					}
					want = append(want, next)
				}
			case "oldest":
				n := rapid.IntRange(0, len(want)).Draw(t, "n")
				q.dropOldest(n)
				want = want[n:]
			case "newest":
				n := rapid.IntRange(0, len(want)).Draw(t, "n")
				q.dropNewest(n)
				want = want[:len(want)-n]
			}
		}
		if q.size() != len(want) {
			t.Fatalf("has %d, want %d", q.size(), len(want))
		}
		for _, hash := range want {
			if !q.has(hash) {
				t.Fatalf("%x is missing", hash)
			}
		}
		for hash := range uint64(41) {
			if q.has(hash) != slices.Contains(want, hash) {
				t.Fatalf("%x: %v", hash, q.has(hash))
			}
		}
	})
}

// What has gone leaves no memory behind, however many have come and gone.
func TestHashQueueForgets(t *testing.T) {
	var q hashQueue
	for hash := range uint64(500_000) {
		if !q.add(hash) {
			t.Fatalf("%d is not new", hash)
		}
		if hash >= 10_000 {
			q.dropOldest(1)
		}
	}
	slots := 0
	for _, p := range q.index {
		slots += len(p.slots)
	}
	if slots > 30_000 || len(q.blocks) > 10_000/queueBlock+2 {
		t.Errorf("%d slots and %d blocks for %d hashes", slots, len(q.blocks), q.size())
	}
	for hash := range uint64(500_000) {
		if q.has(hash) != (hash >= 490_000) {
			t.Fatalf("%d: %v", hash, q.has(hash))
		}
	}
}
