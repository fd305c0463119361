package creative

import (
	"time"
)

// Token names an impression: a hash of the attribution token that went out with it.
type Token uint64

// Impression is a creative that was shown.
type Impression struct {
	Token    Token
	Visitor  uint64 // a hash of the visitor's id, so that they can be forgotten; 0: nobody's
	Time     time.Time
	Features []Feature // of the decision: what all arms had in common, and its own
}

// LearnerOptions say how long a Learner waits.
type LearnerOptions struct {
	// Window is how long an impression waits for a response before it counts as one
	// without.
	Window time.Duration
	// Remember is how long after the impression a response still reverses that. It
	// should be as long as the tokens are valid: a token that comes again later
	// counts again.
	Remember time.Duration
	// MaxImpressions bounds those that wait or are remembered, some 700 bytes each
	// with 30 features. When there are more, the oldest goes.
	MaxImpressions int
	// Sample is what happens when more than MaxImpressions wait. False: the oldest
	// counts as without a response at once. That is right where nearly all responses
	// come in the first part of the wait. True: only a sample of the impressions is
	// waited for from then on, picked by their tokens alone, so that what is learned
	// stays true to what happens, if from fewer.
	Sample bool
}

// Of clicks and of conversions. A click comes while the page is looked at; conversions
// take days (Chapelle, KDD 2014: half within a day, one in eight after two weeks).
var (
	ClickWindows      = LearnerOptions{Window: 30 * time.Minute, Remember: 7 * 24 * time.Hour, MaxImpressions: 1 << 16}
	ConversionWindows = LearnerOptions{Window: 7 * 24 * time.Hour, Remember: 30 * 24 * time.Hour, MaxImpressions: 1 << 16, Sample: true}
)

// Verdict is what became of an impression or a response.
type Verdict uint8

// The verdicts.
const (
	Counted  Verdict = iota + 1
	Reversed         // counted, and what had counted as no response was taken back
	Repeated         // the token has had it before
	Unknown          // no impression with the token is remembered
	PassedBy         // not of the sample
)

// Learner teaches a Model the outcomes of one objective: clicks, or conversions. An
// impression waits before it counts as one without a response; a response counts at
// once, and one that comes after the wait takes back what had counted, exactly, and
// counts in its place. Each token counts once, and a response that is undone does not
// count. It is a deterministic fold of what it is told, in that order. It is for one goroutine at a time; its Model may be read
// beside it.
type Learner struct {
	model   *Model
	options LearnerOptions
	latest  int64 // Unix milliseconds

	// Impressions by number, in the order in which they came: those from first to due
	// are remembered, those from due to next wait.
	ring             []impression
	first, due, next uint64
	byToken          map[Token]uint64

	// One impression in 2^rare is of the sample, which was last made larger or smaller
	// at changed, in Unix milliseconds.
	rare    uint8
	changed int64
}

// outcome is where an impression stands.
type outcome uint8

const (
	waiting outcome = iota
	ignored
	responded
	erased // with its visitor
	outcomes
)

type impression struct {
	token    Token
	visitor  uint64
	at       int64 // Unix milliseconds
	outcome  outcome
	features []Feature
	lesson   Lesson // of ignored and responded
	times    uint32 // of responded: how many responses stand
}

// NewLearner returns a learner that has been told nothing and teaches that model.
func NewLearner(m *Model, o LearnerOptions) *Learner {
	l := &Learner{model: m, options: o}
	l.Reset()
	return l
}

// Model is what the learner teaches.
func (l *Learner) Model() *Model { return l.model }

// Waiting is how many impressions have no outcome yet.
func (l *Learner) Waiting() int { return int(l.next - l.due) } //nolint:gosec // at most MaxImpressions

// Reset forgets everything, the model's knowledge, too.
func (l *Learner) Reset() {
	l.model.Reset()
	l.latest, l.first, l.due, l.next = never, 0, 0, 0
	l.ring, l.byToken = nil, map[Token]uint64{}
	l.rare, l.changed = 0, never
}

func (l *Learner) at(n uint64) *impression { return &l.ring[n%uint64(len(l.ring))] }

// Shown tells of an impression. The features are copied.
func (l *Learner) Shown(i Impression) Verdict {
	l.Advance(i.Time)
	if _, known := l.byToken[i.Token]; known {
		return Repeated
	}
	if !l.picks(i.Token) {
		return PassedBy
	}
	l.makeRoom()
	if !l.picks(i.Token) {
		return PassedBy
	}
	*l.at(l.next) = impression{
		token: i.Token, visitor: i.Visitor, at: l.latest,
		features: append([]Feature(nil), i.Features...),
	}
	l.byToken[i.Token] = l.next
	l.next++
	return Counted
}

// makeRoom makes room for one more in the ring.
func (l *Learner) makeRoom() {
	n := int(l.next - l.first) //nolint:gosec // at most MaxImpressions
	most := max(1, l.options.MaxImpressions)
	switch {
	case n < most:
	case l.options.Sample && l.due == l.first:
		l.thin()
		n = int(l.next - l.first) //nolint:gosec // the same
	default:
		l.forget()
		n--
	}
	if n < len(l.ring) {
		return
	}
	grown := make([]impression, min(most, max(64, 2*len(l.ring))))
	for k := l.first; k < l.next; k++ {
		grown[k%uint64(len(grown))] = *l.at(k)
	}
	l.ring = grown
}

// Responded tells of a response to an impression.
func (l *Learner) Responded(token Token, at time.Time) Verdict {
	l.Advance(at)
	n, known := l.byToken[token]
	if !known {
		return Unknown
	}
	i, verdict := l.at(n), Counted
	switch i.outcome {
	case responded:
		i.times++
		return Repeated
	case ignored:
		l.model.TakeBack(i.features, i.lesson)
		verdict = Reversed
	}
	i.lesson = l.model.Learn(i.features, true, time.UnixMilli(l.latest))
	i.outcome, i.times = responded, 1
	return verdict
}

// Undone tells that a response to an impression was undone. When none is left, what it
// had taught is taken back, exactly; the impression waits on, or counts as one without
// a response if its wait is over.
func (l *Learner) Undone(token Token, at time.Time) Verdict {
	l.Advance(at)
	n, known := l.byToken[token]
	if !known {
		return Unknown
	}
	i := l.at(n)
	if i.outcome != responded {
		return Repeated
	}
	if i.times--; i.times > 0 {
		return Counted
	}
	l.model.TakeBack(i.features, i.lesson)
	i.outcome, i.lesson = waiting, Lesson{}
	if n < l.due {
		l.ignore(i)
	}
	return Reversed
}

// Advance tells the time: impressions that have waited long enough count as without a
// response, and old ones are forgotten. A time before the latest is that one.
func (l *Learner) Advance(now time.Time) {
	l.latest = max(l.latest, now.UnixMilli())
	for l.due < l.next && l.latest-l.at(l.due).at >= l.options.Window.Milliseconds() {
		l.judge()
	}
	for l.first < l.due && l.latest-l.at(l.first).at >= l.options.Remember.Milliseconds() {
		l.forget()
	}
	l.widen()
}

// judge ends the wait of the impression that has waited longest.
func (l *Learner) judge() {
	i := l.at(l.due)
	if i.outcome == waiting {
		l.ignore(i)
	}
	l.due++
}

// ignore counts an impression as one without a response.
func (l *Learner) ignore(i *impression) {
	i.lesson = l.model.Learn(i.features, false, time.UnixMilli(l.latest))
	i.outcome = ignored
}

// forget lets the oldest impression go.
func (l *Learner) forget() {
	if l.due == l.first {
		l.judge()
	}
	i := l.at(l.first)
	if i.outcome != erased {
		delete(l.byToken, i.token)
	}
	*i = impression{}
	l.first++
}

// Erase takes back what a visitor has taught, as far as it is remembered, and forgets
// their impressions.
func (l *Learner) Erase(visitor uint64) {
	if visitor == 0 {
		return
	}
	for n := l.first; n < l.next; n++ {
		i := l.at(n)
		if i.visitor != visitor {
			continue
		}
		if i.outcome == ignored || i.outcome == responded {
			l.model.TakeBack(i.features, i.lesson)
		}
		delete(l.byToken, i.token)
		*i = impression{at: i.at, outcome: erased}
	}
}
