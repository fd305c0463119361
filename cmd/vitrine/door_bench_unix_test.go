//go:build unix

package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server/config"
)

// What a page and an event cost over the door beside gRPC: client and server together,
// over a socket each, one call at a time; cpu-us/op is processor time, user and system.
func BenchmarkDoor(b *testing.B) {
	cfg := config.Default()
	cfg.DataDir, cfg.Listen, cfg.OpsListen, cfg.Door.Listen, cfg.Auth = b.TempDir(), "127.0.0.1:0", "", "127.0.0.1:0", config.AuthNone
	n, err := startNode(context.Background(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer n.Close()
	conn, err := grpc.NewClient("passthrough:///"+n.Addr(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	post := func(path, body string) {
		request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://"+n.DoorAddr()+path, strings.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		request.Header.Set("Content-Type", typeJSON)
		resp, err := transport.RoundTrip(request)
		if err != nil {
			b.Fatal(err)
		}
		defer resp.Body.Close()
		if text, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
			b.Fatalf("%s: %d %s %v", path, resp.StatusCode, text, err)
		}
	}
	post("/v1/sites?siteId=shop", "{}")
	var catalogue strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&catalogue, `{"name": "sites/shop/products/p%d", "title": "Product %d", "categories": ["c%d/d%d"]}`+"\n", i, i, i%20, i%200)
	}
	post("/v1/sites/shop/products:import", catalogue.String())

	measure := func(name string, call func(i int)) {
		b.Run(name, func(b *testing.B) {
			i, before := 0, processorTime(b)
			for b.Loop() {
				call(i)
				i++
			}
			b.ReportMetric(float64((processorTime(b)-before).Microseconds())/float64(i), "cpu-us/op")
		})
	}
	decisions, events := pb.NewDecisionServiceClient(conn), pb.NewEventServiceClient(conn)
	page := &pb.DecideRequest{Site: "sites/shop", Placements: []*pb.PlacementRequest{{Placement: "home", Count: 20}}}
	measure("page=20/grpc", func(int) {
		if _, err := decisions.Decide(context.Background(), page); err != nil {
			b.Fatal(err)
		}
	})
	measure("page=20/json", func(int) {
		post("/v1/sites/shop:decide", `{"placements": [{"placement": "home", "count": 20}]}`)
	})
	batch := &pb.TrackEventsRequest{Site: "sites/shop", DryRun: true}
	var lines []string
	for i := range 100 {
		batch.Events = append(batch.Events, &pb.Event{
			Id: fmt.Sprint("e", i), Type: pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, Visitor: &pb.VisitorKey{DeviceId: "d"}, Items: []*pb.EventItem{{ProductId: "p1"}},
		})
		lines = append(lines, fmt.Sprintf(`{"id": "e%d", "type": "EVENT_TYPE_PRODUCT_VIEWED", "visitor": {"deviceId": "d"}, "items": [{"productId": "p1"}]}`, i))
	}
	measure("events=100/grpc", func(int) {
		if _, err := events.TrackEvents(context.Background(), batch); err != nil {
			b.Fatal(err)
		}
	})
	body := `{"dryRun": true, "events": [` + strings.Join(lines, ",") + `]}`
	measure("events=100/json", func(int) { post("/v1/sites/shop/events:batch", body) })
}

const typeJSON = "application/json"

// processorTime is what the process has used.
func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
