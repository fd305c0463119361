package model

import (
	"slices"
	"testing"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// notes is a student that writes down what it is shown.
type notes struct {
	m     *Model
	steps []Step
	seen  []float64 // long-run counts of the product turned to, as it was shown
}

func (n *notes) Study(s *Step) {
	kept := *s
	kept.Visit, kept.Past = slices.Clone(s.Visit), slices.Clone(s.Past)
	n.steps = append(n.steps, kept)
	n.seen = append(n.seen, n.m.Popularity(s.To, s.Time).Long)
}

func TestTeach(t *testing.T) {
	led := event(scoring.ProductViewed, "v", 1, "b")
	led.AttributionToken = "token"
	for _, test := range []struct {
		name string
		last *scoring.Event // after a was looked at
		want bool
	}{
		{"the next product", event(scoring.ProductViewed, "v", 1, "b"), true},
		{"the next product, ordered", event(scoring.OrderCompleted, "v", 1, "b"), true},
		{"looked at once more", event(scoring.ProductViewed, "v", 1, "a"), true},
		{"put into the cart what was looked at", event(scoring.ProductAdded, "v", 1, "a"), false},
		{"led by a decision of ours", led, false},
		{"the first product of a visit", event(scoring.ProductViewed, "w", 1, "b"), false},
		{"put back", event(scoring.ProductRemoved, "v", 1, "b"), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			shown := 0
			for chances := range 4 { // one chance in four is taken
				m := New(catalog.New())
				for range chances {
					m.blend.Due(0)
				}
				student := &notes{m: m}
				m.Learn(event(scoring.ProductViewed, "v", 0, "a"))
				m.Teach(student)
				m.Learn(test.last)
				for k, s := range student.steps {
					if s.Weight == 0 {
						continue // teaches an objective
					}
					shown++
					if !slices.Equal(s.Visit, []catalog.Index{m.number("a")}) || s.To != m.number(test.last.Items[0].Product) {
						t.Errorf("shown %+v", s)
					}
					if s.To != s.Visit[0] && student.seen[k] != 0 {
						t.Error("the model had learned of the step before it was shown")
					}
				}
			}
			if want := map[bool]int{true: 1}[test.want]; shown != want {
				t.Errorf("shown %d times of 4, want %d", shown, want)
			}
		})
	}
}
