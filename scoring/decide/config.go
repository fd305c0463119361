package decide

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/blend"
)

// Config is a placement's Ranking made ready for decisions. It never changes.
//
// A weight that it sets stands in the place of the shipped one, whether that was
// set by hand or fitted and however young the shop is; what the shop's visitors
// have moved it by comes on top, unless the configuration is fixed.
type Config struct {
	settings
	fixed   bool
	weights []*[blend.Situations]float32 // of the features; nil: as shipped
	missing *missing                     // what is left out; nil: nothing
}

// maxWeight bounds a weight on both sides, as the contract does.
const maxWeight = 100

// Fault is something wrong with a Ranking.
type Fault struct {
	Feature   string // the weights it is about, or
	Parameter string // the parameter
	Text      string // what is wrong, and what is allowed
}

// Compile makes a placement's ranking ready; nil is as shipped. What is wrong is
// left out of the result, and told.
func Compile(r *scoring.Ranking) (*Config, []Fault) {
	c := &Config{}
	known := parameters()
	for k := range known {
		known[k].set(&c.settings, known[k].Default)
	}
	if r == nil {
		return c, nil
	}
	c.fixed = r.Fixed
	var faults []Fault
	names := FeatureNames()
	for _, name := range slices.Sorted(maps.Keys(r.Weights)) {
		k := slices.Index(names, name)
		text := checkWeights(r.Weights[name])
		if k < 0 {
			text = "there is no such feature: " + closeNames(name, names)
		}
		if text != "" {
			faults = append(faults, Fault{Feature: name, Text: text})
			continue
		}
		if c.weights == nil {
			c.weights = make([]*[blend.Situations]float32, len(names))
		}
		c.weights[k] = spread(r.Weights[name])
	}
	for _, name := range slices.Sorted(maps.Keys(r.Parameters)) {
		k := slices.IndexFunc(known, func(p Parameter) bool { return p.Name == name })
		if k < 0 {
			faults = append(faults, Fault{Parameter: name, Text: "there is no such parameter: " + closeNames(name, parameterNames(known))})
			continue
		}
		if text := known[k].check(r.Parameters[name]); text != "" {
			faults = append(faults, Fault{Parameter: name, Text: text})
			continue
		}
		known[k].set(&c.settings, r.Parameters[name])
	}
	return c, faults
}

// FeatureNames lists the features of the blend in their order.
func FeatureNames() []string {
	all := features()
	names := make([]string, len(all))
	for k := range all {
		names[k] = all[k].name
	}
	return names
}

func parameterNames(list []Parameter) []string {
	names := make([]string, len(list))
	for k := range list {
		names[k] = list[k].Name
	}
	return names
}

// checkWeights says what is wrong with a feature's weights; empty for nothing.
func checkWeights(by []float32) string {
	if len(by) != 1 && len(by) != blend.Situations {
		return fmt.Sprintf("has %d weights, must have 1 for all situations or one for each of the %d", len(by), blend.Situations)
	}
	for _, w := range by {
		if !(math.Abs(float64(w)) <= maxWeight) {
			return fmt.Sprintf("has a weight of %v, must be from %d to %d", w, -maxWeight, maxWeight)
		}
	}
	return ""
}

// spread gives each situation its weight.
func spread(by []float32) *[blend.Situations]float32 {
	var all [blend.Situations]float32
	for k := range all {
		all[k] = by[min(k, len(by)-1)]
	}
	return &all
}

// same reports whether two configurations rank alike.
func (c *Config) same(o *Config) bool {
	return c == o || c.settings == o.settings && c.fixed == o.fixed && c.sameAblation(o) &&
		slices.EqualFunc(c.weights, o.weights, func(a, b *[blend.Situations]float32) bool {
			return a == b || a != nil && b != nil && *a == *b
		})
}

// weight returns what a feature's weights are set to; nil when they are not.
func (c *Config) weight(feature int) *[blend.Situations]float32 {
	if c.weights == nil {
		return nil
	}
	return c.weights[feature]
}

// noVisit is the situation of a visitor of whose visit there is nothing to go by.
const noVisit = blend.NoVisit

// rankings are the queries of a page, one for each configuration among its slots:
// almost always one. Each gathers candidates by its own parameters, so that a
// placement ranks as it does on a page of its own.
type rankings struct {
	first  *query
	others []*query
}

// start begins a page under a configuration.
func (d *Decider) start(p *Page, c *Config) *query {
	q := d.scratch.Get().(*query)
	q.config = c
	q.begin(p)
	return q
}

// configOf is the configuration of a slot.
func (d *Decider) configOf(s *Slot) *Config {
	if s.Config == nil {
		return d.shipped
	}
	return s.Config
}

// fill fills a slot. What stands on the page is handed from query to query.
func (r *rankings) fill(s *Slot) scoring.FilledPlacement {
	c := r.first.configOf(s)
	if c.same(r.first.config) {
		return r.first.fill(s)
	}
	k := slices.IndexFunc(r.others, func(q *query) bool { return c.same(q.config) })
	if k < 0 {
		k = len(r.others)
		r.others = append(r.others, r.first.start(r.first.page, c))
	}
	q := r.others[k]
	q.taken, r.first.taken = r.first.taken, q.taken
	filled := q.fill(s)
	q.taken, r.first.taken = r.first.taken, q.taken
	return filled
}

// close lets go of the page and hands the query back.
func (q *query) close() {
	q.end()
	q.scratch.Put(q)
}

// end hands the queries back.
func (r *rankings) end() {
	r.first.close()
	for _, q := range r.others {
		q.close()
	}
}
