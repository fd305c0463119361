package visitor

import "sync/atomic"

// tip lets a list that only grows at its end share one array between its versions, so
// that the next one costs no copy: each sees the elements that were there, and what is
// behind them is the next one's. It knows the last element of the newest version. Only
// who takes it may write behind that; a version that is not the newest, or that another
// goroutine goes on from at the same moment, is copied instead.
type tip[T any] struct{ last atomic.Pointer[T] }

// take reports whether the room behind the list is its taker's. It is until leave.
func (t *tip[T]) take(list []T) bool {
	return t != nil && len(list) > 0 && t.last.CompareAndSwap(&list[len(list)-1], nil)
}

// leave has list be the newest version.
func (t *tip[T]) leave(list []T) {
	if len(list) > 0 {
		t.last.Store(&list[len(list)-1])
	}
}

// behind returns list, whose room is its own, with more of them behind it: in the same
// array if it has room, else in one with some for those to come.
func behind[T any](list []T, more ...T) []T {
	if n := len(list) + len(more); n > cap(list) {
		next := make([]T, len(list), n+n/4)
		copy(next, list)
		list = next
	}
	return append(list, more...)
}
