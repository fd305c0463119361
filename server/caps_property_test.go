package server_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

var (
	capsSteps = flag.Int("caps.steps", 600, "how many steps the test of caps takes")
	capsSeed  = flag.Uint64("caps.seed", 1, "seed of the test of caps")
)

// handedOut is a creative that one visitor was handed out.
type handedOut struct {
	creative string
	at       time.Time
}

// No cap and no budget is ever exceeded, whatever comes together: pages of several
// slots, requests at once, time that passes, purchases and their return, visitors who
// withdraw their consent and give it again, restarts.
func TestCapsAreNeverExceeded(t *testing.T) {
	s, clock := cappedBanners(t)
	r := rand.New(rand.NewPCG(*capsSeed, 0))
	s.campaign("one", &pb.Campaign{Advertiser: "acme", FrequencyCaps: append(
		capOf(pb.CapScope_CAP_SCOPE_CREATIVE, 2, time.Hour), capOf(pb.CapScope_CAP_SCOPE_CAMPAIGN, 5, 3*time.Hour)...)}, "a", "b", "c")
	s.campaign("two", &pb.Campaign{Advertiser: "acme", FrequencyCaps: capOf(pb.CapScope_CAP_SCOPE_ADVERTISER, 7, 5*time.Hour)}, "d", "e")
	s.campaign("house", &pb.Campaign{Tier: pb.Tier_TIER_HOUSE}, "f")
	s.policy(&pb.ContactPolicy{
		Budgets:          []*pb.ContactBudget{{Limit: 9, Window: durationpb.New(8 * time.Hour)}},
		PurchaseCoolDown: durationpb.New(10 * time.Minute),
	})
	limits := []struct {
		of     string // creatives
		times  int
		window time.Duration
	}{{"a", 2, time.Hour}, {"b", 2, time.Hour}, {"c", 2, time.Hour}, {"abc", 5, 3 * time.Hour}, {"abcde", 7, 5 * time.Hour}, {"abcdef", 9, 8 * time.Hour}}

	var mu sync.Mutex
	known := map[string][]handedOut{}
	var unknown []handedOut // of one who may not be known
	var blob []byte
	shown, refused := 0, 0
	decide := func(visitor string, slots int32, at time.Time) {
		req := &pb.DecideRequest{
			Site: "sites/shop", Visitor: &pb.VisitorKey{DeviceId: visitor}, Consent: granted(),
			Placements: []*pb.PlacementRequest{{Placement: "banner", Count: slots}},
		}
		if visitor == "nobody" {
			req.Consent, req.ContactBlob = answered(false), blob
		}
		resp, err := s.decisions.Decide(t.Context(), req)
		if err != nil {
			t.Error(err)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		var page []handedOut
		for _, c := range creativesOf(resp) {
			page = append(page, handedOut{c[len(c)-1:], at})
		}
		shown, refused = shown+len(page), refused+int(slots)-len(page)
		if visitor == "nobody" {
			unknown, blob = append(unknown, page...), resp.GetContactBlob()
		} else {
			known[visitor] = append(known[visitor], page...)
		}
	}
	within := func(who string, log []handedOut, now time.Time) {
		t.Helper()
		for _, l := range limits {
			n := 0
			for k := len(log) - 1; k >= 0 && now.Sub(log[k].at) < l.window; k-- {
				for _, c := range l.of {
					if string(c) == log[k].creative {
						n++
					}
				}
			}
			if n > l.times {
				t.Fatalf("%s was shown %d of %q within %v, at most %d were agreed", who, n, l.of, l.window, l.times)
			}
		}
	}
	for step := range *capsSteps {
		now := clock.Now()
		visitor := fmt.Sprintf("v%d", r.IntN(3))
		switch k := r.IntN(100); {
		case k < 45:
			decide(visitor, 1+r.Int32N(4), now)
		case k < 60:
			decide("nobody", 1+r.Int32N(4), now)
		case k < 70: // at once
			var wg sync.WaitGroup
			for range 2 + r.IntN(6) {
				wg.Go(func() { decide(visitor, 2, now) })
			}
			wg.Wait()
		case k < 92:
			clock.pass(time.Duration(r.Int64N(int64(40 * time.Minute))))
		case k < 96:
			order := &pb.Event{
				Id: fmt.Sprint("order", step), Type: pb.EventType_EVENT_TYPE_ORDER_COMPLETED, Visitor: &pb.VisitorKey{DeviceId: visitor}, Consent: granted(),
				Time: timestamppb.New(now), Order: &pb.Order{Id: fmt.Sprint(step)}, Items: []*pb.EventItem{{ProductId: "p"}},
			}
			s.track("shop", order)
			before := len(known[visitor])
			decide(visitor, 2, now)
			if len(known[visitor]) != before {
				t.Fatal("something was shown after a purchase")
			}
			order.Id, order.Type = fmt.Sprint("back", step), pb.EventType_EVENT_TYPE_ORDER_REFUNDED
			order.Items = nil
			s.track("shop", order)
		case k < 98 && step%5 == 0:
			s.restart()
		}
		now = clock.Now()
		for v, log := range known {
			within(v, log, now)
		}
		within("nobody", unknown, now)
	}
	t.Logf("%d steps: %d shown, %d slots left empty", *capsSteps, shown, refused)
	if shown < *capsSteps/10 || refused < *capsSteps/10 {
		t.Errorf("%d shown and %d not: the test tests nothing", shown, refused)
	}
}
