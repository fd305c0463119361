package offpolicy_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/vitrine-io/vitrine/scoring/offpolicy"
)

func ExampleLog_Compare() {
	// A log of two creatives shown evenly: the first was clicked one time in ten, the
	// second two times. What if the second were shown 90 % of the time?
	var log offpolicy.Log
	var target []float64
	for i := range 10_000 {
		row, p := offpolicy.Row{Logged: 0.5}, 0.1
		every := 20
		if i%2 == 1 {
			p, every = 0.9, 10
		}
		if i/2%(every/2) == 0 {
			row.Reward = 1
		}
		log, target = append(log, row), append(target, p)
	}
	c := log.Compare(log.Own(), target, rand.New(rand.NewPCG(1, 1)))
	fmt.Printf("as it was  %.3f\n", c.A.SNIPS.Value)
	fmt.Printf("what if    %.3f, %.0f effective choices\n", c.B.SNIPS.Value, c.B.Effective)
	fmt.Println(c.Verdict)
	// Output:
	// as it was  0.150
	// what if    0.190, 6098 effective choices
	// better
}
