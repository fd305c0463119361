package main

import (
	"strings"
	"testing"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

func TestVisitorConsentCommand(t *testing.T) {
	c := &canned{consents: &pb.SetConsentResponse{Consents: []*pb.StoredConsent{
		{Purpose: pb.Purpose_PURPOSE_ADVERTISING, Signal: pb.ConsentSignal_CONSENT_SIGNAL_GLOBAL_PRIVACY_CONTROL},
		{Purpose: pb.Purpose_PURPOSE_PROFILE, Granted: true, Signal: pb.ConsentSignal_CONSENT_SIGNAL_PURPOSES},
	}}}
	target := c.serve(t)
	out, err := command(t, newVisitorConsentCommand, "", "--target", target, "--site", "shop", "person:c-1", "--grant", "profile,messages", "--refuse", "advertising")
	if err != nil {
		t.Fatal(err)
	}
	const want = `purpose      answer   by                      when
────────────────────────────────────────────────────
profile      allowed  purposes
advertising  refused  global privacy control
`
	if out != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
	if got := c.setConsent; got.GetName() != "sites/shop/persons/c-1" || len(got.GetConsent().GetPurposes()) != 3 ||
		got.GetConsent().GetPurposes()[2].GetPurpose() != pb.Purpose_PURPOSE_ADVERTISING || got.GetConsent().GetPurposes()[2].GetGranted() {
		t.Errorf("asked for %v", got)
	}
	_, err = command(t, newVisitorConsentCommand, "", "--target", target, "v1", "--grant", "everything")
	if err == nil || !strings.Contains(err.Error(), `--grant "everything": one of all, profile, personalization`) {
		t.Errorf("got %v", err)
	}
}
