package intentlog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/intent"
	"github.com/vitrine-io/vitrine/scoring/logit"
	"github.com/vitrine-io/vitrine/scoring/model"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

const (
	// within is what is predicted: an order within it.
	within = 30 * 24 * time.Hour
	// every is how often all visitors are judged.
	every = 7 * 24 * time.Hour
)

// Options say how to measure.
type Options struct {
	Mapping    *records.Mapping // of the files; nil: they need none
	Part       float64          // of the time of the log that is judged, at its end
	Validation bool             // judge the part before that instead, as if it did not exist
	Seed       uint64           // of the intervals
	Display    *progress.Display
}

// Result is what was found.
type Result struct {
	Events   int       `json:"events"`
	Visitors int       `json:"visitors"`
	From     time.Time `json:"from"` // of what is judged
	To       time.Time `json:"to"`   // of what is judged; what follows tells the outcomes
	Judged   []Judged  `json:"judged"`
}

// Judged is how well it was told at one kind of moments who buys.
type Judged struct {
	When  string  `json:"when"`
	Times int     `json:"times"` // how often it was told
	Rate  float64 `json:"rate"`  // how often they bought
	By    []Told  `json:"by"`    // the model, then the baselines
	// Ahead is how far the model's AUC is above that of the best baseline.
	Ahead Estimate `json:"ahead"`
}

// moment is one at which the next order is predicted.
type moment struct {
	who scoring.VisitorID
	at  time.Time
	yes bool
	p   [3]float64 // by the model and the baselines
}

// baselines predict from one thing each, in enough forms to follow whatever curve.
var baselines = []struct {
	name string
	x    func(b *buyer, now time.Time) []float64
}{
	{"recency alone", func(b *buyer, now time.Time) []float64 { return spread(b.days(now)) }},
	{"frequency alone", func(b *buyer, _ time.Time) []float64 {
		n := float64(b.orders)
		return []float64{1, min(n, 1), math.Log1p(n), 1 / (1 + n), n / (10 + n)}
	}},
}

// spread are forms of an age in days; infinite for never.
func spread(days float64) []float64 {
	x := []float64{1, 0, 0, 0, 0, 0, 0}
	if math.IsInf(days, 0) {
		return x
	}
	x[1], x[2] = 1, math.Log1p(days)/5
	for k, halfLife := range []float64{7, 20, 60, 180} {
		x[3+k] = math.Exp2(-days / halfLife)
	}
	return x
}

// buyer is what the baselines know of a visitor: all of it, while a profile is bounded.
type buyer struct {
	profile      *visitor.Profile
	orders       int       // times they went shopping
	last, before time.Time // the last two
	shopping     bool      // the last one is now: recency is what it was before
}

func (b *buyer) days(now time.Time) float64 {
	last := b.last
	if b.shopping {
		last = b.before
	}
	if last.IsZero() {
		return math.Inf(1)
	}
	return now.Sub(last).Hours() / 24
}

// replay plays a log in the order of its times, and predicts on the way.
type replay struct {
	events []scoring.Event
	model  *model.Model
	buyers map[scoring.VisitorID]*buyer
	names  []scoring.VisitorID // of buyers, in the order they came
	next   map[scoring.VisitorID][]time.Time
	kinds  [2]kind
	from   time.Time // judged from here
	to     time.Time // and up to here
	end    time.Time
}

// kind is a kind of moments.
type kind struct {
	name    string
	learned []*logit.Regression // of the baselines
	open    []example           // that the baselines have not learned from yet
	judged  []moment
}

// example is what a baseline learns from once its outcome is known.
type example struct {
	at  time.Time
	x   [][]float64
	yes bool
}

// Run reads the files and measures.
func Run(ctx context.Context, files []string, stdin io.Reader, o Options) (*Result, error) {
	products := catalog.New()
	events, err := read(ctx, files, stdin, o.Mapping, products)
	if err != nil {
		return nil, err
	}
	if len(events) == 0 {
		return nil, errors.New("there are no events")
	}
	start, end := events[0].Time, events[len(events)-1].Time
	part := time.Duration(o.Part * float64(end.Sub(start)))
	if o.Validation {
		end = end.Add(-part)
		events = events[:sortedBefore(events, end)]
	}
	r := &replay{
		events: events, model: model.New(products), buyers: map[scoring.VisitorID]*buyer{}, next: history(events),
		kinds: [2]kind{{name: "after an order"}, {name: "every week, of all who ever bought"}},
		from:  end.Add(-part), to: end.Add(-within), end: end,
	}
	if !r.from.Before(r.to) {
		return nil, fmt.Errorf("the log spans %.0f days: the part that is judged must be longer than the 30 days in which orders are awaited", end.Sub(start).Hours()/24)
	}
	if err := r.play(ctx, o.Display); err != nil {
		return nil, err
	}
	result := &Result{Events: len(events), Visitors: len(r.names), From: r.from.UTC(), To: r.to.UTC()}
	for k := range r.kinds {
		if len(r.kinds[k].judged) == 0 {
			return nil, errors.New("nobody is to be judged: are there orders in the part at the end?")
		}
		result.Judged = append(result.Judged, judge(r.kinds[k].name, r.kinds[k].judged, o.Seed))
	}
	return result, nil
}

func sortedBefore(events []scoring.Event, end time.Time) int {
	n, _ := slices.BinarySearchFunc(events, end, func(e scoring.Event, t time.Time) int { return e.Time.Compare(t) })
	return n
}

// history is when each visitor went shopping: orders within half a day are one.
func history(events []scoring.Event) map[scoring.VisitorID][]time.Time {
	all := map[scoring.VisitorID][]time.Time{}
	for i := range events {
		e := &events[i]
		if e.Type != scoring.OrderCompleted {
			continue
		}
		list := all[e.Visitor]
		if n := len(list); n == 0 || e.Time.Sub(list[n-1]) >= visitor.Occasion {
			all[e.Visitor] = append(list, e.Time)
		}
	}
	return all
}

// play goes through the events as a server does: each is told to the model with what is
// known of its visitor, and then to the profile.
func (r *replay) play(ctx context.Context, display *progress.Display) error {
	phase := display.Phase("replay", "events")
	defer phase.End()
	for k := range r.kinds {
		for _, b := range baselines {
			n := len(b.x(&buyer{}, time.Time{}))
			deviation := make([]float64, n)
			for i := range deviation {
				deviation[i] = 2
			}
			r.kinds[k].learned = append(r.kinds[k].learned, logit.NewRegression(make([]float64, n), deviation, 4*365*24*time.Hour))
		}
	}
	week := r.events[0].Time.Add(every)
	for i := range r.events {
		e := &r.events[i]
		for !week.After(e.Time) {
			for _, who := range r.names {
				if b := r.buyers[who]; b.orders > 0 {
					r.predict(&r.kinds[1], who, b, week)
				}
			}
			week = week.Add(every)
		}
		b := r.buyers[e.Visitor]
		if b == nil {
			b = &buyer{}
			r.buyers[e.Visitor] = b
			r.names = append(r.names, e.Visitor)
		}
		if b.profile == nil || intent.Begins(b.profile.LastSeen, e) {
			facts := intent.Of(visitor.Apply(b.profile, e), e.Time)
			e.Visit = &scoring.Visit{Intent: facts.Pack()}
		}
		b.profile = visitor.Apply(b.profile, e)
		if e.Type == scoring.OrderCompleted && (b.last.IsZero() || e.Time.Sub(b.last) >= visitor.Occasion) {
			b.orders, b.before, b.last = b.orders+1, b.last, e.Time
			b.shopping = true
			r.predict(&r.kinds[0], e.Visitor, b, e.Time)
			b.shopping = false
		}
		r.model.Learn(e)
		if i%1000 == 0 {
			phase.Set(int64(i), int64(i), int64(len(r.events)))
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	return nil
}

// predict predicts at a moment whether a visitor buys within 30 days, as far as that is
// known then, and keeps it to be judged if the moment is one of the part judged.
func (r *replay) predict(k *kind, who scoring.VisitorID, b *buyer, now time.Time) {
	if now.After(r.to) {
		return
	}
	for len(k.open) > 0 && !now.Before(k.open[0].at.Add(within)) {
		for i, l := range k.learned {
			l.Learn(k.open[0].x[i], k.open[0].yes, now.UnixMilli())
		}
		k.open = k.open[1:]
	}
	next := r.next[who]
	n, _ := slices.BinarySearchFunc(next, now, func(a, b time.Time) int {
		if a.After(b) {
			return 1
		}
		return -1
	})
	m := moment{who: who, at: now, yes: n < len(next) && next[n].Sub(now) <= within}
	var x [][]float64
	for i, base := range baselines {
		x = append(x, base.x(b, now))
		m.p[1+i] = logit.P(k.learned[i].Logit(x[i]))
	}
	k.open = append(k.open, example{now, x, m.yes})
	if now.Before(r.from) {
		return
	}
	facts := intent.Of(b.profile, now)
	m.p[0] = r.model.Intent().Probabilities(&facts)[intent.Month]
	k.judged = append(k.judged, m)
}
