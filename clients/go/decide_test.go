package vitrine

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

var (
	ada         = Visitor{DeviceID: "ada", Consent: Granted(Personalization)}
	bestsellers = []string{"b1", "b2", "b3"}
)

// shows answers every placement with these products.
func shows(products ...string) func(context.Context, *vitrinev1.DecideRequest) (*vitrinev1.DecideResponse, error) {
	return func(_ context.Context, req *vitrinev1.DecideRequest) (*vitrinev1.DecideResponse, error) {
		resp := &vitrinev1.DecideResponse{Decision: req.GetSite() + "/decisions/1"}
		for _, p := range req.GetPlacements() {
			result := &vitrinev1.PlacementResult{Placement: p.GetPlacement()}
			for _, id := range products {
				result.Items = append(result.Items, &vitrinev1.DecidedItem{
					Item:             &vitrinev1.DecidedItem_Product{Product: &vitrinev1.DecidedProduct{ProductId: id}},
					Reasons:          []*vitrinev1.Reason{{Text: "Because you looked at " + id}},
					AttributionToken: "token-" + id,
				})
			}
			resp.Placements = append(resp.Placements, result)
		}
		return resp, nil
	}
}

// hangs answers when the caller has given up.
func hangs(ctx context.Context, _ *vitrinev1.DecideRequest) (*vitrinev1.DecideResponse, error) {
	<-ctx.Done()
	return nil, status.FromContextError(ctx.Err()).Err()
}

func wantFallback(t *testing.T, page *Page, code codes.Code) {
	t.Helper()
	if !page.Fallback || page.Err == nil {
		t.Fatalf("fallback %v, error %v: want a fallback page and why", page.Fallback, page.Err)
	}
	if got := status.Code(page.Err); got != code {
		t.Errorf("error %v: want code %v", page.Err, code)
	}
	if got := page.Products("home"); !slices.Equal(got, bestsellers) {
		t.Errorf("page shows %v: want %v", got, bestsellers)
	}
}

func TestDecide(t *testing.T) {
	s := newShop()
	var asked atomic.Pointer[vitrinev1.DecideRequest]
	s.decide = func(ctx context.Context, req *vitrinev1.DecideRequest) (*vitrinev1.DecideResponse, error) {
		asked.Store(req)
		return shows("p1", "p2")(ctx, req)
	}
	address, _ := s.listen(t, "127.0.0.1:0")
	// A machine that is busy with other tests may well take 50 ms.
	c := dial(t, address, Options{DecideTimeout: time.Minute})

	page := c.Decide(t.Context(), ada, "home", bestsellers...)
	if page.Fallback || page.Err != nil {
		t.Fatalf("fallback %v, error %v: want an answer", page.Fallback, page.Err)
	}
	if got := page.Products("home"); !slices.Equal(got, []string{"p1", "p2"}) {
		t.Errorf("page shows %v: want the server's p1, p2", got)
	}
	item := page.Items("home")[1]
	if item.Reason != "Because you looked at p2" || item.AttributionToken != "token-p2" {
		t.Errorf("item %+v: want p2's reason and token", item)
	}
	if page.Items("cart") != nil {
		t.Error("a placement not asked for must have no items")
	}
	req := asked.Load()
	if req.GetSite() != "sites/demo" || req.GetVisitor().GetDeviceId() != "ada" || !req.GetConsent().GetPurposes()[0].GetGranted() {
		t.Errorf("request %v: want site, visitor and consent in it", req)
	}
}

// The fallback page

func TestDecideFallsBack(t *testing.T) {
	t.Run("when the server is slow, at the deadline", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newShop()
			s.decide = hangs
			c := s.inMemory(t, Options{})
			start := time.Now()
			wantFallback(t, c.Decide(t.Context(), ada, "home", bestsellers...), codes.DeadlineExceeded)
			if took := time.Since(start); took != 50*time.Millisecond {
				t.Errorf("took %v: want the default of 50 ms", took)
			}
		})
	})
	t.Run("when the caller's own deadline is nearer", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newShop()
			s.decide = hangs
			c := s.inMemory(t, Options{DecideTimeout: time.Hour})
			ctx, cancel := context.WithTimeout(t.Context(), 7*time.Millisecond)
			defer cancel()
			start := time.Now()
			wantFallback(t, c.Decide(ctx, ada, "home", bestsellers...), codes.DeadlineExceeded)
			if took := time.Since(start); took != 7*time.Millisecond {
				t.Errorf("took %v: want 7 ms", took)
			}
		})
	})
	t.Run("when the server is not there", func(t *testing.T) {
		address, stop := newShop().listen(t, "127.0.0.1:0")
		stop()
		c := dial(t, address, Options{DecideTimeout: time.Minute})
		wantFallback(t, c.Decide(t.Context(), ada, "home", bestsellers...), codes.Unavailable)
	})
	t.Run("when the server refuses", func(t *testing.T) {
		address, _ := newShop().listen(t, "127.0.0.1:0")
		c := dial(t, address, Options{DecideTimeout: time.Minute})
		wantFallback(t, c.Decide(t.Context(), ada, "home", bestsellers...), codes.Unimplemented)
	})
	t.Run("when the caller has gone away", func(t *testing.T) {
		c := dial(t, "127.0.0.1:1", Options{})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		page := c.Decide(ctx, ada, "home", bestsellers...)
		if !page.Fallback || !errors.Is(page.Err, context.Canceled) {
			t.Errorf("fallback %v, error %v: want context.Canceled", page.Fallback, page.Err)
		}
	})
	t.Run("when something panics", func(t *testing.T) {
		c := dial(t, "127.0.0.1:1", Options{DialOptions: []grpc.DialOption{grpc.WithUnaryInterceptor(
			func(context.Context, string, any, any, *grpc.ClientConn, grpc.UnaryInvoker, ...grpc.CallOption) error {
				panic("an interceptor's mistake")
			},
		)}})
		wantFallback(t, c.Decide(t.Context(), ada, "home", bestsellers...), codes.Unknown)
	})
	t.Run("after Close", func(t *testing.T) {
		c := dial(t, "127.0.0.1:1", Options{})
		if err := c.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		page := c.Decide(t.Context(), ada, "home", bestsellers...)
		if !page.Fallback || !errors.Is(page.Err, ErrClosed) {
			t.Errorf("fallback %v, error %v: want ErrClosed", page.Fallback, page.Err)
		}
	})
	t.Run("without a request", func(t *testing.T) {
		c := dial(t, "127.0.0.1:1", Options{})
		page := c.DecidePage(t.Context(), nil, nil)
		if !page.Fallback || page.Err == nil || page.Response == nil {
			t.Errorf("page %+v: want an empty fallback page and why", page)
		}
	})
}

func TestFallbackPageKeepsTheRulesOfThePage(t *testing.T) {
	c := dial(t, "127.0.0.1:1", Options{})
	if err := c.Close(t.Context()); err != nil { // so that every page falls back
		t.Fatal(err)
	}
	page := c.DecidePage(t.Context(), &vitrinev1.DecideRequest{
		Context: &vitrinev1.PageContext{ProductId: "own"},
		Placements: []*vitrinev1.PlacementRequest{
			{Placement: "sites/demo/placements/top", Count: 2, ExcludeIds: []string{"excluded"}},
			{Placement: "side"},
			{Placement: "nothing"},
		},
	}, map[string][]string{
		"top":  {"own", "excluded", "a", "b", "c"},
		"side": {"b", "b", "", "c", "excluded"},
	})
	for placement, want := range map[string][]string{
		"top":     {"a", "b"},        // two of them, without the page's own and the excluded
		"side":    {"c", "excluded"}, // b stands above; excluded was so for top alone
		"nothing": nil,
	} {
		if got := page.Products(placement); !slices.Equal(got, want) {
			t.Errorf("%s shows %v: want %v", placement, got, want)
		}
	}
	if len(page.Response.GetPlacements()) != 3 {
		t.Errorf("%d placements: want each of the 3 asked for", len(page.Response.GetPlacements()))
	}
}

func TestPlacementAnsweredEmptyStaysEmpty(t *testing.T) {
	s := newShop()
	s.decide = shows()
	address, _ := s.listen(t, "127.0.0.1:0")
	c := dial(t, address, Options{DecideTimeout: time.Minute})
	page := c.Decide(t.Context(), ada, "home", bestsellers...)
	if page.Fallback || len(page.Items("home")) != 0 {
		t.Errorf("fallback %v, items %v: want the server's empty answer", page.Fallback, page.Items("home"))
	}
}

// The breaker

func TestBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop()
		var asked, broken atomic.Int64
		broken.Store(1)
		s.decide = func(ctx context.Context, req *vitrinev1.DecideRequest) (*vitrinev1.DecideResponse, error) {
			asked.Add(1)
			if broken.Load() == 1 {
				return hangs(ctx, req)
			}
			return shows("p1")(ctx, req)
		}
		c := s.inMemory(t, Options{})
		decide := func() *Page { return c.Decide(t.Context(), ada, "home", bestsellers...) }

		for range 5 {
			wantFallback(t, decide(), codes.DeadlineExceeded)
		}
		start := time.Now()
		for range 100 {
			if page := decide(); !errors.Is(page.Err, ErrNotAsked) {
				t.Fatalf("error %v: want ErrNotAsked after 5 failures in a row", page.Err)
			}
		}
		if took := time.Since(start); took != 0 || asked.Load() != 5 {
			t.Errorf("took %v and asked %d times: want no time and no further call", took, asked.Load())
		}

		pass(breakerProbes)
		wantFallback(t, decide(), codes.DeadlineExceeded) // the probe
		if page := decide(); !errors.Is(page.Err, ErrNotAsked) {
			t.Errorf("error %v: want ErrNotAsked after a probe that failed", page.Err)
		}

		broken.Store(0)
		pass(breakerProbes)
		for range 3 {
			if page := decide(); page.Fallback {
				t.Errorf("error %v: want an answer once the probe got one", page.Err)
			}
		}
		if got := c.Stats(); got.Pages != 110 || got.Fallbacks != 107 { // 5 + 100 + 1 + 1 of 5 + 100 + 2 + 3
			t.Errorf("%d pages, %d fallbacks: want 110 and 107", got.Pages, got.Fallbacks)
		}
	})
}

func TestBreakerIgnoresWhatSaysNothingOfTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop()
		s.decide = hangs
		c := s.inMemory(t, Options{})
		for range 10 { // callers with no time to wait
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			wantFallback(t, c.Decide(ctx, ada, "home", bestsellers...), codes.DeadlineExceeded)
			cancel()
		}
		wantFallback(t, c.Decide(t.Context(), ada, "home", bestsellers...), codes.DeadlineExceeded)
	})
	t.Run("a refusal", func(t *testing.T) {
		address, _ := newShop().listen(t, "127.0.0.1:0")
		c := dial(t, address, Options{DecideTimeout: time.Minute})
		for range 10 {
			wantFallback(t, c.Decide(t.Context(), ada, "home", bestsellers...), codes.Unimplemented)
		}
	})
}

func TestNewRefusesABadSite(t *testing.T) {
	for _, site := range []string{"", "sites/", "shops/demo"} {
		if c, err := New("127.0.0.1:1", Options{Site: site, Insecure: true}); err == nil {
			t.Errorf("site %q: want an error", site)
			_ = c.Close(t.Context())
		}
	}
}
