package server_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// fullDisk has a store refuse events as on a disk that is full, or fails, while it is
// so. What the store itself does then its own tests show.
type fullDisk struct {
	why   atomic.Pointer[error]
	loses atomic.Bool // decisions
}

func (d *fullDisk) set(why error) { d.why.Store(&why) }

func (d *fullDisk) under(s store.Store) store.Store {
	if d == nil {
		return s
	}
	return refusing{s, d}
}

type refusing struct {
	store.Store
	disk *fullDisk
}

func (s refusing) Append(ctx context.Context, site scoring.SiteID, events []scoring.Event) ([]store.Ack, error) {
	if why := s.disk.why.Load(); why != nil && *why != nil {
		return nil, fmt.Errorf("boltstore: append: %w", *why)
	}
	return s.Store.Append(ctx, site, events)
}

func (s refusing) RecordDecision(site scoring.SiteID, d *scoring.Decision) bool {
	return !s.disk.loses.Load() && s.Store.RecordDecision(site, d)
}

func (s refusing) Health() store.Health {
	h := s.Store.Health()
	if why := s.disk.why.Load(); why != nil && *why != nil {
		h.NotWritable = (*why).Error()
	}
	return h
}

// Decisions go on while nothing can be written: products and what is not counted are
// shown, what is counted is not, and the answer says why. Nothing of it counts later.
func TestDecisionsGoOnWhileNothingIsWritten(t *testing.T) {
	for _, c := range []struct {
		why  error
		code codes.Code
	}{{store.ErrFull, codes.ResourceExhausted}, {store.ErrUnwritable, codes.Unavailable}} {
		t.Run(c.code.String(), func(t *testing.T) {
			disk := new(fullDisk)
			s := &shop{t: t, dir: t.TempDir(), disk: disk}
			s.start()
			t.Cleanup(func() { s.stop() })
			s.create("shop")
			s.sell("shop", smallRange()...)
			_, err := s.placements.CreatePlacement(t.Context(), &pb.CreatePlacementRequest{
				Parent: "sites/shop", PlacementId: "banner",
				Placement: &pb.Placement{Count: 1, Rules: &pb.Placement_Creatives{Creatives: &pb.CreativeRules{Formats: []string{"banner"}}}},
			})
			must(t, err)
			s.campaign("capped", &pb.Campaign{Tier: pb.Tier_TIER_SPONSORSHIP, FrequencyCaps: capOf(0, 2, time.Hour)}, "a")
			s.campaign("goal", &pb.Campaign{Tier: pb.Tier_TIER_GOAL, Goal: impressions(1000)}, "g")
			s.campaign("free", &pb.Campaign{Tier: pb.Tier_TIER_HOUSE}, "h")
			page := func(visitor string, change ...func(*pb.DecideRequest)) *pb.DecideResponse {
				return s.home("shop", visitor, 5, append(change, func(r *pb.DecideRequest) {
					r.Explain = pb.Explain_EXPLAIN_FULL
					r.Placements = append([]*pb.PlacementRequest{{Placement: "banner", Count: 3}}, r.Placements...)
				})...)
			}
			refusal := func(resp *pb.DecideResponse, id string) pb.Rejection {
				for _, r := range resp.GetPlacements()[0].GetRejected() {
					if r.GetId() == id {
						return r.GetRejection()
					}
				}
				return 0
			}

			disk.set(c.why)
			for range 3 {
				resp := page("v")
				if got := creativesOf(resp); !slices.Equal(got, []string{"free/creatives/h"}) {
					t.Errorf("creatives %v, want the one that nobody counts", got)
				}
				if n := len(resp.GetPlacements()[1].GetItems()); n != 5 {
					t.Errorf("%d products, want 5", n)
				}
				if why := resp.GetPlacements()[0].GetNoFillReason(); why != pb.NoFillReason_NO_FILL_REASON_UNWRITABLE {
					t.Errorf("no-fill reason %v", why)
				}
				for _, id := range []string{"sites/shop/campaigns/capped/creatives/a", "sites/shop/campaigns/goal/creatives/g"} {
					if got := refusal(resp, id); got != pb.Rejection_REJECTION_UNWRITABLE {
						t.Errorf("%s: %v; rejected %v", id, got, resp.GetPlacements()[0].GetRejected())
					}
				}
			}
			// Contacts of who may not be known are the caller's to keep: caps go on,
			// and what has a goal is left out.
			resp := page("w", func(r *pb.DecideRequest) { r.Consent = answered(false) })
			if got := creativesOf(resp); !slices.Equal(got, []string{"capped/creatives/a", "free/creatives/h"}) || len(resp.GetContactBlob()) == 0 {
				t.Errorf("without consent %v, %d bytes of contacts", got, len(resp.GetContactBlob()))
			}
			_, err = s.events.TrackEvent(t.Context(), &pb.TrackEventRequest{Site: "sites/shop", Event: viewed("v", "shoe-1")})
			st := status.Convert(err)
			retry := slices.ContainsFunc(st.Details(), func(d any) bool {
				r, ok := d.(*errdetails.RetryInfo)
				return ok && r.GetRetryDelay().AsDuration() > 0
			})
			if st.Code() != c.code || !retry {
				t.Errorf("an event: %v with %v, want %v with advice when to try again", err, st.Details(), c.code)
			}
			if got := s.metric("vitrine_store_writable"); got != 0 {
				t.Errorf("vitrine_store_writable is %d", got)
			}

			disk.set(nil)
			if got := s.metric("vitrine_store_writable"); got != 1 {
				t.Errorf("vitrine_store_writable is %d", got)
			}
			shown := 0
			for range 4 {
				if slices.Contains(creativesOf(page("v")), "capped/creatives/a") {
					shown++
				}
			}
			if shown != 2 { // what was refused meanwhile does not count
				t.Errorf("shown %d times when all is well again, the cap is 2", shown)
			}
		})
	}
}

// An impression of a creative whose decision was lost, to a crash or a disk that did not
// keep up, counts towards the goal all the same: it stands in the journal that it was
// handed out.
func TestAnImpressionOfALostDecisionCounts(t *testing.T) {
	disk := new(fullDisk)
	disk.loses.Store(true)
	s := &shop{t: t, dir: t.TempDir(), disk: disk}
	s.start()
	t.Cleanup(func() { s.stop() })
	s.create("shop")
	_, err := s.placements.CreatePlacement(t.Context(), &pb.CreatePlacementRequest{
		Parent: "sites/shop", PlacementId: "banner",
		Placement: &pb.Placement{Count: 1, Rules: &pb.Placement_Creatives{Creatives: &pb.CreativeRules{Formats: []string{"banner"}}}},
	})
	must(t, err)
	s.campaign("goal", &pb.Campaign{Tier: pb.Tier_TIER_GOAL, Goal: impressions(1000)}, "g")
	resp := s.banner("v", 1)
	if _, err := s.decisions.GetDecision(t.Context(), &pb.GetDecisionRequest{Name: resp.GetDecision()}); status.Code(err) != codes.NotFound {
		t.Fatalf("the decision should be lost: %v", err)
	}
	for n := range 2 { // told twice, it counts once
		e := event("v", pb.EventType_EVENT_TYPE_CREATIVE_VIEWED)
		e.AttributionToken = resp.GetPlacements()[0].GetItems()[0].GetAttributionToken()
		if got := s.track("shop", e); got != pb.EventStatus_EVENT_STATUS_STORED {
			t.Errorf("impression %d: %v", n, got)
		}
	}
	s.settle("shop")
	if d := s.delivered("goal"); d.GetHandedOut() != 1 || d.GetImpressions() != 1 {
		t.Errorf("delivered %v, want one handed out and seen", d)
	}
}

// What an erased visitor was shown goes on counting towards goals after a crash, for
// what was learned is saved up to it before their events go.
func TestAnErasureKeepsWhatCampaignsDelivered(t *testing.T) {
	s := banners(t)
	s.campaign("goal", &pb.Campaign{Tier: pb.Tier_TIER_GOAL, Goal: impressions(1000)}, "g")
	resp := s.banner("v", 1)
	e := event("v", pb.EventType_EVENT_TYPE_CREATIVE_VIEWED)
	e.AttributionToken = resp.GetPlacements()[0].GetItems()[0].GetAttributionToken()
	s.track("shop", e)
	head, err := s.store.Head(t.Context(), "shop")
	must(t, err)
	s.erase("sites/shop/visitors/v")
	seq, err := s.store.LoadSnapshot(t.Context(), "shop", "model", func(r io.Reader) error {
		_, err := io.Copy(io.Discard, r)
		return err
	})
	if err != nil || seq < head {
		t.Errorf("what is saved has %d of %d events (%v), and the others are gone", seq, head, err)
	}
	if d := s.delivered("goal"); d.GetHandedOut() != 1 || d.GetImpressions() != 1 {
		t.Errorf("delivered %v, want one handed out and seen", d)
	}
}
