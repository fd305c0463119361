package filter

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
)

// Why an expression is refused.
var (
	// ErrInvalid: it does not compile.
	ErrInvalid = errors.New("filter does not compile")
	// ErrTooCostly: judging one product or visitor by it could take too long.
	ErrTooCostly = errors.New("filter is too costly")
)

// Error is a refused expression. It is ErrInvalid or ErrTooCostly to errors.Is.
type Error struct {
	Kind         error
	Line, Column int    // where, from 1; 0: the expression as a whole
	Message      string // what is wrong
	Next         string // what to do about it; may be empty
	Cost, Limit  uint64 // when it is too costly, in CEL cost units
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Kind.Error())
	if e.Line > 0 {
		fmt.Fprintf(&b, " at line %d, column %d", e.Line, e.Column)
	}
	b.WriteString(": " + e.Message)
	if e.Next != "" {
		b.WriteString("; " + e.Next)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Kind }

// compileError is the first of the issues, with what to do about it.
func (c *Compiler) compileError(issues *cel.Issues, env *cel.Env) *Error {
	variables, fields := "variables are product and context", "product has "+strings.Join(sortedNames(productFields), ", ")+
		"; its price has amount and currency"
	pages := "; context has " + strings.Join(sortedNames(contextFields), ", ")
	if env != c.products {
		variables, fields = "variables are visitor and context", "visitor has "+strings.Join(sortedNames(visitorFields), ", ")+
			"; its sources have "+strings.Join(sortedNames(sourceFields), ", ")
	}
	if env == c.rules {
		variables, pages = "variable is visitor", ""
	}
	all := issues.Errors()
	if len(all) == 0 {
		return &Error{Kind: ErrInvalid, Message: issues.Err().Error()}
	}
	first := all[0]
	e := &Error{Kind: ErrInvalid, Message: strings.TrimSpace(first.Message)}
	if line := first.Location.Line(); line > 0 {
		e.Line, e.Column = line, first.Location.Column()+1
	}
	e.Message = strings.TrimSpace(strings.TrimPrefix(e.Message, "Syntax error:"))
	e.Message = strings.ReplaceAll(strings.ReplaceAll(e.Message, " (in container '')", ""), "'<EOF>'", "end")
	if head, _, found := strings.Cut(e.Message, " expecting {"); found {
		e.Message = head
	}
	switch {
	case strings.Contains(e.Message, "undefined field"):
		e.Next = fields + pages
	case strings.Contains(e.Message, "undeclared reference"):
		e.Next = "the " + variables + "; text stands in quotes"
		if env != c.products {
			e.Next += "; the functions are visitor.times, visitor.products, visitor.spent_within, visitor.allows and days"
		}
	case strings.Contains(e.Message, "found no matching overload") && env != c.products:
		e.Next = "as in visitor.times('viewed', 'category/shoes', '7d') >= 3, visitor.spent_within('90d') > 100.0, visitor.allows('messages'), visitor.since_order > days(30)"
	case strings.Contains(e.Message, "double") && strings.Contains(e.Message, "int"):
		e.Next = "beside an amount or a number write 4.0, not 4"
	}
	return e
}

// costText writes a cost that may be beyond all bounds.
func costText(cost uint64) string {
	if cost > 1_000_000_000 {
		return "over a billion"
	}
	return strconv.FormatUint(cost, 10)
}
