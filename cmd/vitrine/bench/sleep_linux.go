package bench

import (
	"context"
	"time"

	"golang.org/x/sys/unix"
)

// The runtime's timers wake an idle process up to a millisecond late, which is
// longer than most calls take; the kernel's some 80 us.
const coarse = 2 * time.Millisecond

// preciseUntil is sleepUntil, closer to the time.
func preciseUntil(ctx context.Context, at time.Time) bool {
	if time.Until(at) > coarse && !sleepUntil(ctx, at.Add(-coarse)) {
		return false
	}
	if wait := time.Until(at); wait > 0 {
		left := unix.NsecToTimespec(int64(wait))
		_ = unix.Nanosleep(&left, nil) // a signal ends it early, which is early enough
	}
	return ctx.Err() == nil
}
