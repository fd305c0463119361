package delivery

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/scoring"
)

// book is a ledger with a campaign, and the journal that led to it.
type book struct {
	l       *Ledger
	f       Flight
	journal []scoring.Event
	tokens  uint64
}

func newBook(c scoring.Campaign) *book {
	c.ID = "c"
	return &book{l: New(), f: Flight{Campaign: &c}}
}

func (b *book) learn(e scoring.Event) {
	b.journal = append(b.journal, e)
	b.l.Learn(&e)
}

// hand hands out a creative, if there is room, and returns its token.
func (b *book) hand(now time.Time) (token uint64, ok bool) {
	token = b.tokens + 1
	terms, ok := b.l.Hold(b.f, token, 1, now)
	if ok {
		b.tokens++
		b.learn(served(token, terms, now))
	}
	return token, ok
}

func served(token uint64, terms *scoring.Terms, now time.Time) scoring.Event {
	return scoring.Event{Type: scoring.CreativeServed, Time: now, Served: []scoring.Served{{Campaign: "c", Token: token, Terms: terms}}}
}

func (b *book) tell(kind scoring.EventType, token uint64, now time.Time) {
	b.learn(scoring.Event{Type: kind, Time: now, Ad: &scoring.AdShown{Campaign: "c", Token: token}})
}

// again is what a start makes of the journal: from a snapshot after so many events.
func (b *book) again(t interface{ Fatal(...any) }, saved int) *Ledger {
	first, l := New(), New()
	for i := range b.journal[:saved] {
		first.Learn(&b.journal[i])
	}
	if rest, err := l.Restore(first.AppendTo(nil)); err != nil || len(rest) > 0 {
		t.Fatal("restore: ", err, len(rest))
	}
	for i := range b.journal[saved:] {
		l.Learn(&b.journal[saved+i])
	}
	return l
}

func perClick(cents int64) *scoring.Bid {
	return &scoring.Bid{Charge: scoring.ChargeClick, Amount: scoring.Money{Nanos: cents * euro / 100}}
}

func TestOutcomesAreCountedAndCharged(t *testing.T) {
	b := newBook(scoring.Campaign{Budget: &scoring.Money{Nanos: euro}, Bid: perClick(40)})
	for range 4 {
		token, _ := b.hand(monday)
		b.tell(scoring.CreativeViewed, token, monday)
		b.tell(scoring.CreativeViewed, token, monday) // told twice
		b.tell(scoring.CreativeClicked, token, monday)
		b.tell(scoring.CreativeClicked, token, monday)
	}
	b.tell(scoring.CreativeClicked, 99, monday) // of one that is not known any more
	b.tell(scoring.OrderCompleted, 1, monday)
	b.tell(scoring.OrderCompleted, 2, monday)
	b.tell(scoring.OrderRefunded, 2, monday)
	b.tell(scoring.OrderRefunded, 2, monday)
	// 0.40, 0.40, and what is left: 0.20. The third ends it, so that the fourth is
	// not handed out: what is told of token 4 is of nothing that anybody counted.
	want := Counts{HandedOut: 3, Impressions: 5, Clicks: 5, Conversions: 1, Spent: euro}
	got := b.l.Standing(b.f, monday)
	if got.Counts != want || !got.Full || got.Done != 1 {
		t.Errorf("got %+v, want %+v and full", got, want)
	}
}

// A thousandth of 5.00 is charged for an impression, and an order that is undone is
// given back.
func TestCharges(t *testing.T) {
	b := newBook(scoring.Campaign{Bid: &scoring.Bid{Charge: scoring.ChargeThousandImpressions, Amount: scoring.Money{Nanos: 5 * euro}}, Goal: &scoring.Goal{Metric: scoring.MetricImpressions, Amount: 10}})
	token, _ := b.hand(monday)
	b.tell(scoring.CreativeViewed, token, monday)
	if got := b.l.Standing(b.f, monday).Spent; got != 5*euro/1000 {
		t.Errorf("an impression costs %d", got)
	}
	b = newBook(scoring.Campaign{Bid: &scoring.Bid{Charge: scoring.ChargeConversion, Amount: scoring.Money{Nanos: 5 * euro}}, Goal: &scoring.Goal{Metric: scoring.MetricConversions, Amount: 10}})
	token, _ = b.hand(monday)
	b.tell(scoring.OrderCompleted, token, monday)
	if got := b.l.Standing(b.f, monday); got.Spent != 5*euro || got.Done != 0.1 {
		t.Errorf("an order costs %d, %v done", got.Spent, got.Done)
	}
	b.tell(scoring.OrderCancelled, token, monday)
	if got := b.l.Standing(b.f, monday); got.Spent != 0 || got.Done != 0 {
		t.Errorf("an order that was cancelled costs %d, %v done", got.Spent, got.Done)
	}
}

func TestHoldsThatAreDroppedAreFree(t *testing.T) {
	b := newBook(scoring.Campaign{Goal: &scoring.Goal{Metric: scoring.MetricImpressions, Amount: 1}})
	if _, ok := b.l.Hold(b.f, 1, 1, monday); !ok {
		t.Fatal("no room for the first")
	}
	if _, ok := b.l.Hold(b.f, 2, 1, monday); ok {
		t.Fatal("room for a second")
	}
	b.l.Drop(1)
	if _, ok := b.l.Hold(b.f, 2, 1, monday); !ok {
		t.Error("no room after the first was dropped")
	}
	if _, ok := b.l.Hold(b.f, 3, 1, monday.Add(24*time.Hour)); ok {
		t.Error("what is held was let go of by itself")
	}
}

// What a click costs on average is reserved, and not all of it: a campaign that pays by
// the click must not stand still until it knows.
func TestClicksReserveWhatTheyCostOnAverage(t *testing.T) {
	b := newBook(scoring.Campaign{Budget: &scoring.Money{Nanos: euro}, Bid: perClick(100)})
	n := 0
	for {
		if _, ok := b.hand(monday); !ok {
			break
		}
		n++
	}
	// One of 100 is clicked as far as is known: a hundred fit.
	if n != 100 {
		t.Errorf("%d fit", n)
	}
}

func TestCampaignsThatWereDeletedAreForgotten(t *testing.T) {
	b := newBook(scoring.Campaign{Goal: &scoring.Goal{Metric: scoring.MetricImpressions, Amount: 2}})
	b.hand(monday)
	b.learn(scoring.Event{Type: scoring.CampaignDeleted, Time: monday, Control: &scoring.Control{Campaign: "c"}})
	if b.l.Knows("c") || len(b.l.handed) != 0 || len(b.l.byToken) != 0 {
		t.Errorf("got %+v", b.l)
	}
}

// Whatever comes in whatever order, with decisions that fail and starts from a snapshot
// in between: what is charged never exceeds the budget, what is handed out and may still
// count never the goal, and a start finds the very same state.
func TestBudgetsAreNeverExceeded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		charge := rapid.SampledFrom([]scoring.Charge{scoring.ChargeThousandImpressions, scoring.ChargeClick, scoring.ChargeConversion}).Draw(t, "charge")
		price := rapid.Int64Range(1, 50).Draw(t, "price")
		c := scoring.Campaign{
			Bid:    &scoring.Bid{Charge: charge, Amount: scoring.Money{Nanos: price * 1000 * 1000}},
			Budget: &scoring.Money{Nanos: rapid.Int64Range(price*1000*1000, 100*1000*1000).Draw(t, "budget")},
		}
		if rapid.Bool().Draw(t, "goal") {
			c.Goal = &scoring.Goal{Metric: scoring.MetricImpressions, Amount: rapid.Int64Range(1, 30).Draw(t, "amount")}
		}
		if rapid.Bool().Draw(t, "ends") {
			c.End = monday.Add(24 * time.Hour)
		}
		b := newBook(c)
		now := monday
		waiting := map[uint64]*scoring.Terms{} // held, not in the journal
		late := false                          // something was seen after its window
		given := map[uint64]time.Time{}
		saved := 0
		for range rapid.IntRange(1, 120).Draw(t, "steps") {
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0, 1, 2: // a decision that is still under way
				b.tokens++
				if terms, ok := b.l.Hold(b.f, b.tokens, 1, now); ok {
					waiting[b.tokens] = terms
				}
			case 3, 4: // reaches the journal, or fails
				for token, terms := range waiting {
					if rapid.Bool().Draw(t, "fails") {
						b.l.Drop(token)
					} else {
						b.learn(served(token, terms, now))
						given[token] = now
					}
					delete(waiting, token)
					break
				}
			case 5, 6, 7:
				if b.tokens == 0 {
					continue
				}
				token := rapid.Uint64Range(1, b.tokens).Draw(t, "token")
				if at, ok := given[token]; ok {
					kind := rapid.SampledFrom([]scoring.EventType{scoring.CreativeViewed, scoring.CreativeClicked, scoring.OrderCompleted, scoring.OrderRefunded}).Draw(t, "kind")
					late = late || now.Sub(at) > Window-time.Minute
					b.tell(kind, token, now)
				}
			case 8:
				now = now.Add(time.Duration(rapid.IntRange(1, 400).Draw(t, "seconds")) * time.Second)
			case 9: // killed: what was held is gone, and so are its decisions
				clear(waiting)
				l := b.again(t, rapid.IntRange(saved, len(b.journal)).Draw(t, "saved"))
				for token := range b.l.holds {
					b.l.Drop(token)
				}
				if got, want := l.AppendTo(nil), b.l.AppendTo(nil); !bytes.Equal(got, want) {
					t.Fatalf("a start finds another state: %d and %d bytes", len(got), len(want))
				}
				b.l = l
			}
			s := b.l.Standing(b.f, now)
			if s.Spent > c.Budget.Nanos || s.Spent < 0 {
				t.Fatalf("%d spent of %d", s.Spent, c.Budget.Nanos)
			}
			if c.Goal != nil && !late && s.Impressions > c.Goal.Amount {
				t.Fatalf("%d impressions, and the goal is %d", s.Impressions, c.Goal.Amount)
			}
			for i, r := range b.l.accounts["c"].all() {
				if r.number < 0 || r.share < 0 || r.cost < 0 {
					t.Fatalf("minute %d: %+v is reserved", i, r)
				}
			}
		}
	})
}

// all are the account's reservations.
func (a *account) all() (list []reserved) {
	if a != nil {
		list = append(a.open[:len(a.open):len(a.open)], a.held)
	}
	return list
}

func TestRestoreRefusesWhatIsDamaged(t *testing.T) {
	b := newBook(scoring.Campaign{Goal: &scoring.Goal{Metric: scoring.MetricClicks, Amount: 5}, End: monday.Add(time.Hour)})
	for range 3 {
		b.hand(monday)
	}
	whole := b.l.AppendTo(nil)
	empty := New().AppendTo(nil)
	for n := range len(whole) {
		l := New()
		if _, err := l.Restore(whole[:n]); err == nil {
			t.Fatalf("%d of %d bytes were taken", n, len(whole))
		}
		if !reflect.DeepEqual(l.AppendTo(nil), empty) {
			t.Fatalf("after %d bytes something is left", n)
		}
	}
}

// BenchmarkPart is what a decision asks of each campaign, with goal, budget and day
// parts.
func BenchmarkPart(b *testing.B) {
	for _, parts := range [][]scoring.DayPart{nil, office} {
		b.Run(fmt.Sprintf("dayparts=%d", len(parts)), func(b *testing.B) {
			x := newBook(scoring.Campaign{
				Goal: &scoring.Goal{Metric: scoring.MetricClicks, Amount: 1e6}, Bid: perClick(1), Budget: &scoring.Money{Nanos: 1e6 * euro},
				Start: monday, End: monday.Add(30 * 24 * time.Hour),
			})
			if parts != nil {
				x.f.Hours = workHours
			}
			x.hand(monday)
			now := monday.Add(50 * time.Hour)
			b.ReportAllocs()
			for b.Loop() {
				x.l.Part(x.f, now)
			}
		})
	}
}
