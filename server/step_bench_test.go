package server

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/decide"
	"github.com/vitrine-io/vitrine/server/filter"
	"github.com/vitrine-io/vitrine/store/boltstore"
)

// The size of BenchmarkDecideStep's shop, whose visitors are known at some ten thousand a
// second. Of more than askingVisitors every so manieth asks.
const askingVisitors = 1_000_000

var (
	stepProducts = flag.Int("decide.products", 100_000, "BenchmarkDecideStep: products, a multiple of 200")
	stepVisitors = flag.Int("decide.visitors", 5_000, "BenchmarkDecideStep: visitors with a profile")
	stepViews    = flag.Int("decide.views", 8, "BenchmarkDecideStep: what each of them looked at")
)

// BenchmarkDecideStep takes the steps of one decision by themselves, in the order in
// which Decide takes them, each for another visitor's page of 20 every time: a page of
// the shop of BenchmarkDecide. The first, whole, is all of it but the network, from bytes
// to bytes, with what goes on in the background.
func BenchmarkDecideStep(b *testing.B) {
	s, requests := stepShop(b, *stepProducts, *stepVisitors, *stepViews)
	ctx := b.Context()
	size := fmt.Sprintf("products=%d/visitors=%d", *stepProducts, *stepVisitors)
	whole := func(i int) error {
		req := &pb.DecideRequest{}
		b, err := proto.Marshal(requests[i])
		if err == nil {
			err = proto.Unmarshal(b, req)
		}
		if err != nil {
			return err
		}
		answer, err := s.Decide(ctx, req)
		if err == nil {
			err = written(answer)
		}
		return err
	}
	b.Run(size+"/step=whole", func(b *testing.B) { timeStep(b, len(requests), whole) })
	if few := 10_000; len(requests) > few { // a shop that knows as much, of whose visitors few come
		b.Run(fmt.Sprintf("%s/step=whole/asking=%d", size, few), func(b *testing.B) { timeStep(b, few, whole) })
	}
	requests = requests[:min(len(requests), 5_000)]
	encoded := make([][]byte, len(requests))
	queries := make([]*query, len(requests))
	known := make([]knowledge, len(requests))
	pages := make([]*scoring.Decision, len(requests))
	room := new(decide.Room)
	now := time.Now()
	id, err := newDecisionID(now, s.chance)
	orFail(b, err)
	for i, req := range requests {
		encoded[i], err = proto.Marshal(req)
		orFail(b, err)
		queries[i], err = s.queryFromProto(req)
		orFail(b, err)
		known[i], err = s.known(ctx, queries[i])
		orFail(b, err)
		pages[i] = &scoring.Decision{ID: id, Time: now, Mode: known[i].mode, DataClasses: known[i].read(), Allowed: known[i].allowed}
		pages[i].Placements, _ = s.fill(queries[i], known[i], now, id, nil)
		if n := len(pages[i].Placements[0].Items); n != 20 {
			b.Fatalf("a page of %d", n)
		}
	}
	for _, step := range []struct {
		name string
		take func(i int) error
	}{
		{"unmarshal", func(i int) error { return proto.Unmarshal(encoded[i], &pb.DecideRequest{}) }},
		{"rules", func(i int) error {
			var v violations
			s.rules.checkPage(&v, requests[i])
			return v.err()
		}},
		{"validate", func(i int) error { _, err := s.queryFromProto(requests[i]); return err }},
		{"profile", func(i int) error { _, err := s.known(ctx, queries[i]); return err }},
		{"decide", func(i int) error { s.fill(queries[i], known[i], now, id, room); return nil }},
		{"answer", func(i int) error { m, err := s.pageToProto(queries[i], pages[i]); orFail(b, err); return written(m) }},
	} {
		b.Run(size+"/step="+step.name, func(b *testing.B) { timeStep(b, len(requests), step.take) })
	}
}

// written writes a message out as the server does.
func written(m proto.Message) error {
	b, err := Codec().Marshal(m)
	b.Free()
	return err
}

// timeStep takes a step for one visitor after the other, in an order in which those of
// the same time do not follow each other. It reports what it takes of the cores, and the
// median by the clock.
func timeStep(b *testing.B, visitors int, take func(i int) error) {
	b.ReportAllocs()
	took := make([]time.Duration, 0, 1<<20)
	before := CPUTime()
	for i := 0; b.Loop(); i++ {
		began := time.Now()
		if err := take(i * 7919 % visitors); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	b.ReportMetric(float64((CPUTime()-before).Nanoseconds())/1e3/float64(b.N), "cpu-us/op")
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1e3, "median-us")
}

// stepShop is a shop of so many products whose visitors have looked at some products of a
// taste, and a request of each.
func stepShop(b *testing.B, products, visitors, views int) (*decisions, []*pb.DecideRequest) {
	b.Helper()
	ctx := context.Background()
	st, err := boltstore.Open(b.TempDir(), boltstore.Options{})
	orFail(b, err)
	s, err := New(ctx, Options{Store: st, Filters: filter.New(filter.Options{})})
	orFail(b, err)
	b.Cleanup(func() { s.Close(); orFail(b, st.Close()) })
	_, err = (&siteAdmin{Server: s}).CreateSite(ctx, &pb.CreateSiteRequest{SiteId: "shop", Site: &pb.Site{}})
	orFail(b, err)
	site, err := s.sites.get("shop")
	orFail(b, err)
	for i := range products {
		site.products.Put(&scoring.Product{
			ID: scoring.ProductID(fmt.Sprintf("p%d", i)), Title: fmt.Sprintf("Product number %d", i),
			Categories: []string{fmt.Sprintf("c%d/d%d", i%20, i%200)}, Brand: fmt.Sprintf("brand %d", i%50),
			Price: &scoring.Money{Nanos: int64(5+i%300) * 1e9},
		})
	}
	consent := &pb.Consent{Purposes: []*pb.PurposeConsent{
		{Purpose: pb.Purpose_PURPOSE_PERSONALIZATION, Granted: true}, {Purpose: pb.Purpose_PURPOSE_MEASUREMENT, Granted: true},
	}}
	r := rand.New(rand.NewPCG(3, 3))
	each := max(1, visitors/askingVisitors)
	requests := make([]*pb.DecideRequest, 0, visitors/each+1)
	req := &pb.TrackEventsRequest{Site: "sites/shop"}
	for v := range visitors {
		who := &pb.VisitorKey{DeviceId: fmt.Sprintf("v%d", v)}
		taste := r.IntN(200)
		for n := range views {
			req.Events = append(req.Events, &pb.Event{
				Id: fmt.Sprintf("e%d-%d", v, n), Type: pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, Consent: consent, Visitor: who, Time: timestamppb.Now(),
				Items: []*pb.EventItem{{ProductId: fmt.Sprintf("p%d", (taste+200*r.IntN(products/200))%products)}},
			})
		}
		if len(req.Events) >= 900 || v == visitors-1 {
			_, err := (&events{Server: s}).TrackEvents(ctx, req)
			orFail(b, err)
			req.Events = nil
		}
		if v%each > 0 {
			continue
		}
		requests = append(requests, &pb.DecideRequest{
			Site: "sites/shop", Visitor: who, Consent: consent,
			Context:    &pb.PageContext{PageType: pb.PageType_PAGE_TYPE_HOME, Device: pb.DeviceType_DEVICE_TYPE_PHONE, Locale: "en-GB"},
			Placements: []*pb.PlacementRequest{{Placement: "home", Count: 20}},
		})
	}
	head, err := st.Head(ctx, "shop")
	orFail(b, err)
	for reached := site.learner.reachedSeq(); reached < head; { // else it goes on beside what is measured
		reached, err = site.learner.wait(ctx, reached)
		orFail(b, err)
	}
	return &decisions{Server: s}, requests
}

func orFail(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
