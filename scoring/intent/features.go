package intent

import "math"

// feature is one input of the model: what it is called, how it follows from the facts,
// and what is thought of its weight before anything is known, by window.
type feature struct {
	name  string
	of    func(f *Facts) float64
	prior [windows]float64
}

// kept is what is left of 1 after an age, given the half-life in days: 0 of what never
// happened.
func kept(age float32, halfLife float64) float64 { return math.Exp2(-float64(age) / halfLife) }

func had(age float32) float64 {
	if math.IsInf(float64(age), 0) {
		return 0
	}
	return 1
}

func log(x float32) float64 { return math.Log1p(float64(x)) }

// long is the log of an age: 0 of what never happened.
func long(age float32) float64 {
	if had(age) == 0 {
		return 0
	}
	return log(age)
}

// features are about 0 to 1 each. The priors say of a shop that nothing is known of:
// three visits in a hundred end with an order within a week and four within a month,
// more where something lies in the cart, where something was just looked at, and of
// who bought before.
var features = [...]feature{
	{"always", func(*Facts) float64 { return 1 }, [windows]float64{-4, -3.6}},
	{"bought", func(f *Facts) float64 { return had(f[sinceOrder]) }, [windows]float64{0.28, 0.35}},
	{"bought within days", func(f *Facts) float64 { return kept(f[sinceOrder], 7) }, [windows]float64{}},
	{"bought within weeks", func(f *Facts) float64 { return kept(f[sinceOrder], 30) }, [windows]float64{0.14, 0.14}},
	{"bought within months", func(f *Facts) float64 { return kept(f[sinceOrder], 120) }, [windows]float64{0.21, 0.28}},
	{"orders", func(f *Facts) float64 { return log(f[orders]) / 2 }, [windows]float64{0.21, 0.28}},
	{"orders of late", func(f *Facts) float64 { return log(f[ordersLately]) }, [windows]float64{0.28, 0.35}},
	{"last gap of weeks", func(f *Facts) float64 { return kept(f[orderGap], 14) }, [windows]float64{0.21, 0.21}},
	{"last gap of months", func(f *Facts) float64 { return kept(f[orderGap], 60) }, [windows]float64{}},
	{"rhythm of weeks", func(f *Facts) float64 { return kept(f[orderRhythm], 14) }, [windows]float64{0.21, 0.21}},
	{"rhythm of months", func(f *Facts) float64 { return kept(f[orderRhythm], 60) }, [windows]float64{0.14, 0.21}},
	{"overdue", overdue, [windows]float64{}},
	{"products bought", func(f *Facts) float64 { return log(f[products]) / 4 }, [windows]float64{}},
	{"here for long", func(f *Facts) float64 { return long(f[sinceFirst]) / 6 }, [windows]float64{}},
	{"new", func(f *Facts) float64 { return kept(f[sinceFirst], 1) }, [windows]float64{}},
	{"here today", func(f *Facts) float64 { return kept(f[sinceSeen], 1) }, [windows]float64{0.49, 0.21}},
	{"here this week", func(f *Facts) float64 { return kept(f[sinceSeen], 7) }, [windows]float64{0.35, 0.42}},
	{"here this month", func(f *Facts) float64 { return kept(f[sinceSeen], 30) }, [windows]float64{0.14, 0.35}},
	{"cart", func(f *Facts) float64 { return had(f[sinceCart]) }, [windows]float64{0.21, 0.21}},
	{"cart of today", func(f *Facts) float64 { return kept(f[sinceCart], 1) }, [windows]float64{0.84, 0.7}},
	{"cart of this week", func(f *Facts) float64 { return kept(f[sinceCart], 7) }, [windows]float64{0.28, 0.35}},
	{"cart's size", func(f *Facts) float64 { return log(f[cartProducts]) / 2 }, [windows]float64{0.21, 0.21}},
	{"interest now", func(f *Facts) float64 { return some(f[shortInterest]) }, [windows]float64{0.21, 0.21}},
	{"interest this week", func(f *Facts) float64 { return some(f[midInterest]) }, [windows]float64{0.21, 0.21}},
	{"interest this season", func(f *Facts) float64 { return some(f[longInterest]) }, [windows]float64{}},
	{"looks today", func(f *Facts) float64 { return log(f[looksDay]) / 3 }, [windows]float64{0.21, 0.14}},
	{"looks this week", func(f *Facts) float64 { return log(f[looksWeek]) / 3 }, [windows]float64{0.14, 0.14}},
	{"into the cart this week", func(f *Facts) float64 { return log(f[addsWeek]) }, [windows]float64{0.21, 0.21}},
	{"wishes this week", func(f *Facts) float64 { return log(f[wishesWeek]) }, [windows]float64{0.14, 0.14}},
	{"searched today", func(f *Facts) float64 { return kept(f[sinceSearch], 1) }, [windows]float64{0.14, 0.07}},
	{"clicked a creative today", func(f *Facts) float64 { return kept(f[sinceAdClick], 1) }, [windows]float64{}},
	{"much done", func(f *Facts) float64 { return log(f[events]) / 6 }, [windows]float64{}},
}

// some is 0 for nothing, a half for a view, and near 1 for much.
func some(weight float32) float64 { return float64(weight / (1 + weight)) }

// overdue is how long ago the visitor bought, in their own rhythm: 1/2 when the next
// order is due, 1 at most, 0 without a rhythm or an order.
func overdue(f *Facts) float64 {
	if had(f[orderRhythm]) == 0 || had(f[sinceOrder]) == 0 {
		return 0
	}
	return min(1, float64(f[sinceOrder])/max(1, float64(f[orderRhythm]))/2)
}

// vector is what the model sees of the facts.
func (f *Facts) vector() (x [len(features)]float64) {
	for k := range features {
		x[k] = features[k].of(f)
	}
	return x
}
