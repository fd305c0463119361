package filter

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"github.com/vitrine-io/vitrine/scoring"
)

// Targeting judges whom a campaign is for. It is safe for concurrent use.
type Targeting struct {
	program  cel.Program
	asks     *asks
	segments []scoring.SegmentID
}

// Segments are those that the expression names, as in `'runners' in visitor.segments`.
func (t *Targeting) Segments() []scoring.SegmentID { return t.segments }

// CompileTargeting returns the program of an expression over `visitor` and
// `context`, or an *Error that says where it is wrong, or that it is too costly. An
// empty expression takes everybody.
func (c *Compiler) CompileTargeting(expr string) (*Targeting, error) {
	if err := tooLong(expr); err != nil {
		return nil, err
	}
	checked, found, err := c.check(c.audiences, expr)
	if err != nil {
		return nil, err
	}
	program, err := c.limited(c.audiences, checked)
	if err != nil {
		return nil, err
	}
	return &Targeting{program, found.asks, found.segments}, nil
}

func tooLong(expr string) error {
	if len(expr) > maxExpression {
		return &Error{Kind: ErrInvalid, Message: fmt.Sprintf("it has %d bytes, must have at most %d", len(expr), maxExpression)}
	}
	return nil
}

// Fits reports whether a visitor on a page is meant; where the expression can't be
// worked out they are not.
func (t *Targeting) Fits(v *Visitor, page *scoring.Context) bool {
	return judged(t.program, t.asks, v, page)
}

// Rule judges who is in a segment. It is safe for concurrent use.
type Rule struct {
	program cel.Program
	asks    *asks
}

// CompileRule returns the program of a segment's rule over `visitor`, or an *Error that
// says where it is wrong, or that it is too costly. A rule can't ask for segments.
func (c *Compiler) CompileRule(expr string) (*Rule, error) {
	if err := tooLong(expr); err != nil {
		return nil, err
	}
	checked, found, err := c.check(c.rules, expr)
	if err != nil {
		return nil, err
	}
	// What a profile holds is bounded, so the estimate holds and nobody need count.
	program, err := c.rules.Program(checked, cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return nil, &Error{Kind: ErrInvalid, Message: err.Error()}
	}
	return &Rule{program, found.asks}, nil
}

// Has reports whether a visitor is in the segment; where the rule can't be worked out
// they are not.
func (r *Rule) Has(v *Visitor) bool { return judged(r.program, r.asks, v, nil) }

func judged(program cel.Program, own *asks, v *Visitor, page *scoring.Context) bool {
	outer := v.asks // a targeting expression may ask for a segment, which has its own
	v.asks = own
	out, _, err := program.Eval(&audience{v, page})
	v.asks = outer
	return err == nil && out == types.True
}

// audience resolves the names that a targeting expression or a rule may use.
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
		return a.page, a.page != nil
	}
	return nil, false
}

// Parent implements cel.Activation.
func (a *audience) Parent() cel.Activation { return nil }
