package model

import "sync/atomic"

// growing is an array by number whose elements never move: the learner grows
// it, and readers see what was grown.
type growing[T any] struct {
	dir atomic.Pointer[[]*[growBy]T]
}

const (
	growBits = 9
	growBy   = 1 << growBits
)

func (g *growing[T]) reset() { g.dir.Store(nil) }

// at returns element i, grown if need be. For the learner alone.
func (g *growing[T]) at(i uint32) *T {
	if x := g.peek(i); x != nil {
		return x
	}
	var dir []*[growBy]T
	if old := g.dir.Load(); old != nil {
		dir = append(dir, *old...)
	}
	for len(dir) <= int(i>>growBits) {
		dir = append(dir, nil)
	}
	dir[i>>growBits] = new([growBy]T)
	g.dir.Store(&dir)
	return &dir[i>>growBits][i%growBy]
}

// peek returns element i, or nil if nothing near it was ever grown.
func (g *growing[T]) peek(i uint32) *T {
	dir := g.dir.Load()
	if dir == nil || int(i>>growBits) >= len(*dir) || (*dir)[i>>growBits] == nil {
		return nil
	}
	return &(*dir)[i>>growBits][i%growBy]
}

// span is one more than the highest number that may have been grown.
func (g *growing[T]) span() uint32 {
	if dir := g.dir.Load(); dir != nil {
		return uint32(len(*dir)) << growBits
	}
	return 0
}
