// Package filter judges products by expressions in CEL, such as
//
//	product.price.amount < 100 && 'running' in product.categories
//
// An expression is compiled once, refused when judging one product by it could
// cost too much, and its judgements are remembered, so that a filter in use
// costs some nanoseconds a product.
//
// The variables are those that ProductRules.filter in the API's reference
// lists. An expression that can't be worked out for a product, because it asks
// for the price of one without a price or for an attribute it doesn't have, is
// false for it: `product.numbers.rating > 4` shows rated products alone. Ask
// `has(product.numbers.rating)` to tell. Beside what CEL knows (&&, ||, !, ?:,
// in, comparison, arithmetic, startsWith, endsWith, contains, matches, size)
// there are the macros has, all, exists and exists_one.
package filter

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/vitrine-io/vitrine/scoring"
)

// Options bound a compiler. Zero values stand for the defaults.
type Options struct {
	// CostLimit is how many CEL cost units judging one product may take at
	// most. 5,000 by default: some 100 us at the very worst, while everyday
	// filters cost 10 to 200 units and about 1 us.
	CostLimit int
	// Expressions is how many compiled expressions, and refused ones, are
	// remembered. 1,024 by default.
	Expressions int
	// Judgements bounds how many judgements are remembered over all
	// expressions, 16 bytes each. 1,048,576 by default.
	Judgements int
}

const (
	defaultCostLimit   = 5_000
	defaultExpressions = 1 << 10
	defaultJudgements  = 1 << 20
)

// maxExpression is the longest expression taken, in bytes: what the API allows.
const maxExpression = 4096

// Compiler turns expressions into programs. It is safe for concurrent use.
type Compiler struct {
	products   *cel.Env
	audiences  *cel.Env // of targeting
	rules      *cel.Env // of segments
	limit      uint64
	compiled   *lru.Cache[string, compiled]
	judgements *budget
}

// compiled is what became of an expression: one of the two.
type compiled struct {
	program *Program
	err     error
}

// New returns a compiler.
func New(o Options) *Compiler {
	if o.CostLimit <= 0 {
		o.CostLimit = defaultCostLimit
	}
	if o.Expressions <= 0 {
		o.Expressions = defaultExpressions
	}
	if o.Judgements <= 0 {
		o.Judgements = defaultJudgements
	}
	context := cel.Variable("context", cel.ObjectType(contextType))
	products, err := newEnv(cel.Variable("product", cel.ObjectType(productType)), context)
	if err != nil {
		panic("filter: " + err.Error()) // the environment is fixed: only an edit of vars.go can break it
	}
	visitors := cel.Variable("visitor", cel.ObjectType(visitorType))
	audiences, err := newEnv(visitors, behaviour(), context)
	if err != nil {
		panic("filter: " + err.Error())
	}
	rules, err := newEnv(visitors, behaviour())
	if err != nil {
		panic("filter: " + err.Error())
	}
	cache, err := lru.New[string, compiled](o.Expressions)
	if err != nil {
		panic("filter: " + err.Error()) // the size is positive
	}
	return &Compiler{
		products: products, audiences: audiences, rules: rules,
		limit: uint64(o.CostLimit), compiled: cache, judgements: newBudget(o.Judgements),
	}
}

// newEnv is the language: CEL's own functions, the macros that can't build
// values, and our variables and functions.
func newEnv(own ...cel.EnvOption) (*cel.Env, error) {
	return cel.NewCustomEnv(append([]cel.EnvOption{
		cel.StdLib(),
		cel.ClearMacros(),
		cel.Macros(cel.HasMacro, cel.AllMacro, cel.ExistsMacro, cel.ExistsOneMacro),
		cel.CrossTypeNumericComparisons(true), // price.amount < 100, without a decimal point
		cel.CustomTypeProvider(newProvider()),
		cel.CustomTypeAdapter(adapter{types.DefaultTypeAdapter}),
		cel.ParserExpressionSizeLimit(maxExpression),
		cel.ASTValidators(
			cel.ValidateDurationLiterals(),
			cel.ValidateTimestampLiterals(),
		),
	}, own...)...)
}

// Compile returns the program of an expression, or an *Error that says where it
// is wrong, or that it is too costly. The result is remembered, so asking again
// is cheap. An empty expression passes every product.
func (c *Compiler) Compile(expr string) (*Program, error) {
	if known, ok := c.compiled.Get(expr); ok {
		return known.program, known.err
	}
	if len(expr) > maxExpression {
		return nil, &Error{
			Kind: ErrInvalid, Message: fmt.Sprintf("it has %d bytes, must have at most %d", len(expr), maxExpression),
			Next: "mark the products with a tag and filter by that",
		}
	}
	program, err := c.compile(expr)
	c.compiled.Add(strings.Clone(expr), compiled{program, err})
	return program, err
}

func (c *Compiler) compile(expr string) (*Program, error) {
	checked, found, err := c.check(c.products, expr)
	if err != nil {
		return nil, err
	}
	plain, err := c.products.Program(checked, cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return nil, &Error{Kind: ErrInvalid, Message: err.Error()}
	}
	limited, err := c.limited(c.products, checked)
	if err != nil {
		return nil, err
	}
	return newProgram(plain, limited, found.contextFields, c.judgements), nil
}

// check parses and checks an expression, and lists what it reads and asks.
func (c *Compiler) check(env *cel.Env, expr string) (checked *cel.Ast, f found, err error) {
	if strings.TrimSpace(expr) == "" {
		expr = "true"
	}
	checked, issues := env.Compile(expr)
	if issues.Err() != nil {
		return nil, f, c.compileError(issues, env)
	}
	if checked.OutputType() != cel.BoolType {
		return nil, f, &Error{
			Kind: ErrInvalid, Line: 1, Column: 1,
			Message: fmt.Sprintf("it gives a value of type %s, must give true or false", checked.OutputType()),
			Next:    "compare the value with another, as in product.brand == 'Acme'",
		}
	}
	if f, err = inspect(checked, env == c.rules); err != nil {
		return nil, f, err
	}
	cost, err := env.EstimateCost(checked, sizes{})
	if err != nil {
		return nil, f, &Error{Kind: ErrInvalid, Message: err.Error()}
	}
	if cost.Max > c.limit {
		one, next := "product", "mark the products with a tag and filter by that"
		if env != c.products {
			one, next = "visitor", "ask for less"
		}
		return nil, f, &Error{
			Kind: ErrTooCostly, Cost: cost.Max, Limit: c.limit,
			Message: fmt.Sprintf("judging one %s could take %s cost units, more than the %d allowed", one, costText(cost.Max), c.limit),
			Next:    "nest no loops, compare with == or in rather than matches, or " + next,
		}
	}
	return checked, f, nil
}

// limited is a program that counts its cost, and stops at the limit.
func (c *Compiler) limited(env *cel.Env, checked *cel.Ast) (cel.Program, error) {
	limited, err := env.Program(checked, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(c.limit))
	if err != nil {
		return nil, &Error{Kind: ErrInvalid, Message: err.Error()}
	}
	return limited, nil
}

// Bind returns the filter for a page, whose context may be nil. The context must
// not be changed while the filter is in use. The filter is safe for concurrent
// use.
func (p *Program) Bind(page *scoring.Context) *Filter {
	if p.always != nil {
		return p.always
	}
	if page == nil {
		page = &scoring.Context{}
	}
	return &Filter{program: p, page: page, usual: usualContext(page), known: p.knownOn(page)}
}
