package store

import (
	"context"
	"time"
)

type stepsKey struct{}

// WithSteps returns a context in which Append tells how long its steps took: "commit",
// from the wait for one to its fsync, and "apply", to the profiles. tell is called before
// Append returns, in its goroutine.
func WithSteps(ctx context.Context, tell func(step string, from, to time.Time)) context.Context {
	return context.WithValue(ctx, stepsKey{}, tell)
}

// StepsOf is what WithSteps put into the context, or nil.
func StepsOf(ctx context.Context) func(step string, from, to time.Time) {
	tell, _ := ctx.Value(stepsKey{}).(func(string, time.Time, time.Time))
	return tell
}
