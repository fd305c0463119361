package server_test

import (
	"encoding/binary"
	"flag"
	"fmt"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

var (
	identityRuns  = flag.Int("identity.runs", 3, "how many interleavings the tests of identity try")
	identitySteps = flag.Int("identity.steps", 25, "how many steps each has")
	identitySeed  = flag.Uint64("identity.seed", 1, "their seed")
)

// sameChance is chance that two servers have alike: both are set before they are asked
// the same.
type sameChance struct {
	mu sync.Mutex
	r  *rand.ChaCha8
}

func (c *sameChance) Read(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.r.Read(b)
}

func (c *sameChance) set(n uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var seed [32]byte
	binary.LittleEndian.PutUint64(seed[:], n)
	c.r = rand.NewChaCha8(seed)
}

// Link then unlink is the identity: a shop in which devices were linked, moved and
// unlinked among whatever else happened, and that was restarted meanwhile, can in the end
// not be told from one in which that was not.
func TestUnlinkIsTheInverseOfLink(t *testing.T) {
	r := rand.New(rand.NewPCG(*identitySeed, 0))
	open := func(chance *sameChance, clock *handClock) *shop {
		chance.set(0)
		s := &shop{t: t, dir: t.TempDir(), clock: clock, chance: chance}
		s.start()
		t.Cleanup(func() { s.stop() })
		s.create("shop")
		s.sell("shop", smallRange()...)
		_, err := s.placements.CreatePlacement(t.Context(), &pb.CreatePlacementRequest{
			Parent: "sites/shop", PlacementId: "banner",
			Placement: &pb.Placement{Count: 1, Rules: &pb.Placement_Creatives{Creatives: &pb.CreativeRules{Formats: []string{"banner"}}}},
		})
		must(t, err)
		s.campaign("one", &pb.Campaign{FrequencyCaps: capOf(pb.CapScope_CAP_SCOPE_CREATIVE, 2, time.Hour)}, "a", "b", "c")
		return s
	}
	clock := newHandClock(time.Now().Add(-30 * 24 * time.Hour))
	var chances [2]sameChance
	linked, plain := open(&chances[0], clock), open(&chances[1], clock)
	asked := uint64(0)
	// both asks the two shops the same.
	both := func(ask func(*shop) proto.Message) (a, b proto.Message) {
		asked++
		chances[0].set(asked)
		chances[1].set(asked)
		return ask(linked), ask(plain)
	}
	same := func(run int, what string, ask func(*shop) proto.Message) {
		t.Helper()
		if a, b := both(ask); !proto.Equal(a, b) {
			t.Fatalf("run %d: %s differs: linked and unlinked\n%v\nnever linked\n%v", run, what, a, b)
		}
	}
	page := func(device string, change ...func(*pb.DecideRequest)) func(*shop) proto.Message {
		return func(s *shop) proto.Message {
			return s.home("shop", device, 8, append([]func(*pb.DecideRequest){func(r *pb.DecideRequest) {
				r.DryRun, r.Explain = true, pb.Explain_EXPLAIN_FULL
				r.Placements = append(r.Placements, &pb.PlacementRequest{Placement: "banner", Count: 2})
			}}, change...)...)
		}
	}
	kinds := []pb.EventType{
		pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, pb.EventType_EVENT_TYPE_PRODUCT_ADDED,
		pb.EventType_EVENT_TYPE_ORDER_COMPLETED, pb.EventType_EVENT_TYPE_PRODUCT_LIST_VIEWED, pb.EventType_EVENT_TYPE_ORDER_REFUNDED,
	}
	links := 0
	for run := range *identityRuns {
		device := func() string { return fmt.Sprintf("d%d-%d", run, r.IntN(4)) }
		person := func() string { return fmt.Sprintf("p%d-%d", run, r.IntN(2)) }
		for step := range *identitySteps {
			switch k := r.IntN(100); {
			case k < 45:
				e := event(device(), kinds[r.IntN(len(kinds))], smallRangeID(r), smallRangeID(r))
				e.Time, e.Order = timestamppb.New(clock.Now()), &pb.Order{Id: fmt.Sprint("o", run, r.IntN(3))}
				linked.track("shop", e)
				plain.track("shop", e)
			case k < 50: // a creative, which only who is linked to nobody is shown alike
				d := device()
				if linked.known("visitors/"+d).GetPerson() == "" {
					same(run, "a banner", func(s *shop) proto.Message {
						m := s.banner(d, 1)
						for _, item := range m.GetPlacements()[0].GetItems() {
							// Signed by each with its own key.
							c := item.GetCreative()
							item.AttributionToken, c.ImpressionUrl, c.ClickUrl = "", "", ""
						}
						return m
					})
				}
			case k < 70:
				linked.link(person(), device(), device())
				links++
			case k < 85:
				linked.unlink(person(), device())
			case k < 90:
				both(page(device())) // may differ meanwhile
			case k < 98:
				clock.pass(time.Duration(r.Int64N(int64(20 * time.Minute))))
			case step%4 == 0:
				linked.restart()
				if r.IntN(2) == 0 {
					plain.restart()
				}
			}
		}
		for k := range 2 {
			linked.unlink(fmt.Sprintf("p%d-%d", run, k))
		}
		clock.pass(time.Second)
		at := clock.Now().Round(0)
		linked.settleAt("shop", at)
		plain.settleAt("shop", at)
		for k := range 4 {
			d := fmt.Sprintf("d%d-%d", run, k)
			same(run, "what is known of "+d, func(s *shop) proto.Message {
				m := s.known("visitors/" + d)
				if m != nil { // the shop's models have learned from persons while there were any
					m.Intent, m.Persona, m.Segments, m.Summary = nil, "", nil, nil
				}
				return m
			})
			same(run, "the page of "+d, page(d))
			if a, b := exported(t, linked, d), exported(t, plain, d); !slices.Equal(a, b) {
				t.Fatalf("run %d: the export of %s differs: linked and unlinked\n%s\nnever linked\n%s", run, d, strings.Join(a, "\n"), strings.Join(b, "\n"))
			}
		}
		for k := range 2 {
			if m := linked.known(fmt.Sprintf("persons/p%d-%d", run, k)); m != nil {
				t.Fatalf("run %d: a person without devices is %v", run, m)
			}
		}
	}
	if a, b := profilesOf(t, linked), profilesOf(t, plain); !reflect.DeepEqual(a, b) {
		t.Errorf("the profiles differ: %v and %v", a, b)
	}
	t.Logf("%d links in %d interleavings", links, *identityRuns)
}

// ownWords are what each shop signs with its own key, or what its models say.
var ownWords = regexp.MustCompile(`,?"((impressionUrl|clickUrl|attributionToken|persona)":"[^"]*"|intent":\{[^}]*\}|(segments|summary)":\[[^]]*\])`)

// exported is what a visitor carries away, but for the links themselves, which the journal
// has.
func exported(t *testing.T, s *shop, device string) []string {
	t.Helper()
	lines, err := s.export("sites/shop/visitors/" + device)
	if err != nil && status.Code(err) != codes.NotFound {
		t.Fatal(err)
	}
	for k := range lines {
		lines[k] = ownWords.ReplaceAllString(lines[k], "")
	}
	return slices.DeleteFunc(lines, func(line string) bool {
		return strings.Contains(line, "VISITOR_LINKED") || strings.Contains(line, "VISITOR_UNLINKED")
	})
}

func smallRangeID(r *rand.Rand) string {
	return fmt.Sprintf("%s-%d", []string{"shoe", "tent", "lamp"}[r.IntN(3)], 1+r.IntN(9))
}

// profilesOf are the records of all that are kept, but for whom a device was linked to once.
func profilesOf(t *testing.T, s *shop) map[scoring.VisitorID]string {
	all := map[scoring.VisitorID]string{}
	must(t, s.store.EachProfile(t.Context(), "shop", "", func(id scoring.VisitorID, p *visitor.Profile) bool {
		own := *p
		if len(own.Devices()) == 0 && own.Person() == "" && len(own.Attributes()) == 0 {
			own.Identity = nil
		}
		b, err := own.AppendBinary(nil)
		must(t, err)
		all[id] = string(b)
		return true
	}))
	return all
}

// No cap is exceeded for a person, however their devices ask at once, are linked and
// unlinked meanwhile, and over restarts.
func TestCapsOfPersonsAreNeverExceeded(t *testing.T) {
	s, clock := cappedBanners(t)
	r := rand.New(rand.NewPCG(*identitySeed, 1))
	s.campaign("one", &pb.Campaign{FrequencyCaps: capOf(pb.CapScope_CAP_SCOPE_CREATIVE, 2, time.Hour)}, "a", "b")
	s.policy(&pb.ContactPolicy{Budgets: []*pb.ContactBudget{{Limit: 3, Window: durationpb.New(2 * time.Hour)}}})
	devices := []string{"phone", "laptop", "tablet"}
	var mu sync.Mutex
	seen := map[string][]handedOut{}
	shown := 0
	decide := func(device string, at time.Time) {
		resp, err := s.decisions.Decide(t.Context(), &pb.DecideRequest{
			Site: "sites/shop", Visitor: &pb.VisitorKey{DeviceId: device}, Consent: granted(),
			Placements: []*pb.PlacementRequest{{Placement: "banner", Count: 2}},
		})
		if err != nil {
			t.Error(err)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		for _, c := range creativesOf(resp) {
			seen[device] = append(seen[device], handedOut{c[len(c)-1:], at})
			shown++
		}
	}
	// Whoever is linked counts together from the link on: what each of them had before may
	// be more than one person's.
	together := map[string]time.Time{}
	for range *identityRuns * *identitySteps {
		now := clock.Now()
		switch k := r.IntN(100); {
		case k < 40:
			var wg sync.WaitGroup
			for range 2 + r.IntN(4) {
				d := devices[r.IntN(len(devices))]
				wg.Go(func() { decide(d, now) })
			}
			wg.Wait()
		case k < 50: // a link while they ask
			d := devices[r.IntN(len(devices))]
			var wg sync.WaitGroup
			wg.Go(func() { s.link("alice", d) })
			for _, other := range devices {
				wg.Go(func() { decide(other, now) })
			}
			wg.Wait()
			if _, ok := together[d]; !ok {
				together[d] = now.Add(time.Nanosecond)
			}
		case k < 55:
			d := devices[r.IntN(len(devices))]
			s.unlink("alice", d)
			delete(together, d)
		case k < 97:
			clock.pass(time.Duration(r.Int64N(int64(30 * time.Minute))))
		default:
			s.restart()
		}
		now = clock.Now()
		of := map[string]int{}
		for d, since := range together {
			for _, h := range seen[d] {
				if !h.at.Before(since) {
					if now.Sub(h.at) < time.Hour {
						of[h.creative]++
					}
					if now.Sub(h.at) < 2*time.Hour {
						of["all"]++
					}
				}
			}
		}
		if of["a"] > 2 || of["b"] > 2 || of["all"] > 3 {
			t.Fatalf("alice was shown %v", of)
		}
	}
	t.Logf("%d shown", shown)
	if shown < *identityRuns {
		t.Error("the test tests nothing")
	}
}
