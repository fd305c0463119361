package bench

import (
	"errors"
	"maps"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// The bounds of a histogram, with three digits in between: finer than a loopback
// call, longer than any deadline.
const (
	shortest = time.Microsecond
	longest  = 2 * time.Minute
	digits   = 3
)

func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(int64(shortest), int64(longest), digits)
}

// tally counts what became of calls. It is one goroutine's at a time.
type tally struct {
	latency *hdrhistogram.Histogram // from due to answered, of the calls that were answered as they should be, ns
	sent    *hdrhistogram.Histogram // of the same from begun to answered, ns
	lag     *hdrhistogram.Histogram // from when a call was due until it was begun, ns
	failed  map[string]int64        // the others, by why
	took    time.Duration           // of the whole run
}

func newTally() *tally {
	return &tally{latency: newHistogram(), sent: newHistogram(), lag: newHistogram(), failed: map[string]int64{}}
}

// add counts a call that was due, begun and ended at these times.
func (t *tally) add(due, begun, ended time.Time, err error) {
	record(t.lag, begun.Sub(due))
	if err != nil {
		t.failed[reason(err)]++
		return
	}
	record(t.latency, ended.Sub(due))
	record(t.sent, ended.Sub(begun))
}

// record keeps a value within the histogram's bounds, so that it is never lost.
func record(h *hdrhistogram.Histogram, d time.Duration) {
	// Within the bounds there is no error.
	_ = h.RecordValue(int64(min(max(d, 0), longest)))
}

// merge adds the calls of another run, and its time.
func (t *tally) merge(other *tally) {
	t.latency.Merge(other.latency)
	t.sent.Merge(other.sent)
	t.lag.Merge(other.lag)
	for why, n := range other.failed {
		t.failed[why] += n
	}
	t.took += other.took
}

// errWrongAnswer is an answer that came in time and is not what it should be.
var errWrongAnswer = errors.New("wrong answer")

// reason names what a call failed of, as the table and the JSON say it.
func reason(err error) string {
	if errors.Is(err, errWrongAnswer) {
		return "WRONG_ANSWER"
	}
	return codeNames[status.Code(err)]
}

// codeNames are the codes as the contract spells them.
var codeNames = map[codes.Code]string{
	codes.OK: "OK", codes.Canceled: "CANCELLED", codes.Unknown: "UNKNOWN", codes.InvalidArgument: "INVALID_ARGUMENT",
	codes.DeadlineExceeded: "DEADLINE_EXCEEDED", codes.NotFound: "NOT_FOUND", codes.AlreadyExists: "ALREADY_EXISTS",
	codes.PermissionDenied: "PERMISSION_DENIED", codes.ResourceExhausted: "RESOURCE_EXHAUSTED",
	codes.FailedPrecondition: "FAILED_PRECONDITION", codes.Aborted: "ABORTED", codes.OutOfRange: "OUT_OF_RANGE",
	codes.Unimplemented: "UNIMPLEMENTED", codes.Internal: "INTERNAL", codes.Unavailable: "UNAVAILABLE",
	codes.DataLoss: "DATA_LOSS", codes.Unauthenticated: "UNAUTHENTICATED",
}

// percentiles are those of a curve: closer to 100 the further it goes.
var percentiles = []float64{
	1, 5, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 92.5, 95, 96, 97, 98, 99,
	99.25, 99.5, 99.7, 99.8, 99.9, 99.93, 99.95, 99.97, 99.99,
}

// Point is what was measured at one rate, or at the ceiling.
type Point struct {
	PerSecond float64          `json:"per_second"` // answered as they should be, in the load's unit
	Calls     int64            `json:"calls"`      // the same, in calls
	Seconds   float64          `json:"seconds"`
	Latency   Latency          `json:"latency_ms"`
	Curve     [][2]float64     `json:"curve"`                    // percentile, ms; as far as there were calls enough
	Lag       float64          `json:"send_lag_p99_ms"`          // how late this program began calls
	SentP99   float64          `json:"sent_p99_ms"`              // latency without that: from when calls were begun
	Errors    map[string]int64 `json:"errors"`                   // calls that failed, by why
	CPU       float64          `json:"server_cpu_us,omitempty"`  // of the server's process a call, every call counted
	Behind    int64            `json:"learner_behind,omitempty"` // events stored and not learned from at the end
	CatchUp   float64          `json:"learner_catch_up_seconds,omitempty"`
}

// Latency is in milliseconds.
type Latency struct {
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p99.9"`
	Max  float64 `json:"max"`
}

// Failed is how many calls were not answered as they should be.
func (p *Point) Failed() (n int64) {
	for k := range maps.Values(p.Errors) {
		n += k
	}
	return n
}

// point sums a tally up, with so many units a call.
func (t *tally) point(each int) *Point {
	n := t.latency.TotalCount()
	p := &Point{
		Calls: n, Seconds: t.took.Seconds(), Errors: t.failed, Curve: [][2]float64{},
		Lag: millis(t.lag.ValueAtPercentile(99)), SentP99: millis(t.sent.ValueAtPercentile(99)),
		Latency: Latency{
			P50: millis(t.latency.ValueAtPercentile(50)), P90: millis(t.latency.ValueAtPercentile(90)),
			P99: millis(t.latency.ValueAtPercentile(99)), P999: millis(t.latency.ValueAtPercentile(99.9)),
			Max: millis(t.latency.Max()),
		},
	}
	if p.Seconds > 0 {
		p.PerSecond = float64(n) * float64(each) / p.Seconds
	}
	for _, q := range percentiles {
		// What one call decides is chance.
		if float64(n)*(100-q)/100 < 1 {
			break
		}
		p.Curve = append(p.Curve, [2]float64{q, millis(t.latency.ValueAtPercentile(q))})
	}
	return p
}

func millis(ns int64) float64 { return float64(ns) / 1e6 }
