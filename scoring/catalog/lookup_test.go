package catalog

import (
	"fmt"
	"testing"

	"github.com/vitrine-io/vitrine/scoring"
)

// Many ids looked up together are found as each alone is.
func TestLookupAllIsLookup(t *testing.T) {
	t.Parallel()
	c := New()
	var ids []scoring.ProductID
	for i := range 3000 {
		if id := scoring.ProductID(fmt.Sprintf("p%d", i)); i%3 > 0 {
			c.Intern(id)
			ids = append(ids, id)
		} else {
			ids = append(ids, "no "+id, "")
		}
	}
	found := make([]Index, len(ids))
	c.LookupAll(found, ids)
	for k, id := range ids {
		want, ok := c.Lookup(id)
		if !ok {
			want = None
		}
		if found[k] != want {
			t.Fatalf("%q is number %d, want %d", id, found[k], want)
		}
	}
	New().LookupAll(found, ids) // of an empty catalogue
	for k := range found {
		if found[k] != None {
			t.Fatalf("an empty catalogue has %q as number %d", ids[k], found[k])
		}
	}
}
