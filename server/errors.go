package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/store"
)

// Errors of the services themselves; what the store reports comes through as
// it is.
var (
	errExists = errors.New("already exists")
	errStale  = errors.New("the etag is stale: read it again and repeat the change")
	// errNoPlacement is ErrNotFound with the next step.
	errNoPlacement = fmt.Errorf("%w: create it with PlacementService.CreatePlacement first", store.ErrNotFound)
)

// violations gathers everything that is wrong with a request, so that a caller
// mends it in one go.
type violations []*pb.FieldViolation

// add notes what is wrong with a field and what is allowed there.
func (v *violations) add(field, format string, args ...any) {
	*v = append(*v, &pb.FieldViolation{Field: field, Description: fmt.Sprintf(format, args...)})
}

// has reports whether something is wrong with the field already.
func (v violations) has(field string) bool {
	return slices.ContainsFunc(v, func(x *pb.FieldViolation) bool { return x.GetField() == field })
}

// err is nil if nothing was wrong.
func (v violations) err() error {
	if len(v) == 0 {
		return nil
	}
	return &invalidError{v}
}

// invalidError is a request that its caller has to mend.
type invalidError struct{ violations violations }

func (e *invalidError) Error() string {
	parts := make([]string, len(e.violations))
	for i, v := range e.violations {
		parts[i] = v.GetField() + ": " + v.GetDescription()
	}
	return strings.Join(parts, "; ")
}

// status carries the violations as google.rpc.BadRequest, too.
func (e *invalidError) status() *status.Status {
	bad := &errdetails.BadRequest{}
	for _, v := range e.violations {
		bad.FieldViolations = append(bad.FieldViolations, &errdetails.BadRequest_FieldViolation{
			Field: v.GetField(), Description: v.GetDescription(),
		})
	}
	st := status.New(codes.InvalidArgument, e.Error())
	if with, err := st.WithDetails(bad); err == nil {
		return with
	}
	return st
}

// preconditionError is what something stands in the way of. Its text is for the caller: what
// it is, and what to do.
type preconditionError struct{ text string }

func (e *preconditionError) Error() string { return e.text }

// precondition makes one.
func precondition(format string, args ...any) error {
	return &preconditionError{fmt.Sprintf(format, args...)}
}

// codeOf maps what can go wrong to what a caller can do about it.
var codeOf = []struct {
	err  error
	code codes.Code
}{
	{errNoPlacement, codes.NotFound},
	{store.ErrNotFound, codes.NotFound},
	{store.ErrExists, codes.AlreadyExists},
	{errExists, codes.AlreadyExists},
	{errStale, codes.Aborted},
	{store.ErrClosed, codes.Unavailable},
	{store.ErrUnwritable, codes.Unavailable}, // before ErrFull, which may be behind it
	{store.ErrFull, codes.ResourceExhausted},
	{context.Canceled, codes.Canceled},
	{context.DeadlineExceeded, codes.DeadlineExceeded},
}

// fail turns an error into the status its caller sees. What the caller can't
// act upon goes out as it is: the shell around the services (server/edge) logs
// it, once, and answers INTERNAL without it.
func (s *Server) fail(op string, err error) error {
	if err == nil {
		return nil
	}
	var invalid *invalidError
	if errors.As(err, &invalid) {
		return invalid.status().Err()
	}
	var blocked *preconditionError
	if errors.As(err, &blocked) {
		return status.Error(codes.FailedPrecondition, blocked.Error())
	}
	if _, ok := status.FromError(err); ok {
		return err
	}
	for _, known := range codeOf {
		if errors.Is(err, known.err) {
			if cannotWrite(err) {
				return unwritable(known.code)
			}
			return status.Error(known.code, publicMessage(err, known.err))
		}
	}
	return fmt.Errorf("server: %s: %w", op, err)
}

// cannotWrite reports whether nothing can be written at present. The store logs that,
// once, and not each call that met it.
func cannotWrite(err error) bool {
	return errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrUnwritable)
}

// unwritableRetry is when to try again what could not be written: a disk that is back
// is noticed within seconds.
const unwritableRetry = 2 * time.Second

// unwritable is what a caller sees of a disk that takes no writes.
func unwritable(code codes.Code) error {
	text := "the server can't write at present; nothing was stored: try again later with the same ids"
	if code == codes.ResourceExhausted {
		text = "the server's disk is full; nothing was stored: try again later with the same ids"
	}
	st := status.New(code, text)
	if with, err := st.WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(unwritableRetry)}); err == nil {
		return with.Err()
	}
	return st.Err()
}

// publicMessage says what kind of error it was and which resource it is about,
// and nothing of where in the server it arose.
func publicMessage(err, kind error) string {
	var named *namedError
	if errors.As(err, &named) {
		return named.name + ": " + kind.Error()
	}
	return kind.Error()
}

// namedError says which resource an error is about, in the caller's terms.
type namedError struct {
	name string
	err  error
}

func (e *namedError) Error() string { return e.name + ": " + e.err.Error() }
func (e *namedError) Unwrap() error { return e.err }

// about names the resource that err is about; nil stays nil.
func about(name string, err error) error {
	if err == nil {
		return nil
	}
	return &namedError{name, err}
}
