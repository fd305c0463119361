package filter

import (
	"regexp/syntax"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
)

// maxRegex bounds how many instructions a regular expression may have, so that
// (a{100}){10} costs neither memory nor time.
const maxRegex = 1_000

// inspect lists the fields of the context that the expression reads, nil if it
// does not read the context, and refuses what has no use in a filter.
func inspect(checked *cel.Ast) ([]string, error) {
	var fields []string
	var refused error
	native := checked.NativeRep()
	refuse := func(e ast.Expr, message, next string) {
		if refused == nil {
			at := native.SourceInfo().GetStartLocation(e.ID())
			refused = &Error{Kind: ErrInvalid, Line: at.Line(), Column: at.Column() + 1, Message: message, Next: next}
		}
	}
	ast.PreOrderVisit(native.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.IdentKind:
			if e.AsIdent() == "context" && fields == nil {
				fields = []string{}
			}
		case ast.SelectKind:
			if operand := e.AsSelect().Operand(); operand.Kind() == ast.IdentKind && operand.AsIdent() == "context" {
				fields = append(fields, e.AsSelect().FieldName())
			}
		case ast.StructKind:
			refuse(e, "it builds a message", "name the fields to compare, as in product.brand == 'Acme'")
		case ast.CallKind:
			call := e.AsCall()
			if call.FunctionName() != overloads.Matches || len(call.Args()) == 0 {
				return
			}
			pattern := call.Args()[len(call.Args())-1]
			text, ok := pattern.AsLiteral().(types.String)
			if pattern.Kind() != ast.LiteralKind || !ok {
				refuse(pattern, "matches takes a regular expression in quotes", "use contains or == to compare two fields")
				return
			}
			parsed, err := syntax.Parse(string(text), syntax.Perl)
			if err != nil {
				refuse(pattern, err.Error(), "the syntax is RE2's")
			} else if instructions(parsed) > maxRegex {
				refuse(pattern, "the regular expression repeats too much", "repeat less, or use startsWith, endsWith or contains")
			}
		}
	}))
	return fields, refused
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
