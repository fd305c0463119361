package server

import (
	"crypto/rand"
	"encoding/base64"
	"math"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

// What a token says of the choice comes back with the event that carries it.
func TestTokenTellsTheChoice(t *testing.T) {
	t.Parallel()
	ours := &tokens{key: []byte("secret")}
	id, err := newDecisionID(time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signed := ours.forDecision("shop", id)
	for _, want := range []scoring.Led{
		{Page: scoring.PageHome, Position: 0, Propensity: 1},
		{Page: scoring.PageCart, Objective: scoring.ObjectiveRevenue, Position: 99, Propensity: 0.25},
		{Propensity: 1e-7}, // rounded up: none that was shown has 0
	} {
		var v violations
		led := ours.read(&v, "token", "shop", string(signed.of(2, want)))
		if len(v) > 0 || led == nil {
			t.Fatalf("%+v: %v", want, v)
		}
		if led.Propensity < want.Propensity || led.Propensity-want.Propensity > 1.0/math.MaxUint16 {
			t.Errorf("propensity %v, want %v", led.Propensity, want.Propensity)
		}
		want.Propensity = led.Propensity
		if *led != want {
			t.Errorf("read %+v, want %+v", *led, want)
		}
	}
}

func TestTokensThatAreNotOurs(t *testing.T) {
	t.Parallel()
	ours := &tokens{key: []byte("secret")}
	id, err := newDecisionID(time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good, err := base64.RawURLEncoding.DecodeString(string(ours.forDecision("shop", id).of(0, scoring.Led{Page: scoring.PageHome, Propensity: 1})))
	if err != nil {
		t.Fatal(err)
	}
	changed := func(at int, to byte) string {
		b := append([]byte(nil), good...)
		b[at] = to
		return base64.RawURLEncoding.EncodeToString(b)
	}
	first := append([]byte{1}, good[1:tokenBytes1]...) // as the first version wrote it
	for _, test := range []struct {
		name, token string
		refused     bool
	}{
		{"none", "", false},
		{"of the first version", base64.RawURLEncoding.EncodeToString(first), false},
		{"of a later version", changed(0, 3), true},
		{"of version 0", changed(0, 0), true},
		{"of the first version, too long", changed(0, 1), true},
		{"another decision", changed(5, good[5]^1), true},
		{"another signature", changed(tokenHead-1, good[tokenHead-1]^1), true},
		{"no such page", changed(tokenHead+2, 200), true},
		{"no such objective", changed(tokenHead+3, 5), true},
		{"cut off", base64.RawURLEncoding.EncodeToString(good[:tokenBytes-1]), true},
		{"no base64", "!", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var v violations
			if led := ours.read(&v, "token", "shop", test.token); led != nil || (len(v) > 0) != test.refused {
				t.Errorf("read %v, violations %v", led, v)
			}
		})
	}
	var v violations
	if ours.read(&v, "token", "other", base64.RawURLEncoding.EncodeToString(good)); len(v) == 0 {
		t.Error("a token of another site is taken")
	}
}
