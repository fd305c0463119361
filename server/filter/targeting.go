package filter

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"github.com/vitrine-io/vitrine/scoring"
)

// Visitor is what a targeting expression may ask of a visitor, as `visitor`: the
// variables that Campaign.targeting in the API's reference lists. Of one who may
// not be known it is the zero value.
type Visitor struct {
	Known     bool
	Returning bool
	// Interests are by kind and value of the facet, such as "category/shoes" and
	// "attribute/colour/red", in product views of the last days.
	Interests map[string]float64
	Cart      []string
	Viewed    []string
	Bought    []string
}

var visitorFields = map[string]field[Visitor]{
	"known":     flag(func(v *Visitor) bool { return v.Known }),
	"returning": flag(func(v *Visitor) bool { return v.Returning }),
	"interests": {
		typ: numberMap,
		get: func(v *Visitor) any { return v.Interests },
		set: func(v *Visitor) bool { return len(v.Interests) > 0 },
	},
	"cart":   products(func(v *Visitor) []string { return v.Cart }),
	"viewed": products(func(v *Visitor) []string { return v.Viewed }),
	"bought": products(func(v *Visitor) []string { return v.Bought }),
}

func flag(get func(*Visitor) bool) field[Visitor] {
	return field[Visitor]{types.BoolType, func(v *Visitor) any { return get(v) }, get}
}

func products(get func(*Visitor) []string) field[Visitor] {
	return list(get, func(v *Visitor) any { return get(v) })
}

// Targeting judges whom a campaign is for. It is safe for concurrent use.
type Targeting struct{ program cel.Program }

// CompileTargeting returns the program of an expression over `visitor` and
// `context`, or an *Error that says where it is wrong, or that it is too costly. An
// empty expression takes everybody.
func (c *Compiler) CompileTargeting(expr string) (*Targeting, error) {
	if len(expr) > maxExpression {
		return nil, &Error{Kind: ErrInvalid, Message: fmt.Sprintf("it has %d bytes, must have at most %d", len(expr), maxExpression)}
	}
	checked, _, err := c.check(c.audiences, expr)
	if err != nil {
		return nil, err
	}
	program, err := c.limited(c.audiences, checked)
	if err != nil {
		return nil, err
	}
	return &Targeting{program}, nil
}

// Fits reports whether a visitor on a page is meant; where the expression can't be
// worked out they are not.
func (t *Targeting) Fits(v *Visitor, page *scoring.Context) bool {
	out, _, err := t.program.Eval(&audience{v, page})
	return err == nil && out == types.True
}

// audience resolves the names that a targeting expression may use.
type audience struct {
	visitor *Visitor
	page    *scoring.Context
}

// ResolveName implements cel.Activation.
func (a *audience) ResolveName(name string) (any, bool) {
	switch name {
	case "visitor":
		return a.visitor, true
	case "context":
		return a.page, true
	}
	return nil, false
}

// Parent implements cel.Activation.
func (a *audience) Parent() cel.Activation { return nil }
