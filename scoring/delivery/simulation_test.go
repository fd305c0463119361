package delivery

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/pacing"
)

// monday is when the simulations begin.
var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

const euro = 1_000_000_000

// simulated is a campaign in a simulation.
type simulated struct {
	name  string
	c     scoring.Campaign
	fits  float64 // the part of the visitors that it is for
	click float64
	order float64 // of a click
	want  float64 // of its goal, or of its budget

	ahead, behind float64 // of plan at most, at full hours
}

// flight is the campaign as the ledger sees it.
func (s *simulated) flight() Flight {
	f := Flight{Campaign: &s.c}
	if len(s.c.DayParts) > 0 {
		f.Hours = workHours
	}
	return f
}

// wave is the traffic at a time, as a part of the average: nights are quiet, evenings
// busy, weekends a third busier.
func wave(at time.Time) float64 {
	w := 1 + 0.8*math.Sin(2*math.Pi*(float64(at.Hour())+float64(at.Minute())/60-11)/24)
	if at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
		w *= 1.3
	}
	return w
}

// simulate plays days of decisions, so many in an average minute, through the ledger as
// a server would: held, in the journal, seen by most within a minute, clicked by some.
// There is a spike of five times the traffic in one hour, and an outage of two hours.
// Before the campaigns begin it watches the traffic for so many days.
//
// The ledger is told the time by a clock that is wrong by as much as wrong says.
func simulate(t *testing.T, l *Ledger, campaigns []simulated, watched, days int, perMinute float64, wrong func(minute int) time.Duration) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	type later struct {
		kind scoring.EventType
		ad   scoring.AdShown
	}
	due := map[int][]later{} // by minute
	token := uint64(0)
	for minute := -watched * 24 * 60; minute < days*24*60; minute++ {
		right := monday.Add(time.Duration(minute) * time.Minute)
		at := right.Add(wrong(minute))
		for _, d := range due[minute] {
			ad := d.ad
			l.Learn(&scoring.Event{Type: d.kind, Time: at, Ad: &ad})
		}
		delete(due, minute)
		if minute%60 == 0 {
			for i := range campaigns {
				s := &campaigns[i]
				if now := l.Standing(s.flight(), at); at.After(s.c.Start) && !at.After(s.c.End) {
					s.ahead, s.behind = max(s.ahead, now.Done-now.Planned), max(s.behind, now.Planned-now.Done)
				}
			}
		}
		rate := perMinute * wave(right)
		if hours := minute / 60; hours == 50 {
			rate *= 5
		} else if hours == 100 || hours == 101 {
			continue
		}
		n := int(rate)
		if rng.Float64() < rate-float64(n) {
			n++
		}
		for k := range n {
			now := at.Add(time.Duration(k) * time.Minute / time.Duration(n))
			l.Learn(&scoring.Event{Type: scoring.PageViewed, Time: now})
			// Campaigns come in turn, and a slot goes to the first that takes part.
			for i := range campaigns {
				s := &campaigns[(k+i)%len(campaigns)]
				f := s.flight()
				if now.Before(s.c.Start) || !now.Before(s.c.End) || rng.Float64() >= s.fits ||
					f.Hours != nil && !s.c.DayParts[0].Has(now) {
					continue
				}
				part, full := l.Part(f, now)
				if full || rng.Float64() >= part {
					continue
				}
				token++
				terms, ok := l.Hold(f, token, part, now)
				if !ok {
					t.Fatalf("%s: no room for what was not full", s.name)
				}
				l.Learn(&scoring.Event{Type: scoring.CreativeServed, Time: now, Served: []scoring.Served{{Campaign: s.c.ID, Token: token, Terms: terms}}})
				ad := scoring.AdShown{Campaign: s.c.ID, Token: token}
				if rng.Float64() < 0.1 {
					break // scrolled past
				}
				due[minute+1] = append(due[minute+1], later{kind: scoring.CreativeViewed, ad: ad})
				if rng.Float64() < s.click {
					due[minute+2] = append(due[minute+2], later{kind: scoring.CreativeClicked, ad: ad})
					if rng.Float64() < s.order {
						m := minute + 3 + rng.IntN(120)
						due[m] = append(due[m], later{kind: scoring.OrderCompleted, ad: ad})
					}
				}
				break
			}
		}
	}
}

var office = []scoring.DayPart{{Days: 1<<time.Monday | 1<<time.Tuesday | 1<<time.Wednesday | 1<<time.Thursday | 1<<time.Friday, Start: 9 * 60, End: 17 * 60}}
var workHours = pacing.HoursOf(office)

func flight(from, to int, c scoring.Campaign) scoring.Campaign {
	c.ID = scoring.CampaignID(fmt.Sprint(from, to, c.Goal, c.Bid, c.Budget, len(c.DayParts)))
	c.Start, c.End = monday.Add(time.Duration(from)*time.Hour), monday.Add(time.Duration(to)*time.Hour)
	return c
}

// Daily and weekly waves, a spike, an outage: each campaign ends within 2 % of its goal,
// and none above it.
func TestDeliveryEndsAtItsGoal(t *testing.T) {
	goal := func(m scoring.Metric, n int64) *scoring.Goal { return &scoring.Goal{Metric: m, Amount: n} }
	bid := func(c scoring.Charge, nanos int64) *scoring.Bid {
		return &scoring.Bid{Charge: c, Amount: scoring.Money{Nanos: nanos}}
	}
	campaigns := []simulated{
		{name: "20,000 impressions in a week", fits: 1, want: 20_000,
			c: flight(0, 168, scoring.Campaign{Goal: goal(scoring.MetricImpressions, 20_000)})},
		{name: "5,000 impressions, one visitor in ten", fits: 0.1, want: 5_000,
			c: flight(24, 240, scoring.Campaign{Goal: goal(scoring.MetricImpressions, 5_000)})},
		{name: "5,000 impressions in office hours", fits: 0.5, want: 5_000,
			c: flight(0, 336, scoring.Campaign{Goal: goal(scoring.MetricImpressions, 5_000), DayParts: office})},
		{name: "600 clicks in ten days", fits: 0.7, click: 0.03, want: 600,
			c: flight(12, 252, scoring.Campaign{Goal: goal(scoring.MetricClicks, 600)})},
		{name: "100 conversions in two weeks", fits: 1, click: 0.05, order: 0.1, want: 100,
			c: flight(0, 336, scoring.Campaign{Goal: goal(scoring.MetricConversions, 100)})},
		{name: "50 euros, 4 for a thousand impressions", fits: 0.6, want: 50,
			c: flight(0, 168, scoring.Campaign{Budget: &scoring.Money{Nanos: 50 * euro}, Bid: bid(scoring.ChargeThousandImpressions, 4*euro)})},
		{name: "200 euros, 40 cents a click", fits: 0.6, click: 0.02, want: 200,
			c: flight(48, 336, scoring.Campaign{Goal: goal(scoring.MetricSpend, 0), Budget: &scoring.Money{Nanos: 200 * euro}, Bid: bid(scoring.ChargeClick, euro*4/10)})},
		{name: "2,000 impressions in a day with the outage", fits: 1, want: 2_000,
			c: flight(90, 114, scoring.Campaign{Goal: goal(scoring.MetricImpressions, 2_000)})},
		{name: "1,500 impressions in a day with the spike", fits: 1, want: 1_500,
			c: flight(40, 64, scoring.Campaign{Goal: goal(scoring.MetricImpressions, 1_500)})},
	}
	for _, watched := range []int{0, 14} {
		l := New()
		simulate(t, l, campaigns, watched, 14, 12, func(int) time.Duration { return 0 })
		t.Logf("%d days of traffic known before", watched)
		for i := range campaigns {
			s := &campaigns[i]
			got := l.Standing(s.flight(), s.c.End)
			done := float64(got.Spent) / euro
			if s.c.Goal != nil && s.c.Goal.Metric != scoring.MetricSpend {
				done = float64(*got.of(s.c.Goal.Metric))
			}
			t.Logf("%-42s %9.2f of %5.0f  %6.2f %%  on the way +%.1f -%.1f %%", s.name, done, s.want, 100*done/s.want, 100*s.ahead, 100*s.behind)
			most := 0.0
			if s.order > 0 {
				most = 0.02 // orders come hours after the click: later than is waited for
			}
			if off := done/s.want - 1; off < -0.02 || off > most {
				t.Errorf("%s: %.2f of %.0f, want 98 to %g %%", s.name, done, s.want, 100+100*most)
			}
			// The spike is a tenth of a day, and the outage as much.
			if even := 0.10 + most*5; s.ahead > even || s.behind > even {
				t.Errorf("%s: on the way +%.3f -%.3f of its plan, want within %.2f", s.name, s.ahead, s.behind, even)
			}
			s.ahead, s.behind = 0, 0
		}
	}
}

// A clock that is set hours ahead and back for some hours each has no campaign go beyond
// its goal or budget, and those that still run when it is right again make up for it.
func TestDeliveryRecoversFromAClockThatLeaps(t *testing.T) {
	leaps := map[int]time.Duration{ // by hour, for three hours each
		20: 6 * time.Hour, 44: -5 * time.Hour, 70: 11 * time.Hour, 93: -9 * time.Hour, 120: 30 * time.Hour,
	}
	wrong := func(minute int) time.Duration {
		hour := minute / 60
		for from, by := range leaps {
			if hour >= from && hour < from+3 {
				return by
			}
		}
		return 0
	}
	campaigns := []simulated{
		{name: "20,000 impressions in ten days", fits: 1, want: 20_000,
			c: flight(0, 240, scoring.Campaign{Goal: &scoring.Goal{Metric: scoring.MetricImpressions, Amount: 20_000}})},
		{name: "2,000 impressions in two days", fits: 1, want: 2_000,
			c: flight(30, 78, scoring.Campaign{Goal: &scoring.Goal{Metric: scoring.MetricImpressions, Amount: 2_000}})},
		{name: "50 euros, 4 for a thousand impressions", fits: 0.6, want: 50,
			c: flight(0, 240, scoring.Campaign{Budget: &scoring.Money{Nanos: 50 * euro}, Bid: &scoring.Bid{Charge: scoring.ChargeThousandImpressions, Amount: scoring.Money{Nanos: 4 * euro}}})},
	}
	for _, watched := range []int{0, 14} {
		l := New()
		simulate(t, l, campaigns, watched, 14, 12, wrong)
		for i := range campaigns {
			s := &campaigns[i]
			got := l.Standing(s.flight(), s.c.End)
			done := float64(got.Spent) / euro
			if s.c.Goal != nil {
				done = float64(*got.of(s.c.Goal.Metric))
			}
			t.Logf("%d days known: %-42s %9.2f of %5.0f", watched, s.name, done, s.want)
			if done > s.want || done < 0.97*s.want {
				t.Errorf("%s: %.2f of %.0f, want 97 to 100 %%", s.name, done, s.want)
			}
			s.ahead, s.behind = 0, 0
		}
	}
}
