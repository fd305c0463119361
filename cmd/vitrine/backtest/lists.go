package backtest

import (
	"math"
	"sync"
)

// Lists is what the lists were like, whatever the visitors did next.
type Lists struct {
	Shown    int      `json:"products_shown"`   // at least once
	Coverage float64  `json:"coverage_percent"` // of the catalogue
	Novelty  Estimate `json:"novelty_bits"`     // mean of -log2 of the shown products' share of the train views
	// Calibration is the divergence of the lists' categories from the sessions':
	// 0 for the same mix. Nil when the products have no categories.
	Calibration *Estimate `json:"calibration_kl,omitempty"`
}

// lists looks at what is shown. It is safe for concurrent use.
type lists struct {
	products   []string
	index      map[string]item
	surprise   []float64 // -log2 of the share of the train views, by item
	unheard    float64   // of a product that the log does not know
	categories map[string][]int32

	mu    sync.Mutex
	shown map[string]bool
}

// newLists counts the views of train. Every product counts as viewed once more
// than it was (Laplace), so that what nobody viewed is novel, not infinitely so.
func newLists(l *Log, categories map[string][]int32) *lists {
	s := &lists{
		products: l.Products, index: l.index, categories: categories,
		surprise: make([]float64, len(l.Products)), shown: map[string]bool{},
	}
	total := float64(len(l.Products) + 1)
	for i := range s.surprise {
		s.surprise[i] = 1
	}
	for i := range l.Train {
		for at, it := range l.Train[i].Items {
			if l.counts(l.Train[i].kind(at)) {
				s.surprise[it]++
				total++
			}
		}
	}
	for i, n := range s.surprise {
		s.surprise[i] = math.Log2(total / n)
	}
	s.unheard = math.Log2(total)
	return s
}

// counts reports whether a thing of that kind makes a product popular: views, and
// of lasting visitors whatever is not given back.
func (l *Log) counts(k kind) bool { return k == viewed || l.Lasting() && k != refunded }

// look notes a list that was shown behind a prefix, and returns its novelty and
// the drift of its categories, NaN where either side has none.
func (s *lists) look(shown []string, prefix []item) (novelty, drift float64) {
	s.mu.Lock()
	for _, id := range shown {
		s.shown[id] = true
	}
	s.mu.Unlock()
	for _, id := range shown {
		bits := s.unheard
		if it, ok := s.index[id]; ok {
			bits = s.surprise[it]
		}
		novelty += bits / float64(len(shown))
	}
	if len(s.categories) == 0 {
		return novelty, math.NaN()
	}
	session := make([]string, len(prefix))
	for i, it := range prefix {
		session[i] = s.products[it]
	}
	return novelty, divergence(s.mix(session), s.mix(shown))
}

// mix is the share of each category: every product that has some gives 1, in
// equal parts to each of its own.
func (s *lists) mix(ids []string) map[int32]float64 {
	shares, total := map[int32]float64{}, 0.0
	for _, id := range ids {
		own := s.categories[id]
		for _, c := range own {
			shares[c] += 1 / float64(len(own))
		}
		if len(own) > 0 {
			total++
		}
	}
	for c := range shares {
		shares[c] /= total
	}
	return shares
}

// mixed in from the session's categories, so that one that is not shown at all
// costs much but not infinitely much: alpha of Steck 2018, section 3.
const alpha = 0.01

// divergence is C_KL(p, q), the Kullback-Leibler divergence of the shown mix q
// from the session's mix p (Steck 2018, "Calibrated recommendations", eq. 1), in
// nats; NaN when one of them is empty.
func divergence(p, q map[int32]float64) float64 {
	if len(p) == 0 || len(q) == 0 {
		return math.NaN()
	}
	sum := 0.0
	for c, share := range p {
		sum += share * math.Log(share/((1-alpha)*q[c]+alpha*share))
	}
	return sum
}

// figures asks for the lists' figures; products is how many the catalogue has.
func (s *lists) figures(g *judge, outcomes [][]outcome, products int) *Lists {
	out := &Lists{Shown: len(s.shown)}
	if products > 0 {
		out.Coverage = 100 * float64(len(s.shown)) / float64(products)
	}
	g.add(&out.Novelty, 1, ratioOf(g.test, func(i, j int) (float64, float64) { return outcomes[i][j].novelty, 1 }))
	drift := ratioOf(g.test, func(i, j int) (float64, float64) {
		if d := outcomes[i][j].drift; !math.IsNaN(d) {
			return d, 1
		}
		return 0, 0
	})
	if len(drift) > 0 {
		out.Calibration = &Estimate{}
		g.add(out.Calibration, 1, drift)
	}
	return out
}
