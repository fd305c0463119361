package boltstore

import (
	"sync"

	"github.com/vitrine-io/vitrine/store"
)

// tailMax bounds the entries of one site that stay in memory for followers.
// About 500 bytes each; a learner that falls further behind reads the file.
const tailMax = 16_384

// feed tells the followers of one site what was committed. While nobody follows
// it keeps no entries.
type feed struct {
	mu        sync.Mutex
	head      store.Seq // the last durable event
	followers int
	tail      [][]store.Entry // recent entries, in order
	tailLen   int
	tailAfter store.Seq     // the tail has every entry after this one
	grown     chan struct{} // closed at the next commit; nil while nobody waits
}

// publish adds entries that have become durable. They must not change any more.
func (f *feed) publish(entries []store.Entry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.head = entries[len(entries)-1].Seq
	if f.followers == 0 {
		return
	}
	f.tail = append(f.tail, entries)
	f.tailLen += len(entries)
	for f.tailLen > tailMax && len(f.tail) > 1 {
		first := f.tail[0]
		f.tail[0] = nil
		f.tail = f.tail[1:]
		f.tailLen -= len(first)
		f.tailAfter = first[len(first)-1].Seq
	}
	if f.grown != nil {
		close(f.grown)
		f.grown = nil
	}
}

func (f *feed) join() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.followers++
	if f.followers == 1 {
		f.tailAfter = f.head
	}
}

func (f *feed) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.followers--
	if f.followers == 0 {
		f.tail, f.tailLen = nil, 0
	}
}

// after appends to buf the entries after seq that are in memory, at most about
// most. behind is true when the next entry is only in the file. When there are
// none yet, wait is closed once there are.
func (f *feed) after(seq store.Seq, most int, buf []store.Entry) (entries []store.Entry, behind bool, wait <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if seq >= f.head {
		if f.grown == nil {
			f.grown = make(chan struct{})
		}
		return buf, false, f.grown
	}
	if seq < f.tailAfter {
		return buf, true, nil
	}
	// The follower is near the end: look from there.
	first := len(f.tail)
	for first > 0 && f.tail[first-1][len(f.tail[first-1])-1].Seq > seq {
		first--
	}
	for _, chunk := range f.tail[first:] {
		for i := range chunk {
			if chunk[i].Seq > seq {
				buf = append(buf, chunk[i])
			}
		}
		if len(buf) >= most {
			break
		}
	}
	return buf, false, nil
}

// last is the number of the last durable event.
func (f *feed) last() store.Seq {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.head
}
