package server_test

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// A TCF v2 core segment that consents to purposes 1 to 10, and one to none.
const (
	tcfAll  = "CAAAAAAAAAAAAAHABAENCWCAAP_AAAAAAAAAAAAAAAAAAA"
	tcfNone = "CAAAAAAAAAAAAAHABAENCWCAAAAAAAAAAAAAAAAAAAAAAA"
)

// GPP strings: of somebody in the United States who did not opt out, of one who did
// of targeted advertising, and of a European who allows to personalize.
const (
	gppIn     = "DBABL~BVVqAAAAAAA"
	gppOut    = "DBABL~BVVpAAAAAAA"
	gppEurope = "DBABM~CAAAAAAAAAAAAAHABAENCWCAAIwAAAAAAAAAAAAAAAAAAA"
)

func TestConsentSignals(t *testing.T) {
	s := openShop(t)
	s.create("cautious")
	_, err := s.sites.CreateSite(t.Context(), &pb.CreateSiteRequest{
		SiteId: "open", Site: &pb.Site{ConsentPolicy: pb.ConsentPolicy_CONSENT_POLICY_OPT_OUT},
	})
	must(t, err)
	withGPC := granted()
	withGPC.GlobalPrivacyControl = true
	for _, c := range []struct {
		name    string
		site    string
		consent *pb.Consent
		stored  bool
	}{
		{"granted", "cautious", granted(), true},
		{"refused", "cautious", answered(false), false},
		{"silence means no", "cautious", nil, false},
		{"silence means yes", "open", nil, true},
		{"refused where silence means yes", "open", answered(false), false},
		{"the most restrictive wins", "open", withGPC, false},
		{"TCF grants", "cautious", &pb.Consent{TcfString: tcfAll}, true},
		{"TCF refuses", "open", &pb.Consent{TcfString: tcfNone}, false},
		{"GPP of an American who said nothing else", "open", &pb.Consent{GppString: gppIn}, true},
		{"which is no consent", "cautious", &pb.Consent{GppString: gppIn}, false},
		{"GPP of an American who opted out", "open", &pb.Consent{GppString: gppOut}, false},
		{"GPP of a European who allows it", "cautious", &pb.Consent{GppString: gppEurope}, true},
		{"GPP of a European who does not", "open", &pb.Consent{GppString: "DBABMA~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := viewed("v-"+c.name, "shoe-1")
			e.Consent = c.consent
			want := pb.EventStatus_EVENT_STATUS_NO_CONSENT
			if c.stored {
				want = pb.EventStatus_EVENT_STATUS_STORED
			}
			if got := s.track(c.site, e); got != want {
				t.Errorf("got %v, want %v", got, want)
			}
			_, err := s.visitors.GetVisitor(t.Context(), &pb.GetVisitorRequest{Name: "sites/" + c.site + "/visitors/v-" + c.name})
			if c.stored {
				must(t, err)
			} else {
				wantCode(t, err, codes.NotFound)
			}
		})
	}
}

// A string that can't be read is a refusal, and says so; the page is answered.
func TestMalformedStringsMeanNoConsent(t *testing.T) {
	s := openShop(t)
	_, err := s.sites.CreateSite(t.Context(), &pb.CreateSiteRequest{
		SiteId: "open", Site: &pb.Site{ConsentPolicy: pb.ConsentPolicy_CONSENT_POLICY_OPT_OUT},
	})
	must(t, err)
	s.sell("open", smallRange()...)
	s.track("open", viewed("v", "shoe-1"))
	for field, consent := range map[string]*pb.Consent{
		"consent.tcf_string": {TcfString: "CAAA"}, "consent.gpp_string": {GppString: "DBABL~"},
	} {
		page := s.home("open", "v", 5, func(r *pb.DecideRequest) { r.Consent = consent })
		if n := page.GetNotices(); len(n) != 1 || n[0].GetField() != field || !strings.Contains(n[0].GetDescription(), "refusal") {
			t.Errorf("%s: notices %v", field, n)
		}
		if page.GetMode() != pb.DecisionMode_DECISION_MODE_CONTEXTUAL || len(page.GetPlacements()[0].GetItems()) != 5 {
			t.Errorf("%s: mode %v, %d items", field, page.GetMode(), len(page.GetPlacements()[0].GetItems()))
		}
		e := viewed("v", "shoe-1")
		e.Consent = consent
		resp, err := s.events.TrackEvents(t.Context(), &pb.TrackEventsRequest{Site: "sites/open", Events: []*pb.Event{e}})
		must(t, err)
		if r := resp.GetResults()[0]; r.GetStatus() != pb.EventStatus_EVENT_STATUS_NO_CONSENT || len(r.GetViolations()) != 1 {
			t.Errorf("%s: an event's result is %v", field, r)
		}
	}
}

// Without consent the answer is that of a visitor never seen, byte for byte, in
// the very next decision.
func TestRefusalEqualsNeverSeen(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	for _, id := range []string{"shoe-1", "shoe-2", "shoe-3", "shoe-4"} {
		s.track("shop", viewed("known", id))
	}
	dry := func(r *pb.DecideRequest) { r.DryRun = true; r.Explain = pb.Explain_EXPLAIN_FULL }
	s.settle("shop")
	never := s.home("shop", "never-seen", 10, dry)
	refused := s.home("shop", "known", 10, dry, func(r *pb.DecideRequest) { r.Consent = answered(false) })
	nobody := s.home("shop", "", 10, dry, func(r *pb.DecideRequest) { r.Visitor = nil })
	known := s.home("shop", "known", 10, dry)
	want := encode(t, never)
	if encode(t, refused) != want {
		t.Errorf("refused: %v\nnever seen: %v", refused, never)
	}
	if encode(t, nobody) != want {
		t.Errorf("no visitor: %v\nnever seen: %v", nobody, never)
	}
	if encode(t, known) == want {
		t.Error("the profile made no difference: the test shows nothing")
	}
}

// settle waits until everything stored is learned from.
func (s *shop) settle(site string) { s.settleAt(site, time.Now()) }

// settleAt does so by a further event at that time.
func (s *shop) settleAt(site string, at time.Time) {
	s.t.Helper()
	s.importEvents(site, []*pb.Event{{
		Id: "settle-" + at.String(), Type: pb.EventType_EVENT_TYPE_HOME_VIEWED, Consent: granted(),
		Visitor: &pb.VisitorKey{DeviceId: "settler"}, Time: timestamppb.New(at),
	}})
}

func encode(t *testing.T, m proto.Message) string {
	t.Helper()
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	must(t, err)
	return string(b)
}

// The events handed in personalise the page, and nothing is kept of them.
func TestSessionModeStoresNothing(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	page := s.home("shop", "shy", 10, func(r *pb.DecideRequest) {
		r.Consent = answered(false)
		for _, id := range []string{"tent-1", "tent-2"} {
			r.SessionEvents = append(r.SessionEvents, &pb.Event{
				Type: pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, Items: []*pb.EventItem{{ProductId: id}},
			})
		}
	})
	if page.GetMode() != pb.DecisionMode_DECISION_MODE_SESSION || page.GetDecision() != "" {
		t.Errorf("mode %v, decision %q", page.GetMode(), page.GetDecision())
	}
	if n := count(ids(page)[:5], "tent-"); n < 4 {
		t.Errorf("%d of the first five are tents: %v", n, ids(page))
	}
	_, err := s.visitors.GetVisitor(t.Context(), &pb.GetVisitorRequest{Name: "sites/shop/visitors/shy"})
	wantCode(t, err, codes.NotFound)
}
