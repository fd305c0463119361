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

// fittedWeights are from a softmax regression over the candidates of the second
// stage, the product looked at next against the rest: shared weights plus those
// of the situation (drawn to 0 by 0.02), Adagrad, eight passes over the 36,000
// prefixes of the last 5 % of Diginetica's train sessions (CIKM Cup 2016), with
// a model that had learned the rest. Fitted on one half of these, they rank the
// other at HR@20 55.9, MRR@20 20.0; the weights set by hand at 52.4, 18.4, one
// vector for all situations at 55.4, 19.9.
//
// The columns: visits of 1 product, 2-3, more; in each the latest product rare,
// middling, common.
var fittedWeights = []struct {
	feature string
	by      [situations]float32
}{
	{"near", [situations]float32{1.59, 1.66, 1.82, 1.70, 1.92, 2.02, 1.79, 1.89, 1.92}},
	{"near ratio", [situations]float32{-0.31, -0.34, -0.53, -0.56, -0.68, -0.86, -0.62, -0.64, -0.83}},
	{"after", [situations]float32{0.23, 0.22, 0.34, 0.12, 0.29, 0.39, 0.27, 0.24, 0.37}},
	{"flat", [situations]float32{1.18, 1.34, 1.54, 1.37, 1.64, 1.69, 1.53, 1.57, 1.58}},
	{"best", [situations]float32{-0.83, -0.90, -0.45, -0.69, -0.51, -0.47, -0.58, -0.46, -0.48}},
	{"recent", [situations]float32{-0.06, 0.26, 0.47, 0.04, 0.21, 0.50, 0.01, 0.10, 0.48}},
	{"next", [situations]float32{0.31, 0.27, 0.24, 0.28, 0.16, 0.07, 0.24, 0.12, 0.13}},
	{"next ratio", [situations]float32{0.35, 0.22, 0.18, 0.22, 0.25, 0.18, 0.20, 0.29, 0.24}},
	{"forward", [situations]float32{-0.90, -0.80, -0.78, -0.78, -0.84, -0.83, -0.88, -0.87, -0.92}},
	{"forward ratio", [situations]float32{0.65, 0.77, 0.64, 0.63, 0.73, 0.81, 0.82, 0.81, 0.84}},
	{"forward share", [situations]float32{0.36, 0.45, 0.47, 0.48, 0.47, 0.48, 0.37, 0.43, 0.41}},
	{"backward", [situations]float32{0.73, 0.64, 0.62, 0.66, 0.53, 0.51, 0.48, 0.41, 0.34}},
	{"hop", [situations]float32{0.40, 1.05, 1.11, 0.44, 0.93, 0.91, 0.45, 0.73, 0.74}},
	{"hop ratio", [situations]float32{0.07, -0.09, -0.37, -0.11, -0.33, -0.35, -0.38, -0.34, -0.32}},
	{"hop share", [situations]float32{1.54, 1.74, 1.65, 1.50, 1.67, 1.62, 1.33, 1.57, 1.57}},
	{"popular now", [situations]float32{1.21, 1.30, 1.41, 1.19, 1.21, 1.25, 1.20, 1.14, 1.24}},
	{"popular", [situations]float32{0.49, 0.71, 0.80, 0.32, 0.41, 0.46, 0.18, 0.21, 0.38}},
	{"popular ever", [situations]float32{-4.56, -4.04, -4.12, -4.83, -4.51, -4.42, -4.95, -4.74, -4.55}},
	{"rising", [situations]float32{-0.64, -0.49, -0.54, -0.59, -0.47, -0.43, -0.50, -0.57, -0.41}},
	{"age", [situations]float32{-1.58, -1.29, -1.37, -1.54, -1.41, -1.36, -1.49, -1.43, -1.39}},
	{"idle", [situations]float32{-0.70, -1.09, -1.17, -0.56, -0.75, -0.77, -0.41, -0.62, -0.83}},
	{"in visit", [situations]float32{-0.28, -0.62, -0.59, -0.34, -0.68, -0.64, -0.59, -0.72, -0.65}},
	{"returned to", [situations]float32{3.01, 2.72, 2.76, 2.88, 2.64, 2.68, 2.90, 2.80, 2.81}},
}
