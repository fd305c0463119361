package bench

import (
	"context"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// advised is how long a busy server asks a refused caller to wait; 0 when it was
// not refused so.
func advised(err error) time.Duration {
	st, ok := status.FromError(err)
	if !ok || st.Code() != codes.ResourceExhausted {
		return 0
	}
	for _, detail := range st.Details() {
		if retry, ok := detail.(*errdetails.RetryInfo); ok {
			return retry.GetRetryDelay().AsDuration()
		}
	}
	return 0
}

// patient makes a call again, when it is advised to be, as long as a caller waits.
func patient(ctx context.Context, call func() error) error {
	for end := time.Now().Add(callTimeout); ; {
		err := call()
		wait := advised(err)
		if wait == 0 || time.Now().Add(wait).After(end) || !sleepUntil(ctx, time.Now().Add(wait)) {
			return err
		}
	}
}
