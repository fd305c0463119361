package decide

import (
	"slices"
)

// Ablation is something that decisions do without, so that a test tells what it
// brings. The weights of what is left stay as they were learned beside it.
type Ablation struct {
	Of       AblationOf
	Name     string   // of the source or the family
	sources  []string // that are not asked
	features []string // that weigh nothing
	signals  []signal // that count for nothing in the first stage
}

// AblationOf is what kind of thing is left out.
type AblationOf string

// The kinds of ablations.
const (
	WithoutSource   AblationOf = "source"   // its candidates, and with them what it says of others'
	WithoutFeatures AblationOf = "features" // a family of features, in both stages
	OnlySource      AblationOf = "only"     // all sources but this one
)

// family is features that say much the same, and what they read.
type family struct {
	name     string
	features []string
	signals  []signal
}

// families group the features. One that is in none is a family of its own.
func families() []family {
	return []family{
		{"session neighbours", []string{"near", "near ratio", "after", "flat", "best", "recent"}, []signal{sigNear, sigAfter, sigFlat, sigBest, sigRecent}},
		{"co-visitation", []string{"next", "next ratio", "forward", "forward ratio", "forward share", "backward"}, []signal{sigNext, sigForward, sigBackward}},
		{"two hops", []string{"hop", "hop ratio", "hop share"}, []signal{sigHop}},
		{"popularity and age", []string{"popular now", "popular", "popular ever", "popular kind", "rising", "age", "idle"}, []signal{sigPopular}},
		{"returns", []string{"in visit", "latest", "one before", "two before", "looked at often", "visit of returns", "returned to", "seen earlier", "own"}, []signal{sigOwn}},
		{"event types", namesOf(touchFeatures()), nil},
		{"interest", namesOf(interestFeatures()), []signal{sigFacets}},
		{"page", []string{"like this", "on topic"}, []signal{sigPage}},
		{"baskets", []string{"carted with", "ordered with"}, []signal{sigCarted, sigOrdered}},
		{"range", []string{"range"}, []signal{sigRange}},
		{"contexts", []string{"liked here"}, []signal{sigContext}},
		{"like histories", []string{"histories", "histories ratio", "histories after"}, []signal{sigTrail, sigTrailAfter}},
		{"later visits", []string{"later", "later ratio", "later share", "earlier", "later hop", "later hop ratio", "later hop share"}, []signal{sigLater, sigEarlier, sigLaterHop}},
		{"purchases", []string{"bought again", "bought often", "bought lately", "habit", "due", "kind due"}, []signal{sigBought}},
		{"searches", []string{"searched"}, []signal{sigSearched}},
	}
}

// readsRare reports whether a feature is of a family that reads rare signals alone.
func readsRare(feature string) bool {
	for _, f := range families() {
		if slices.Contains(f.features, feature) {
			return len(f.signals) > 0 && slices.Min(f.signals) >= firstRare
		}
	}
	return false
}

func namesOf(features []feature) (names []string) {
	for k := range features {
		names = append(names, features[k].name)
	}
	return names
}

// Ablations lists everything that can be left out: each source, each family of
// features, and all sources but one.
func Ablations() []*Ablation {
	var all, only []*Ablation
	for _, s := range sources() {
		all = append(all, &Ablation{Of: WithoutSource, Name: s.name(), sources: []string{s.name()}})
		one := &Ablation{Of: OnlySource, Name: s.name()}
		for _, other := range sources() {
			if other.name() != s.name() {
				one.sources = append(one.sources, other.name())
			}
		}
		only = append(only, one)
	}
	names := FeatureNames()
	var known []string
	for _, f := range families() {
		all = append(all, &Ablation{Of: WithoutFeatures, Name: f.name, features: f.features, signals: f.signals})
		known = append(known, f.features...)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			all = append(all, &Ablation{Of: WithoutFeatures, Name: name, features: []string{name}})
		}
	}
	return append(all, only...)
}

// missing is an ablation made ready: what is left out, by its number.
type missing struct {
	ablation *Ablation
	features []int
}

// Without is the configuration that decides the same, but without something; of
// nil it is the shipped one.
func (c *Config) Without(a *Ablation) *Config {
	if c == nil {
		c, _ = Compile(nil)
	}
	less := *c
	less.missing = &missing{ablation: a}
	for k, name := range FeatureNames() {
		if slices.Contains(a.features, name) {
			less.missing.features = append(less.missing.features, k)
		}
	}
	for _, s := range a.signals {
		less.prior[s] = 0
	}
	return &less
}

// lacks reports whether a source is not to be asked.
func (c *Config) lacks(s source) bool {
	return c.missing != nil && slices.Contains(c.missing.ablation.sources, s.name())
}

// sameAblation reports whether both do without the same.
func (c *Config) sameAblation(o *Config) bool {
	return c.missing == o.missing || c.missing != nil && o.missing != nil && c.missing.ablation == o.missing.ablation
}
