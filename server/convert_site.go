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
	}
}

func orDefault(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
