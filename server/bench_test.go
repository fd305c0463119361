package server_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server"
	"github.com/vitrine-io/vitrine/server/filter"
	"github.com/vitrine-io/vitrine/store/boltstore"
)

// The machine is shared and noisy, so each workload runs beside an echo of the
// same messages over the same kind of connection, in the same run: compare the
// calls/s of a pair, never a number by itself.

// benchWorkers is what vitrine serve has by default: goroutines that keep their
// grown stacks from call to call.
const benchWorkers = 64

// BenchmarkDecide asks for a page of 20 products, as a storefront would.
func BenchmarkDecide(b *testing.B) {
	for _, products := range []int{1_000, 100_000} {
		conn, visitors := benchShop(b, products, 5_000)
		client := pb.NewDecisionServiceClient(conn)
		request := func(r *rand.Rand) *pb.DecideRequest {
			return &pb.DecideRequest{
				Site: "sites/shop", Visitor: &pb.VisitorKey{DeviceId: visitors(r)}, Consent: granted(),
				Context:    &pb.PageContext{PageType: pb.PageType_PAGE_TYPE_HOME, Device: pb.DeviceType_DEVICE_TYPE_PHONE, Locale: "en-GB"},
				Placements: []*pb.PlacementRequest{{Placement: "home", Count: 20}},
			}
		}
		answer, err := client.Decide(b.Context(), request(rand.New(rand.NewPCG(1, 1))))
		if err != nil || len(answer.GetPlacements()[0].GetItems()) != 20 {
			b.Fatalf("no page of 20: %v, %v", answer, err)
		}
		b.Run(fmt.Sprintf("products=%d/visitor=warm", products), func(b *testing.B) {
			calls(b, 16, func(ctx context.Context, r *rand.Rand) error {
				_, err := client.Decide(ctx, request(r))
				return err
			})
		})
		echo := pb.NewDecisionServiceClient(benchEcho(b, answer))
		b.Run(fmt.Sprintf("products=%d/echo", products), func(b *testing.B) {
			calls(b, 16, func(ctx context.Context, r *rand.Rand) error {
				_, err := echo.Decide(ctx, request(r))
				return err
			})
		})
	}
}

// BenchmarkTrackEvent stores one event a call, every one durable.
func BenchmarkTrackEvent(b *testing.B) {
	conn, visitors := benchShop(b, 1_000, 5_000)
	client, echo := pb.NewEventServiceClient(conn), pb.NewEventServiceClient(benchEcho(b, nil))
	var id atomic.Int64
	track := func(client pb.EventServiceClient) func(context.Context, *rand.Rand) error {
		return func(ctx context.Context, r *rand.Rand) error {
			_, err := client.TrackEvent(ctx, &pb.TrackEventRequest{Site: "sites/shop", Event: &pb.Event{
				Id: fmt.Sprintf("bench-%d", id.Add(1)), Type: pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, Consent: granted(),
				Visitor: &pb.VisitorKey{DeviceId: visitors(r)}, Time: timestamppb.Now(),
				Items: []*pb.EventItem{{ProductId: fmt.Sprintf("p%d", r.IntN(1000))}},
			}})
			return err
		}
	}
	for _, inflight := range []int{16, 64, 256} {
		b.Run(fmt.Sprintf("inflight=%d/durable", inflight), func(b *testing.B) { calls(b, inflight, track(client)) })
		b.Run(fmt.Sprintf("inflight=%d/echo", inflight), func(b *testing.B) { calls(b, inflight, track(echo)) })
	}
}

// BenchmarkStreamEvents sends events over one stream, a hundred a message, encoded
// before, with up to 8,192 unacknowledged. Each is durable, and in its visitor's profile, when it is
// acknowledged. behind is how many the learner has before it then, and catch-up-s how
// long it takes to be through with them. cpu-us/op is what an event took of the cores until
// the last was acknowledged, learned-cpu-us/op until all were learned from.
func BenchmarkStreamEvents(b *testing.B) {
	registry := prometheus.NewRegistry()
	conn := openBench(b, b.TempDir(), boltstore.Options{}, server.Options{Registry: registry})
	visitors := stockBench(b, conn, 1_000, 5_000)
	const message, window = 100, 8192
	stream, err := conn.NewStream(b.Context(), &pb.EventService_ServiceDesc.Streams[0], pb.EventService_StreamEvents_FullMethodName, grpc.ForceCodec(rawBytes{}))
	check(b, err)
	r := rand.New(rand.NewPCG(5, 5))
	room := make(chan struct{}, window/message)
	total := (b.N + message - 1) / message * message
	var messages [][]byte
	for n := 0; n < total; n += message {
		req := &pb.StreamEventsRequest{Site: "sites/shop"}
		for i := n; i < n+message; i++ {
			req.Events = append(req.Events, &pb.Event{
				Id: fmt.Sprintf("stream-%d-%d", b.N, i), Type: pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, Consent: granted(),
				Visitor: &pb.VisitorKey{DeviceId: visitors(r)}, Time: timestamppb.Now(),
				Items: []*pb.EventItem{{ProductId: fmt.Sprintf("p%d", r.IntN(1000))}},
			})
		}
		encoded, err := proto.Marshal(req)
		check(b, err)
		messages = append(messages, encoded)
	}
	b.ReportAllocs()
	b.ResetTimer()
	before := server.CPUTime()
	go func() {
		for _, m := range messages {
			room <- struct{}{}
			if stream.SendMsg(m) != nil {
				return
			}
		}
		_ = stream.CloseSend()
	}()
	for sent, acknowledged := int64(0), int64(0); acknowledged < int64(total); {
		var resp pb.StreamEventsResponse
		check(b, stream.RecvMsg(&resp))
		if len(resp.GetResults()) > 0 {
			b.Fatalf("not simply stored: %v", resp.GetResults()[0])
		}
		for acknowledged = resp.GetAcknowledged(); sent+message <= acknowledged; sent += message {
			<-room
		}
	}
	b.StopTimer()
	b.ReportMetric(float64((server.CPUTime()-before).Microseconds())/float64(total), "cpu-us/op")
	b.ReportMetric(float64(total)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(gauge(b, registry, "vitrine_stored_sequence")-gauge(b, registry, "vitrine_learned_sequence"), "behind")
	end := time.Now()
	awaitLearned(b, conn)
	b.ReportMetric(float64((server.CPUTime()-before).Microseconds())/float64(total), "learned-cpu-us/op")
	b.ReportMetric(time.Since(end).Seconds(), "catch-up-s")
}

// calls makes b.N calls with so many in flight, and reports their rate and what a
// call takes of the cores, at both ends.
func calls(b *testing.B, inflight int, call func(context.Context, *rand.Rand) error) {
	b.ReportAllocs()
	var left atomic.Int64
	left.Store(int64(b.N))
	var group sync.WaitGroup
	b.ResetTimer()
	before := server.CPUTime()
	for worker := range inflight {
		group.Go(func() {
			r := rand.New(rand.NewPCG(uint64(worker), 7))
			for left.Add(-1) >= 0 {
				if err := call(b.Context(), r); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
	b.ReportMetric(float64((server.CPUTime()-before).Microseconds())/float64(b.N), "cpu-us/op")
}

// benchShop is a shop of so many products whose visitors have shopped: each has
// looked at eight products of a taste. It returns a connection and a way to
// draw a visitor, some far more often than others.
func benchShop(b *testing.B, products, visitors int) (conn *grpc.ClientConn, draw func(*rand.Rand) string) {
	b.Helper()
	conn = openBench(b, b.TempDir(), boltstore.Options{}, server.Options{})
	draw = stockBench(b, conn, products, visitors)
	return conn, draw
}

// openBench serves a folder. What is open is closed with the benchmark.
func openBench(b *testing.B, dir string, disk boltstore.Options, o server.Options) *grpc.ClientConn {
	b.Helper()
	st, err := boltstore.Open(dir, disk)
	check(b, err)
	o.Store, o.Filters = st, filter.New(filter.Options{})
	srv, err := server.New(b.Context(), o)
	check(b, err)
	g := grpc.NewServer(grpc.ForceServerCodecV2(server.Codec()), grpc.NumStreamWorkers(benchWorkers))
	srv.Register(g)
	conn := serveBench(b, g)
	b.Cleanup(func() { srv.Close(); check(b, st.Close()) })
	return conn
}

// stockBench gives it the shop of benchShop.
func stockBench(b *testing.B, conn *grpc.ClientConn, products, visitors int) (draw func(*rand.Rand) string) {
	b.Helper()
	_, err := pb.NewSiteServiceClient(conn).CreateSite(b.Context(), &pb.CreateSiteRequest{SiteId: "shop", Site: &pb.Site{}})
	check(b, err)
	goods, err := pb.NewCatalogServiceClient(conn).ImportProducts(b.Context())
	check(b, err)
	for from := 0; from < products; from += 1000 {
		req := &pb.ImportProductsRequest{Parent: "sites/shop"}
		for i := from; i < from+1000; i++ {
			req.Products = append(req.Products, &pb.Product{
				Name: fmt.Sprintf("sites/shop/products/p%d", i), Title: fmt.Sprintf("Product number %d", i),
				Categories: []string{fmt.Sprintf("c%d/d%d", i%20, i%200)}, Brand: fmt.Sprintf("brand %d", i%50),
				Price: &pb.Money{Units: int64(5 + i%300)},
			})
		}
		check(b, goods.Send(req))
		_, err := goods.Recv()
		check(b, err)
	}
	check(b, goods.CloseSend())

	log, err := pb.NewEventServiceClient(conn).ImportEvents(b.Context())
	check(b, err)
	r := rand.New(rand.NewPCG(3, 3))
	for v := 0; v < visitors; v += 100 {
		req := &pb.ImportEventsRequest{Site: "sites/shop"}
		for i := range 100 {
			taste := r.IntN(200)
			for range 8 {
				req.Events = append(req.Events, viewed(fmt.Sprintf("v%d", v+i), fmt.Sprintf("p%d", (taste+200*r.IntN(products/200))%products)))
			}
		}
		check(b, log.Send(req))
		_, err := log.Recv()
		check(b, err)
	}
	check(b, log.CloseSend())
	for {
		if _, err := log.Recv(); err != nil {
			break
		}
	}
	zipf := rand.NewZipf(r, 1.1, 8, uint64(visitors-1))
	drawn := make([]string, 1<<16)
	for i := range drawn {
		drawn[i] = fmt.Sprintf("v%d", zipf.Uint64())
	}
	return func(r *rand.Rand) string { return drawn[r.IntN(len(drawn))] }
}

// awaitLearned waits until all that was stored before has been learned from.
func awaitLearned(b *testing.B, conn *grpc.ClientConn) {
	b.Helper()
	log, err := pb.NewEventServiceClient(conn).ImportEvents(b.Context())
	check(b, err)
	check(b, log.Send(&pb.ImportEventsRequest{Site: "sites/shop", Events: []*pb.Event{viewed("last", "p0")}}))
	check(b, log.CloseSend())
	for {
		switch _, err := log.Recv(); {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			b.Fatal(err)
		}
	}
}

// echo answers with what it was given, and does nothing.
type echo struct {
	pb.UnimplementedDecisionServiceServer
	pb.UnimplementedEventServiceServer
	page *pb.DecideResponse
}

func (e *echo) Decide(context.Context, *pb.DecideRequest) (*pb.DecideResponse, error) {
	return e.page, nil
}

func (e *echo) TrackEvent(context.Context, *pb.TrackEventRequest) (*pb.TrackEventResponse, error) {
	return &pb.TrackEventResponse{Status: pb.EventStatus_EVENT_STATUS_STORED}, nil
}

func benchEcho(b *testing.B, page *pb.DecideResponse) *grpc.ClientConn {
	b.Helper()
	g := grpc.NewServer(grpc.NumStreamWorkers(benchWorkers))
	e := &echo{page: page}
	pb.RegisterDecisionServiceServer(g, e)
	pb.RegisterEventServiceServer(g, e)
	return serveBench(b, g)
}

func serveBench(b *testing.B, g *grpc.Server) *grpc.ClientConn {
	b.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(b, err)
	go func() { _ = g.Serve(listener) }()
	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	check(b, err)
	b.Cleanup(func() { conn.Close(); g.GracefulStop() })
	return conn
}

func check(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
