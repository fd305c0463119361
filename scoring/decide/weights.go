package decide

// situations are told apart by how much is known of the visit and of its latest
// product: what the blend should listen to differs between them.
const (
	visitClasses = 3
	seedClasses  = 3
	situations   = visitClasses * seedClasses // blend.Situations
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
// it was not among those fitted, because the log had nothing of it.
func fitted(feature string) *[situations]float32 {
	for k := range fittedWeights {
		if fittedWeights[k].feature == feature {
			return &fittedWeights[k].by
		}
	}
	return nil
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
	{"near", [situations]float32{1.66, 1.82, 1.87, 1.84, 2.07, 2.24, 1.89, 2.04, 2.10}},
	{"near ratio", [situations]float32{-0.01, 0.02, -0.28, -0.13, -0.31, -0.57, -0.20, -0.33, -0.60}},
	{"near share", [situations]float32{-0.71, -0.69, -0.63, -0.75, -0.99, -0.68, -0.79, -0.94, -0.67}},
	{"after", [situations]float32{0.04, 0.04, 0.18, -0.04, 0.05, 0.20, 0.08, 0.04, 0.21}},
	{"after ratio", [situations]float32{0.18, 0.08, 0.11, 0.25, 0.18, 0.16, 0.17, 0.28, 0.30}},
	{"flat", [situations]float32{1.00, 1.21, 1.38, 1.25, 1.53, 1.71, 1.35, 1.44, 1.55}},
	{"flat ratio", [situations]float32{-0.45, -0.36, -0.40, -0.42, -0.37, -0.37, -0.44, -0.52, -0.45}},
	{"best", [situations]float32{-0.77, -0.80, -0.39, -0.64, -0.47, -0.39, -0.57, -0.39, -0.41}},
	{"recent", [situations]float32{0.08, 0.32, 0.53, 0.11, 0.33, 0.74, 0.08, 0.19, 0.58}},
	{"recent ratio", [situations]float32{0.07, -0.03, -0.07, 0.01, -0.06, -0.11, -0.04, -0.08, -0.25}},
	{"next", [situations]float32{0.11, 0.13, 0.09, 0.02, 0.03, 0.01, 0.02, -0.01, -0.02}},
	{"next ratio", [situations]float32{0.29, 0.17, 0.16, 0.22, 0.30, 0.16, 0.12, 0.28, 0.20}},
	{"next share", [situations]float32{0.11, 0.14, 0.17, 0.10, 0.17, 0.24, 0.13, 0.18, 0.16}},
	{"forward", [situations]float32{-0.75, -0.66, -0.67, -0.75, -0.79, -0.71, -0.81, -0.82, -0.89}},
	{"forward ratio", [situations]float32{0.41, 0.42, 0.37, 0.45, 0.50, 0.58, 0.56, 0.64, 0.62}},
	{"forward share", [situations]float32{0.68, 0.74, 0.75, 0.74, 0.69, 0.79, 0.64, 0.69, 0.63}},
	{"backward", [situations]float32{0.84, 0.39, 0.29, 0.44, 0.27, 0.23, 0.35, 0.29, 0.16}},
	{"hop", [situations]float32{0.15, 0.66, 0.98, 0.14, 0.62, 0.71, 0.25, 0.56, 0.67}},
	{"hop ratio", [situations]float32{0.11, -0.25, -0.46, -0.12, -0.28, -0.38, -0.25, -0.23, -0.38}},
	{"hop share", [situations]float32{1.37, 1.34, 1.41, 1.24, 1.44, 1.44, 1.12, 1.41, 1.44}},
	{"like the visit", [situations]float32{2.51, 2.43, 2.04, 2.49, 2.19, 2.07, 2.05, 1.98, 1.93}},
	{"popular now", [situations]float32{1.31, 1.60, 1.80, 1.38, 1.37, 1.49, 1.41, 1.27, 1.37}},
	{"popular", [situations]float32{0.82, 1.44, 1.58, 0.58, 0.71, 0.86, 0.32, 0.42, 0.68}},
	{"popular ever", [situations]float32{-4.64, -3.74, -3.90, -5.07, -4.72, -4.50, -5.33, -5.02, -4.64}},
	{"rising", [situations]float32{-0.68, -0.51, -0.45, -0.63, -0.40, -0.29, -0.47, -0.49, -0.43}},
	{"age", [situations]float32{-1.24, -0.73, -1.06, -1.19, -1.13, -1.05, -1.18, -1.11, -1.06}},
	{"idle", [situations]float32{-0.84, -1.30, -1.39, -0.61, -1.01, -1.08, -0.46, -0.92, -1.10}},
	{"in visit", [situations]float32{0.32, -0.06, -0.03, 0.25, -0.06, -0.03, 0.01, -0.17, -0.08}},
	{"latest", [situations]float32{0.26, 0.22, 0.22, 0.22, 0.21, 0.28, 0.17, 0.12, 0.22}},
	{"one before", [situations]float32{0.02, 0.02, 0.02, -0.05, 0.08, 0.03, -0.06, 0.03, 0.04}},
	{"two before", [situations]float32{0.05, 0.05, 0.05, 0.20, 0.11, 0.04, -0.05, -0.01, -0.09}},
	{"looked at often", [situations]float32{1.12, 1.12, 1.07, 1.24, 1.10, 1.06, 1.41, 1.37, 1.22}},
	{"visit of returns", [situations]float32{1.46, 1.46, 1.38, 1.61, 1.47, 1.40, 1.91, 1.90, 1.67}},
	{"returned to", [situations]float32{3.46, 3.15, 3.18, 3.29, 3.14, 3.16, 3.34, 3.26, 3.26}},
}
