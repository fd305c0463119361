package intent

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/vitrine-io/vitrine/scoring/logit"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// Within is what a probability of an order is meant for.
var Within = [windows]time.Duration{7 * day, 30 * day}

const windows = 2

// The windows in Within.
const (
	Week = iota
	Month
)

// DefaultMaxSamples bounds what a Learner waits for: 15 MB.
const DefaultMaxSamples = 1 << 17

// Learner learns how likely visitors are to buy, from what was known of them when visits
// of theirs began and from the orders that came or did not. A sample waits until its
// window is over, and counts then, whatever became of it: had orders counted at once,
// they would be ahead of what does not happen.
//
// Who stays away says nothing, so samples are also taken of them, of what was known when
// they were last here, older by a week and then by a month each time, up to half a year.
//
// It is a deterministic fold of what it is told, in that order. It is for one goroutine
// at a time; Reading may be called beside it.
type Learner struct {
	most   int
	models [windows]*logit.Regression
	// trust corrects the model's logits by how well they did: one weight for 1 and one
	// for the logit (Platt, 1999), learned from predictions made before their outcome
	// was known.
	trust [windows]*logit.Regression

	latest int64 // Unix milliseconds
	// Samples by number, from first to next, in the order of their times. Those before
	// due[w] have counted for that window.
	ring        []sample
	first, next uint64
	due         [windows]uint64
	last        map[uint64]uint64 // of a visitor, their latest sample

	// One visitor in 2^rare is learned from, which last changed at changed.
	rare    uint8
	changed int64

	reading atomic.Pointer[Reading]
}

// sample is what was known of a visitor at a time.
type sample struct {
	visitor uint64 // hash; 0: erased
	at      int64  // Unix milliseconds
	before  uint64 // the visitor's sample before it, if it is still there
	order   int64  // when they bought next; 0: not yet
	bought  uint64 // a hash of that order's id; 0: it has none
	months  int8   // how long they had been silent; 0: a visit, -1: a week
	shopped bool   // the visit began with an order
	facts   Facts
}

// silences is for how many months who stays away is still learned from.
const silences = 6

// NewLearner returns one that has learned nothing. It waits for that many samples at
// most; when there are more, it learns from every other visitor, and so on.
func NewLearner(maxSamples int) *Learner {
	l := &Learner{most: max(2, maxSamples)}
	l.Reset()
	return l
}

// Reset forgets everything.
func (l *Learner) Reset() {
	for w := range windows {
		mean, deviation := make([]float64, len(features)), make([]float64, len(features))
		for k := range features {
			mean[k], deviation[k] = features[k].prior[w], weightDeviation
		}
		deviation[0] = alwaysDeviation
		l.models[w] = logit.NewRegression(mean, deviation, drift)
		l.trust[w] = logit.NewRegression([]float64{0, 1}, []float64{trustDeviation, trustDeviation}, trustDrift)
	}
	l.latest, l.first, l.next, l.due = math.MinInt64, 0, 0, [windows]uint64{}
	l.ring, l.last = nil, map[uint64]uint64{}
	l.rare, l.changed = 0, math.MinInt64
	l.publish()
}

// What is thought of the weights before anything is known: shops sell bread or beds, so
// how often is bought differs by a factor of 4.5 to either side (the logit by 1.5), and
// what else counts by one of 2.
const (
	alwaysDeviation = 1.5
	weightDeviation = 0.7
	trustDeviation  = 0.3
)

// How fast what is known of weights ages: shops change over years, and how much is bought
// in all of them goes with the season.
const (
	drift      = 4 * 365 * day
	trustDrift = 120 * day
)

// Reading is what a Learner knows at a time. It is never changed.
type Reading struct {
	weights [windows][len(features)]float64
	trust   [windows][2]float64
}

// Reading is what the learner knows now, for any goroutine.
func (l *Learner) Reading() *Reading { return l.reading.Load() }

func (l *Learner) publish() {
	r := &Reading{}
	for w := range windows {
		copy(r.weights[w][:], l.models[w].Weights())
		copy(r.trust[w][:], l.trust[w].Weights())
	}
	l.reading.Store(r)
}

// Probabilities are those of an order within each of Within.
func (r *Reading) Probabilities(f *Facts) (p [windows]float64) {
	x := f.vector()
	for w := range windows {
		z := logit.Dot(r.weights[w][:], x[:])
		p[w] = logit.P(r.trust[w][0] + max(0, r.trust[w][1])*z)
	}
	p[0] = min(p[0], p[1]) // who buys within a week does so within a month
	return p
}

func (l *Learner) at(n uint64) *sample { return &l.ring[n%uint64(len(l.ring))] }

// Visited tells what is known of a visitor at the beginning of a visit, with the first
// thing they did in it: an order, or anything else. One that is told more than a day
// late teaches nothing.
func (l *Learner) Visited(visitor uint64, f *Facts, shopped bool, at time.Time) {
	l.Advance(at)
	if visitor != 0 && l.latest-at.UnixMilli() <= day.Milliseconds() {
		l.add(sample{visitor: visitor, at: l.latest, shopped: shopped, facts: *f})
	}
}

// add takes in a sample of now.
func (l *Learner) add(s sample) {
	if s.visitor&(1<<l.rare-1) != 0 {
		return
	}
	if int(l.next-l.first) >= l.most { //nolint:gosec // at most that many
		l.thin()
		if s.visitor&(1<<l.rare-1) != 0 {
			return
		}
	}
	l.makeRoom()
	s.before = math.MaxUint64
	if n, ok := l.last[s.visitor]; ok {
		s.before = n
	}
	*l.at(l.next) = s
	l.last[s.visitor] = l.next
	l.next++
}

// makeRoom makes room for one more in the ring.
func (l *Learner) makeRoom() {
	if int(l.next-l.first) < len(l.ring) { //nolint:gosec // at most as many
		return
	}
	grown := make([]sample, min(l.most, max(64, 2*len(l.ring))))
	for n := l.first; n < l.next; n++ {
		grown[n%uint64(len(grown))] = *l.at(n)
	}
	l.ring = grown
}

// chain is how many samples of a visitor an order is told to, the latest.
const chain = 64

// Ordered tells that a visitor bought. order is a hash of the order's id, or 0. A visit
// that began with an order is answered by the next time they go shopping, and not by
// the rest of the same.
func (l *Learner) Ordered(who, order uint64, at time.Time) {
	l.Advance(at)
	ms := at.UnixMilli()
	n, ok := l.last[who]
	for k := 0; ok && k < chain && n >= l.first && n < l.next; k++ {
		s := l.at(n)
		if since := ms - s.at; s.order == 0 && since >= 0 && !(s.shopped && since < visitor.Occasion.Milliseconds()) {
			s.order, s.bought = ms, order
		}
		n = s.before
	}
}

// Undone tells that an order came to nothing: what waits is as if it had not been.
func (l *Learner) Undone(who, order uint64, at time.Time) {
	l.Advance(at)
	if order == 0 {
		return
	}
	n, ok := l.last[who]
	for k := 0; ok && k < chain && n >= l.first && n < l.next; k++ {
		s := l.at(n)
		if s.bought == order {
			s.order, s.bought = 0, 0
		}
		n = s.before
	}
}

// Advance tells the time: samples whose windows are over count, and who has been silent
// since is sampled again. A time before the latest is that one.
func (l *Learner) Advance(now time.Time) {
	if now.UnixMilli() <= l.latest {
		return
	}
	l.latest = now.UnixMilli()
	changed := false
	for w, at := l.soonest(); at <= l.latest; w, at = l.soonest() {
		l.judge(w, at)
		changed = true
	}
	if changed {
		l.publish()
	}
	if l.rare > 0 && l.latest-l.changed >= Within[windows-1].Milliseconds() && int(l.next-l.first) < l.most/4 { //nolint:gosec // at most l.most
		l.rare--
		l.changed = l.latest
	}
}

// soonest is the window whose next sample is the first to count, and when.
func (l *Learner) soonest() (w int, at int64) {
	at = math.MaxInt64
	for k := range windows {
		if l.due[k] < l.next {
			if due := l.at(l.due[k]).at + Within[k].Milliseconds(); due < at {
				w, at = k, due
			}
		}
	}
	return w, at
}

// judge counts the sample that has waited longest for a window, which ends then.
func (l *Learner) judge(w int, end int64) {
	n := l.due[w]
	s := *l.at(n)
	l.due[w]++
	latest := s.visitor != 0 && l.last[s.visitor] == n
	if w == windows-1 {
		if latest {
			delete(l.last, s.visitor)
		}
		*l.at(n) = sample{}
		l.first++
	}
	if s.visitor == 0 {
		return
	}
	yes := s.order != 0 && s.order-s.at <= Within[w].Milliseconds()
	x := s.facts.vector()
	l.trust[w].Learn([]float64{1, l.models[w].Logit(x[:])}, yes, end)
	l.models[w].Learn(x[:], yes, end)
	if latest {
		l.silent(&s, w, end)
	}
}

// silent samples a visitor anew who has not been here since: a week after a visit, and
// then each month.
func (l *Learner) silent(s *sample, w int, now int64) {
	again := *s
	switch {
	case w == 0 && s.months == 0:
		again.months = -1
	case w == windows-1 && s.months < silences:
		again.months = max(1, s.months+1)
	default:
		return
	}
	again.at, again.order, again.bought, again.shopped = now, 0, 0, false
	again.facts = s.facts.After(Within[w])
	l.add(again)
}

// thin learns from every other visitor from now on, and forgets the samples of the rest
// that have not counted.
func (l *Learner) thin() {
	l.rare++
	l.changed = l.latest
	kept := make([]sample, 0, len(l.ring))
	due := l.due
	for w := range windows {
		l.due[w] = l.first
	}
	clear(l.last)
	for n := l.first; n < l.next; n++ {
		s := *l.at(n)
		if s.visitor == 0 || s.visitor&(1<<l.rare-1) != 0 {
			continue
		}
		to := l.first + uint64(len(kept))
		s.before = math.MaxUint64
		if before, ok := l.last[s.visitor]; ok {
			s.before = before
		}
		l.last[s.visitor] = to
		kept = append(kept, s)
		for w := range windows {
			if n < due[w] {
				l.due[w] = to + 1
			}
		}
	}
	clear(l.ring)
	l.next = l.first + uint64(len(kept))
	for k := range kept {
		*l.at(l.first + uint64(k)) = kept[k]
	}
}

// Erase forgets a visitor. What their samples have taught can't be told apart.
func (l *Learner) Erase(visitor uint64) {
	n, ok := l.last[visitor]
	if !ok {
		return
	}
	delete(l.last, visitor)
	for n >= l.first && n < l.next {
		s := l.at(n)
		n = s.before
		*s = sample{at: s.at}
	}
}
