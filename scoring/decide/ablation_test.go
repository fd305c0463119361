package decide

import (
	"reflect"
	"slices"
	"testing"
)

func ablation(t *testing.T, of AblationOf, name string) *Ablation {
	t.Helper()
	for _, a := range Ablations() {
		if a.Of == of && a.Name == name {
			return a
		}
	}
	t.Fatalf("there is no ablation of %s %q", of, name)
	return nil
}

func TestFamiliesNameFeatures(t *testing.T) {
	names := FeatureNames()
	for _, f := range families() {
		for _, name := range f.features {
			if !slices.Contains(names, name) {
				t.Errorf("family %q has a feature %q, which the blend does not have", f.name, name)
			}
		}
	}
	var left []string
	for _, a := range Ablations() {
		if a.Of == WithoutFeatures {
			left = append(left, a.features...)
		}
	}
	slices.Sort(left)
	slices.Sort(names)
	if !slices.Equal(left, names) {
		t.Errorf("left out are %q, and there are %q", left, names)
	}
}

func TestWithoutASource(t *testing.T) {
	g := generate(31, 500)
	g.learn(800)
	c := (*Config)(nil).Without(ablation(t, WithoutSource, "covisitation"))
	only := (*Config)(nil).Without(ablation(t, OnlySource, "covisitation"))
	moved := false
	for _, p := range g.requests(20) {
		q := g.decider.start(p.under(c), c)
		for _, x := range q.candidates.list {
			if x.signal[sigNext] != 0 || x.signal[sigForward] != 0 || x.signal[sigHop] != 0 {
				t.Fatalf("co-visitation speaks for %d", x.product)
			}
		}
		q.close()
		q = g.decider.start(p.under(only), only)
		for _, x := range q.candidates.list {
			if x.signal[sigNear] != 0 || x.signal[sigOwn] != 0 {
				t.Fatalf("another source speaks for %d", x.product)
			}
		}
		q.close()
		whole := g.decider.Decide(p)
		moved = moved || !reflect.DeepEqual(g.decider.Decide(p.under(c)), whole)
		if !reflect.DeepEqual(g.decider.Decide(p), whole) {
			t.Fatal("an ablation outlives its decision")
		}
	}
	if !moved {
		t.Error("no decision differs without co-visitation")
	}
}

func TestWithoutFeatures(t *testing.T) {
	g := generate(32, 500)
	g.learn(800)
	a := ablation(t, WithoutFeatures, "returns")
	c := (*Config)(nil).Without(a)
	for _, p := range g.requests(20) {
		q := g.decider.start(p.under(c), c)
		q.weigh()
		for k := range q.features {
			if slices.Contains(a.features, q.features[k].name) && q.weights[k] != 0 {
				t.Errorf("%q weighs %v", q.features[k].name, q.weights[k])
			}
		}
		if q.config.prior[sigOwn] != 0 || q.config.prior[sigNear] == 0 {
			t.Errorf("the first stage weighs %v", q.config.prior)
		}
		q.close()
	}
	t.Run("two placements without different things rank apart", func(t *testing.T) {
		if other := (*Config)(nil).Without(ablation(t, WithoutFeatures, "interest")); c.same(other) || !c.same((*Config)(nil).Without(a)) {
			t.Error("they count as the same, or the same as different")
		}
	})
}
