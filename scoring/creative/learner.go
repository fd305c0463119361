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
	// with 30 features. When there are more, the oldest goes; if it still waits it
	// counts as without a response.
	MaxImpressions int
}

// Of clicks and of conversions. A click comes while the page is looked at; conversions
// take days (Chapelle, KDD 2014: half within a day, one in eight after two weeks).
var (
	ClickWindows      = LearnerOptions{Window: 30 * time.Minute, Remember: 7 * 24 * time.Hour, MaxImpressions: 1 << 16}
	ConversionWindows = LearnerOptions{Window: 7 * 24 * time.Hour, Remember: 30 * 24 * time.Hour, MaxImpressions: 1 << 16}
)

// Verdict is what became of an impression or a response.
type Verdict uint8

// The verdicts.
const (
	Counted  Verdict = iota + 1
	Reversed         // counted, and what had counted as no response was taken back
	Repeated         // the token has had it before
	Unknown          // no impression with the token is remembered
)

// Learner teaches a Model the outcomes of one objective: clicks, or conversions. An
// impression waits before it counts as one without a response; a response counts at
// once, and one that comes after the wait takes back what had counted, exactly, and
// counts in its place. Each token counts once. It is a deterministic fold of what it
// is told, in that order. It is for one goroutine at a time; its Model may be read
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
}

func (l *Learner) at(n uint64) *impression { return &l.ring[n%uint64(len(l.ring))] }

// Shown tells of an impression. The features are copied.
func (l *Learner) Shown(i Impression) Verdict {
	l.Advance(i.Time)
	if _, known := l.byToken[i.Token]; known {
		return Repeated
	}
	l.makeRoom()
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
	if n >= most {
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
		return Repeated
	case ignored:
		l.model.TakeBack(i.features, i.lesson)
		verdict = Reversed
	}
	i.lesson = l.model.Learn(i.features, true, time.UnixMilli(l.latest))
	i.outcome = responded
	return verdict
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
}

// judge ends the wait of the impression that has waited longest.
func (l *Learner) judge() {
	i := l.at(l.due)
	if i.outcome == waiting {
		i.lesson = l.model.Learn(i.features, false, time.UnixMilli(l.latest))
		i.outcome = ignored
	}
	l.due++
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
