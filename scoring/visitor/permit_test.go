package visitor_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

func TestOpenGivesWhatIsAllowed(t *testing.T) {
	kept := visitor.Seal(visitor.Apply(nil, &scoring.Event{Type: scoring.HomeViewed}))
	const profile, products, creatives = scoring.PurposeProfile, scoring.PurposeProducts, scoring.PurposeCreatives
	for _, test := range []struct {
		name                string
		allowed             scoring.Purposes
		products, creatives bool
	}{
		{"all", scoring.AllPurposes, true, true},
		{"nothing", 0, false, false},
		{"products", scoring.PurposesOf(profile, products), true, false},
		{"creatives", scoring.PurposesOf(profile, creatives), false, true},
		{"products without a profile", scoring.PurposesOf(products), false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := visitor.Open[visitor.Products](kept, test.allowed).Profile() != nil; got != test.products {
				t.Errorf("products: %v", got)
			}
			if got := visitor.Open[visitor.Creatives](kept, test.allowed).Profile() != nil; got != test.creatives {
				t.Errorf("creatives: %v", got)
			}
		})
	}
	answered := visitor.Apply(nil, &scoring.Event{Type: scoring.ConsentSet, Consent: []scoring.ConsentAnswer{{Purpose: profile, Granted: true}}})
	if visitor.Open[visitor.Products](visitor.Seal(answered), scoring.AllPurposes).Profile() != nil {
		t.Error("an answer alone makes a profile")
	}
}

// Code that chooses by a profile without the visitor's permission does not compile.
func TestUnpermittedCodeDoesNotCompile(t *testing.T) {
	const head = `package permitted

import (
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/decide"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

var _ = scoring.AllPurposes

`
	for _, test := range []struct{ name, code, wrong string }{
		{"what is permitted", `func _(s visitor.Sealed, may scoring.Purposes) *decide.Page { return &decide.Page{Visitor: visitor.Open[visitor.Products](s, may)} }`, ""},
		{"a profile", `func _(p *visitor.Profile) *decide.Page { return &decide.Page{Visitor: p} }`, "cannot use p"},
		{"a sealed profile", `func _(s visitor.Sealed) *decide.Page { return &decide.Page{Visitor: s} }`, "cannot use s"},
		{"one for another use", `func _(c visitor.For[visitor.Creatives]) *decide.Page { return &decide.Page{Visitor: c} }`, "cannot use c"},
		{"a permit of one's own making", `func _(p *visitor.Profile) visitor.For[visitor.Products] { return visitor.For[visitor.Products]{p} }`, "unexported field profile"},
		{"a sealed profile's insides", `func _(s visitor.Sealed) *visitor.Profile { return s.profile }`, "cannot refer to unexported field profile"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			source, overlay := filepath.Join(dir, "permit.go"), filepath.Join(dir, "overlay.json")
			if err := os.WriteFile(source, []byte(head+test.code+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			// A package of the module that is there for this build alone.
			at, err := filepath.Abs("permitted/permit.go")
			if err != nil {
				t.Fatal(err)
			}
			files, err := json.Marshal(map[string]any{"Replace": map[string]string{at: source}})
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(overlay, files, 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.CommandContext(t.Context(), "go", "build", "-overlay", overlay, "./permitted").CombinedOutput()
			switch {
			case test.wrong == "" && err != nil:
				t.Errorf("it does not compile: %s", out)
			case test.wrong != "" && (err == nil || !strings.Contains(string(out), test.wrong)):
				t.Errorf("got %v, want an error with %q:\n%s", err, test.wrong, out)
			}
		})
	}
}
