package scoring_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/scoring"
)

// The id of a facet fits six bytes and tells its kind.
func TestFacetID(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := scoring.Facet{
			Kind: scoring.FacetKind(rapid.IntRange(1, 5).Draw(t, "kind")),
			Key:  rapid.String().Draw(t, "key"), Value: rapid.String().Draw(t, "value"),
		}
		if id := f.ID(); id>>48 != 0 || id.Kind() != f.Kind {
			t.Fatalf("%+v has id %x of kind %d", f, id, id.Kind())
		}
	})
}
