package main

import (
	"bytes"
	"context"
	"flag"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

var updateGolden = flag.Bool("update", false, "write the golden files anew")

// canned is a server that gives prepared answers and keeps what it was asked.
type canned struct {
	consents   *pb.SetConsentResponse
	setConsent *pb.SetConsentRequest

	pb.UnimplementedDecisionServiceServer
	pb.UnimplementedEventServiceServer
	pb.UnimplementedCatalogServiceServer
	pb.UnimplementedVisitorServiceServer
	pb.UnimplementedSiteServiceServer

	err     error // answered instead of anything else
	page    *pb.DecideResponse
	visitor *pb.Visitor
	sites   []*pb.Site
	results []*pb.EventResult // nil: every event is STORED

	asked proto.Message
}

func (c *canned) Decide(_ context.Context, req *pb.DecideRequest) (*pb.DecideResponse, error) {
	c.asked = req
	return c.page, c.err
}

func (c *canned) TrackEvents(_ context.Context, req *pb.TrackEventsRequest) (*pb.TrackEventsResponse, error) {
	c.asked = req
	if c.err != nil {
		return nil, c.err
	}
	resp := &pb.TrackEventsResponse{Results: c.results}
	if resp.Results == nil {
		for i := range req.GetEvents() {
			resp.Results = append(resp.Results, &pb.EventResult{Index: int64(i), Status: pb.EventStatus_EVENT_STATUS_STORED})
		}
	}
	return resp, nil
}

func (c *canned) GetVisitor(context.Context, *pb.GetVisitorRequest) (*pb.Visitor, error) {
	return c.visitor, c.err
}

func (c *canned) SetConsent(_ context.Context, req *pb.SetConsentRequest) (*pb.SetConsentResponse, error) {
	c.setConsent = req
	return c.consents, c.err
}

func (c *canned) GetProduct(_ context.Context, req *pb.GetProductRequest) (*pb.Product, error) {
	if strings.HasSuffix(req.GetName(), "/gone") {
		return nil, status.Error(codes.NotFound, "not found")
	}
	return &pb.Product{Name: req.GetName(), Title: "Title of " + req.GetName()[strings.LastIndex(req.GetName(), "/")+1:]}, nil
}

// serve starts the server on a free port and returns its address.
func (c *canned) serve(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := grpc.NewServer()
	pb.RegisterDecisionServiceServer(s, c)
	pb.RegisterEventServiceServer(s, c)
	pb.RegisterCatalogServiceServer(s, c)
	pb.RegisterVisitorServiceServer(s, c)
	pb.RegisterSiteServiceServer(s, c)
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(ln) }()
	t.Cleanup(func() { s.Stop(); <-done })
	return ln.Addr().String()
}

// command runs one command by itself, with its standard input.
func command(t *testing.T, build func(*app) *cobra.Command, stdin string, args ...string) (stdout string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := build(&app{stdin: strings.NewReader(stdin), stdout: &out, stderr: &errs})
	cmd.SetArgs(args)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetOut(&out)
	cmd.SetErr(&errs)
	err = cmd.ExecuteContext(t.Context())
	return out.String(), err
}

// matchGolden compares with testdata/name.golden.
func matchGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *updateGolden {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("differs from %s; review with -update and git diff\n%s", path, got)
	}
}

// invalid is what the server answers to a bad request.
func invalid(fields ...string) error {
	bad := &errdetails.BadRequest{}
	for i := 0; i < len(fields); i += 2 {
		bad.FieldViolations = append(bad.FieldViolations, &errdetails.BadRequest_FieldViolation{Field: fields[i], Description: fields[i+1]})
	}
	st, err := status.New(codes.InvalidArgument, "bad").WithDetails(bad)
	if err != nil {
		panic(err)
	}
	return st.Err()
}
