package main

import (
	"context"
	"strings"

	"github.com/spf13/pflag"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// whose says which visitor of which shop a command is about, and what they
// allowed.
type whose struct {
	site    string
	visitor string
	person  string
	consent string
	gpc     bool
}

func (w *whose) flags(fs *pflag.FlagSet) {
	w.siteFlag(fs)
	fs.StringVar(&w.visitor, "visitor", "", "the visitor's device `id`, as the shop knows it")
	fs.StringVar(&w.person, "person", "", "the visitor's customer account `id`, when signed in")
	fs.StringVar(&w.consent, "consent", "none", "what the visitor allowed: `granted`, refused, or none: not asked, so the site's consent policy decides")
	fs.BoolVar(&w.gpc, "gpc", false, "send the Global Privacy Control signal, which refuses personalization")
}

func (w *whose) siteFlag(fs *pflag.FlagSet) {
	fs.StringVar(&w.site, "site", "demo", "the `site`: which shop")
}

// name is the site's resource name. "sites/shop" and "shop" both name one.
func (w *whose) name() string { return "sites/" + strings.TrimPrefix(w.site, "sites/") }

func (w *whose) key() *pb.VisitorKey {
	if w.visitor == "" && w.person == "" {
		return nil
	}
	return &pb.VisitorKey{DeviceId: w.visitor, PersonId: w.person}
}

// signals are the consent signals to send; nil for none.
func (w *whose) signals() (*pb.Consent, error) {
	c := &pb.Consent{GlobalPrivacyControl: w.gpc}
	switch w.consent {
	case "none":
		if !w.gpc {
			return nil, nil
		}
	case "granted", "refused":
		for _, p := range []pb.Purpose{
			pb.Purpose_PURPOSE_PERSONALIZATION, pb.Purpose_PURPOSE_ADVERTISING, pb.Purpose_PURPOSE_MEASUREMENT,
		} {
			c.Purposes = append(c.Purposes, &pb.PurposeConsent{Purpose: p, Granted: w.consent == "granted"})
		}
	default:
		return nil, usagef("--consent %q: one of granted, refused, none is wanted", w.consent)
	}
	return c, nil
}

// titles reads the titles of products, as far as the catalogue has them. It is
// for people to read by, so what goes wrong leaves the ids to speak for
// themselves.
func titles(ctx context.Context, catalog pb.CatalogServiceClient, site string, ids []string) map[string]string {
	found := map[string]string{}
	for _, id := range ids {
		if _, asked := found[id]; asked {
			continue
		}
		found[id] = ""
		if p, err := catalog.GetProduct(ctx, &pb.GetProductRequest{Name: site + "/products/" + id}); err == nil {
			found[id] = p.GetTitle()
		}
	}
	return found
}
