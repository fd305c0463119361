package server

import (
	"context"
	"errors"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
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

// importInto is the site that an import goes into, by the first message without its
// records.
func (s *Server) importInto(parent string, first proto.Message) (*site, error) {
	var v violations
	s.rules.check(&v, "", first)
	if parent == "" {
		v.add("parent", "is empty, must be sites/{site} in the first message")
	}
	if err := v.err(); err != nil {
		return nil, err
	}
	return s.sites.get(siteOf(parent))
}

// isStill checks the parent of a further message of an import, which may be left out.
func (st *site) isStill(v *violations, parent string) {
	if parent != "" && siteOf(parent) != st.id {
		v.add("parent", "is %q, must be the same throughout the stream: %q", clip(parent), siteName(st.id))
	}
}
