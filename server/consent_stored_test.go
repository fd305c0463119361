package server_test

import (
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

func (s *shop) setConsent(name string, c *pb.Consent) *pb.SetConsentResponse {
	s.t.Helper()
	resp, err := s.visitors.SetConsent(s.t.Context(), &pb.SetConsentRequest{Name: name, Consent: c})
	must(s.t, err)
	return resp
}

// What a visitor answers by SetConsent holds from the very next call on, and over a
// restart; an answer for the products is one for the profile where nothing else is said.
func TestStoredConsent(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	silent := func(r *pb.DecideRequest) { r.Consent = nil }
	dry := func(r *pb.DecideRequest) { r.DryRun = true }
	mute := func(e *pb.Event) *pb.Event { e.Consent = nil; return e }
	me := "sites/shop/visitors/me"

	if got := s.track("shop", mute(viewed("me", "shoe-1"))); got != pb.EventStatus_EVENT_STATUS_NO_CONSENT {
		t.Fatalf("before any answer: %v", got)
	}
	s.setConsent(me, answered(true))
	if got := s.track("shop", mute(viewed("me", "shoe-1"))); got != pb.EventStatus_EVENT_STATUS_STORED {
		t.Fatalf("after the grant: %v", got)
	}
	if got := s.home("shop", "me", 5, silent).GetMode(); got != pb.DecisionMode_DECISION_MODE_PROFILE {
		t.Fatalf("after the grant: %v", got)
	}
	resp := s.setConsent(me, &pb.Consent{GlobalPrivacyControl: true})
	signals := map[pb.Purpose]pb.ConsentSignal{}
	for _, c := range resp.GetConsents() {
		signals[c.GetPurpose()] = c.GetSignal()
		if c.GetPurpose() == pb.Purpose_PURPOSE_PROFILE && c.GetGranted() {
			t.Errorf("the refusal is told as %v", c)
		}
	}
	if signals[pb.Purpose_PURPOSE_PROFILE] != pb.ConsentSignal_CONSENT_SIGNAL_GLOBAL_PRIVACY_CONTROL ||
		signals[pb.Purpose_PURPOSE_MEASUREMENT] != pb.ConsentSignal_CONSENT_SIGNAL_PURPOSES ||
		signals[pb.Purpose_PURPOSE_DIRECT_CONTACT] != pb.ConsentSignal_CONSENT_SIGNAL_SITE_POLICY {
		t.Errorf("signals %v", signals)
	}
	for range 2 { // a request that grants does not outweigh what was refused; nor does a restart
		never := s.home("shop", "never", 5, silent, dry)
		if encode(t, s.home("shop", "me", 5, dry)) != encode(t, never) {
			t.Error("after the withdrawal the answer is not that of a visitor never seen")
		}
		if got := s.track("shop", viewed("me", "shoe-2")); got != pb.EventStatus_EVENT_STATUS_NO_CONSENT {
			t.Errorf("after the withdrawal: %v", got)
		}
		s.restart()
	}
	// The visitor sees what is kept, and may allow it again.
	seen, err := s.visitors.GetVisitor(t.Context(), &pb.GetVisitorRequest{Name: me})
	must(t, err)
	if seen.GetEventCount() != 1 || len(seen.GetConsents()) != 5 {
		t.Errorf("kept: %d events, consents %v", seen.GetEventCount(), seen.GetConsents())
	}
	s.setConsent(me, answered(true))
	if got := s.home("shop", "me", 5, silent).GetMode(); got != pb.DecisionMode_DECISION_MODE_PROFILE {
		t.Errorf("after the second grant: %v", got)
	}
}

// A visitor of whom nothing but answers is kept is answered as one never seen.
func TestAnswersAloneMakeNoProfile(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	s.setConsent("sites/shop/visitors/me", answered(true))
	dry := func(r *pb.DecideRequest) { r.DryRun = true }
	if encode(t, s.home("shop", "me", 5, dry)) != encode(t, s.home("shop", "never", 5, dry)) {
		t.Error("an answer changed the page")
	}
}

func TestSetConsentRefusesNonsense(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	call := func(name string, c *pb.Consent) error {
		_, err := s.visitors.SetConsent(t.Context(), &pb.SetConsentRequest{Name: name, Consent: c})
		return err
	}
	wantViolation(t, call("sites/shop/visitors/me", &pb.Consent{}), "consent", "at least one signal")
	wantViolation(t, call("sites/shop/visitors/guest", answered(true)), "name", "many people share")
	wantViolation(t, call("sites/shop/products/me", answered(true)), "name", "persons")
	wantCode(t, call("sites/other/visitors/me", answered(true)), codes.NotFound)
}

// Each purpose is its own: products are chosen by the profile of a visitor who allows
// that, creatives of one who allows that.
func TestPurposesApart(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	for _, id := range []string{"shoe-1", "shoe-2", "shoe-3"} {
		s.track("shop", viewed("me", id))
	}
	s.settle("shop")
	dry := func(r *pb.DecideRequest) { r.DryRun = true }
	with := func(c *pb.Consent) string {
		r := s.home("shop", "me", 5, dry, func(r *pb.DecideRequest) { r.Consent = c })
		r.Mode, r.DataClasses = 0, nil
		return encode(t, r)
	}
	never := s.home("shop", "never", 5, dry)
	never.Mode, never.DataClasses = 0, nil
	noProducts := granted()
	noProducts.Purposes[0].Granted = false
	noProducts.Purposes = append(noProducts.Purposes, &pb.PurposeConsent{Purpose: pb.Purpose_PURPOSE_PROFILE, Granted: true})
	if with(noProducts) != encode(t, never) {
		t.Error("products are chosen by the profile of a visitor who refuses that")
	}
	noCreatives := granted()
	noCreatives.Purposes[1].Granted = false
	if with(noCreatives) == encode(t, never) || with(noCreatives) != with(granted()) {
		t.Error("refusing creatives changed the products")
	}
}
