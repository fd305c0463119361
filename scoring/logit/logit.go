// Package logit is what learners of probabilities share: the logistic function, and one
// step of a Bayesian logistic regression.
package logit

import "math"

// P is the probability whose logit is z.
func P(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

// Peak is where the posterior of a logit z is highest once an outcome is known, when it
// was normal before with that mean and variance: y - p and p there, y being 1 for a
// response and 0 for none. It solves z = mean + variance x (y - p(z)) by Newton's steps,
// halved where they would leave the bracket.
func Peak(mean, variance float64, response bool) (rest, p float64) {
	y := 0.0
	if response {
		y = 1
	}
	low, high := mean+variance*(y-1), mean+variance*y
	z := mean
	for range 50 {
		p = P(z)
		off := mean + variance*(y-p) - z // falls with z
		if off > 0 {
			low = z
		} else {
			high = z
		}
		next := z + off/(1+variance*p*(1-p))
		if math.Abs(next-z) < 1e-9 {
			break
		}
		if next <= low || next >= high {
			next = (low + high) / 2
		}
		z = next
	}
	return y - p, p
}
