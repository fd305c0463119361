package decide

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Parameter is a number of the sources that a placement's configuration may set.
type Parameter struct {
	Name    string
	Default float64
	Min     float64
	Max     float64
	Whole   bool   // no fractions
	About   string // one sentence, for people
	set     func(s *settings, value float64)
}

// settings are the parameters of one configuration, in the form that a decision
// reads.
type settings struct {
	secondStage  int
	sessions     [neighbourSeeds]int // looked at per seed
	seedFade     float64
	distance     [16]float32 // share of what stands so far from the match
	slowRecall   float64     // nanoseconds
	fastRecall   float64     // nanoseconds
	covisitFade  float64
	hopWidth     int
	facetsAsked  int
	prior        [signals]float32
	recallHours  float64
	earlier      float64
	returnsBound float64
}

// parameters lists all of them. Defaults are what docs/ranking.md measured;
// ranges end where a source has no more to give or a decision would cost far more.
func parameters() []Parameter {
	days := func(d float64) float64 { return d * float64(24*time.Hour) }
	return []Parameter{
		{
			Name: "candidates", Default: secondStage, Min: 20, Max: 200, Whole: true,
			About: "How many candidates of the first stage the features are computed for; a decision's cost grows with it.",
			set:   func(s *settings, v float64) { s.secondStage = int(v) },
		}, {
			Name: "sessions", Default: float64(neighbourSessions[0]), Min: 10, Max: 128, Whole: true,
			About: "How many sessions with the visit's latest product are neighbours, the newest; of earlier products fewer in proportion.",
			set: func(s *settings, v float64) {
				for r, n := range neighbourSessions {
					s.sessions[r] = max(1, int(math.Round(float64(n)*v/float64(neighbourSessions[0]))))
				}
			},
		}, {
			Name: "seed_fade", Default: seedFade, Min: 0.3, Max: 20,
			About: "Session neighbours: a product r places before the latest weighs exp(-r/seed_fade).",
			set:   func(s *settings, v float64) { s.seedFade = v },
		}, {
			Name: "distance_fade", Default: distanceFade, Min: 0.3, Max: 20,
			About: "Session neighbours: a product d places from the match counts exp(-(d-1)/distance_fade).",
			set: func(s *settings, v float64) {
				for d := 1; d < len(s.distance); d++ {
					s.distance[d] = float32(math.Exp(-float64(d-1) / v))
				}
			},
		}, {
			Name: "match_itself", Default: matchItself, Min: 0, Max: 2,
			About: "Session neighbours: what the matched product itself counts, 1 being the one next to it.",
			set:   func(s *settings, v float64) { s.distance[0] = float32(v) },
		}, {
			Name: "slow_recall_days", Default: slowRecall.Hours() / 24, Min: 1, Max: 1000,
			About: "Session neighbours: a session counts exp(-age/slow_recall_days).",
			set:   func(s *settings, v float64) { s.slowRecall = days(v) },
		}, {
			Name: "fast_recall_days", Default: fastRecall.Hours() / 24, Min: 0.04, Max: 100,
			About: "Session neighbours: the same for the signal of what is recent.",
			set:   func(s *settings, v float64) { s.fastRecall = days(v) },
		}, {
			Name: "pairs_fade", Default: covisitFade, Min: 0.3, Max: 20,
			About: "Co-visitation: a product r places before the latest weighs exp(-r/pairs_fade).",
			set:   func(s *settings, v float64) { s.covisitFade = v },
		}, {
			Name: "hop_width", Default: hopWidth, Min: 0, Max: 24, Whole: true,
			About: "Co-visitation: over how many of a product's strongest pairs it goes on to theirs.",
			set:   func(s *settings, v float64) { s.hopWidth = int(v) },
		}, {
			Name: "facets_asked", Default: facetsAsked, Min: 0, Max: 24, Whole: true,
			About: "How many of the visitor's strongest facets bring their champions.",
			set:   func(s *settings, v float64) { s.facetsAsked = int(v) },
		},
		priorOf("prior_near", sigNear, "session neighbours"),
		priorOf("prior_forward", sigForward, "what came after in the same visits"),
		priorOf("prior_next", sigNext, "what came right after"),
		priorOf("prior_hop", sigHop, "what is two hops away"),
		priorOf("prior_histories", sigTrail, "visitors with a like history"),
		priorOf("prior_later", sigLater, "what came in later visits"),
		priorOf("prior_earlier", sigEarlier, "what came in earlier visits"),
		priorOf("prior_later_hop", sigLaterHop, "what is two hops away over visits"),
		priorOf("prior_own", sigOwn, "the visitor's own products"),
		priorOf("prior_facets", sigFacets, "champions of the visitor's facets"),
		priorOf("prior_page", sigPage, "what the page is about"),
		priorOf("prior_popular", sigPopular, "popularity"),
		priorOf("prior_searched", sigSearched, "what was chosen after the same words"),
		priorOf("prior_carted", sigCarted, "what was put into the cart with these products"),
		priorOf("prior_ordered", sigOrdered, "what was ordered with these products"),
		priorOf("prior_context", sigContext, "what visitors of the same context turn to"),
		priorOf("prior_bought", sigBought, "what the visitor bought, how often and how lately"),
		{
			Name: "seed_recall_days", Default: seedRecall.Hours() / 24, Min: 0.1, Max: 1000,
			About: "In how many days a touch of an earlier visit loses half of its say.",
			set:   func(s *settings, v float64) { s.recallHours = 24 * v },
		}, {
			Name: "earlier_visit", Default: earlier, Min: 0, Max: 1,
			About: "What a touch of an earlier visit says beside one of this visit.",
			set:   func(s *settings, v float64) { s.earlier = v },
		}, {
			Name: "returns_bound", Default: returnsBound, Min: 1, Max: 100,
			About: "How many times the share that returns give reason for the visit's own products may take in a young shop.",
			set:   func(s *settings, v float64) { s.returnsBound = v },
		},
	}
}

func priorOf(name string, s signal, what string) Parameter {
	return Parameter{
		Name: name, Default: math.Round(100*float64(prior[s])) / 100, Min: 0, Max: 5,
		About: "First stage: what being the best by " + what + " is worth.",
		set:   func(set *settings, v float64) { set.prior[s] = float32(v) },
	}
}

// Parameters lists what a placement's configuration may set.
func Parameters() []Parameter { return parameters() }

// check says what is wrong with a value; empty for nothing.
func (p *Parameter) check(v float64) string {
	switch {
	case !(v >= p.Min && v <= p.Max): // NaN, too
		return fmt.Sprintf("is %v, must be from %v to %v", v, p.Min, p.Max)
	case p.Whole && v != math.Trunc(v):
		return fmt.Sprintf("is %v, must be a whole number from %v to %v", v, p.Min, p.Max)
	}
	return ""
}

// closeNames are the names most like one that does not exist, or all when there
// are few.
func closeNames(name string, names []string) string {
	var best []string
	least := len(name)/2 + 1
	for _, n := range names {
		d := distance(name, n)
		if strings.Contains(n, name) || strings.Contains(name, n) {
			d = min(d, 1)
		}
		switch {
		case d < least:
			best, least = []string{n}, d
		case d == least && len(best) > 0:
			best = append(best, n)
		}
	}
	if len(best) == 0 || len(best) > 5 {
		return "one of " + strings.Join(names, ", ")
	}
	return "perhaps " + strings.Join(best, " or ") + "; docs/ranking.md lists all"
}

// distance is Levenshtein's, in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
