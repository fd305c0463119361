package server

import (
	"strings"
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

func apiKeyName(id store.APIKeyID) string { return "apiKeys/" + string(id) }

// apiKeyFromProto converts what the contract's rules have checked.
func apiKeyFromProto(v *violations, field string, m *pb.ApiKey, id store.APIKeyID, now time.Time) store.APIKey {
	key := store.APIKey{ID: id, Rate: m.GetRateLimit(), Burst: int(m.GetBurst()), ExpiresAt: timeFromProto(v, field+"expire_time", m.GetExpireTime())}
	for _, role := range m.GetRoles() {
		key.Roles = append(key.Roles, store.Role(role))
	}
	for _, name := range m.GetSites() {
		key.Sites = append(key.Sites, scoring.SiteID(strings.TrimPrefix(name, "sites/")))
	}
	if key.Burst > 0 && key.Rate == 0 {
		v.add(field+"burst", "is %d, must be 0 where rate_limit is", key.Burst)
	}
	if !key.ExpiresAt.IsZero() && !key.ExpiresAt.After(now) {
		v.add(field+"expire_time", "has passed, must be in the future")
	}
	return key
}

func apiKeyToProto(key *store.APIKey) *pb.ApiKey {
	m := &pb.ApiKey{
		Name: apiKeyName(key.ID), RateLimit: key.Rate, Burst: int32(key.Burst), Prefix: key.Prefix,
		CreateTime: timeToProto(key.CreatedAt), ExpireTime: timeToProto(key.ExpiresAt),
	}
	for _, role := range key.Roles {
		m.Roles = append(m.Roles, pb.Role(role))
	}
	for _, site := range key.Sites {
		m.Sites = append(m.Sites, siteName(site))
	}
	return m
}
