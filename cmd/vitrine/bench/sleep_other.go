//go:build !linux

package bench

import (
	"context"
	"time"
)

// preciseUntil is sleepUntil: what is better differs from system to system.
func preciseUntil(ctx context.Context, at time.Time) bool { return sleepUntil(ctx, at) }
