package backtest

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Result is what a replay measured.
type Result struct {
	TrainSessions int  `json:"train_sessions"`
	TrainEvents   int  `json:"train_events"`
	TestSessions  int  `json:"test_sessions"`
	Products      int  `json:"products"`
	Online        bool `json:"online"`
	K             int  `json:"k"` // how many products were asked for

	All              Score    `json:"all"`
	Slices           []*Slice `json:"slices"`
	Lists            *Lists   `json:"lists"`
	Popular          Score    `json:"floor_popular"`
	PopularInSession Score    `json:"floor_popular_in_session"`

	Lasting *Lasting `json:"lasting,omitempty"` // nil for sessions

	TrainCurve []Point `json:"train_curve,omitempty"` // with Options.Curve
	TestCurve  []Point `json:"test_curve,omitempty"`  // with Options.Online

	EventsPerSecond    float64 `json:"events_per_second"`  // acknowledged, durable
	LearnedPerSecond   float64 `json:"learned_per_second"` // until the last was learned from
	Decisions          int     `json:"decisions"`
	DecisionsPerSecond float64 `json:"decisions_per_second"`
	LatencyP50         float64 `json:"latency_p50_ms"` // of decisions, as the caller saw it
	LatencyP99         float64 `json:"latency_p99_ms"`
	Unfilled           int     `json:"unfilled"`          // lists of fewer than k
	PeakMemory         int64   `json:"peak_memory_bytes"` // resident, of this process; 0 where it can't be told

	Warnings []string `json:"warnings,omitempty"`
	Ranks    *Ranks   `json:"ranks"`
}

// Slice returns the score of a slice; of one without targets it is zero.
func (r *Result) Slice(by, name string) Score {
	for _, s := range r.Slices {
		if s.By == by && s.Name == name {
			return s.Score
		}
	}
	return Score{}
}

func (r *Result) latencies(took []time.Duration) {
	if len(took) == 0 {
		return
	}
	slices.Sort(took)
	at := func(q float64) float64 {
		return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000
	}
	r.LatencyP50, r.LatencyP99 = at(0.50), at(0.99)
}

// peakMemory is the largest resident size this process has had, as Linux tells
// it, and 0 elsewhere.
func peakMemory() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return kb << 10
		}
	}
	return 0
}
