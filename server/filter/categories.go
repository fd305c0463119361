package filter

import (
	"reflect"
	"slices"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/vitrine-io/vitrine/scoring"
)

// categories is the list of a product's categories: every level of every path
// and the level's own name, each once. "shoes/running" gives "shoes",
// "shoes/running" and "running". Looking for one builds no list.
type categories struct{ product *scoring.Product }

// levels lists them.
func (c categories) levels() []string {
	var all []string
	add := func(level string) {
		if !slices.Contains(all, level) {
			all = append(all, level)
		}
	}
	for _, path := range c.product.Categories {
		for _, level := range scoring.CategoryLevels(path) {
			add(level)
			add(level[strings.LastIndexByte(level, '/')+1:])
		}
	}
	return all
}

func (c categories) list() traits.Lister {
	return types.NewStringList(types.DefaultTypeAdapter, c.levels())
}

// Contains implements traits.Container: the `in` operator.
func (c categories) Contains(value ref.Val) ref.Val {
	wanted, ok := value.(types.String)
	if !ok {
		return types.False
	}
	for _, path := range c.product.Categories {
		if onPath(path, string(wanted)) {
			return types.True
		}
	}
	return types.False
}

// onPath reports whether wanted is a level of the path, or a level's own name.
func onPath(path, wanted string) bool {
	path = strings.Trim(path, "/")
	for start := 0; start <= len(path); {
		end := len(path)
		if i := strings.IndexByte(path[start:], '/'); i >= 0 {
			end = start + i
		}
		own := path[start:end]
		if strings.TrimSpace(own) != "" && (own == wanted || path[:end] == wanted) {
			return true
		}
		start = end + 1
	}
	return false
}

// Size implements traits.Sizer.
func (c categories) Size() ref.Val { return types.Int(len(c.levels())) }

// Get implements traits.Indexer.
func (c categories) Get(index ref.Val) ref.Val { return c.list().Get(index) }

// Add implements traits.Adder.
func (c categories) Add(other ref.Val) ref.Val { return c.list().Add(other) }

// Iterator implements traits.Iterable.
func (c categories) Iterator() traits.Iterator { return c.list().Iterator() }

// ConvertToNative implements ref.Val.
func (c categories) ConvertToNative(t reflect.Type) (any, error) { return c.list().ConvertToNative(t) }

// ConvertToType implements ref.Val.
func (c categories) ConvertToType(t ref.Type) ref.Val { return c.list().ConvertToType(t) }

// Equal implements ref.Val.
func (c categories) Equal(other ref.Val) ref.Val { return c.list().Equal(other) }

// Type implements ref.Val.
func (c categories) Type() ref.Type { return types.ListType }

// Value implements ref.Val.
func (c categories) Value() any { return c.levels() }
