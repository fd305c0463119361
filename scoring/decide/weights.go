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
	{"near", [situations]float32{1.60, 1.86, 1.82, 1.84, 2.09, 2.24, 1.87, 2.06, 2.08}},
	{"near ratio", [situations]float32{0.01, 0.18, -0.22, 0.01, -0.18, -0.50, -0.03, -0.18, -0.54}},
	{"near share", [situations]float32{-0.90, -0.83, -0.73, -0.94, -1.27, -0.89, -1.00, -1.26, -0.87}},
	{"after", [situations]float32{0.04, 0.01, 0.16, -0.04, 0.03, 0.17, 0.10, 0.01, 0.15}},
	{"after ratio", [situations]float32{0.24, 0.07, 0.12, 0.30, 0.19, 0.16, 0.19, 0.33, 0.37}},
	{"flat", [situations]float32{1.00, 1.25, 1.37, 1.29, 1.57, 1.76, 1.35, 1.46, 1.57}},
	{"flat ratio", [situations]float32{-0.70, -0.55, -0.64, -0.66, -0.59, -0.61, -0.68, -0.80, -0.71}},
	{"best", [situations]float32{-0.77, -0.73, -0.33, -0.63, -0.40, -0.40, -0.62, -0.39, -0.44}},
	{"recent", [situations]float32{0.12, 0.28, 0.49, 0.10, 0.33, 0.76, 0.11, 0.19, 0.59}},
	{"recent ratio", [situations]float32{0.09, -0.04, -0.12, 0.01, -0.10, -0.21, -0.05, -0.09, -0.36}},
	{"next", [situations]float32{-0.05, 0.02, -0.02, -0.15, -0.09, -0.07, -0.09, -0.12, -0.12}},
	{"next ratio", [situations]float32{0.25, 0.18, 0.20, 0.22, 0.34, 0.17, 0.07, 0.25, 0.22}},
	{"next share", [situations]float32{0.17, 0.22, 0.30, 0.19, 0.26, 0.38, 0.25, 0.29, 0.29}},
	{"forward", [situations]float32{-0.64, -0.59, -0.60, -0.74, -0.75, -0.65, -0.78, -0.83, -0.88}},
	{"forward ratio", [situations]float32{0.28, 0.27, 0.26, 0.34, 0.39, 0.47, 0.40, 0.55, 0.54}},
	{"forward share", [situations]float32{0.89, 0.90, 0.93, 0.90, 0.81, 0.97, 0.77, 0.82, 0.77}},
	{"backward", [situations]float32{0.89, 0.33, 0.19, 0.41, 0.26, 0.16, 0.34, 0.30, 0.14}},
	{"hop", [situations]float32{0.01, 0.52, 0.93, -0.01, 0.44, 0.58, 0.11, 0.41, 0.57}},
	{"hop ratio", [situations]float32{0.18, -0.21, -0.49, -0.04, -0.18, -0.36, -0.13, -0.14, -0.39}},
	{"hop share", [situations]float32{1.26, 1.15, 1.24, 1.09, 1.29, 1.32, 0.94, 1.24, 1.31}},
	{"like the visit", [situations]float32{3.60, 3.53, 2.96, 3.65, 3.24, 3.06, 3.08, 2.95, 2.90}},
	{"popular now", [situations]float32{1.32, 1.60, 1.86, 1.44, 1.33, 1.49, 1.51, 1.22, 1.33}},
	{"popular", [situations]float32{1.35, 2.03, 2.22, 1.02, 1.08, 1.24, 0.70, 0.75, 1.02}},
	{"popular ever", [situations]float32{-4.21, -3.25, -3.49, -4.80, -4.51, -4.27, -5.14, -4.84, -4.41}},
	{"rising", [situations]float32{-0.75, -0.61, -0.47, -0.69, -0.41, -0.26, -0.46, -0.51, -0.47}},
	{"age", [situations]float32{-0.72, -0.09, -0.65, -0.74, -0.68, -0.64, -0.71, -0.65, -0.67}},
	{"idle", [situations]float32{-0.89, -1.21, -1.30, -0.58, -1.00, -1.07, -0.41, -0.97, -1.14}},
	{"in visit", [situations]float32{1.11, 0.63, 0.65, 1.03, 0.63, 0.66, 0.77, 0.51, 0.62}},
	{"latest", [situations]float32{0.54, 0.40, 0.39, 0.40, 0.35, 0.45, 0.22, 0.20, 0.40}},
	{"one before", [situations]float32{0.11, 0.11, 0.11, 0.08, 0.20, 0.13, -0.04, 0.08, 0.09}},
	{"two before", [situations]float32{0.13, 0.13, 0.13, 0.36, 0.24, 0.12, -0.02, 0.03, -0.07}},
	{"looked at often", [situations]float32{0.98, 0.97, 0.94, 1.14, 0.97, 0.94, 1.35, 1.33, 1.20}},
	{"visit of returns", [situations]float32{1.44, 1.42, 1.35, 1.65, 1.45, 1.38, 2.15, 2.14, 1.86}},
	{"returned to", [situations]float32{3.91, 3.53, 3.54, 3.70, 3.53, 3.54, 3.71, 3.63, 3.63}},
}
