package boltstore

import (
	"sync"

	"github.com/vitrine-io/vitrine/store"
)

// tailMax bounds the entries of one site that stay in memory for followers.
// About 500 bytes each; a learner that falls further behind reads the file.
const tailMax = 16_384

// feed tells the followers of one site what was committed. It keeps entries in
// memory only until every follower has had them.
type feed struct {
	mu        sync.Mutex
	head      store.Seq // the last durable event
	followers map[*follower]struct{}
	tail      [][]store.Entry // recent entries, in order
	tailLen   int
	tailAfter store.Seq     // the tail has every entry after this one
	grown     chan struct{} // closed at the next commit; nil while nobody waits
}

// follower is how far one call of Follow has got. Its feed guards it.
type follower struct{ after store.Seq }

// publish adds entries that have become durable. They must not change any more.
func (f *feed) publish(entries []store.Entry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.head = entries[len(entries)-1].Seq
	if len(f.followers) == 0 {
		return
	}
	f.tail = append(f.tail, entries)
	f.tailLen += len(entries)
	for f.tailLen > tailMax && len(f.tail) > 1 {
		f.dropFirst()
	}
	if f.grown != nil {
		close(f.grown)
		f.grown = nil
	}
}

// dropFirst forgets the oldest entries of the tail.
func (f *feed) dropFirst() {
	first := f.tail[0]
	f.tail[0] = nil
	f.tail = f.tail[1:]
	f.tailLen -= len(first)
	f.tailAfter = first[len(first)-1].Seq
}

// join adds a follower that wants what comes after seq.
func (f *feed) join(seq store.Seq) *follower {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.followers) == 0 {
		f.followers = make(map[*follower]struct{})
		f.tailAfter = f.head
	}
	who := &follower{after: seq}
	f.followers[who] = struct{}{}
	return who
}

func (f *feed) leave(who *follower) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.followers, who)
	f.trim()
}

// trim forgets what every follower has had.
func (f *feed) trim() {
	had := f.head
	for who := range f.followers {
		had = min(had, who.after)
	}
	for len(f.tail) > 0 && f.tail[0][len(f.tail[0])-1].Seq <= had {
		f.dropFirst()
	}
}

// next appends to buf the entries after seq that are in memory, at most about
// most. behind is true when the next entry is only in the file. When there are
// none yet, wait is closed once there are. It tells the feed that who has had
// everything up to seq.
func (f *feed) next(who *follower, seq store.Seq, most int, buf []store.Entry) (entries []store.Entry, behind bool, wait <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	who.after = seq
	f.trim()
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
