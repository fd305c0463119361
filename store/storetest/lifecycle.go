package storetest

import (
	"bytes"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

var retentionPromises = []promise{
	{"OldEventsGoAndTheRestStays", func(e *env) {
		old := views("v", 50)
		e.append(shop, old...)
		e.append(other, old...)
		head, err := e.Head(e.ctx, shop)
		e.must(err)
		e.reopen() // all is checkpointed
		e.clock.advance(5 * 24 * time.Hour)
		recent := views("w", 50)
		e.append(shop, recent...)
		e.clock.advance(6 * 24 * time.Hour)
		e.append(shop, view("w", 99))
		e.wantEachOnce(shop, append(recent, view("w", 99)))
		for range 2 {
			p, err := e.Profile(e.ctx, shop, "v")
			if err != nil || p.Events != 50 {
				e.Errorf("profile %+v, %v; want it to outlive its events", p, err)
			}
			if got, err := e.Head(e.ctx, other); err != nil || got <= head {
				e.Errorf("head %d, %v of a site whose events are gone", got, err)
			}
			e.reopen()
		}
		e.clock.advance(11 * 24 * time.Hour)
		if ack := e.append(shop, view("x", 1))[0]; ack.Seq <= head+101 {
			e.Errorf("number %d was given out before", ack.Seq)
		}
	}},
	{"FollowFromBeforeItStartsAtTheOldest", func(e *env) {
		e.append(shop, views("v", 10)...)
		e.reopen()
		e.clock.advance(11 * 24 * time.Hour)
		ack := e.append(shop, view("w", 1))[0]
		f := e.follow(e.ctx, shop, 3, 1)
		<-f.end
		if len(f.got) != 1 || f.got[0].Seq != ack.Seq {
			e.Errorf("followed %+v, want %d alone", f.got, ack.Seq)
		}
	}},
	{"FollowWithAllGoneWaitsForWhatComes", func(e *env) {
		e.append(shop, views("v", 10)...)
		e.reopen()
		e.clock.advance(11 * 24 * time.Hour)
		e.append(other, view("w", 1))
		f := e.follow(e.ctx, shop, 0, 1)
		ack := e.append(shop, view("w", 1))[0]
		<-f.end
		if len(f.got) != 1 || f.got[0].Seq != ack.Seq {
			e.Errorf("followed %+v, want %d alone", f.got, ack.Seq)
		}
	}},
	{"OldDecisionsGo", func(e *env) {
		if !e.RecordDecision(shop, richDecision("01")) {
			e.Fatal("refused")
		}
		e.reopen()
		e.clock.advance(4 * 24 * time.Hour)
		_, err := e.Decision(e.ctx, shop, "01")
		e.must(err)
		e.clock.advance(2 * 24 * time.Hour)
		for range 2 {
			_, err = e.Decision(e.ctx, shop, "01")
			e.wantError(err, store.ErrNotFound)
			e.append(shop, view("v", 1))
			e.reopen()
		}
	}},
}

var lifecyclePromises = []promise{
	{"CloseMayBeCalledAgain", func(e *env) {
		s := e.Store
		e.close()
		for range 2 {
			e.must(s.Close())
		}
	}},
	{"AfterCloseEverythingIsErrClosed", func(e *env) {
		e.fill(shop)
		s := e.Store
		e.close()
		nothing := func(io.Reader) error { return nil }
		for name, call := range map[string]func() error{
			"Append":        func() error { _, err := s.Append(e.ctx, shop, views("v", 1)); return err },
			"Follow":        func() error { return s.Follow(e.ctx, shop, 0, func([]store.Entry) error { return nil }) },
			"Head":          func() error { _, err := s.Head(e.ctx, shop); return err },
			"Profile":       func() error { _, err := s.Profile(e.ctx, shop, "v"); return err },
			"CreateSite":    func() error { _, err := s.CreateSite(e.ctx, scoring.Site{ID: "new"}); return err },
			"Sites":         func() error { _, err := s.Sites(e.ctx); return err },
			"DeleteSite":    func() error { return s.DeleteSite(e.ctx, shop) },
			"Product":       func() error { _, err := s.Product(e.ctx, shop, "p"); return err },
			"EachProduct":   func() error { return s.EachProduct(e.ctx, shop, "", func(scoring.Product) bool { return true }) },
			"PutProducts":   func() error { _, err := s.PutProducts(e.ctx, shop, products(1)); return err },
			"DeleteProduct": func() error { _, err := s.DeleteProducts(e.ctx, shop, []scoring.ProductID{"p"}); return err },
			"Placements":    func() error { _, err := s.Placements(e.ctx, shop); return err },
			"PutPlacement":  func() error { _, err := s.PutPlacement(e.ctx, shop, scoring.Placement{ID: "p"}); return err },
			"DelPlacement":  func() error { return s.DeletePlacement(e.ctx, shop, "home") },
			"Decision":      func() error { _, err := s.Decision(e.ctx, shop, "d"); return err },
			"SaveSnapshot":  func() error { return s.SaveSnapshot(e.ctx, shop, "m", 0, func(io.Writer) error { return nil }) },
			"LoadSnapshot":  func() error { _, err := s.LoadSnapshot(e.ctx, shop, "model", nothing); return err },
			"Secret":        func() error { _, err := s.Secret(e.ctx, "s", 8); return err },
			"Check":         func() error { return s.Check(e.ctx) },
		} {
			if err := call(); err == nil {
				e.Errorf("%s worked", name)
			} else {
				e.wantError(err, store.ErrClosed)
			}
		}
		if s.RecordDecision(shop, richDecision("01")) {
			e.Error("RecordDecision worked")
		}
	}},
	{"CloseKeepsWhatWasAcknowledgedMeanwhile", func(e *env) {
		var acknowledged, decided sync.Map
		var count atomic.Int64
		enough := make(chan struct{})
		var wg sync.WaitGroup
		for i := range 8 {
			who := scoring.VisitorID(fmt.Sprint("v", i))
			wg.Go(func() {
				for n := 0; ; n++ {
					v := view(who, n)
					if _, err := e.Append(e.ctx, shop, []scoring.Event{v}); err != nil {
						e.wantError(err, store.ErrClosed)
						return
					}
					acknowledged.Store(v.ID, true)
					if d := richDecision(scoring.DecisionID(v.ID)); e.RecordDecision(shop, d) {
						decided.Store(d.ID, true)
					}
					if count.Add(1) == 100 {
						close(enough)
					}
				}
			})
		}
		<-enough
		e.must(e.Close())
		wg.Wait()
		e.open = false
		e.reopen()
		stored := make(map[scoring.EventID]int)
		for _, entry := range e.journal(shop) {
			stored[entry.Event.ID]++
		}
		acknowledged.Range(func(id, _ any) bool {
			if n := stored[id.(scoring.EventID)]; n != 1 {
				e.Errorf("acknowledged event %s is there %d times", id, n)
			}
			return true
		})
		decided.Range(func(id, _ any) bool {
			if _, err := e.Decision(e.ctx, shop, id.(scoring.DecisionID)); err != nil {
				e.Errorf("decision %s was taken: %v", id, err)
			}
			return true
		})
		e.wantProfilesOfJournal(shop)
	}},
	{"CheckMayRunWhileOthersWrite", func(e *env) {
		inParallel(4, func(i int) {
			for n := range 30 {
				switch i {
				case 0:
					if n%10 == 0 {
						if err := e.Check(e.ctx); err != nil {
							e.Error(err)
						}
					}
				case 1:
					if _, err := e.PutProducts(e.ctx, shop, products(3)); err != nil {
						e.Error(err)
					}
				default:
					e.RecordDecision(shop, richDecision(scoring.DecisionID(fmt.Sprint(i, "-", n))))
					if _, err := e.Append(e.ctx, shop, []scoring.Event{view("v", 30*i+n)}); err != nil {
						e.Error(err)
					}
				}
			}
		})
	}},
	{"ASecretIsTheSameInEveryRun", func(e *env) {
		secret := func(name string, n int) []byte {
			b, err := e.Secret(e.ctx, name, n)
			e.must(err)
			if len(b) != n {
				e.Errorf("%d bytes, want %d", len(b), n)
			}
			return b
		}
		a, b := secret("a", 32), secret("b", 32)
		if bytes.Equal(a, b) || bytes.Equal(a, make([]byte, 32)) {
			e.Errorf("secrets %x and %x", a, b)
		}
		for range 2 {
			if again := secret("a", 32); !bytes.Equal(again, a) {
				e.Errorf("secret %x became %x", a, again)
			}
			e.reopen()
		}
	}},
}
