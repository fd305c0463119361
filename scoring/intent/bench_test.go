package intent

import (
	"testing"
	"time"
)

// BenchmarkProbabilities is all that telling a visitor's intent takes.
func BenchmarkProbabilities(b *testing.B) {
	p, now, r := regular(), opening.Add(31*day), NewLearner(10).Reading()
	b.ReportAllocs()
	for b.Loop() {
		f := Of(p, now)
		r.Probabilities(&f)
	}
}

// BenchmarkLearn is what a visit adds to learning, its windows over.
func BenchmarkLearn(b *testing.B) {
	f, l, at := Of(regular(), opening.Add(31*day)), NewLearner(DefaultMaxSamples), opening
	who := uint64(0)
	b.ReportAllocs()
	for b.Loop() {
		who++
		at = at.Add(time.Minute)
		l.Visited(who, &f, false, at)
	}
}
