package tune

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/vitrine-io/vitrine/scoring/decide"
)

// gathering is a log of visits of six among 50 products, whatever is popular, one
// step in five going back to a product of the visit.
func gathering(sessions int) string {
	rng := rand.New(rand.NewPCG(3, 4))
	zipf := rand.NewZipf(rng, 1.2, 4, 49)
	var b strings.Builder
	for range sessions {
		var visit []uint64
		for len(visit) < 6 {
			if n := len(visit); n > 0 && rng.IntN(5) == 0 {
				visit = append(visit, visit[rng.IntN(n)])
			} else {
				visit = append(visit, zipf.Uint64()*7%50)
			}
		}
		for _, p := range visit {
			fmt.Fprintf(&b, "p%d ", p)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Weights fitted from nothing to visitors who look at whatever is popular tell so,
// and later choices surprise them less than they do those shipped. The same log gives
// the same file, in which every feature of the table has its row.
func TestShippedWeightsAreFitted(t *testing.T) {
	text := gathering(800)
	fit := func() (*Shipped, string) {
		s, err := FitShipped(t.Context(), read(t, text, "15%"), options())
		if err != nil {
			t.Fatal(err)
		}
		source, err := s.Source()
		if err != nil {
			t.Fatal(err)
		}
		return s, string(source)
	}
	s, source := fit()
	if s.Lessons < 500 || s.Held == 0 || s.Loss > s.Before-0.03 {
		t.Errorf("%d lessons, loss of %d later ones %.3f, and %.3f before", s.Lessons, s.Held, s.Loss, s.Before)
	}
	popular, near := s.Weights["popular ever"], s.Weights["near ratio"]
	if len(popular) != 9 || popular[0] < near[0]+1 {
		t.Errorf("popular ever %v, near ratio %v", popular, near)
	}
	if rows := strings.Count(source, "\t{\""); rows != len(decide.FittedFeatures()) {
		t.Errorf("%d rows of %d:\n%s", rows, len(decide.FittedFeatures()), source)
	}
	if _, again := fit(); again != source {
		t.Errorf("the same log gives\n%s\nand\n%s", source, again)
	}
}
