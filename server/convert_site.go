package server

import (
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
)

// What a site has when its owner says nothing.
const (
	defaultCurrency = "EUR"
	defaultLocale   = "en"
	defaultTimeZone = "UTC"
)

func siteFromProto(v *violations, field string, m *pb.Site, id scoring.SiteID, now time.Time) scoring.Site {
	site := scoring.Site{
		ID:          id,
		DisplayName: m.GetDisplayName(),
		Currency:    orDefault(m.GetCurrencyCode(), defaultCurrency),
		Locale:      orDefault(m.GetLocale(), defaultLocale),
		TimeZone:    orDefault(m.GetTimeZone(), defaultTimeZone),
		CreatedAt:   now.UTC().Truncate(time.Microsecond),
		Contacts:    policyFromProto(v, field+"contact_policy", m.GetContactPolicy()),
		Visitors:    visitorPolicyFromProto(v, field+"visitor_policy", m.GetVisitorPolicy()),
	}
	if m.GetConsentPolicy() == pb.ConsentPolicy_CONSENT_POLICY_OPT_OUT {
		site.ConsentPolicy = scoring.OptOut
	}
	if _, err := time.LoadLocation(site.TimeZone); err != nil || site.TimeZone == "Local" {
		v.add(field+"time_zone", "is %q, must be an IANA name such as \"Europe/Paris\"", clip(site.TimeZone))
	}
	return site
}

func siteToProto(s *scoring.Site) *pb.Site {
	policy := pb.ConsentPolicy_CONSENT_POLICY_OPT_IN
	if s.ConsentPolicy == scoring.OptOut {
		policy = pb.ConsentPolicy_CONSENT_POLICY_OPT_OUT
	}
	return &pb.Site{
		Name:          siteName(s.ID),
		DisplayName:   s.DisplayName,
		CurrencyCode:  s.Currency,
		Locale:        s.Locale,
		TimeZone:      s.TimeZone,
		ConsentPolicy: policy,
		Etag:          etagOf(s.Revision),
		CreateTime:    timeToProto(s.CreatedAt),
		ContactPolicy: policyToProto(s.Contacts),
		VisitorPolicy: visitorPolicyToProto(s.Visitors),
	}
}

// visitorPolicyFromProto converts what the contract's rules have checked.
func visitorPolicyFromProto(v *violations, field string, m *pb.VisitorPolicy) *scoring.VisitorPolicy {
	if m == nil {
		return nil
	}
	if m.GetSharedDevicePersons() == 1 && !v.has(field+".shared_device_persons") {
		v.add(field+".shared_device_persons", "is 1, must be 2 to 100, or 0 for %d: a device of one person is not shared", defaultSharedPersons)
	}
	return &scoring.VisitorPolicy{MaxDevices: m.GetMaxDevices(), SharedPersons: m.GetSharedDevicePersons(), Sensitive: m.GetSensitiveCategories()}
}

func visitorPolicyToProto(p *scoring.VisitorPolicy) *pb.VisitorPolicy {
	if p == nil {
		return nil
	}
	return &pb.VisitorPolicy{MaxDevices: p.MaxDevices, SharedDevicePersons: p.SharedPersons, SensitiveCategories: p.Sensitive}
}

func orDefault(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
