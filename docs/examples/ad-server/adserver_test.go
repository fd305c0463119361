package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"

	vitrine "github.com/vitrine-io/vitrine/clients/go"
	"github.com/vitrine-io/vitrine/server"
	"github.com/vitrine-io/vitrine/server/config"
	"github.com/vitrine-io/vitrine/server/edge"
	"github.com/vitrine-io/vitrine/server/filter"
	"github.com/vitrine-io/vitrine/store/boltstore"
)

// vitrineServer is a real one, on free ports, until the test ends.
func vitrineServer(t *testing.T) (target string) {
	t.Helper()
	cfg := config.Default()
	cfg.DataDir, cfg.Auth = t.TempDir(), config.AuthNone
	cfg.Listen, cfg.TagListen, cfg.OpsListen = "127.0.0.1:0", "127.0.0.1:0", ""
	registry := prometheus.NewRegistry()
	shell, err := edge.New(edge.Options{Config: cfg, Registry: registry, GRPC: []grpc.ServerOption{grpc.ForceServerCodecV2(server.Codec())}})
	if err != nil {
		t.Fatal(err)
	}
	if err := shell.Listen(); err != nil {
		t.Fatal(err)
	}
	data, err := boltstore.Open(cfg.DataDir, boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	services, err := server.New(t.Context(), server.Options{
		Store: data, Clock: server.SystemClock{}, Log: slog.New(slog.DiscardHandler), Registry: registry,
		Filters:       filter.New(filter.Options{CostLimit: cfg.Filter.CostLimit, Expressions: cfg.Filter.Cache}),
		SnapshotEvery: time.Hour, Draining: shell.Draining(), PublicURL: "http://" + shell.TagAddr(),
	})
	if err != nil {
		t.Fatal(err)
	}
	services.Register(shell.Registrar())
	shell.HandleTags(services.Beacons())
	shell.Authenticate(services.Keys())
	shell.SetReady(true, "")
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- shell.Run(ctx) }()
	<-shell.Started()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		services.Close()
		if err := data.Check(context.Background()); err != nil {
			t.Error(err)
		}
		if err := data.Close(); err != nil {
			t.Error(err)
		}
	})
	return shell.Addr()
}

// ask sends a page's request and returns the answer.
func ask(t *testing.T, s *adServer, body string) (int, response, string) {
	t.Helper()
	recorder := httptest.NewRecorder()
	s.routes().ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/ads", strings.NewReader(body)))
	text := recorder.Body.String()
	var got response
	if recorder.Code == http.StatusOK {
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
	}
	return recorder.Code, got, text
}

// The whole example: readers look at ads, their browsers fetch pixels and click.
func TestAdServer(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-target", vitrineServer(t), "-rounds", "2", "-pages", "60", "-visitors", "20", "-wait", "1m"}, &out); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	// 20 readers, each of them shown the sponsor's at most twice.
	text := out.String()
	for _, want := range []string{"POST http://127.0.0.1:", "   pages", "\n     120", "2 a day"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
	if strings.Contains(text, "without Vitrine") {
		t.Errorf("pages fell back while Vitrine was there:\n%s", text)
	}
	for line := range strings.Lines(text) {
		if f := strings.Fields(line); len(f) > 5 && f[0] == "tent" {
			if f[6] != "2" {
				t.Errorf("%s to one reader, want the cap of 2 to be reached and kept:\n%s", f[6], text)
			}
		}
	}
}

func TestSlots(t *testing.T) {
	target := vitrineServer(t)
	// As patient as a busy machine wants; what is tested is not how fast it is.
	client, err := vitrine.New(target, vitrine.Options{Site: "ads", Insecure: true, DecideTimeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close(context.Background())
	if err := setUp(t.Context(), client.Conn(), "ads"); err != nil {
		t.Fatal(err)
	}
	s := newAdServer(client)
	const reader = `{"id":"7","imp":[{"id":"top","tagid":"banner"}],"user":{"id":"ada","consent":true}}`

	// The sponsor's twice, and then, the cap being reached, one of the others.
	for i, want := range []string{"tent", "tent", ""} {
		code, got, text := ask(t, s, reader)
		if code != http.StatusOK || got.ID != "7" || len(got.SeatBid[0].Bid) != 1 {
			t.Fatalf("%d %s", code, text)
		}
		b := got.SeatBid[0].Bid[0]
		if b.ImpID != "top" || (want != "" && b.CrID != want) || (want == "" && b.CID != "spring") {
			t.Errorf("page %d: %+v, want %q or, if empty, one of the spring campaign", i, b, want)
		}
		click, pixel := urls(b.AdM)
		if !strings.Contains(b.AdM, s.headlines[b.CrID]) || click == "" || pixel == "" {
			t.Errorf("page %d: %s: want its headline, a click URL and a pixel", i, b.AdM)
		}
		l := newLoad("", 1, 1)
		defer l.browser.CloseIdleConnections()
		if err := l.get(t.Context(), pixel, http.StatusOK); err != nil {
			t.Error(err)
		}
		if err := l.get(t.Context(), click, http.StatusFound); err != nil {
			t.Error(err)
		}
	}
	// Two slots of one placement never show the same.
	_, got, text := ask(t, s, `{"id":"8","imp":[{"id":"a","tagid":"banner"},{"id":"b","tagid":"banner"}],"user":{"id":"bob","consent":true}}`)
	if b := got.SeatBid[0].Bid; len(b) != 2 || b[0].CrID == b[1].CrID || b[0].ImpID != "a" || b[1].ImpID != "b" {
		t.Error(text)
	}
	// A placement that there isn't is a house ad, and the page is whole.
	if _, got, text := ask(t, s, `{"id":"9","imp":[{"id":"a","tagid":"nowhere"}]}`); got.SeatBid[0].Bid[0].CrID != houseAd {
		t.Error(text)
	}
	for _, c := range []struct{ body, want string }{
		{`{`, "not a request in JSON"},
		{`{}`, "imp: at least one slot is wanted"},
		{`{"imp":[{"id":"a"},{"tagid":"banner"}]}`, "imp[1]: id and tagid are wanted"},
	} {
		if code, _, text := ask(t, s, c.body); code != http.StatusBadRequest || !strings.Contains(text, c.want) {
			t.Errorf("%s: %d %s", c.body, code, text)
		}
	}
}

// Nobody listens there: every slot has a house ad, and the page does not wait.
func TestHouseAdWithoutVitrine(t *testing.T) {
	client, err := vitrine.New("127.0.0.1:1", vitrine.Options{Site: "ads", Insecure: true})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close(context.Background())
	s := newAdServer(client)
	code, got, text := ask(t, s, `{"id":"1","imp":[{"id":"a","tagid":"banner"},{"id":"b","tagid":"banner"}],"tmax":20}`)
	if code != http.StatusOK || len(got.SeatBid[0].Bid) != 2 || s.fallbacks.Load() != 1 {
		t.Fatalf("%d %s, %d fallbacks", code, text, s.fallbacks.Load())
	}
	for _, b := range got.SeatBid[0].Bid {
		if b.CrID != houseAd || !strings.Contains(b.AdM, "Become a member") {
			t.Errorf("%+v", b)
		}
	}
}
