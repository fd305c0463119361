package backtest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// Ranks is where every target stood: what two runs on the same test are compared
// by. It is written compactly, session by session, between semicolons.
type Ranks struct {
	Test   string `json:"test"`   // a digest of the sessions and what was asked of them
	Places string `json:"places"` // of each session's targets: "3 0 1;0;2"
	// Baskets says that what was held out of a lasting visitor is one target, and
	// not each product of it: measures are means over visitors.
	Baskets bool `json:"baskets,omitempty"`
	// Of each session, how many were shown and how many were wanted: "1/2;0/0".
	// Empty when the test has none.
	Carts  string `json:"carts,omitempty"`
	Orders string `json:"orders,omitempty"`
	Cuts   []Cut  `json:"cuts,omitempty"`
}

// ranks writes the outcomes down.
func (g *judge) ranks(products []string, outcomes [][]outcome) *Ranks {
	var places, carts, orders strings.Builder
	anyCart, anyOrder := false, false
	for i := range g.test {
		s := &g.test[i]
		if i > 0 {
			places.WriteByte(';')
			carts.WriteByte(';')
			orders.WriteByte(';')
		}
		first := true
		var shown, wanted [2]int
		for j, n := range s.Cuts {
			o := &outcomes[i][j]
			found := o.places
			if found == nil && s.hasTarget(j) {
				found = []uint8{o.place}
			}
			for _, place := range found {
				if !first {
					places.WriteByte(' ')
				}
				first = false
				places.WriteString(strconv.Itoa(int(place)))
			}
			if o.places != nil {
				continue
			}
			shown[0], shown[1] = shown[0]+int(o.carts), shown[1]+int(o.orders)
			wanted[0] += min(g.k, len(s.later(n, added)))
			wanted[1] += min(g.k, len(s.later(n, ordered)))
		}
		fmt.Fprintf(&carts, "%d/%d", shown[0], wanted[0])
		fmt.Fprintf(&orders, "%d/%d", shown[1], wanted[1])
		anyCart, anyOrder = anyCart || wanted[0] > 0, anyOrder || wanted[1] > 0
	}
	r := &Ranks{Test: digest(g.test, products), Places: places.String()}
	if anyCart {
		r.Carts = carts.String()
	}
	if anyOrder {
		r.Orders = orders.String()
	}
	return r
}

// digest tells one test from another: by the products and kinds, not by the
// times, which depend on when and where the test ran.
func digest(test []Session, products []string) string {
	h := sha256.New()
	for i := range test {
		s := &test[i]
		for at, it := range s.Items {
			fmt.Fprintf(h, "%d %s\n", s.kind(at), products[it])
		}
		fmt.Fprintf(h, "%v\n", s.Cuts)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// placesOf reads Ranks.Places.
func placesOf(text string, k int) ([][]uint8, error) {
	var all [][]uint8
	for _, session := range strings.Split(text, ";") {
		var one []uint8
		for _, field := range strings.Fields(session) {
			n, err := strconv.ParseUint(field, 10, 8)
			if err != nil || int(n) > k {
				return nil, fmt.Errorf("places: %.20q is no place from 0 to %d", field, k)
			}
			one = append(one, uint8(n))
		}
		all = append(all, one)
	}
	return all, nil
}

// sharesOf reads Ranks.Carts and Ranks.Orders.
func sharesOf(text string) (ratio, error) {
	var r ratio
	for i, session := range strings.Split(text, ";") {
		var shown, wanted int
		if _, err := fmt.Sscanf(session+"\n", "%d/%d\n", &shown, &wanted); err != nil || shown < 0 || shown > wanted {
			return nil, fmt.Errorf("%.20q is no number of those shown and of those wanted, such as 1/2", session)
		}
		if wanted > 0 {
			r = append(r, part{session: int32(i), above: float64(shown), below: float64(wanted)})
		}
	}
	return r, nil
}

// Comparison is how a run B differs from a run A on the same test.
type Comparison struct {
	K        int          `json:"k"`
	Targets  int          `json:"targets"`
	Sessions int          `json:"sessions"`
	Measures []Difference `json:"measures"`
	// Slices have the differences in the slices of A that have targets.
	Slices []*SliceComparison `json:"slices,omitempty"`
	// Of the sessions with targets, those whose mean of 1/place is higher in B,
	// lower, and the same, in percent.
	Better float64 `json:"better_percent"`
	Worse  float64 `json:"worse_percent"`
	Same   float64 `json:"same_percent"`
}

// Difference is one measure of both runs, in percent, and B minus A with its 95 %
// interval.
type Difference struct {
	Measure string   `json:"measure"`
	A       float64  `json:"a"`
	B       float64  `json:"b"`
	BMinusA Estimate `json:"b_minus_a"`
}

// Differs reports whether 0 lies outside the interval.
func (d *Difference) Differs() bool { return d.BMinusA.Low > 0 || d.BMinusA.High < 0 }

// Compare holds two runs against each other, session by session: in every
// bootstrap sample both runs have the same sessions, so that what makes sessions
// easy or hard cancels out (Efron and Tibshirani 1993, 8.3; Sakai, "Evaluating
// evaluation metrics based on the bootstrap", 2006).
func Compare(a, b *Result, seed uint64) (*Comparison, error) {
	switch {
	case a.Ranks == nil || b.Ranks == nil:
		return nil, fmt.Errorf("it has no ranks: run vitrine backtest --json with this version")
	case a.K != b.K:
		return nil, fmt.Errorf("one run asked for %d products and the other for %d: give both the same --k", a.K, b.K)
	case a.Ranks.Baskets != b.Ranks.Baskets:
		return nil, fmt.Errorf("one run was of sessions and the other of lasting visitors: give both the same --holdout")
	case a.Ranks.Test != b.Ranks.Test:
		return nil, fmt.Errorf("the runs were tested on different sessions: give both the same --test, or --holdout, and the same --sample and --seed")
	}
	pa, err := placesOf(a.Ranks.Places, a.K)
	if err != nil {
		return nil, err
	}
	pb, err := placesOf(b.Ranks.Places, b.K)
	if err != nil {
		return nil, err
	}
	c := &Comparison{K: a.K, Sessions: len(pa)}
	for i := range pa {
		if len(pb) != len(pa) || len(pa[i]) != len(pb[i]) {
			return nil, fmt.Errorf("places: the runs do not have as many sessions and targets")
		}
		c.Targets += len(pa[i])
	}
	c.count(pa, pb)
	p := paired{sessions: len(pa)}
	add := (*paired).addTargets
	if a.Ranks.Baskets {
		add = func(p *paired, pa, pb [][]uint8) { p.addBaskets(pa, pb, a.K) }
	}
	add(&p, pa, pb)
	for _, m := range []struct{ name, a, b string }{
		{"recall of carts", a.Ranks.Carts, b.Ranks.Carts}, {"recall of orders", a.Ranks.Orders, b.Ranks.Orders},
	} {
		if m.a == "" || m.b == "" {
			continue
		}
		ra, err := sharesOf(m.a)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
		rb, err := sharesOf(m.b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
		for _, one := range append(ra[:len(ra):len(ra)], rb...) {
			if int(one.session) >= len(pa) {
				return nil, fmt.Errorf("%s: more sessions than there are places of", m.name)
			}
		}
		p.add(m.name, ra, rb)
	}
	if err := c.addSlices(&p, a.Ranks.Cuts, pa, pb, add); err != nil {
		return nil, err
	}
	c.take(p.differences(seed))
	return c, nil
}

// addTargets compares runs by the places of their targets.
func (p *paired) addTargets(a, b [][]uint8) {
	for _, m := range []struct {
		name  string
		worth func(uint8) float64
	}{{"HR", hit}, {"MRR", reciprocal}, {"NDCG", gain}} {
		p.add(m.name, meanOf(a, m.worth), meanOf(b, m.worth))
	}
}

// count compares the sessions one by one.
func (c *Comparison) count(a, b [][]uint8) {
	var better, worse, same float64
	for i := range a {
		var sa, sb float64
		for j := range a[i] {
			sa += reciprocal(a[i][j])
			sb += reciprocal(b[i][j])
		}
		const rounding = 1e-9 // of sums in another order
		switch {
		case len(a[i]) == 0:
		case sb > sa+rounding:
			better++
		case sb < sa-rounding:
			worse++
		default:
			same++
		}
	}
	if n := better + worse + same; n > 0 {
		c.Better, c.Worse, c.Same = 100*better/n, 100*worse/n, 100*same/n
	}
}

func meanOf(places [][]uint8, worth func(uint8) float64) ratio {
	var r ratio
	for i, session := range places {
		p := part{session: int32(i), below: float64(len(session))}
		for _, place := range session {
			p.above += worth(place)
		}
		if p.below > 0 {
			r = append(r, p)
		}
	}
	return r
}

// paired collects pairs of ratios, so that one bootstrap serves all.
type paired struct {
	sessions int
	names    []string
	a, b     []ratio
}

// add asks for the difference of two ratios, unless they are of nothing.
func (p *paired) add(name string, a, b ratio) {
	if len(a) == 0 || len(b) == 0 {
		return
	}
	p.names, p.a, p.b = append(p.names, name), append(p.a, a), append(p.b, b)
}

func (p *paired) differences(seed uint64) []Difference {
	samples := make([][]float64, len(p.names))
	resample(p.sessions, seed, func(times []uint16) {
		for i := range p.names {
			a, ok := p.a[i].value(times)
			if b, too := p.b[i].value(times); ok && too {
				samples[i] = append(samples[i], b-a)
			}
		}
	})
	var out []Difference
	for i, name := range p.names {
		a, _ := p.a[i].value(nil)
		b, _ := p.b[i].value(nil)
		out = append(out, Difference{Measure: name, A: 100 * a, B: 100 * b, BMinusA: interval(b-a, samples[i], 100)})
	}
	return out
}
