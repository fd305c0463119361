package edge

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

const (
	// firstAdvice is when to try again where nearly all are let in: a page that is
	// still wanted then can be had.
	firstAdvice = 100 * time.Millisecond
	// lastAdvice is the longest advice: so long no server is overloaded that is going
	// to recover, and clients must find out.
	lastAdvice = 10 * time.Second
	// adviceStep is by how much one prepared answer's advice is longer than the last.
	adviceStep = 1.25
)

// advice answers calls that are not begun. When to try again grows with how many calls
// come for each that is let in, and is drawn from half to one and a half times that, so
// that they don't all come back at once. The answers are prepared, for a refusal must
// cost less than the call.
type advice struct {
	answers []error                // longer and longer
	excess  [classes]atomic.Uint64 // float64: calls for each one let in, of late
	refused [classes]struct{ busy, late, gone prometheus.Counter }
}

func newAdvice(r prometheus.Registerer) *advice {
	a := &advice{}
	for d := float64(firstAdvice) / 2; d < 1.5*float64(lastAdvice); d *= adviceStep {
		wait := time.Duration(d).Round(time.Millisecond)
		st := status.New(codes.ResourceExhausted, fmt.Sprintf("the server is busy and has not begun the call: try again in %v", wait))
		if with, err := st.WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(wait)}); err == nil {
			st = with
		}
		a.answers = append(a.answers, st.Err())
	}
	refused := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "vitrine_calls_refused_total",
		Help: "Calls that were not begun, by class and why: busy (too many of its class at once), late (the deadline is up or could not be met), gone (the caller has left).",
	}, []string{"class", "reason"})
	r.MustRegister(refused)
	for of := range a.refused {
		for reason, counter := range map[string]*prometheus.Counter{
			"busy": &a.refused[of].busy, "late": &a.refused[of].late, "gone": &a.refused[of].gone,
		} {
			*counter = refused.WithLabelValues(class(of).String(), reason)
		}
	}
	return a
}

// learn takes in how many calls of a class were let in and refused in a window. Half of
// what is known comes from the last three or so.
func (a *advice) learn(of class, begun, refused int64) {
	before := math.Float64frombits(a.excess[of].Load())
	now := 1.0
	if refused > 0 {
		now = float64(begun+refused) / float64(max(begun, 1))
	}
	a.excess[of].Store(math.Float64bits(before + (now-before)/4))
}

// busy is the answer to a call of a class that is full.
func (a *advice) busy(of class) error {
	a.refused[of].busy.Inc()
	excess := max(1, math.Float64frombits(a.excess[of].Load()))
	wait := min(float64(firstAdvice)*excess, float64(lastAdvice)) * (0.5 + rand.Float64())
	i := int(math.Log(wait/(float64(firstAdvice)/2)) / math.Log(adviceStep))
	return a.answers[max(0, min(i, len(a.answers)-1))]
}

func (a *advice) late(of class) { a.refused[of].late.Inc() }
func (a *advice) gone(of class) { a.refused[of].gone.Inc() }
