package filter

import (
	"regexp/syntax"
	"slices"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"

	"github.com/vitrine-io/vitrine/scoring"
)

// maxRegex bounds how many instructions a regular expression may have, so that
// (a{100}){10} costs neither memory nor time.
const maxRegex = 1_000

// found is what an expression reads and asks.
type found struct {
	contextFields []string // of the context; nil: it does not read the context
	asks          *asks
	segments      []scoring.SegmentID
}

// inspect lists what an expression reads and asks, and refuses what has no use in one.
// ofSegment: it is a segment's rule.
func inspect(checked *cel.Ast, ofSegment bool) (found, error) {
	f := found{asks: &asks{deeds: map[[3]string]ask{}, windows: map[string]time.Duration{}}}
	var refused error
	native := checked.NativeRep()
	refuse := func(e ast.Expr, message, next string) {
		if refused == nil {
			at := native.SourceInfo().GetStartLocation(e.ID())
			refused = &Error{Kind: ErrInvalid, Line: at.Line(), Column: at.Column() + 1, Message: message, Next: next}
		}
	}
	of := func(e ast.Expr, name string) bool { return e.Kind() == ast.IdentKind && e.AsIdent() == name }
	ast.PreOrderVisit(native.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.IdentKind:
			if e.AsIdent() == "context" && f.contextFields == nil {
				f.contextFields = []string{}
			}
		case ast.SelectKind:
			field := e.AsSelect()
			if of(field.Operand(), "context") {
				f.contextFields = append(f.contextFields, field.FieldName())
			}
			if ofSegment && of(field.Operand(), "visitor") && field.FieldName() == "segments" {
				refuse(e, "a segment can't be made of segments", "repeat what the other's rule asks")
			}
		case ast.StructKind:
			refuse(e, "it builds a message", "name the fields to compare, as in product.brand == 'Acme'")
		case ast.CallKind:
			call := e.AsCall()
			switch name := call.FunctionName(); {
			case call.IsMemberFunction() && slices.Contains([]string{callTimes, callProducts, callSpent, callAllows}, name):
				if at, message, next := f.asks.read(call); message != "" {
					refuse(call.Args()[at], message, next)
				}
			case name == operators.In && len(call.Args()) == 2:
				if id, ok := call.Args()[0].AsLiteral().(types.String); ok && call.Args()[1].Kind() == ast.SelectKind &&
					of(call.Args()[1].AsSelect().Operand(), "visitor") && call.Args()[1].AsSelect().FieldName() == "segments" {
					f.segments = append(f.segments, scoring.SegmentID(id))
				}
			case name == overloads.Matches && len(call.Args()) > 0:
				pattern := call.Args()[len(call.Args())-1]
				if message, next := regexFault(pattern); message != "" {
					refuse(pattern, message, next)
				}
			}
		}
	}))
	return f, refused
}

// regexFault is what is wrong with a regular expression; empty for nothing.
func regexFault(pattern ast.Expr) (message, next string) {
	text, ok := pattern.AsLiteral().(types.String)
	if pattern.Kind() != ast.LiteralKind || !ok {
		return "matches takes a regular expression in quotes", "use contains or == to compare two fields"
	}
	parsed, err := syntax.Parse(string(text), syntax.Perl)
	if err != nil {
		return err.Error(), "the syntax is RE2's"
	}
	if instructions(parsed) > maxRegex {
		return "the regular expression repeats too much", "repeat less, or use startsWith, endsWith or contains"
	}
	return "", ""
}

// instructions is about how many a regular expression compiles to.
func instructions(re *syntax.Regexp) int {
	n := 1 + len(re.Rune)
	for _, part := range re.Sub {
		n += instructions(part)
	}
	if re.Op == syntax.OpRepeat {
		n *= max(1, re.Min, re.Max)
	}
	return n
}
