package auth

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
	"github.com/vitrine-io/vitrine/store/boltstore"
)

// hand is a clock that a test moves.
type hand struct{ now time.Time }

func (h *hand) Now() time.Time { return h.now }

// openRing opens keys in a new folder, whose data is checked when the test ends.
func openRing(t testing.TB) (*Keyring, *boltstore.Store, *hand) {
	t.Helper()
	data, err := boltstore.Open(t.TempDir(), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(data.Check(context.Background()), data.Close()); err != nil {
			t.Error(err)
		}
	})
	clock := &hand{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	ring, err := Open(t.Context(), data, clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	return ring, data, clock
}

func create(t testing.TB, ring *Keyring, key store.APIKey) Secret {
	t.Helper()
	made, secret, err := ring.Create(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if made.Prefix != secret.Prefix() || made.CreatedAt.IsZero() {
		t.Errorf("made %+v", made)
	}
	return secret
}

func wantRefusal(t *testing.T, err error, want Reason) {
	t.Helper()
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Reason != want {
		t.Errorf("got %v, want it refused for %s", err, want)
	}
}

func TestKeysAreInForceFromCreateToRevoke(t *testing.T) {
	ring, data, clock := openRing(t)
	web := create(t, ring, store.APIKey{ID: "web", Roles: []store.Role{store.RoleDecide}})
	ops := create(t, ring, store.APIKey{ID: "ops", Roles: []store.Role{store.RoleAdmin}})
	if _, _, err := ring.Create(t.Context(), store.APIKey{ID: "web"}); !errors.Is(err, store.ErrExists) {
		t.Errorf("a taken id: %v", err)
	}
	again, err := Open(t.Context(), data, clock.Now) // as after a restart
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []*Keyring{ring, again} {
		if caller, err := r.Find(web.Reveal()); err != nil || caller.ID() != "web" {
			t.Errorf("found %v, %v", caller, err)
		}
		if keys := r.Keys(); len(keys) != 2 || keys[0].ID != "ops" || keys[1].ID != "web" {
			t.Errorf("keys %+v", keys)
		}
	}
	caller, err := ring.Find(web.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	if err := ring.Revoke(t.Context(), "web"); err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, caller.InForce(), Revoked) // whoever was let in before
	_, err = ring.Find(web.Reveal())
	wantRefusal(t, err, Unknown)
	if _, err := ring.Find(ops.Reveal()); err != nil {
		t.Errorf("another key: %v", err)
	}
	if err := ring.Revoke(t.Context(), "web"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("revoked twice: %v", err)
	}
}

func TestWhatIsNoKeyIsRefused(t *testing.T) {
	ring, _, _ := openRing(t)
	create(t, ring, store.APIKey{ID: "web"})
	_, err := ring.Find(newSecret(t).Reveal())
	wantRefusal(t, err, Unknown)
	for _, text := range []string{"", "hunter2", newSecret(t).Reveal()[:60]} {
		_, err := ring.Find(text)
		wantRefusal(t, err, Malformed)
		if text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("%v repeats what was sent", err)
		}
	}
}

func TestAKeyEndsWhenItExpires(t *testing.T) {
	ring, _, clock := openRing(t)
	secret := create(t, ring, store.APIKey{ID: "web", ExpiresAt: clock.now.Add(time.Hour)})
	clock.now = clock.now.Add(time.Hour - 1)
	caller, err := ring.Find(secret.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	clock.now = clock.now.Add(1)
	wantRefusal(t, caller.InForce(), Expired)
	_, err = ring.Find(secret.Reveal())
	wantRefusal(t, err, Expired)
	if len(ring.Keys()) != 1 {
		t.Error("an expired key is not listed, so nobody can revoke it")
	}
}

func TestSpendingIsBoundedByRateAndBurst(t *testing.T) {
	ring, _, clock := openRing(t)
	caller, err := ring.Find(create(t, ring, store.APIKey{ID: "web", Rate: 10, Burst: 3}).Reveal())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if wait := caller.Spend(); wait != 0 {
			t.Errorf("call %d of a burst of 3 has to wait %s", i+1, wait)
		}
	}
	if wait := caller.Spend(); wait != 100*time.Millisecond { // 10 a second
		t.Errorf("the next has to wait %s, want 100ms", wait)
	}
	if wait := caller.Spend(); wait != 100*time.Millisecond { // what was refused is not counted
		t.Errorf("the one after it has to wait %s, want 100ms", wait)
	}
	clock.now = clock.now.Add(100 * time.Millisecond)
	if wait := caller.Spend(); wait != 0 {
		t.Errorf("100 ms later it has to wait %s", wait)
	}
	if first, second := caller.Reserve(), caller.Reserve(); first != 100*time.Millisecond || second != 200*time.Millisecond {
		t.Errorf("messages of a stream wait %s and %s, want 100ms and 200ms", first, second)
	}
	for rate, want := range map[float64]int{0.5: 1, 2.5: 3} { // a burst that is left out is a second's worth
		c := newCaller(store.APIKey{Rate: rate}, clock.Now)
		n := 0
		for c.Spend() == 0 {
			n++
		}
		if n != want {
			t.Errorf("at %g a second %d calls at once, want %d", rate, n, want)
		}
	}
}

func TestASiteIsReadFromItsName(t *testing.T) {
	for name, want := range map[string]scoring.SiteID{
		"sites/shop": "shop", "sites/shop/products/p": "shop", "sites/shop/": "shop", "sites//products/p": "",
		"sites/": "", "sites": "", "shop": "", "": "", "/sites/shop": "", "Sites/shop": "", "\tsites/shop": "",
	} {
		if got, ok := siteIn(name); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v, want %q", name, got, ok, want)
		}
	}
}

// Changes while others look: run it with the race detector.
func TestFindTakesWhatHoldsNow(t *testing.T) {
	ring, _, _ := openRing(t)
	stays := create(t, ring, store.APIKey{ID: "stays"})
	var looking sync.WaitGroup
	done := make(chan struct{})
	for range 4 {
		looking.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if _, err := ring.Find(stays.Reveal()); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 20 {
		secret := create(t, ring, store.APIKey{ID: "comes-and-goes"})
		if _, err := ring.Find(secret.Reveal()); err != nil {
			t.Errorf("right after it was made: %v", err)
		}
		if err := ring.Revoke(t.Context(), "comes-and-goes"); err != nil {
			t.Error(err)
		}
		_, err := ring.Find(secret.Reveal())
		wantRefusal(t, err, Unknown)
	}
	close(done)
	looking.Wait()
}

func TestEveryMethodTakesAdmins(t *testing.T) {
	for name, m := range NewMethods() {
		if name != m.Name || !slices.Contains(m.roles, store.RoleAdmin) {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

// request is one with a site.
type request struct{ site string }

func (r *request) GetSite() string { return r.site }

// What a call costs before it is let in: the key found among a thousand, its roles and
// its site looked at.
func BenchmarkLetIn(b *testing.B) {
	ring, _, _ := openRing(b)
	for i := range 999 {
		key := store.APIKey{ID: store.APIKeyID("key-" + string(rune('a'+i%26)))}
		secret := newSecret(b)
		key.Hash = hash(secret.text)
		(*ring.byHash.Load())[short(key.Hash)] = newCaller(key, ring.now)
	}
	for name, key := range map[string]store.APIKey{
		"plain":   {ID: "plain", Roles: []store.Role{store.RoleDecide}, Sites: []scoring.SiteID{"shop"}},
		"limited": {ID: "limited", Roles: []store.Role{store.RoleDecide}, Sites: []scoring.SiteID{"shop"}, Rate: 1e12, ExpiresAt: time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		secret := create(b, ring, key).Reveal()
		method := NewMethods()["/vitrine.v1.DecisionService/Decide"]
		b.Run("keys=1000/key="+name, func(b *testing.B) {
			b.ReportAllocs()
			req := &request{"sites/shop"}
			for b.Loop() {
				caller, err := ring.Find(secret)
				if err != nil || caller.MayCall(method) != nil || caller.MayAsk(method, req) != nil || caller.Spend() != 0 {
					b.Fatal(err)
				}
			}
		})
	}
}
