package decide

import "github.com/vitrine-io/vitrine/scoring"

// provenBy is how many carts or orders must have taught an objective before it
// alone says how far the products of the visit go.
const provenBy = 500

// proven is how far the page's objective has shown by itself what it wants of the
// products of the visit, 0 to 1: those put into the cart are most often among
// them, which the returns of visitors, counted over clicks, don't tell. 0 for
// clicks.
func (q *query) proven() float64 {
	if q.scope.Objective <= scoring.ObjectiveClick {
		return 0
	}
	return min(1, float64(q.learned.Blend().Lessons(q.scope).Objective)/provenBy)
}
