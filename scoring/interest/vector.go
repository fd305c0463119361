// Package interest keeps a visitor's interest vector: weights over interpretable
// facets of the products touched, at three time scales.
package interest

// Vector holds the weights. The zero value is empty.
type Vector struct{}
