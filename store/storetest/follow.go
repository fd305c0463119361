package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// follower collects what Follow gives until it has n entries.
type follower struct {
	got []store.Entry
	err error
	end chan struct{}
}

// follow begins to follow in the background.
func (e *env) follow(ctx context.Context, site scoring.SiteID, after store.Seq, n int) *follower {
	f := &follower{end: make(chan struct{})}
	go func() {
		defer close(f.end)
		f.err = e.Follow(ctx, site, after, func(entries []store.Entry) error {
			f.got = append(f.got, entries...)
			if len(f.got) >= n {
				return errEnough
			}
			return nil
		})
	}()
	return f
}

func (e *env) wantFollowed(f *follower, want []store.Entry) {
	e.Helper()
	<-f.end
	if len(f.got) != len(want) {
		e.Fatalf("followed %d entries, want %d (%v)", len(f.got), len(want), f.err)
	}
	for i := range want {
		if f.got[i].Seq != want[i].Seq || f.got[i].Event.ID != want[i].Event.ID {
			e.Fatalf("entry %d is %d %q, want %d %q", i, f.got[i].Seq, f.got[i].Event.ID, want[i].Seq, want[i].Event.ID)
		}
	}
}

var followPromises = []promise{
	{"BeginsAfterSeq", func(e *env) {
		e.append(other, views("w", 3)...)
		acks := e.append(shop, views("v", 10)...)
		e.append(other, views("x", 3)...)
		all := e.journal(shop)
		for range 2 {
			for i := range acks {
				f := e.follow(e.ctx, shop, acks[i].Seq-1, 10-i)
				e.wantFollowed(f, all[i:])
			}
			e.reopen()
		}
	}},
	{"GoesOnWithNewOnes", func(e *env) {
		f := e.follow(e.ctx, shop, 0, 30)
		for i := range 30 {
			e.append(shop, view("v", i))
			e.append(other, view("v", i))
		}
		e.wantFollowed(f, e.journal(shop))
	}},
	{"IsCompleteWhileOthersWrite", func(e *env) {
		const writers, each, followers = 8, 400, 4
		events := make([]*follower, followers)
		for i := range events {
			events[i] = e.follow(e.ctx, shop, 0, writers*each)
		}
		inParallel(writers, func(i int) {
			all := views(scoring.VisitorID(fmt.Sprint("v", i)), each)
			for len(all) > 0 {
				n := min(len(all), 1+len(all)%7)
				if _, err := e.Append(e.ctx, shop, all[:n]); err != nil {
					e.Error(err)
				}
				all = all[n:]
			}
		})
		all := e.journal(shop)
		for _, f := range events {
			e.wantFollowed(f, all)
		}
	}},
	{"ASlowFollowerMissesNothing", func(e *env) {
		const total = 40_000
		release := make(chan struct{})
		var got []store.Entry
		var wg sync.WaitGroup
		wg.Go(func() {
			err := e.Follow(e.ctx, shop, 0, func(entries []store.Entry) error {
				<-release
				got = append(got, entries...)
				if len(got) == total {
					return errEnough
				}
				return nil
			})
			e.wantError(err, errEnough)
		})
		events := views("v", total)
		for i := 0; i < total; i += 500 {
			e.append(shop, events[i:i+500]...)
		}
		close(release)
		wg.Wait()
		for i := range got {
			if got[i].Event.ID != events[i].ID {
				e.Fatalf("entry %d is %q", i, got[i].Event.ID)
			}
		}
	}},
	{"EndsWithTheContextAndReturnsNil", func(e *env) {
		e.append(shop, view("v", 1))
		ctx, cancel := context.WithCancel(e.ctx)
		f := e.follow(ctx, shop, 0, 2)
		cancel()
		<-f.end
		if f.err != nil {
			e.Errorf("error %v", f.err)
		}
	}},
	{"ReturnsTheErrorOfFn", func(e *env) {
		e.append(shop, view("v", 1))
		mine := errors.New("mine")
		err := e.Follow(e.ctx, shop, 0, func([]store.Entry) error { return mine })
		e.wantError(err, mine)
	}},
	{"FailsWithErrNotFoundOnceTheSiteIsDeleted", func(e *env) {
		e.append(shop, view("v", 1))
		seen := make(chan struct{})
		var once sync.Once
		var wg sync.WaitGroup
		wg.Go(func() {
			err := e.Follow(e.ctx, shop, 0, func([]store.Entry) error {
				once.Do(func() { close(seen) })
				return nil
			})
			e.wantError(err, store.ErrNotFound)
		})
		<-seen
		e.must(e.DeleteSite(e.ctx, shop))
		wg.Wait()
	}},
	{"EndsWhenTheStoreCloses", func(e *env) {
		f := e.follow(e.ctx, shop, 0, 1)
		e.close()
		<-f.end
		e.wantError(f.err, store.ErrClosed)
	}},
	{"AfterTheHeadWaitsForWhatComes", func(e *env) {
		e.append(shop, views("v", 5)...)
		head, err := e.Head(e.ctx, shop)
		e.must(err)
		f := e.follow(e.ctx, shop, head, 1)
		ack := e.append(shop, view("v", 6))[0]
		<-f.end
		if len(f.got) != 1 || f.got[0].Seq != ack.Seq {
			e.Errorf("followed %v, want %d", f.got, ack.Seq)
		}
	}},
}
