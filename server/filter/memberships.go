package filter

import (
	"reflect"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/vitrine-io/vitrine/scoring"
)

// memberships is the list of segments that a visitor is in. Looking for one works out
// that one alone.
type memberships struct{ visitor *Visitor }

func (m memberships) list() traits.Lister {
	return types.NewStringList(types.DefaultTypeAdapter, m.visitor.in())
}

// Contains implements traits.Container: the `in` operator.
func (m memberships) Contains(value ref.Val) ref.Val {
	id, ok := value.(types.String)
	return types.Bool(ok && m.visitor.In != nil && m.visitor.In(scoring.SegmentID(id)))
}

// Size implements traits.Sizer.
func (m memberships) Size() ref.Val { return types.Int(len(m.visitor.in())) }

// Get implements traits.Indexer.
func (m memberships) Get(index ref.Val) ref.Val { return m.list().Get(index) }

// Add implements traits.Adder.
func (m memberships) Add(other ref.Val) ref.Val { return m.list().Add(other) }

// Iterator implements traits.Iterable.
func (m memberships) Iterator() traits.Iterator { return m.list().Iterator() }

// ConvertToNative implements ref.Val.
func (m memberships) ConvertToNative(t reflect.Type) (any, error) { return m.list().ConvertToNative(t) }

// ConvertToType implements ref.Val.
func (m memberships) ConvertToType(t ref.Type) ref.Val { return m.list().ConvertToType(t) }

// Equal implements ref.Val.
func (m memberships) Equal(other ref.Val) ref.Val { return m.list().Equal(other) }

// Type implements ref.Val.
func (m memberships) Type() ref.Type { return types.ListType }

// Value implements ref.Val.
func (m memberships) Value() any { return m.visitor.in() }
