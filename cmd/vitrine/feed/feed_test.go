package feed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// shop keeps what it is sent. Events of the visitor "guest" and products
// without a title it finds bad.
type shop struct {
	vitrinev1.UnimplementedEventServiceServer
	vitrinev1.UnimplementedCatalogServiceServer

	mu       sync.Mutex
	events   map[string]bool
	products map[string]bool
	sites    []string
}

func (s *shop) ImportEvents(stream grpc.BidiStreamingServer[vitrinev1.ImportEventsRequest, vitrinev1.ImportEventsResponse]) error {
	res := &vitrinev1.ImportEventsResponse{}
	for {
		req, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			res.Learned, res.Errors = res.Stored, nil
			return stream.Send(res)
		}
		if err != nil {
			return err
		}
		s.mu.Lock()
		s.sites = append(s.sites, req.Site)
		res.Errors = nil
		for _, e := range req.Events {
			switch {
			case e.Visitor.DeviceId == "guest":
				res.Invalid++
				res.Errors = append(res.Errors, &vitrinev1.EventResult{Index: res.Received, Violations: []*vitrinev1.FieldViolation{
					{Field: "visitor.device_id", Description: "is shared by many people"},
				}})
			case s.events[e.Id]:
				res.Duplicates++
			default:
				s.events[e.Id] = true
				res.Stored++
			}
			res.Received++
		}
		s.mu.Unlock()
		if err := stream.Send(res); err != nil {
			return err
		}
	}
}

func (s *shop) ImportProducts(stream grpc.BidiStreamingServer[vitrinev1.ImportProductsRequest, vitrinev1.ImportProductsResponse]) error {
	res := &vitrinev1.ImportProductsResponse{}
	full := false
	seen := map[string]bool{}
	for {
		req, err := stream.Recv()
		s.mu.Lock()
		if errors.Is(err, io.EOF) {
			defer s.mu.Unlock()
			for name := range s.products {
				if full && !seen[name] {
					delete(s.products, name)
					res.Deleted++
				}
			}
			res.Errors = nil
			return stream.Send(res)
		}
		if err != nil {
			s.mu.Unlock()
			return err
		}
		full = full || req.Mode == vitrinev1.ImportMode_IMPORT_MODE_FULL
		res.Errors = nil
		for _, p := range req.Products {
			seen[p.Name] = true
			switch {
			case p.Title == "":
				res.Rejected++
				res.Errors = append(res.Errors, &vitrinev1.ImportError{Index: res.Received, Id: p.Name, Reason: "title: is empty"})
			case s.products[p.Name]:
				res.Unchanged++
			default:
				s.products[p.Name] = true
				res.Stored++
			}
			res.Received++
		}
		s.mu.Unlock()
		if err := stream.Send(res); err != nil {
			return err
		}
	}
}

func open(t *testing.T) (*shop, *grpc.ClientConn) {
	t.Helper()
	s := &shop{events: map[string]bool{}, products: map[string]bool{}}
	server := grpc.NewServer()
	vitrinev1.RegisterEventServiceServer(server, s)
	vitrinev1.RegisterCatalogServiceServer(server, s)
	pipe := bufconn.Listen(1 << 20)
	go server.Serve(pipe)
	t.Cleanup(server.Stop)
	conn, err := grpc.NewClient("passthrough:///shop", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return pipe.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return s, conn
}

// eventLines hands out n events, the i-th from line i+1; bad lines and guests
// where told.
func eventLines(n int, badLine, guest func(i int) bool) Next[*vitrinev1.Event] {
	i := -1
	return func() (records.Record[*vitrinev1.Event], error) {
		i++
		at := records.Position{Path: "log", Line: i + 1}
		switch {
		case i >= n:
			return records.Record[*vitrinev1.Event]{}, io.EOF
		case badLine(i):
			return records.Record[*vitrinev1.Event]{}, &records.LineError{At: at, Reason: "bad"}
		}
		who := "v"
		if guest(i) {
			who = "guest"
		}
		return records.Record[*vitrinev1.Event]{At: at, Message: &vitrinev1.Event{
			Id: fmt.Sprint(i), Visitor: &vitrinev1.VisitorKey{DeviceId: who},
		}}, nil
	}
}

func never(int) bool { return false }

func every(n int) func(int) bool { return func(i int) bool { return i%n == n-1 } }

func TestEvents(t *testing.T) {
	s, conn := open(t)
	client := vitrinev1.NewEventServiceClient(conn)
	var bad []string
	collect := func(e *records.LineError) error { bad = append(bad, e.Error()); return nil }

	// Of 3,500 lines each 1,000th is bad, and of the rest each 700th a guest:
	// lines 700, 1400, 2100, 2800 and 3500.
	report, err := Events(t.Context(), client, "sites/a", eventLines(3500, every(1000), every(700)), collect, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := EventsReport{BadLines: 3, Received: 3497, Stored: 3492, Invalid: 5, Learned: 3492}
	report.Acknowledged, report.Took = 0, 0
	if report != want {
		t.Errorf("got %+v, want %+v", report, want)
	}
	for _, line := range []string{"log:1000: bad", "log:2100: visitor.device_id: is shared by many people", "log:3500: visitor"} {
		if !strings.Contains(strings.Join(bad, "\n"), line) {
			t.Errorf("%q is not among\n%s", line, strings.Join(bad, "\n"))
		}
	}
	if len(bad) != 8 || strings.Join(s.sites, ",") != "sites/a,,," {
		t.Errorf("%d bad, sites %q", len(bad), s.sites)
	}
	report, err = Events(t.Context(), client, "sites/a", eventLines(3500, never, never), collect, nil)
	if err != nil || report.Duplicates != 3492 || report.Stored != 8 {
		t.Errorf("again: %+v, %v", report, err)
	}
}

func TestEventsStopAtABadLineWhenTold(t *testing.T) {
	for name, next := range map[string]Next[*vitrinev1.Event]{
		"of the file":   eventLines(100_000, every(5000), never),
		"of the server": eventLines(100_000, never, every(5000)),
	} {
		t.Run(name, func(t *testing.T) {
			s, conn := open(t)
			stop := errors.New("stop")
			report, err := Events(t.Context(), vitrinev1.NewEventServiceClient(conn), "sites/a", next,
				func(e *records.LineError) error { return fmt.Errorf("%w: %w", stop, e) }, nil)
			if !errors.Is(err, stop) || !strings.Contains(err.Error(), "log:5000: ") {
				t.Fatalf("got %v", err)
			}
			if report.Stored < 4999 || report.Stored == 100_000 || int(report.Stored) != len(s.events) {
				t.Errorf("the report says %+v, and %d events are stored", report, len(s.events))
			}
		})
	}
}

func TestEventsCalledOff(t *testing.T) {
	s, conn := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	next := eventLines(1<<30, never, never)
	report, err := Events(ctx, vitrinev1.NewEventServiceClient(conn), "sites/a", next, nil, func(r EventsReport) {
		if r.Stored >= 2000 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || int(report.Stored) != len(s.events) || report.Learned != report.Stored {
		t.Errorf("got %+v, %v with %d stored", report, err, len(s.events))
	}
}

func TestEventsWithoutAServer(t *testing.T) {
	conn, err := grpc.NewClient("passthrough:///127.0.0.1:1", grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = Events(t.Context(), vitrinev1.NewEventServiceClient(conn), "sites/a", eventLines(5000, never, never), nil, nil)
	if err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("got %v", err)
	}
}

func productLines(lines ...string) Next[*vitrinev1.Product] {
	i := -1
	return func() (records.Record[*vitrinev1.Product], error) {
		if i++; i >= len(lines) {
			return records.Record[*vitrinev1.Product]{}, io.EOF
		}
		at := records.Position{Path: "catalogue", Line: i + 1}
		if lines[i] == "" {
			return records.Record[*vitrinev1.Product]{}, &records.LineError{At: at, Reason: "bad"}
		}
		id, title, _ := strings.Cut(lines[i], " ")
		return records.Record[*vitrinev1.Product]{At: at, Message: &vitrinev1.Product{Name: id, Title: title}}, nil
	}
}

func TestProducts(t *testing.T) {
	s, conn := open(t)
	client := vitrinev1.NewCatalogServiceClient(conn)
	var bad []string
	collect := func(e *records.LineError) error { bad = append(bad, e.Error()); return nil }
	load := func(full bool, lines ...string) ProductsReport {
		t.Helper()
		bad = nil
		report, err := Products(t.Context(), client, "sites/a", full, productLines(lines...), collect, nil)
		if err != nil {
			t.Fatal(err)
		}
		report.Took = 0
		return report
	}
	if got, want := load(false, "1 Boot", "2 Shoe", "3"), (ProductsReport{Received: 3, Stored: 2, Rejected: 1}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if len(bad) != 1 || bad[0] != `catalogue:3: product "sites/a/products/3": title: is empty` {
		t.Errorf("bad: %q", bad)
	}
	t.Run("a full import that could not read every line removes nothing", func(t *testing.T) {
		got := load(true, "1 Boot", "")
		if want := (ProductsReport{BadLines: 1, Received: 1, Unchanged: 1, KeptRest: true}); got != want || len(s.products) != 2 {
			t.Errorf("got %+v, want %+v; %d products", got, want, len(s.products))
		}
	})
	t.Run("a full import of nothing removes nothing", func(t *testing.T) {
		if got := load(true); !got.KeptRest || len(s.products) != 2 {
			t.Errorf("got %+v; %d products", got, len(s.products))
		}
	})
	t.Run("a full import removes the rest", func(t *testing.T) {
		got := load(true, "1 Boot")
		if want := (ProductsReport{Received: 1, Unchanged: 1, Deleted: 1}); got != want || len(s.products) != 1 {
			t.Errorf("got %+v, want %+v; %d products", got, want, len(s.products))
		}
	})
}
