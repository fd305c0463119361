package creative

import "math"

// far is where the normal distribution ends for the quadrature: 1e-9 lies beyond.
const far = 6

// The table of the normal distribution: a node every 1/64 up to 6.5 on both sides.
const (
	perUnit = 64
	reach   = 6.5
	nodes   = 2*reach*perUnit + 1
)

// normal is the distribution function and the density at a node.
type normal struct{ below, density float64 }

var normals = func() (t [nodes]normal) {
	for i := range t {
		z := float64(i)/perUnit - reach
		t[i] = normal{math.Erfc(-z/math.Sqrt2) / 2, math.Exp(-z*z/2) / math.Sqrt(2*math.Pi)}
	}
	return t
}()

// gauss is the standard normal distribution function and its density at z, or at
// the end of the table that is nearer: Taylor's series around the nearest node,
// right to 4e-8. The function is never 0, so that one may divide by it.
func gauss(z float64) (below, density float64) {
	if z < -reach {
		z = -reach
	}
	if z > reach {
		z = reach
	}
	u := z*perUnit + (reach*perUnit + 0.5)
	i := int(u)
	d := (u - 0.5 - float64(i)) / perUnit
	e := d * (z - d)
	n := &normals[i]
	return n.below + n.density*d*(1-e/2), n.density * (1 - e + (e*e-d*d)/2)
}
