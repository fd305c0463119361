// Package personalog finds personas among the visitors of a log, and measures how much
// the same they are when other visitors are sampled, in another order.
package personalog

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/vitrine-io/vitrine/cmd/vitrine/backtest"
	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/persona"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/server"
)

// Options say what is measured.
type Options struct {
	Log      *backtest.Log
	Products func() (records.Record[*pb.Product], error)
	Seeds    [2]uint64
	Display  *progress.Display
}

// Result is what was found.
type Result struct {
	Visitors int       `json:"visitors"`
	Personas []Persona `json:"personas"` // of the first run
	Others   int       `json:"others"`   // visitors who resemble none
	Second   int       `json:"second"`   // personas of the second run
	// Agreement is the adjusted Rand index between the runs (Hubert, Arabie, 1985): 1
	// when they group visitors alike, 0 when no more than chance does.
	Agreement float64 `json:"adjusted_rand_index"`
	// Near is the mean cosine of visitors to their persona.
	Near float64 `json:"near"`
}

// Persona is one that was found.
type Persona struct {
	ID        string   `json:"id"`
	Share     float64  `json:"share"`
	Interests []string `json:"interests"` // the strongest first, with their weights
}

// visit is how far apart the two visits of a visitor are, and step the things done in the
// first.
const (
	visit = 24 * time.Hour
	step  = time.Second
)

// Run plays the log twice: every visitor does what the log says, and comes back on the
// next day. Each run has an order of its own, and ids of its own, by which others are
// sampled.
func Run(ctx context.Context, o Options) (*Result, error) {
	products, err := load(o)
	if err != nil {
		return nil, err
	}
	profiles := make([]*visitor.Profile, len(o.Log.Train))
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range profiles {
		s := &o.Log.Train[i]
		for k, item := range s.Items {
			id := scoring.ProductID(o.Log.Products[item])
			e := scoring.Event{Type: scoring.ProductViewed, Time: start.Add(time.Duration(k-len(s.Items)) * step), Items: []scoring.EventItem{{Product: id, Quantity: 1}}}
			if n, ok := products.Lookup(id); ok {
				for _, t := range products.Facets(n) {
					e.Items[0].Facets = append(e.Items[0].Facets, products.FacetID(t))
				}
			}
			profiles[i] = visitor.Apply(profiles[i], &e)
		}
	}
	r := &Result{Visitors: len(profiles)}
	var of [2][]int
	for run, seed := range o.Seeds {
		l := persona.New()
		rng := rand.New(rand.NewPCG(seed, 0x70657273)) // "pers"
		phase := o.Display.Phase(fmt.Sprint("run ", run+1), "visitors")
		order := rng.Perm(len(profiles))
		for n, i := range order {
			var id [16]byte
			binary.BigEndian.PutUint64(id[:], seed)
			binary.BigEndian.PutUint64(id[8:], uint64(i))
			now := start.Add(visit + time.Duration(n)*time.Second)
			l.Visited(xxhash.Sum64(id[:]), persona.Of(profiles[i].Interests, start.Add(visit)), now)
			if n%1000 == 0 {
				phase.Set(int64(n), int64(n), int64(len(order)))
				if ctx.Err() != nil {
					return nil, ctx.Err()
				}
			}
		}
		phase.End()
		found := l.Reading()
		for _, p := range profiles {
			id, near := found.Nearest(persona.Of(p.Interests, start.Add(visit)))
			of[run] = append(of[run], int(id))
			if run == 0 {
				r.Near += near / float64(len(profiles))
				if id == 0 {
					r.Others++
				}
			}
		}
		if run == 1 {
			r.Second = len(found.Personas())
			continue
		}
		for _, p := range found.Personas() {
			named := Persona{ID: p.ID.String(), Share: p.Share}
			for _, in := range p.Interests[:min(len(p.Interests), 6)] {
				f, _ := products.Facet(in.Facet)
				named.Interests = append(named.Interests, fmt.Sprintf("%s %.2f", strings.TrimPrefix(f.String(), "category/"), in.Weight))
			}
			r.Personas = append(r.Personas, named)
		}
	}
	r.Agreement = rand2(of[0], of[1])
	return r, nil
}

// load reads the catalogue.
func load(o Options) (*catalog.Catalog, error) {
	convert, err := server.NewConverter()
	if err != nil {
		return nil, err
	}
	products := catalog.New()
	for {
		rec, err := o.Products()
		if errors.Is(err, io.EOF) {
			return products, nil
		}
		if err != nil {
			return nil, err
		}
		p, err := convert.Product(rec.Message, scoring.ProductID(path.Base(rec.Message.GetName())), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", rec.At, err)
		}
		products.Put(p)
	}
}

// rand2 is the adjusted Rand index of two ways to group the same things.
func rand2(a, b []int) float64 {
	pairs := func(n int) float64 { return float64(n) * float64(n-1) / 2 }
	both, ofA, ofB := map[[2]int]int{}, map[int]int{}, map[int]int{}
	for k := range a {
		both[[2]int{a[k], b[k]}]++
		ofA[a[k]]++
		ofB[b[k]]++
	}
	var sum, sumA, sumB float64
	for _, n := range both {
		sum += pairs(n)
	}
	for _, n := range ofA {
		sumA += pairs(n)
	}
	for _, n := range ofB {
		sumB += pairs(n)
	}
	chance := sumA * sumB / pairs(len(a))
	most := (sumA + sumB) / 2
	if most == chance {
		return 1
	}
	return (sum - chance) / (most - chance)
}
