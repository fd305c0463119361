package server

import (
	"context"
	"errors"
	"io"

	"google.golang.org/grpc"
)

// bulkImport is an import under way: of products, or of campaigns and creatives.
type bulkImport[Request, Report any] interface {
	// batch stores what is good of a message, in one transaction.
	batch(ctx context.Context, req *Request) error
	// report is the progress so far, with the errors since the last report.
	report() *Report
	// isFull reports whether what the import did not mention goes at its end.
	isFull() bool
	// removeRest takes it away.
	removeRest(ctx context.Context) error
}

// runImport takes the messages of a stream, the first of which begins the import, and
// reports after each.
func runImport[Request, Report any](
	s *Server, method string, stream grpc.BidiStreamingServer[Request, Report], begin func(*Request) (bulkImport[Request, Report], error),
) error {
	var run bulkImport[Request, Report]
	for {
		req, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if run == nil {
			if run, err = begin(req); err != nil {
				return s.fail(method, err)
			}
		}
		if err := run.batch(stream.Context(), req); err != nil {
			return s.fail(method, err)
		}
		if err := stream.Send(run.report()); err != nil {
			return err
		}
	}
	if run == nil || !run.isFull() {
		return nil
	}
	if err := run.removeRest(stream.Context()); err != nil {
		return s.fail(method, err)
	}
	return stream.Send(run.report())
}
