package decide

import "slices"

// situations are told apart by how much is known of the visit and of its latest
// product: what the blend should listen to differs between them.
const (
	visitClasses = 3
	seedClasses  = 3
	situations   = visitClasses * seedClasses
)

// situation is by different products of the visit, 1, 2-3 and more, and by the
// sessions that had the latest, below 8, below 40 and more.
func (q *query) situation() int {
	visit, known := 0, 0
	switch n := len(q.visit); {
	case n > 3:
		visit = 2
	case n > 1:
		visit = 1
	}
	if len(q.seeds) > 0 {
		switch n := q.seeds[0].sessions; {
		case n >= 40:
			known = 2
		case n >= 8:
			known = 1
		}
	}
	return visit*seedClasses + known
}

// fitted returns a feature's weights while a visit goes on, by situation; nil if
// it was not among those fitted, because the log had nothing of it. What lessons can
// teach although that log could not starts in all situations where the hand has set it.
func fitted(f *feature) *[situations]float32 {
	for k := range fittedWeights {
		if fittedWeights[k].feature == f.name {
			return &fittedWeights[k].by
		}
	}
	if !slices.Contains(taught[:], f.name) {
		return nil
	}
	by := new([situations]float32)
	for s := range by {
		by[s] = f.visit
	}
	return by
}

// taught are the features that lessons know of, but Diginetica's log has nothing of.
var taught = [...]string{
	"carted with", "ordered with",
	"from a click", "from a wish list", "from the cart", "from an order",
	"interest", "interest in categories", "interest in brands", "interest in tags",
	"interest in price bands", "interest in attributes", "interest of the visit", "interest of the week",
	"histories", "histories ratio", "histories after",
	"later", "later ratio", "later share", "earlier", "later hop", "later hop ratio", "later hop share",
}

// fittedWeights are the anchor that each shop's own learning starts from: those
// that the blend had reached, from weights fitted in batches, after the first
// 95 % of Diginetica's train sessions (CIKM Cup 2016; 860,000 views in 150 days).
// docs/ranking.md has the figures.
//
// The columns: visits of 1 product, 2-3, more; in each the latest product rare,
// middling, common.
var fittedWeights = []struct {
	feature string
	by      [situations]float32
}{
	{"near", [situations]float32{1.24, 1.62, 1.60, 1.55, 1.86, 2.07, 1.60, 1.85, 1.89}},
	{"near ratio", [situations]float32{-0.28, 0.04, -0.46, -0.22, -0.42, -0.81, -0.26, -0.47, -0.89}},
	{"after", [situations]float32{0.24, 0.13, 0.32, 0.19, 0.21, 0.36, 0.30, 0.25, 0.44}},
	{"flat", [situations]float32{0.36, 0.69, 0.88, 0.68, 1.03, 1.33, 0.74, 0.89, 1.10}},
	{"best", [situations]float32{-1.20, -1.18, -0.65, -1.08, -0.83, -0.72, -1.03, -0.77, -0.76}},
	{"recent", [situations]float32{0.19, 0.33, 0.51, 0.15, 0.35, 0.76, 0.15, 0.21, 0.55}},
	{"next", [situations]float32{0.04, 0.13, 0.10, -0.03, 0.05, 0.08, 0.08, 0.05, 0.01}},
	{"next ratio", [situations]float32{0.36, 0.29, 0.33, 0.35, 0.48, 0.28, 0.19, 0.37, 0.35}},
	{"forward", [situations]float32{-0.72, -0.72, -0.68, -0.90, -0.90, -0.75, -0.93, -1.01, -1.02}},
	{"forward ratio", [situations]float32{0.34, 0.32, 0.32, 0.44, 0.48, 0.54, 0.47, 0.69, 0.67}},
	{"forward share", [situations]float32{1.00, 0.97, 1.06, 0.99, 0.86, 1.09, 0.84, 0.89, 0.86}},
	{"backward", [situations]float32{0.97, 0.37, 0.23, 0.48, 0.32, 0.20, 0.42, 0.37, 0.20}},
	{"hop", [situations]float32{-0.01, 0.52, 0.99, -0.01, 0.42, 0.60, 0.12, 0.40, 0.63}},
	{"hop ratio", [situations]float32{0.16, -0.21, -0.54, -0.03, -0.15, -0.40, -0.09, -0.13, -0.46}},
	{"hop share", [situations]float32{1.25, 1.08, 1.18, 1.06, 1.27, 1.33, 0.88, 1.20, 1.32}},
	{"like the visit", [situations]float32{4.09, 4.00, 3.36, 4.13, 3.70, 3.54, 3.47, 3.37, 3.38}},
	{"popular now", [situations]float32{1.27, 1.52, 1.81, 1.45, 1.20, 1.35, 1.51, 1.06, 1.14}},
	{"popular", [situations]float32{1.66, 2.33, 2.58, 1.24, 1.20, 1.37, 0.80, 0.80, 1.09}},
	{"popular ever", [situations]float32{-4.04, -3.11, -3.36, -4.79, -4.56, -4.28, -5.27, -4.96, -4.44}},
	{"rising", [situations]float32{-0.77, -0.62, -0.48, -0.70, -0.41, -0.27, -0.45, -0.54, -0.54}},
	{"age", [situations]float32{-0.67, 0.03, -0.68, -0.79, -0.69, -0.65, -0.78, -0.75, -0.72}},
	{"idle", [situations]float32{-0.83, -1.10, -1.19, -0.52, -0.98, -1.05, -0.33, -1.01, -1.17}},
	{"in visit", [situations]float32{1.48, 0.98, 1.00, 1.43, 0.98, 1.02, 1.15, 0.84, 0.99}},
	{"latest", [situations]float32{0.57, 0.41, 0.40, 0.43, 0.35, 0.42, 0.20, 0.10, 0.27}},
	{"one before", [situations]float32{0.11, 0.11, 0.11, 0.07, 0.20, 0.16, -0.11, 0.01, 0.09}},
	{"two before", [situations]float32{0.14, 0.14, 0.14, 0.39, 0.27, 0.16, -0.09, -0.01, -0.08}},
	{"looked at often", [situations]float32{0.88, 0.90, 0.88, 1.10, 0.92, 0.87, 1.32, 1.28, 1.15}},
	{"visit of returns", [situations]float32{1.39, 1.39, 1.32, 1.66, 1.44, 1.36, 2.29, 2.27, 1.98}},
	{"returned to", [situations]float32{3.96, 3.58, 3.60, 3.75, 3.60, 3.61, 3.74, 3.66, 3.67}},
}
