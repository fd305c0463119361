package main

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	vitrine "github.com/vitrine-io/vitrine/clients/go"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server/config"
	"github.com/vitrine-io/vitrine/store"
)

// The Go client against the server that people run: what was tracked is in the
// page asked for next, with a reason; and when the server is gone the page is
// the shop's own.
func TestGoClientMeetsTheServer(t *testing.T) {
	cfg := config.Default()
	cfg.DataDir, cfg.Listen, cfg.OpsListen = t.TempDir(), "127.0.0.1:0", ""
	n, err := startNode(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	_, secret, err := n.services.Keys().Create(t.Context(), store.APIKey{ID: "me", Roles: []store.Role{store.RoleAdmin}})
	if err != nil {
		t.Fatal(err)
	}
	shop, err := vitrine.New(n.Addr(), vitrine.Options{Site: "shop", Insecure: true, APIKey: secret.Reveal(), DecideTimeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pb.NewSiteServiceClient(shop.Conn()).CreateSite(t.Context(), &pb.CreateSiteRequest{SiteId: "shop"}); err != nil {
		t.Fatal(err)
	}
	catalog := pb.NewCatalogServiceClient(shop.Conn())
	for i := range 12 {
		_, err := catalog.CreateProduct(t.Context(), &pb.CreateProductRequest{
			Parent: "sites/shop", ProductId: fmt.Sprintf("%s-%d", []string{"tent", "shoe"}[i%2], i),
			Product: &pb.Product{Title: fmt.Sprintf("Product %d", i), Categories: []string{[]string{"tents", "shoes"}[i%2]}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	visitor := vitrine.Visitor{DeviceID: "v1", Consent: vitrine.Granted(vitrine.Personalization)}
	shop.Track(vitrine.ProductViewed(visitor, "shoe-1"))
	shop.Track(vitrine.ProductViewed(visitor, "shoe-3"))
	if err := shop.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	page := shop.Decide(t.Context(), visitor, "home", "my-bestseller")
	items := page.Items("home")
	if page.Fallback || len(items) != 12 {
		t.Fatalf("%d items, fallback %v: %v", len(items), page.Fallback, page.Err)
	}
	for _, item := range items[:3] {
		if !strings.HasPrefix(item.ProductID, "shoe-") || item.Reason == "" {
			t.Errorf("%s is among the first three of a visitor who looked at shoes: %q", item.ProductID, item.Reason)
		}
	}
	if err := n.Close(); err != nil {
		t.Error(err)
	}
	page = shop.Decide(t.Context(), visitor, "home", "my-bestseller")
	if got := page.Products("home"); !page.Fallback || len(got) != 1 || got[0] != "my-bestseller" {
		t.Errorf("with the server gone: %v, fallback %v", got, page.Fallback)
	}
	if err := shop.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
