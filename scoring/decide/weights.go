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
	"carted with", "ordered with", "bought again", "bought often", "bought lately", "due",
	"from a click", "from a wish list", "from the cart", "from an order",
	"interest", "interest in categories", "interest in brands", "interest in tags",
	"interest in price bands", "interest in attributes", "interest of the visit", "interest of the week",
	"histories", "histories ratio", "histories after",
	"later", "later ratio", "later share", "earlier", "later hop", "later hop ratio", "later hop share",
}

// FittedFeatures lists the features that fittedWeights has, in its order.
func FittedFeatures() []string {
	names := make([]string, len(fittedWeights))
	for k := range fittedWeights {
		names[k] = fittedWeights[k].feature
	}
	return names
}
