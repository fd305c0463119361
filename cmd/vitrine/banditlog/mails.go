package banditlog

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/creative"
	"github.com/vitrine-io/vitrine/scoring/offpolicy"
)

// mailing is a log of mails sent at random: to each customer one creative, or none.
type mailing struct {
	creatives []string
	customers []customer
}

// customer is what was known of one, which mail they got, and what came of it.
type customer struct {
	context                  []creative.Trait
	mail                     int
	visit, conversion, spend float64
}

// readMailing reads the log. A customer's columns are all but the mail and its outcome.
func readMailing(s *sheet) (*mailing, error) {
	m := &mailing{}
	index := map[string]int{}
	for i := range s.rows {
		name := s.text(i, "segment")
		k, known := index[name]
		if !known {
			k = len(m.creatives)
			index[name] = k
			m.creatives = append(m.creatives, name)
		}
		c := customer{mail: k}
		for _, outcome := range []struct {
			column string
			to     *float64
		}{{"visit", &c.visit}, {"conversion", &c.conversion}, {"spend", &c.spend}} {
			v, err := s.number(i, outcome.column, 0, 1e6)
			if err != nil {
				return nil, err
			}
			*outcome.to = v
		}
		for _, column := range []string{"recency", "history_segment", "mens", "womens", "zip_code", "newbie", "channel"} {
			c.context = append(c.context, creative.Trait{Key: column, Value: s.text(i, column)})
		}
		m.customers = append(m.customers, c)
	}
	if len(m.creatives) < 2 {
		return nil, fmt.Errorf("%s has one segment only: there is nothing to choose", s.path)
	}
	return m, nil
}

// objective is what a mail is sent for.
type objective struct {
	name     string
	reward   func(*customer) float64
	response func(*customer) bool // what the model learns
}

var objectives = []objective{
	{"visit", func(c *customer) float64 { return c.visit }, func(c *customer) bool { return c.visit > 0 }},
	{"conversion", func(c *customer) float64 { return c.conversion }, func(c *customer) bool { return c.conversion > 0 }},
	{"spend", func(c *customer) float64 { return c.spend }, func(c *customer) bool { return c.conversion > 0 }},
}

// folds is into how many parts the customers are dealt.
const folds = 5

// learnMails learns a policy on all parts of the customers but one and values it on
// that one, for each part, so that every row is used; for each objective.
func learnMails(ctx context.Context, sheets []*sheet, o Options) (*Result, error) {
	if len(sheets) > 1 {
		return nil, fmt.Errorf("one mailing at a time, not %d", len(sheets))
	}
	m, err := readMailing(sheets[0])
	if err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(o.Seed, 0x6d61696c)) // "mail"
	order := rng.Perm(len(m.customers))
	phase := o.Display.Phase("learn", "objectives")
	defer phase.End()
	r := &Result{}
	for k, obj := range objectives {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		p := chances{make([]float64, len(m.customers)), make([]float64, len(m.customers))}
		for fold := range folds {
			from, to := fold*len(order)/folds, (fold+1)*len(order)/folds
			m.learnAndChoose(obj, slices.Concat(order[:from], order[to:]), order[from:to], o.Floor, p)
		}
		r.Learned = append(r.Learned, m.value(obj, p, rng))
		phase.Set(int64(k+1), int64(k+1), int64(len(objectives)))
	}
	return r, nil
}

// chances are the probabilities with which each customer would have got the mail that
// they got: from a policy that goes on exploring, and from one that sends the mail that
// it thinks best.
type chances struct{ exploring, best []float64 }

// learnAndChoose sets the chances for the customers of the second list, of what was
// learned on the first.
func (m *mailing) learnAndChoose(obj objective, from, to []int, floor float64, p chances) {
	model := creative.New(creative.DefaultOptions())
	subjects := make([]*creative.Prepared, len(m.creatives))
	for k, name := range m.creatives {
		subjects[k] = creative.Prepare(creative.Subject{
			Creative: scoring.CreativeID(name), Campaign: "mailing", Attributes: []creative.Trait{{Key: "mail", Value: name}},
		})
	}
	var b creative.Builder
	for _, i := range from {
		c := &m.customers[i]
		page := creative.Page{Placement: "mail", Context: c.context}
		model.Learn(slices.Concat(b.Begin(&page), b.Own(subjects[c.mail], 0)), obj.response(c), anyDay)
	}
	r, chooser, worth := model.At(anyDay), creative.Chooser{Floor: floor}, m.worth(obj, from)
	var list []creative.Contestant
	var arms []creative.Arm
	for _, i := range to {
		c := &m.customers[i]
		page := creative.Page{Placement: "mail", Context: c.context}
		common := b.Begin(&page)
		list = list[:0]
		for k, s := range subjects {
			list = append(list, creative.Contestant{Own: b.Own(s, 0), Value: worth[k]})
		}
		arms = r.AppendArms(arms[:0], common, list)
		p.exploring[i] = chooser.Propensities(arms)[c.mail]
		best := 0
		for k := range arms {
			if arms[k].Worth() > arms[best].Worth() {
				best = k
			}
		}
		if best == c.mail {
			p.best[i] = 1
		}
	}
}

// worth is what a response to each creative brings: the mean over the responses to all
// of them and ten more of the mean over all, or an outlier would decide.
func (m *mailing) worth(obj objective, rows []int) []float64 {
	const asMuchAs = 10
	var sum, n float64
	sums, ns := make([]float64, len(m.creatives)), make([]float64, len(m.creatives))
	for _, i := range rows {
		if c := &m.customers[i]; obj.response(c) {
			sum, n = sum+obj.reward(c), n+1
			sums[c.mail] += obj.reward(c)
			ns[c.mail]++
		}
	}
	mean := sum / max(n, 1)
	for k := range sums {
		sums[k] = (sums[k] + asMuchAs*mean) / (ns[k] + asMuchAs)
	}
	return sums
}

// value values what was learned beside each single creative and the log's own policy.
func (m *mailing) value(obj objective, p chances, rng *rand.Rand) Learned {
	log := make(offpolicy.Log, len(m.customers))
	single := make([][]float64, len(m.creatives))
	for k := range single {
		single[k] = make([]float64, len(log))
	}
	for i := range m.customers {
		c := &m.customers[i]
		log[i] = offpolicy.Row{Reward: obj.reward(c), Logged: 1 / float64(len(m.creatives))}
		single[c.mail][i] = 1
	}
	l := Learned{Objective: obj.name, Rows: len(log)}
	add := func(name string, target []float64) float64 {
		v := Valued{name, log.Value(target, rng)}
		l.Policies = append(l.Policies, v)
		return v.SNIPS.Value
	}
	add("uniform", log.Own())
	best, most := 0, -1.0
	for k, name := range m.creatives {
		if v := add(name, single[k]); v > most {
			best, most = k, v
		}
	}
	add(Ours, p.best)
	add(Ours+", exploring on", p.exploring)
	l.Single = log.Compare(single[best], p.best, rng)
	l.Uniform = log.Compare(log.Own(), p.best, rng)
	return l
}
