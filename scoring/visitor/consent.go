package visitor

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

// answer stores what the visitor allows. Answers for the same purposes go, but for
// those that were given later.
func (p *Profile) answer(e *scoring.Event) {
	answers := slices.Clone(p.Consents)
	at := e.Time.UTC().Truncate(time.Second)
	for _, a := range e.Consent {
		a.Time = at
		k := slices.IndexFunc(answers, func(b scoring.ConsentAnswer) bool { return b.Purpose == a.Purpose })
		switch {
		case k < 0:
			answers = append(answers, a)
		case !answers[k].Time.After(at):
			answers[k] = a
		}
	}
	slices.SortFunc(answers, func(a, b scoring.ConsentAnswer) int { return int(a.Purpose) - int(b.Purpose) })
	p.Consents = answers
}

// StrictestConsents are the answers of somebody who gave some here and some there: of
// those for one purpose a refusal before a grant, and then the later.
func StrictestConsents(a, b []scoring.ConsentAnswer) []scoring.ConsentAnswer {
	all := slices.Concat(a, b)
	slices.SortStableFunc(all, func(x, y scoring.ConsentAnswer) int {
		switch {
		case x.Purpose != y.Purpose:
			return int(x.Purpose) - int(y.Purpose)
		case x.Granted != y.Granted && y.Granted:
			return -1
		case x.Granted != y.Granted:
			return 1
		}
		return y.Time.Compare(x.Time)
	})
	return slices.Clip(slices.CompactFunc(all, func(x, y scoring.ConsentAnswer) bool { return x.Purpose == y.Purpose }))
}

// maxConsents bounds the answers, one a purpose; each takes 13 bytes at most.
const (
	maxConsents     = 8
	maxConsentBytes = 1 + 13*maxConsents
)

// consents writes the answers: count, { purpose, signal, granted, Unix second }.
func (w *writer) consents(answers []scoring.ConsentAnswer) {
	w.uint(uint64(len(answers)))
	for _, a := range answers {
		granted := byte(0)
		if a.Granted {
			granted = 1
		}
		w.b = append(w.b, byte(a.Purpose), byte(a.Signal), granted)
		w.b = binary.AppendVarint(w.b, a.Time.Unix())
	}
}

func (r *reader) consents() []scoring.ConsentAnswer {
	answers := list[scoring.ConsentAnswer](r, maxConsents)
	for i := range answers {
		answers[i] = scoring.ConsentAnswer{Purpose: scoring.Purpose(r.byte()), Signal: scoring.Signal(r.byte()), Granted: r.byte() == 1}
		answers[i].Time = time.Unix(r.int(), 0).UTC()
	}
	return answers
}
