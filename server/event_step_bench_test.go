package server

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// How many events of BenchmarkEventStep come together, as of a stream that is not behind,
// and how many such batches each step is taken for by turns.
const (
	stepBatch   = 100
	stepBatches = 100
)

// BenchmarkEventStep takes the steps of an event by themselves, in the order in which
// they are taken, for a hundred views that came together, of visitors drawn alike from
// the shop of BenchmarkDecideStep: an op is one event. The first, whole, is all of it but
// the network, from bytes to bytes, durable, and until it is learned from; the last,
// learn, is all learners. What the store does is in BenchmarkEventStep of
// store/boltstore, what each learner does in BenchmarkLearnStep of scoring/model, what a
// profile takes in BenchmarkApply of scoring/visitor.
func BenchmarkEventStep(b *testing.B) {
	s, pages := stepShop(b, *stepProducts, *stepVisitors, *stepViews)
	site, err := s.sites.get("shop")
	orFail(b, err)
	size := fmt.Sprintf("products=%d/visitors=%d", *stepProducts, *stepVisitors)
	g := &stepEvents{pages: pages, rng: rand.New(rand.NewPCG(5, 5))}
	b.Run(size+"/step=whole", func(b *testing.B) { timeEvents(b, func() { s.trackWhole(b, site, g.next()) }) })
	requests := make([]*pb.TrackEventsRequest, stepBatches)
	encoded := make([][]byte, stepBatches)
	admitted, known := make([]*eventBatch, stepBatches), make([]*eventBatch, stepBatches)
	for k := range requests {
		requests[k] = g.next()
		encoded[k], err = proto.Marshal(requests[k])
		orFail(b, err)
		admitted[k], known[k] = s.admitted(site, requests[k]), s.admitted(site, requests[k])
		orFail(b, known[k].applyConsent(b.Context()))
		if len(known[k].events) != stepBatch {
			b.Fatalf("%d of %d are allowed", len(known[k].events), stepBatch)
		}
	}
	for _, step := range []struct {
		name string
		take func(k int)
	}{
		{"unmarshal", func(k int) { orFail(b, proto.Unmarshal(encoded[k], &pb.TrackEventsRequest{})) }},
		{"rules", func(k int) {
			var v violations
			for _, e := range requests[k].GetEvents() {
				s.rules.checkEvent(&v, "", e)
			}
			orFail(b, v.err())
		}},
		{"convert", func(k int) {
			batch := s.newBatch(site, false, stepBatch)
			for _, e := range requests[k].GetEvents() {
				var v violations
				batch.admitChecked(&v, "", e)
			}
		}},
		{"consent", func(k int) { orFail(b, admitted[k].applyConsent(b.Context())) }},
		{"facets", func(k int) {
			for i := range known[k].events {
				site.dropSensitive(&known[k].events[i])
				site.nameFacets(&known[k].events[i])
			}
		}},
		{"attribution", func(k int) {
			orFail(b, known[k].nameAds(b.Context()))
			for i := range known[k].events {
				site.countMail(&known[k].events[i])
			}
		}},
		{"visits", func(k int) { known[k].noteVisits() }},
		{"lessons", func(k int) { orFail(b, known[k].spareLessons(b.Context())) }},
		{"learn", func(k int) {
			for i := range known[k].events {
				site.learner.model.Learn(&known[k].events[i])
			}
		}},
	} {
		k := 0
		b.Run(size+"/step="+step.name, func(b *testing.B) {
			timeEvents(b, func() { k++; step.take(k % stepBatches) })
		})
	}
}

// admitted is a batch of what a request brings.
func (s *decisions) admitted(site *site, req *pb.TrackEventsRequest) *eventBatch {
	batch := s.newBatch(site, false, stepBatch)
	for _, e := range req.GetEvents() {
		batch.admit(e)
	}
	return batch
}

// trackWhole takes events from bytes to bytes, and waits until they are learned from.
func (s *decisions) trackWhole(b *testing.B, site *site, req *pb.TrackEventsRequest) {
	b.Helper()
	ctx := context.Background()
	encoded, err := proto.Marshal(req)
	orFail(b, err)
	got := &pb.TrackEventsRequest{}
	orFail(b, proto.Unmarshal(encoded, got))
	answer, err := (&events{Server: s.Server}).TrackEvents(ctx, got)
	orFail(b, err)
	_, err = proto.Marshal(answer)
	orFail(b, err)
	head, err := s.store.Head(ctx, "shop")
	orFail(b, err)
	for reached := site.learner.reachedSeq(); reached < head; {
		reached, err = site.learner.wait(ctx, reached)
		orFail(b, err)
	}
}

// stepEvents draws events.
type stepEvents struct {
	pages []*pb.DecideRequest
	rng   *rand.Rand
	made  int
}

// next is another hundred.
func (g *stepEvents) next() *pb.TrackEventsRequest {
	req := &pb.TrackEventsRequest{Site: "sites/shop"}
	for range stepBatch {
		g.made++
		page := g.pages[g.rng.IntN(len(g.pages))]
		req.Events = append(req.Events, &pb.Event{
			Id: fmt.Sprintf("s%d", g.made), Type: pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, Consent: page.GetConsent(), Visitor: page.GetVisitor(),
			Time:  timestamppb.Now(),
			Items: []*pb.EventItem{{ProductId: fmt.Sprintf("p%d", g.rng.IntN(*stepProducts))}},
		})
	}
	return req
}

// timeEvents takes a step of a hundred events again and again, and reports what one takes
// of the cores. An op is one event.
func timeEvents(b *testing.B, take func()) {
	b.ReportAllocs()
	before := CPUTime()
	for range (b.N + stepBatch - 1) / stepBatch {
		take()
	}
	b.ReportMetric(float64((CPUTime()-before).Nanoseconds())/1e3/float64(b.N), "cpu-us/op")
}
