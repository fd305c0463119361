package creative

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/logit"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// site is the feature that is always there.
func site() Feature { return Feature{Name{Kind: KindSite}.ID(), 1} }

// of is the feature of a creative, campaign or attribute.
func of(kind Kind, value string) Feature {
	return Feature{Name{Kind: kind, Creative: Trait{"k", value}}.ID(), 1}
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s: got %.6f, want %.6f", what, got, want)
	}
}

func TestLearn(t *testing.T) {
	o := DefaultOptions()
	o.Mean, o.Deviation = 0, 1
	m := New(o)
	reading := m.At(start)
	near(t, "before: mean", reading.Logit([]Feature{site()}).Mean, 0, 0)
	near(t, "before: variance", reading.Logit([]Feature{site()}).Variance, 1, 0)

	m.Learn([]Feature{site()}, true, start)
	// z = 0 + 1 x (1 - p(z)): 0.40106, where p = 0.59894. The precision is 1 + p (1-p).
	after := m.At(start)
	got := after.Logit([]Feature{site()})
	near(t, "after a response: mean", got.Mean, 0.40106, 1e-5)
	near(t, "after a response: variance", got.Variance, 1/(1+0.59894*0.40106), 1e-5)

	// With a second feature of deviation 0.25 and x = 2, the logit's variance is
	// 1 + 4/16 = 1.25: z = 1.25 (1 - p(z)) = 0.47831, and each weight takes x v / 1.25.
	m.Reset()
	creative := of(KindCreative, "a")
	creative.X = 2
	m.Learn([]Feature{site(), creative}, true, start)
	after = m.At(start)
	shares := after.AppendShares(nil, []Feature{site(), creative})
	near(t, "the site's share", shares[0], 0.47831/1.25, 1e-5)
	near(t, "the creative's share", shares[1], 0.47831*0.25/1.25, 1e-5)
}

// What was learned counts half after a half-life: the variance grows back, and the
// mean goes back to the prior's.
func TestLearnedFades(t *testing.T) {
	o := DefaultOptions()
	o.Mean, o.Deviation = -2, 1
	m := New(o)
	for range 100 {
		m.Learn([]Feature{site()}, true, start)
	}
	now, later, late := m.At(start), m.At(start.Add(o.HalfLife)), m.At(start.Add(40*o.HalfLife))
	mean, variance := now.weight(site().ID)
	// precision 1 + gain becomes 1 + gain/2; precision x mean is -2 + pull, then -2 + pull/2.
	gain, pull := 1/variance-1, mean/variance+2
	got := later.Logit([]Feature{site()})
	near(t, "variance after a half-life", got.Variance, 1/(1+gain/2), 1e-9)
	near(t, "mean after a half-life", got.Mean, (-2+pull/2)/(1+gain/2), 1e-9)
	got = late.Logit([]Feature{site()})
	near(t, "variance after long", got.Variance, 1, 1e-9)
	near(t, "mean after long", got.Mean, -2, 1e-9)
	near(t, "before the landmark", m.At(start.Add(-time.Hour)).fade, 1, 0)

	// A thousand half-lives on, the sums have moved to another landmark.
	m.Learn([]Feature{site()}, false, start.Add(1000*o.HalfLife))
	reading := m.At(start.Add(1000 * o.HalfLife))
	if got := reading.Logit([]Feature{site()}); !(got.Mean < -2 && got.Mean > -2.2) {
		t.Errorf("a thousand half-lives on: %+v", got)
	}
}

// The model finds the rates of creatives that are shown at random, and its deviation
// says how well.
func TestLearnsTheRates(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	rates := map[string]float64{"a": 0.02, "b": 0.03, "c": 0.024}
	m := New(DefaultOptions())
	names := []string{"a", "b", "c"}
	const shown = 60_000
	for range shown {
		c := names[rng.IntN(3)]
		m.Learn([]Feature{site(), of(KindCreative, c)}, rng.Float64() < rates[c], start)
	}
	r := m.At(start)
	common := r.Logit([]Feature{site()})
	for _, c := range names {
		arm := r.AppendArms(nil, []Feature{site()}, []Contestant{{Own: []Feature{of(KindCreative, c)}, Value: 1}})[0]
		p := common.Plus(r.Logit([]Feature{of(KindCreative, c)})).Probability()
		if math.Abs(p-rates[c]) > 0.15*rates[c] {
			t.Errorf("%s: %.4f, want %.4f", c, p, rates[c])
		}
		// 16 of the prior, and 20,000 impressions of information p (1-p) each.
		// Half of that is drawn with.
		near(t, c+": deviation", arm.Deviation, 0.5/math.Sqrt(16+shown/3*rates[c]*(1-rates[c])), 0.15*arm.Deviation)
	}
}

// A new creative starts from its campaign and category, and is less sure than they.
func TestNewCreativeStartsFromItsCampaign(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 1))
	m, page := New(DefaultOptions()), Page{Placement: "hero"}
	var b Builder
	subject := func(campaign, category, creative string) *Prepared {
		return Prepare(Subject{Campaign: scoring.CampaignID(campaign), Category: category, Creative: scoring.CreativeID(creative)})
	}
	arms := []*Prepared{
		subject("good", "shoes/trail", "1"), subject("good", "shoes/trail", "2"), subject("good", "shoes/trail", "3"),
		subject("bad", "socks", "4"), subject("bad", "socks", "5"), subject("bad", "socks", "6"),
	}
	for range 30_000 {
		k := rng.IntN(len(arms))
		f := append(append([]Feature(nil), b.Begin(&page)...), b.Own(arms[k], 0)...)
		m.Learn(f, rng.Float64() < []float64{0.03, 0.01}[k/3], start)
	}
	r := m.At(start)
	common := b.Begin(&page)
	logit := func(p *Prepared) Arm { return r.AppendArms(nil, common, []Contestant{{b.Own(p, 0), 1}})[0] }
	good, sameCategory, bad := logit(subject("good", "shoes/trail", "7")), logit(subject("other", "shoes", "8")), logit(subject("bad", "socks", "9"))
	if !(good.Mean > sameCategory.Mean && sameCategory.Mean > bad.Mean+0.2) {
		t.Errorf("new creatives start at %.2f, %.2f, %.2f", good.Mean, sameCategory.Mean, bad.Mean)
	}
	if old := logit(arms[0]); good.Deviation < old.Deviation+0.025 {
		t.Errorf("a new creative has deviation %.3f, an old one %.3f", good.Deviation, old.Deviation)
	}
}

// What all arms have in common moves them alike: it counts for the mean and not for the
// deviation. What only some have counts for both.
func TestArmsLeaveOutWhatTheyShare(t *testing.T) {
	o := DefaultOptions()
	o.Exploration = 1
	r := New(o).At(start)
	own := func(campaign, creative string) []Feature {
		return []Feature{of(KindCampaign, campaign), of(KindCreative, creative)}
	}
	campaign, creative := priors[KindCampaign], priors[KindCreative]
	for _, test := range []struct {
		name string
		list []Contestant
		want float64
	}{
		{"of one campaign", []Contestant{{own("x", "a"), 1}, {own("x", "b"), 1}, {own("x", "c"), 1}}, creative},
		{"of several", []Contestant{{own("x", "a"), 1}, {own("x", "b"), 1}, {own("y", "c"), 1}}, math.Hypot(campaign, creative)},
		{"alone", []Contestant{{own("x", "a"), 1}}, math.Hypot(campaign, creative)},
	} {
		for _, arm := range r.AppendArms(nil, []Feature{site()}, test.list) {
			near(t, test.name+": deviation", arm.Deviation, test.want, 1e-12)
			near(t, test.name+": mean", arm.Mean, o.Mean, 1e-12)
		}
	}
	arm := Arm{Value: 3, Mean: -1}
	near(t, "worth", arm.Worth(), 3*0.2689414, 1e-6) // 1 / (1 + e)
}

// The order of the lessons' removal doesn't matter, and what is left is the sum of the
// lessons that were not taken back.
func TestTakeBackIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := New(DefaultOptions())
		type taught struct {
			features []Feature
			lesson   Lesson
		}
		var kept, gone []taught
		at := start
		for range rapid.IntRange(1, 30).Draw(t, "lessons") {
			at = at.Add(time.Duration(rapid.IntRange(0, 1000).Draw(t, "hours")) * time.Hour)
			features := []Feature{site()}
			for _, c := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 0, 3, rapid.ID[string]).Draw(t, "creatives") {
				f := of(KindCreative, c)
				f.X = float32(rapid.IntRange(-2, 2).Draw(t, "x"))
				features = append(features, f)
			}
			lesson := taught{features, m.Learn(features, rapid.Bool().Draw(t, "response"), at)}
			if rapid.Bool().Draw(t, "goes") {
				gone = append(gone, lesson)
			} else {
				kept = append(kept, lesson)
			}
		}
		for _, k := range rapid.Permutation(gone).Draw(t, "order") {
			m.TakeBack(k.features, k.lesson)
		}
		gain, pull := map[FeatureID]float64{}, map[FeatureID]float64{}
		for _, k := range kept {
			age := math.Exp2(m.halves(at.UnixMilli(), k.lesson.at))
			for i, f := range k.features {
				gain[f.ID] += age * float64(k.lesson.gain) * float64(f.X) * float64(f.X)
				pull[f.ID] += age * float64(k.lesson.pulls[i])
			}
		}
		r := m.At(at)
		for _, c := range []Feature{site(), of(KindCreative, "a"), of(KindCreative, "b"), of(KindCreative, "c"), of(KindCreative, "d")} {
			p := m.priors[c.ID.Kind()]
			mean, variance := r.weight(c.ID)
			if want := 1 / (p.precision + gain[c.ID]); math.Abs(variance-want) > 1e-9 {
				t.Fatalf("variance %v, want %v", variance, want)
			}
			if want := (p.pull + pull[c.ID]) / (p.precision + gain[c.ID]); math.Abs(mean-want) > 1e-9 {
				t.Fatalf("mean %v, want %v", mean, want)
			}
		}
	})
}

// However many features come, those that most was learned about stay.
func TestFeaturesAreBounded(t *testing.T) {
	o := DefaultOptions()
	o.MaxFeatures = 1000
	m := New(o)
	known := []Feature{site(), of(KindCreative, "known")}
	for range 200 {
		m.Learn(known, true, start)
	}
	before := m.At(start)
	want := before.Logit(known)
	for i := range 5000 {
		m.Learn([]Feature{of(KindCreative, string(rune(i+1000)))}, false, start)
		if m.Features() > o.MaxFeatures {
			t.Fatalf("%d features", m.Features())
		}
	}
	after := m.At(start)
	if got := after.Logit(known); got != want {
		t.Errorf("what was known is %+v, and was %+v", got, want)
	}
	m.Forget(known[0].ID, known[1].ID)
	gone := m.At(start)
	if got, prior := gone.Logit(known), New(o).At(start); got != prior.Logit(known) {
		t.Errorf("forgotten, but %+v", got)
	}
}

// Readers run beside the learner, through growth and eviction.
func TestReadersBesideTheLearner(t *testing.T) {
	o := DefaultOptions()
	o.MaxFeatures, o.HalfLife = 3000, time.Minute
	m := New(o)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				r := m.At(start.Add(time.Duration(i) * time.Second))
				p := r.Logit([]Feature{site(), of(KindCreative, string(rune(1000+i%5000)))})
				if math.IsNaN(p.Mean) || !(p.Variance > 0) {
					t.Errorf("read %+v", p)
					return
				}
			}
		})
	}
	for i := range 20_000 {
		m.Learn([]Feature{site(), of(KindCreative, string(rune(1000+i%5000)))}, i%10 == 0, start.Add(time.Duration(i)*time.Second))
	}
	close(stop)
	wg.Wait()
}

func TestProbability(t *testing.T) {
	// By numeric integration over the normal.
	for _, p := range []Posterior{{-4, 0.01}, {-4, 0.25}, {-2, 1}, {0, 1}, {1, 0.5}} {
		var want, sum float64
		for z := -6.0; z <= 6; z += 0.01 {
			w := math.Exp(-z * z / 2)
			sum += w
			want += w * logit.P(p.Mean+z*math.Sqrt(p.Variance))
		}
		want /= sum
		if got := p.Probability(); math.Abs(got-want) > 0.002*want {
			t.Errorf("%+v: %.4f, want %.4f", p, got, want)
		}
	}
}

// A page as a shop has it: a dozen traits of page and visitor, creatives of ten
// campaigns with a category and two attributes.
func BenchmarkDecide(b *testing.B) {
	for _, k := range []int{10, 100} {
		b.Run(fmt.Sprintf("creatives=%d", k), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(uint64(k), 1))
			page := Page{Placement: "hero", Context: []Trait{{"device", "2"}, {"country", "DE"}, {"hours", "8-12"}, {"page", "1"}}}
			for i := range 6 {
				page.Interests = append(page.Interests, Interest{scoring.FacetID(i + 1), 0.5})
			}
			var list []*Prepared
			for i := range k {
				list = append(list, Prepare(Subject{
					Creative: scoring.CreativeID(fmt.Sprint(i)), Campaign: scoring.CampaignID(fmt.Sprint(i % 10)), Category: fmt.Sprintf("a/%d", i%7),
					Attributes: []Trait{{"format", fmt.Sprint(i % 3)}, {"mood", fmt.Sprint(i % 5)}},
				}))
			}
			m := New(DefaultOptions())
			var builder Builder
			for range 20_000 {
				common := builder.Begin(&page)
				m.Learn(append(append([]Feature(nil), common...), builder.Own(list[rng.IntN(k)], 1)...), rng.Float64() < 0.02, start)
			}
			var contestants []Contestant
			var arms []Arm
			chooser := Chooser{Floor: DefaultFloor}
			seed := uint64(0)
			eachTook(b, func() {
				seed++
				r := m.At(start)
				common := builder.Begin(&page)
				contestants = contestants[:0]
				for i, p := range list {
					contestants = append(contestants, Contestant{builder.Own(p, float64(i%4)), 1})
				}
				arms = r.AppendArms(arms[:0], common, contestants)
				chooser.Choose(arms, seed)
			})
		})
	}
}
