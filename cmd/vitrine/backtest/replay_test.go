package backtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// shop is a small server. It shows what was viewed most, the products of the
// session last, and takes in events as the API promises.
type shop struct {
	vitrinev1.UnimplementedSiteServiceServer
	vitrinev1.UnimplementedPlacementServiceServer
	vitrinev1.UnimplementedCatalogServiceServer
	vitrinev1.UnimplementedEventServiceServer
	vitrinev1.UnimplementedDecisionServiceServer

	mu        sync.Mutex
	site      string
	placement *vitrinev1.Placement
	products  []string
	views     map[string]int
	events    []*vitrinev1.Event
	requests  []*vitrinev1.DecideRequest
	lose      int  // of the events, this many are not stored
	profile   bool // answer in the wrong mode
}

func (s *shop) CreateSite(_ context.Context, req *vitrinev1.CreateSiteRequest) (*vitrinev1.Site, error) {
	if s.site != "" {
		return nil, status.Error(codes.AlreadyExists, "taken")
	}
	s.site = "sites/" + req.SiteId
	return req.Site, nil
}

func (s *shop) DeleteSite(context.Context, *vitrinev1.DeleteSiteRequest) (*emptypb.Empty, error) {
	s.site = ""
	return &emptypb.Empty{}, nil
}

func (s *shop) CreatePlacement(_ context.Context, req *vitrinev1.CreatePlacementRequest) (*vitrinev1.Placement, error) {
	s.placement = req.Placement
	return req.Placement, nil
}

func (s *shop) ImportProducts(stream grpc.BidiStreamingServer[vitrinev1.ImportProductsRequest, vitrinev1.ImportProductsResponse]) error {
	res := &vitrinev1.ImportProductsResponse{}
	for {
		req, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, p := range req.Products {
			s.products = append(s.products, strings.TrimPrefix(p.Name, s.site+"/products/"))
		}
		res.Received += int64(len(req.Products))
		res.Stored = res.Received
		if err := stream.Send(res); err != nil {
			return err
		}
	}
}

func (s *shop) take(events []*vitrinev1.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range events {
		s.events = append(s.events, e)
		s.views[e.Items[0].ProductId]++
	}
}

func (s *shop) ImportEvents(stream grpc.BidiStreamingServer[vitrinev1.ImportEventsRequest, vitrinev1.ImportEventsResponse]) error {
	res := &vitrinev1.ImportEventsResponse{}
	for {
		req, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			res.Learned = res.Stored
			return stream.Send(res)
		}
		if err != nil {
			return err
		}
		s.take(req.Events)
		res.Received += int64(len(req.Events))
		res.Stored = res.Received - int64(s.lose)
		if err := stream.Send(res); err != nil {
			return err
		}
	}
}

func (s *shop) TrackEvents(_ context.Context, req *vitrinev1.TrackEventsRequest) (*vitrinev1.TrackEventsResponse, error) {
	s.take(req.Events)
	res := &vitrinev1.TrackEventsResponse{}
	for i := range req.Events {
		res.Results = append(res.Results, &vitrinev1.EventResult{Index: int64(i), Status: vitrinev1.EventStatus_EVENT_STATUS_STORED})
	}
	return res, nil
}

func (s *shop) Decide(_ context.Context, req *vitrinev1.DecideRequest) (*vitrinev1.DecideResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, req)
	seen := func(id string) bool {
		return slices.ContainsFunc(req.SessionEvents, func(e *vitrinev1.Event) bool { return e.Items[0].ProductId == id })
	}
	list := slices.Clone(s.products)
	slices.SortStableFunc(list, func(a, b string) int {
		if seen(a) != seen(b) {
			if seen(a) {
				return 1
			}
			return -1
		}
		return s.views[b] - s.views[a]
	})
	res := &vitrinev1.PlacementResult{Placement: req.Placements[0].Placement}
	for _, id := range list[:min(len(list), int(req.Placements[0].Count))] {
		res.Items = append(res.Items, &vitrinev1.DecidedItem{Item: &vitrinev1.DecidedItem_Product{Product: &vitrinev1.DecidedProduct{ProductId: id}}})
	}
	mode := vitrinev1.DecisionMode_DECISION_MODE_SESSION
	if s.profile || req.Visitor != nil {
		mode = vitrinev1.DecisionMode_DECISION_MODE_PROFILE
	}
	return &vitrinev1.DecideResponse{Mode: mode, Placements: []*vitrinev1.PlacementResult{res}}, nil
}

func openShop(t *testing.T) (*shop, *grpc.ClientConn) {
	t.Helper()
	s := &shop{views: map[string]int{}}
	server := grpc.NewServer()
	vitrinev1.RegisterSiteServiceServer(server, s)
	vitrinev1.RegisterPlacementServiceServer(server, s)
	vitrinev1.RegisterCatalogServiceServer(server, s)
	vitrinev1.RegisterEventServiceServer(server, s)
	vitrinev1.RegisterDecisionServiceServer(server, s)
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

var theEnd = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func options() Options {
	return Options{Site: "b", End: theEnd, Span: 4 * time.Hour, InFlight: 3, Seed: 1, Display: progress.New(io.Discard, false)}
}

func read(t *testing.T, train, test string) *Log {
	t.Helper()
	l, _, err := Read(files(t, train, test))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

const (
	// Views: a 4, b 3, c 2, d 1.
	trainLog = "a b c\na b\na b c d\na\n"
	testLog  = "a c d\tb\na c\td\na\tc\nd\td\n"
)

func TestRun(t *testing.T) {
	s, conn := openShop(t)
	got, err := Run(t.Context(), conn, read(t, trainLog, testLog), options())
	if err != nil {
		t.Fatal(err)
	}
	// The shop shows what was viewed most, and what the session had last:
	//   a c d -> b     b a c d    place 1, new
	//   a c   -> d     b d a c    place 2, new
	//   a     -> c     b c d a    place 2, new
	//   d     -> d     a b c d    place 4, repeat
	near(t, "HR", got.All.HR.Value, 100)
	near(t, "MRR", got.All.MRR.Value, 100*(1+0.5+0.5+0.25)/4)
	near(t, "MRR of repeats", got.Slice(ByTarget, "repeats").MRR.Value, 25)
	near(t, "MRR of new ones", got.Slice(ByTarget, "new to the session").MRR.Value, 100*2./3)
	near(t, "popular", got.Popular.MRR.Value, 100*(1./2+1./4+1./3+1./4)/4) // b, d, c and d by their views alone
	if got.Decisions != 4 || got.Unfilled != 4 || got.TrainEvents != 10 || got.Products != 4 || got.EventsPerSecond <= 0 || got.LatencyP99 <= 0 {
		t.Errorf("got %+v", got)
	}
	if rules := s.placement.GetProducts(); rules.GetRepeatPolicy() != vitrinev1.RepeatPolicy_REPEAT_POLICY_LEARNED || rules.GetExcludeBought() != vitrinev1.Toggle_TOGGLE_OFF {
		t.Errorf("the placement's rules are %v", rules)
	}
	if !slices.IsSortedFunc(s.events, func(a, b *vitrinev1.Event) int { return a.Time.AsTime().Compare(b.Time.AsTime()) }) {
		t.Error("the train events do not come in the order of their times")
	}
	if last := s.events[len(s.events)-1].Time.AsTime(); !last.Equal(theEnd) {
		t.Errorf("the log ends at %v", last)
	}
	for _, req := range s.requests {
		if e := req.SessionEvents; !e[len(e)-1].Time.AsTime().Equal(theEnd) || !req.DryRun || req.Explain != vitrinev1.Explain_EXPLAIN_NONE || req.Visitor != nil {
			t.Errorf("asked %v", req)
		}
	}
}

func TestRunOnline(t *testing.T) {
	s, conn := openShop(t)
	o := options()
	o.Online = true
	got, err := Run(t.Context(), conn, read(t, trainLog, "c d d d\nb d\n"), o)
	if err != nil {
		t.Fatal(err)
	}
	// New targets: behind c stand a (4 views), b (3) and d (1): place 3. Then the
	// session is told, so that behind b stand a (4), d (4) and c (3): place 2.
	near(t, "MRR of new ones", got.Slice(ByTarget, "new to the session").MRR.Value, 100*(1./3+1./2)/2)
	if len(s.events) != 16 || s.events[10].Visitor.DeviceId != "test-0" || s.events[15].Id != "test-1-1" {
		t.Errorf("%d events, the 11th of %v", len(s.events), s.events[10].Visitor)
	}
	for i := 11; i < 16; i++ {
		if s.events[i].Time.AsTime().Before(s.events[i-1].Time.AsTime()) {
			t.Error("the test events do not come in the order of their times")
		}
	}
}

// Of a log with carts and orders, these go in as what they are, are what the
// session did before a decision, and are looked for in the answers.
func TestRunWithCartsAndOrders(t *testing.T) {
	event := func(kind, who, product string, at int) string {
		return fmt.Sprintf(`{"type":%q,"visitor":%q,"time":%d,"product":%q}`+"\n", kind, who, 1_700_000_000+at, product)
	}
	var train strings.Builder
	for i := range 4 { // views: a 4, b 3, c 2, d 1
		for at, p := range []string{"a", "b", "c", "d"}[:4-i] {
			train.WriteString(event("product_viewed", fmt.Sprint("u", i), p, 1000*i+at))
		}
	}
	train.WriteString(event("product_added", "u3", "a", 3010) + event("order_completed", "u3", "a", 3020) + event("order_completed", "u3", "b", 3020))
	test := event("product_viewed", "t", "d", 9000) + event("product_added", "t", "b", 9001) + event("product_viewed", "t", "c", 9002) +
		event("order_completed", "t", "b", 9003) + event("order_completed", "t", "d", 9003)
	s, conn := openShop(t)
	o := options()
	o.K, o.Online = 2, true
	got, err := Run(t.Context(), conn, read(t, train.String(), test), o)
	if err != nil {
		t.Fatal(err)
	}
	// What the shop shows behind the things done, and what of it was wanted:
	//   d         a b    carts {b}: 1 of 1, orders {b, d}: 1 of 2
	//   d +b      a c    the target c at place 2, orders 0 of 2
	//   d +b c    a b    orders 1 of 2: what the session had stands last, and the
	//                    most viewed of it first
	near(t, "HR", got.All.HR.Value, 100)
	near(t, "MRR", got.All.MRR.Value, 50)
	near(t, "carts", got.All.Carts.Value, 100)
	near(t, "orders", got.All.Orders.Value, 100*2./6)
	if got.All.Targets != 1 || got.Decisions != 3 || got.TrainEvents != 12 {
		t.Errorf("got %+v", got)
	}
	var sent []string
	for _, e := range s.events {
		sent = append(sent, fmt.Sprintf("%d:%d", e.Type, len(e.Items)))
	}
	// 10 views, a cart and an order of two; then the test session's.
	if want := strings.Repeat("5:1 ", 10) + "7:1 12:2 5:1 7:1 5:1 12:2"; strings.Join(sent, " ") != want {
		t.Errorf("sent %v, want %s", sent, want)
	}
	if id := s.events[11].Order.GetId(); id == "" {
		t.Error("an order without an id")
	}
	if last := s.requests[len(s.requests)-1].SessionEvents; len(last) == 0 {
		t.Error("nothing was told of the session")
	}
}

func TestRunGivesUp(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(*shop)
		want string
	}{
		{"when events are lost", func(s *shop) { s.lose = 2 }, "the server stored 8 of the 10 train events"},
		{"when the answer is not the session's", func(s *shop) { s.profile = true }, "in mode DECISION_MODE_PROFILE"},
		{"when the site is taken", func(s *shop) { s.site = "sites/b" }, "create the site"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, conn := openShop(t)
			c.set(s)
			_, err := Run(t.Context(), conn, read(t, trainLog, testLog), options())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestMoveEndsTheLogNow(t *testing.T) {
	const timed = "SessionId\tItemId\tTime\n1\ta\t1592337718\n1\tb\t1592337778\n2\tb\t1592340000\n"
	s, conn := openShop(t)
	o := options()
	o.Move = true
	if _, err := Run(t.Context(), conn, read(t, timed, testLog), o); err != nil {
		t.Fatal(err)
	}
	var at []string
	for _, e := range s.events {
		at = append(at, fmt.Sprint(e.Time.AsTime().Sub(theEnd)))
	}
	if got := strings.Join(at, " "); got != "-38m2s -37m2s 0s" { // 1592340000 - 1592337718 = 2282 s
		t.Errorf("the events are at %s", got)
	}
}

func TestOverlappingSessionsAreMerged(t *testing.T) {
	l := &Log{Products: []string{"a", "b"}, Train: []Session{
		{Items: []item{0, 1, 0}, Times: []int64{1000, 5000, 9000}},
		{Items: []item{1, 1}, Times: []int64{2000, 9000}},
		{Items: []item{0}, Times: []int64{500}},
	}}
	m := newMerger(l)
	var got []string
	for {
		rec, err := m.next()
		if errors.Is(err, io.EOF) {
			break
		}
		got = append(got, rec.Message.Id)
	}
	if want := "train-2-0 train-0-0 train-1-0 train-0-1 train-0-2 train-1-1"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestLongPrefixesKeepTheirEnd(t *testing.T) {
	s := &Session{}
	for i := range 150 {
		s.Items, s.Times = append(s.Items, 0), append(s.Times, int64(i)*1000)
	}
	ask := &tester{replay: &replay{log: &Log{Products: []string{"a"}}}, now: 1_000_000}
	req := ask.request(s, 140)
	if n := len(req.SessionEvents); n != 100 || req.SessionEvents[99].Time.AsTime().UnixMilli() != 1_000_000 || req.SessionEvents[98].Time.AsTime().UnixMilli() != 999_000 {
		t.Errorf("%d events, the last two at %v and %v", n, req.SessionEvents[98].Time, req.SessionEvents[99].Time)
	}
}
