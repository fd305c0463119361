package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// The way of a new user: a first key on the folder, the server, keys for others, and
// none of it without one.
func TestKeysFromTheFirstOn(t *testing.T) {
	dir := t.TempDir()
	vitrine := func(key string, args ...string) (code int, stdout, stderr string) {
		t.Helper()
		var environ []string
		if key != "" {
			environ = []string{"VITRINE_API_KEY=" + key}
		}
		return call(t, environ, args...)
	}
	code, secret, said := vitrine("", "keys", "create", "me", "--role", "admin", "--data-dir", dir)
	me := strings.TrimSpace(secret)
	if code != exitOK || len(me) != 61 || !strings.Contains(said, "created apiKeys/me") || strings.Contains(said, me) {
		t.Fatalf("%d: %q and %q, want the secret by itself", code, secret, said)
	}
	s := serve(t, dir, "--auth", "keys")
	defer s.end(t, dir)
	at := []string{"--target", s.addr}

	if code, _, said := vitrine("", append(at, "sites")...); code != exitFailure ||
		!strings.Contains(said, "lets nobody in without an API key") || !strings.Contains(said, "VITRINE_API_KEY") {
		t.Errorf("without a key: %d %s", code, said)
	}
	if code, _, said := vitrine(me, append(at, "sites", "create", "shop")...); code != exitOK {
		t.Fatalf("with it: %s", said)
	}
	code, text, said := vitrine(me, append(at, "keys", "create", "web", "--role", "decide,track", "--site", "shop", "--rate", "20", "--expires", "90d", "--json")...)
	var made pb.CreateApiKeyResponse
	if err := protojson.Unmarshal([]byte(text), &made); code != exitOK || err != nil {
		t.Fatalf("%d %s %v", code, said, err)
	}
	key := made.GetApiKey()
	if ends := time.Until(key.GetExpireTime().AsTime()); key.GetRateLimit() != 20 || len(key.GetSites()) != 1 || ends < 89*24*time.Hour || ends > 90*24*time.Hour {
		t.Errorf("made %v", key)
	}
	file := filepath.Join(t.TempDir(), "web.key")
	if err := os.WriteFile(file, []byte(made.GetSecret()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	web := append(at, "--api-key-file", file) //nolint:gocritic // at stays as it is: it is full
	if code, text, said := vitrine(me, append(web, "decide", "--site", "shop")...); code != exitOK {
		t.Errorf("decide: %s%s", text, said)
	}
	if code, _, said := vitrine(me, append(web, "sites", "delete", "shop", "--yes")...); code != exitFailure || !strings.Contains(said, "API key web has not the role") {
		t.Errorf("what its role is not for: %d %s", code, said)
	}
	_, list, _ := vitrine(me, append(at, "keys", "list")...)
	for _, want := range []string{"me ", "web ", "decide, track", key.GetPrefix()} {
		if !strings.Contains(list, want) {
			t.Errorf("the list has no %q:\n%s", want, list)
		}
	}
	if strings.Contains(list, made.GetSecret()) || strings.Contains(list, me) {
		t.Errorf("the list has a secret:\n%s", list)
	}
	if code, _, said := vitrine(me, append(at, "keys", "create", "web", "--role", "decide")...); code != exitFailure || !strings.Contains(said, "apiKeys/web: already exists") {
		t.Errorf("a taken name: %d %s", code, said)
	}
	if code, _, said := vitrine(me, append(at, "keys", "revoke", "web")...); code != exitOK {
		t.Errorf("revoke: %s", said)
	}
	if code, _, said := vitrine("", append(web, "decide", "--site", "shop")...); code != exitFailure || !strings.Contains(said, "was revoked") {
		t.Errorf("with a revoked key: %d %s", code, said)
	}
	if code, _, said := vitrine(me, append(at, "keys", "revoke", "web")...); code != exitFailure || !strings.Contains(said, "apiKeys/web: not found") {
		t.Errorf("revoked twice: %d %s", code, said)
	}
	if code, _, said := vitrine("", "keys", "list", "--data-dir", dir); code != exitFailure || !strings.Contains(said, "another process has") {
		t.Errorf("on a folder that is open: %d %s", code, said)
	}
}

func TestServeWithoutAnyKeySaysWhatToDo(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir, "--auth", "keys")
	s.end(t, dir)
	if !strings.Contains(s.before, "vitrine keys create NAME --role admin --data-dir "+dir) {
		t.Errorf("the log says\n%s", s.before)
	}
}

func TestWrongKeysCommands(t *testing.T) {
	secret := "vk_" + strings.Repeat("a", 20)
	for _, c := range []struct {
		environ, args []string
		want          string
	}{
		{nil, []string{"keys", "create", "web"}, "Say --role with one or more of decide, track, catalog, marketing, admin"},
		{nil, []string{"keys", "create", "web", "--role", "king"}, `--role "king"`},
		{nil, []string{"keys", "create", "--role", "admin"}, "which key?"},
		{nil, []string{"keys", "create", "web", "--role", "admin", "--expires", "soon"}, "90d"},
		{[]string{"VITRINE_API_KEY=" + secret}, []string{"sites"}, "what VITRINE_API_KEY has is no API key"},
		{nil, []string{"sites", "--api-key-file", "nowhere"}, "--api-key-file: open nowhere"},
		{[]string{"VITRINE_API_KEY_FILE=" + os.DevNull}, []string{"sites"}, "is empty"},
		{nil, []string{"sites", "--tls-cert-file", "a.pem"}, "belong together"},
		{nil, []string{"sites", "--tls-ca-file", "nowhere"}, "--tls-ca-file: open nowhere"},
	} {
		code, _, said := call(t, c.environ, c.args...)
		if code != exitUsage || !strings.Contains(said, c.want) || strings.Contains(said, secret) {
			t.Errorf("%v: %d %q, want 2 and %q", c.args, code, said, c.want)
		}
	}
	// Fields that the contract's rules refuse are named, without a server, too.
	code, _, said := call(t, nil, "keys", "create", "Web", "--role", "decide", "--site", "My Shop", "--burst", "3", "--data-dir", t.TempDir())
	for _, want := range []string{"api_key_id: ", "api_key.sites[0]: ", "api_key.burst: "} {
		if code != exitFailure || !strings.Contains(said, want) {
			t.Errorf("%d %q, want %q", code, said, want)
		}
	}
}

// A key goes over a network in plain text only where that is asked for.
func TestAKeyIsNotSentInPlainText(t *testing.T) {
	data := t.TempDir()
	_, secret, _ := call(t, nil, "keys", "create", "me", "--role", "admin", "--data-dir", data)
	environ := []string{"VITRINE_API_KEY=" + strings.TrimSpace(secret)}
	for _, target := range []string{"10.0.0.5:7654", "vitrine.internal:7654", "0.0.0.0:7654"} {
		code, _, said := call(t, environ, "sites", "--target", target)
		if code != exitUsage || !strings.Contains(said, "in plain text: add --tls") {
			t.Errorf("%s: %d %s", target, code, said)
		}
	}
	for target, want := range map[string]bool{"127.0.0.1:1": true, "localhost:1": true, "[::1]:1": true, "127.0.0.1.example.org:1": false, "nonsense": false} {
		if nearby(target) != want {
			t.Errorf("%s is on this machine: %v", target, !want)
		}
	}
}
