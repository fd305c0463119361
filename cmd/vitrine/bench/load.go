package bench

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// The loads, in the order they are measured: what writes comes last, so that
// learning from it does not stand beside what only reads.
const (
	LoadPage      = "page"
	LoadCreative  = "creative"
	LoadMixedPage = "mixed-page"
	LoadMixed     = "mixed"
	LoadTrack     = "track"
	LoadStream    = "stream"
)

// LoadNames are the names of all loads.
var LoadNames = []string{LoadPage, LoadCreative, LoadMixedPage, LoadMixed, LoadTrack, LoadStream}

const (
	// pageSize is how many products a page shows.
	pageSize = 20
	// streamMessage is how many events go into one message of a stream.
	streamMessage = 100
	// callTimeout is how long a caller waits.
	callTimeout = 10 * time.Second
	// typicalOf is how many answers a typical one is chosen from.
	typicalOf = 21
	// checkEvery is how many answers there are for each that is looked into.
	checkEvery = 64
)

// load is one kind of traffic.
type load struct {
	name, title, unit string
	each              int                           // units a call
	ours, echo        worker                        // echo is nil where there is none
	calls             func(*rand.Rand) func() *call // the same for lines; nil where nothing floods
	writes            bool
	typical           []byte // what the echo answers for Decide
	request, answer   int    // bytes of a typical call
	close             func()
}

// prepare makes a load ready: its requests, and what the echo is to answer.
func (b *bench) prepare(ctx context.Context, name string) (*load, error) {
	switch name {
	case LoadPage:
		return b.decideLoad(ctx, name, "Decide, a page of 20 products", b.homePage())
	case LoadCreative:
		return b.decideLoad(ctx, name, "Decide, one creative", b.bannerSlot())
	case LoadMixedPage:
		return b.decideLoad(ctx, name, "Decide, a mixed page", b.productPage())
	case LoadTrack:
		return b.trackLoad(), nil
	case LoadStream:
		return b.streamLoad(ctx)
	case LoadMixed:
		return b.mixedLoad(ctx)
	}
	return nil, fmt.Errorf("bench: no load is called %q", name)
}

func (b *bench) decideRequest(context *pb.PageContext, placements ...*pb.PlacementRequest) *pb.DecideRequest {
	context.Device, context.Locale, context.Place = pb.DeviceType_DEVICE_TYPE_PHONE, "en-GB", &pb.Place{Country: countryMark}
	return &pb.DecideRequest{
		Site: b.shop.site, Visitor: &pb.VisitorKey{DeviceId: visitorMark}, Consent: granted(), Context: context, Placements: placements,
	}
}

func (b *bench) homePage() *pb.DecideRequest {
	return b.decideRequest(&pb.PageContext{PageType: pb.PageType_PAGE_TYPE_HOME},
		&pb.PlacementRequest{Placement: placementHome, Count: pageSize})
}

func (b *bench) bannerSlot() *pb.DecideRequest {
	return b.decideRequest(&pb.PageContext{PageType: pb.PageType_PAGE_TYPE_HOME}, &pb.PlacementRequest{Placement: placementBanner})
}

func (b *bench) productPage() *pb.DecideRequest {
	return b.decideRequest(&pb.PageContext{PageType: pb.PageType_PAGE_TYPE_PRODUCT, ProductId: productMark},
		&pb.PlacementRequest{Placement: placementAlso, Count: 6}, &pb.PlacementRequest{Placement: placementBanner},
		&pb.PlacementRequest{Placement: placementHome, Count: 12})
}

// decideLoad asks for pages for visitors as they come.
func (b *bench) decideLoad(ctx context.Context, name, title string, request *pb.DecideRequest) (*load, error) {
	t := newStencil(request)
	l := &load{name: name, title: title, unit: "decisions", each: 1, request: len(t.encoded), close: func() {}}
	next := func(r *rand.Rand) []byte {
		who := b.shop.visitor(r)
		return t.append(make([]byte, 0, len(t.encoded)),
			filling{visitor: who, product: b.shop.wanted(r, who), country: b.shop.country(who)})
	}
	want := make([]int, len(request.GetPlacements()))
	for i, p := range request.GetPlacements() {
		want[i] = max(int(p.GetCount()), 1)
		if p.GetPlacement() != placementBanner {
			want[i] = min(want[i], b.o.Products/4) // a shop that small may have fewer to show
		}
	}
	typical, err := b.typicalAnswer(ctx, next, want)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", title, err)
	}
	l.typical, l.answer = typical, len(typical)
	l.ours = b.unary(pb.DecisionService_Decide_FullMethodName, next, func(a []byte) bool { return filled(a, want) })
	l.calls = func(r *rand.Rand) func() *call {
		made := 0
		return func() *call {
			c := &call{request: next(r)}
			if made++; made%checkEvery == 0 {
				c.right = func(a []byte) bool { return filled(a, want) }
			}
			return c
		}
	}
	if b.o.Echo {
		l.echo = b.unary(echoDecide, next, nil)
	}
	return l, nil
}

// typicalAnswer is the answer of median length out of some, all of which are as
// they should be.
func (b *bench) typicalAnswer(ctx context.Context, next func(*rand.Rand) []byte, want []int) ([]byte, error) {
	r := b.shop.rng(aWorker, -1)
	var answers [][]byte
	for range typicalOf {
		a := answer{keep: true}
		err := patient(ctx, func() error {
			ctx, cancel := context.WithTimeout(ctx, callTimeout)
			defer cancel()
			return b.conns[0].Invoke(ctx, pb.DecisionService_Decide_FullMethodName, next(r), &a, asIs)
		})
		if err != nil {
			return nil, err
		}
		if !filled(a.bytes, want) {
			return nil, fmt.Errorf("a page came back with less on it than the %v asked for: fill more in", want)
		}
		answers = append(answers, a.bytes)
	}
	slices.SortFunc(answers, func(a, b []byte) int { return len(a) - len(b) })
	return answers[len(answers)/2], nil
}

// filled reports whether an answer of Decide shows as much as it should.
func filled(encoded []byte, want []int) bool {
	var page pb.DecideResponse
	if proto.Unmarshal(encoded, &page) != nil || len(page.GetPlacements()) != len(want) {
		return false
	}
	for i, p := range page.GetPlacements() {
		if len(p.GetItems()) < want[i] {
			return false
		}
	}
	return true
}

// trackLoad tells one event a call.
func (b *bench) trackLoad() *load {
	next := func(r *rand.Rand) []byte { return b.events.track(r, b.nextID()) }
	stored, err := proto.Marshal(&pb.TrackEventResponse{Status: pb.EventStatus_EVENT_STATUS_STORED})
	if err != nil {
		panic(err) // of a message without anything that could fail
	}
	l := &load{
		name: LoadTrack, title: "TrackEvent, durable", unit: "events", each: 1, writes: true,
		request: len(b.events.tracked[0].encoded), answer: len(stored), close: func() {},
		ours: b.unary(pb.EventService_TrackEvent_FullMethodName, next, func(a []byte) bool { return bytes.Equal(a, stored) }),
	}
	if b.o.Echo {
		l.echo = b.unary(echoTrack, next, nil)
	}
	return l
}

// unary makes calls of a method. Now and then an answer is looked into.
func (b *bench) unary(method string, next func(*rand.Rand) []byte, right func([]byte) bool) worker {
	return func(number int) func(context.Context) error {
		r := b.shop.rng(aWorker, number)
		conn := b.conns[number%len(b.conns)]
		made := 0
		return func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, b.timeout)
			defer cancel()
			made++
			a := answer{keep: right != nil && made%checkEvery == 0}
			err := conn.Invoke(ctx, method, next(r), &a, asIs)
			if err == nil && a.keep && !right(a.bytes) {
				return errWrongAnswer
			}
			return err
		}
	}
}

// mixedLoad is a shop's traffic: for each eleven decisions nine events.
func (b *bench) mixedLoad(ctx context.Context) (*load, error) {
	parts := []struct {
		name  string
		often int // out of a hundred
	}{{LoadPage, 35}, {LoadCreative, 10}, {LoadMixedPage, 10}, {LoadTrack, 45}}
	var loads []*load
	l := &load{
		name: LoadMixed, title: "A shop's mixed load", unit: "calls", each: 1, writes: true,
		close: func() {},
	}
	for _, p := range parts {
		part, err := b.prepare(ctx, p.name)
		if err != nil {
			return nil, err
		}
		loads = append(loads, part)
		l.request += part.request * p.often / 100
		l.answer += part.answer * p.often / 100
	}
	l.typical = loads[0].typical
	mix := func(side func(*load) worker) worker {
		return func(number int) func(context.Context) error {
			r := b.shop.rng(aWorker, 1<<20+number)
			var calls []func(context.Context) error
			for _, part := range loads {
				calls = append(calls, side(part)(number))
			}
			return func(ctx context.Context) error {
				left := r.IntN(100)
				for i, p := range parts {
					if left -= p.often; left < 0 {
						return calls[i](ctx)
					}
				}
				return nil // not reached: they add up to a hundred
			}
		}
	}
	l.ours = mix(func(l *load) worker { return l.ours })
	if b.o.Echo {
		l.echo = mix(func(l *load) worker { return l.echo })
	}
	return l, nil
}
