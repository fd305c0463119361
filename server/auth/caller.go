package auth

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// Reason is why a call was refused.
type Reason string

// The reasons. The first five leave open who calls.
const (
	Missing   Reason = "missing"   // no key was sent
	Malformed Reason = "malformed" // what was sent is no key
	Unknown   Reason = "unknown"   // no such key, or no more
	Expired   Reason = "expired"
	Revoked   Reason = "revoked" // while a stream was open
	WrongRole Reason = "role"
	WrongSite Reason = "site"
	TooMany   Reason = "rate"
)

// Anonymous reports whether the caller is unknown.
func (r Reason) Anonymous() bool {
	return slices.Contains([]Reason{Missing, Malformed, Unknown, Expired, Revoked}, r)
}

// Refusal is the error of a call that may not be. Its text is for the caller and says
// what to do next.
type Refusal struct {
	Reason Reason
	err    error
}

func (r *Refusal) Error() string { return r.err.Error() }

func refuse(reason Reason, format string, args ...any) error {
	return &Refusal{reason, fmt.Errorf(format, args...)}
}

// ErrMissing refuses a call that shows no key.
func ErrMissing() error {
	return refuse(Missing, "an API key is wanted, as metadata \"authorization: Bearer vk_...\": create one with `vitrine keys create`")
}

// Caller is a key in force, with what it has used up.
type Caller struct {
	key     store.APIKey
	sites   map[scoring.SiteID]bool // nil: all
	now     func() time.Time
	limiter *rate.Limiter // nil: none
	revoked atomic.Bool
}

func newCaller(key store.APIKey, now func() time.Time) *Caller {
	c := &Caller{key: key, now: now}
	if len(key.Sites) > 0 {
		c.sites = make(map[scoring.SiteID]bool, len(key.Sites))
		for _, site := range key.Sites {
			c.sites[site] = true
		}
	}
	if key.Rate > 0 {
		burst := key.Burst
		if burst == 0 {
			burst = int(math.Ceil(min(key.Rate, math.MaxInt32)))
		}
		c.limiter = rate.NewLimiter(rate.Limit(key.Rate), burst)
	}
	return c
}

// ID names the key.
func (c *Caller) ID() store.APIKeyID { return c.key.ID }

// InForce returns a *Refusal once the key has been revoked or has expired.
func (c *Caller) InForce() error {
	if c.revoked.Load() {
		return refuse(Revoked, "API key %s was revoked", c.key.ID)
	}
	if !c.key.ExpiresAt.IsZero() && !c.now().Before(c.key.ExpiresAt) {
		return refuse(Expired, "API key %s expired at %s: create another with `vitrine keys create`", c.key.ID, c.key.ExpiresAt.Format(time.RFC3339))
	}
	return nil
}

// MayCall returns a *Refusal if the key's roles, or its being for some sites alone, keep
// it from the method.
func (c *Caller) MayCall(m *Method) error {
	if !m.takes(c.key.Roles) {
		return refuse(WrongRole, "API key %s has not the role for this: it is for %s, and one for %s is wanted", c.key.ID, words(c.key.Roles), words(m.roles))
	}
	if m.scope == installation && c.sites != nil {
		return refuse(WrongSite, "API key %s is for %s alone, and this is about the whole installation: an admin's key for all sites is wanted", c.key.ID, c.where())
	}
	return nil
}

// MayAsk returns a *Refusal if the request is about a site that the key is not for. A
// request that names no site at all passes: no method takes it for any.
func (c *Caller) MayAsk(m *Method, request any) error {
	if c.sites == nil || m.scope == filtered {
		return nil
	}
	name := m.named(request)
	if name == "" {
		return nil
	}
	if site, ok := siteIn(name); !ok || !c.sites[site] {
		return refuse(WrongSite, "API key %s is for %s alone, and `%s` names something else", c.key.ID, c.where(), m.scope)
	}
	return nil
}

// MayEnter reports whether the key is for the site.
func (c *Caller) MayEnter(site scoring.SiteID) bool { return c.sites == nil || c.sites[site] }

// Spend counts a call against the key's rate. wait is 0, or how long to wait before it
// would have been within it; it is not counted then.
func (c *Caller) Spend() (wait time.Duration) {
	if c.limiter == nil {
		return 0
	}
	now := c.now()
	r := c.limiter.ReserveN(now, 1)
	if wait = r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// Reserve counts a call against the key's rate, and returns how long to wait until it is
// within it.
func (c *Caller) Reserve() (wait time.Duration) {
	if c.limiter == nil {
		return 0
	}
	now := c.now()
	return c.limiter.ReserveN(now, 1).DelayFrom(now)
}

// TooMany says what is wrong with a call beyond the rate.
func (c *Caller) TooMany(wait time.Duration) string {
	return fmt.Sprintf("API key %s may make %g calls a second: try again in %s", c.key.ID, c.key.Rate, wait.Round(time.Millisecond))
}

// where lists the sites of a key that is for some alone.
func (c *Caller) where() string {
	const most = 3
	var names []string
	for _, site := range c.key.Sites[:min(most, len(c.key.Sites))] {
		names = append(names, "sites/"+string(site))
	}
	if more := len(c.key.Sites) - most; more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, ", ")
}

// words names roles.
func words(roles []store.Role) string {
	names := make([]string, len(roles))
	for i, role := range roles {
		names[i] = RoleName(role)
	}
	return strings.Join(names, " or ")
}

// RoleName is what people call a role.
func RoleName(r store.Role) string {
	switch r {
	case store.RoleDecide:
		return "decide"
	case store.RoleTrack:
		return "track"
	case store.RoleCatalog:
		return "catalog"
	case store.RoleMarketing:
		return "marketing"
	case store.RoleAdmin:
		return "admin"
	}
	return fmt.Sprintf("role %d", r)
}

type contextKey struct{}

// With returns a context of the caller's.
func With(ctx context.Context, c *Caller) context.Context {
	return context.WithValue(ctx, contextKey{}, c)
}

// From is who calls; nil where no keys are asked for.
func From(ctx context.Context) *Caller {
	c, _ := ctx.Value(contextKey{}).(*Caller)
	return c
}
