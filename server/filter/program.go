package filter

import (
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/vitrine-io/vitrine/scoring"
)

// Program is a compiled expression. It is safe for concurrent use.
type Program struct {
	plain         cel.Program // for products and pages within the bounds of sizes
	limited       cel.Program // counts the cost, and so takes four times as long
	contextFields []string    // that it reads; nil: it does not read the context
	judgements    *budget
	always        *Filter                      // when it does not read the context
	onPage        *lru.Cache[string, *results] // when it does, by what it reads
}

// pagesKnown is how many different pages a program remembers judgements for:
// countries, devices and categories are few; a search query is seldom seen
// twice.
const pagesKnown = 64

func newProgram(plain, limited cel.Program, contextFields []string, judgements *budget) *Program {
	p := &Program{plain: plain, limited: limited, contextFields: contextFields, judgements: judgements}
	if contextFields == nil {
		p.always = &Filter{program: p, page: &scoring.Context{}, usual: true, known: &results{budget: judgements}}
		return p
	}
	slices.Sort(p.contextFields)
	p.contextFields = slices.Compact(p.contextFields)
	p.onPage, _ = lru.New[string, *results](pagesKnown) // the size is positive
	return p
}

// knownOn returns the judgements made on pages that are the same to the
// program.
func (p *Program) knownOn(page *scoring.Context) *results {
	var key strings.Builder
	for _, field := range p.contextFields {
		if field == "attributes" {
			for _, name := range sortedNames(page.Attributes) {
				appendPart(&key, name)
				appendPart(&key, page.Attributes[name])
			}
		} else {
			text, _ := contextFields[field].get(page).(string)
			appendPart(&key, text)
		}
		key.WriteByte('\n')
	}
	if known, ok := p.onPage.Get(key.String()); ok {
		return known
	}
	known := &results{budget: p.judgements}
	if previous, ok, _ := p.onPage.PeekOrAdd(key.String(), known); ok {
		return previous
	}
	return known
}

// appendPart appends text so that no two lists of parts give the same key.
func appendPart(key *strings.Builder, text string) {
	key.WriteString(strconv.Itoa(len(text)))
	key.WriteByte(':')
	key.WriteString(text)
}

// Filter judges products for one page.
type Filter struct {
	program *Program
	page    *scoring.Context
	usual   bool // the page is within the bounds of sizes
	known   *results
}

// Passes reports whether the product may be shown; where the expression can't
// be worked out it may not. It remembers the answer, so a product must not be
// changed once it was judged.
func (f *Filter) Passes(product *scoring.Product) bool {
	if passes, ok := f.known.get(product); ok {
		return passes
	}
	passes := f.judge(product)
	f.known.put(product, passes)
	return passes
}

// judge evaluates the expression.
func (f *Filter) judge(product *scoring.Product) bool {
	program := f.program.plain
	// The estimate made at compile time holds for values of the usual sizes, so
	// that only others need to be watched.
	if !f.usual || !usualProduct(product) {
		program = f.program.limited
	}
	out, _, err := program.Eval(&variables{product, f.page})
	return err == nil && out == types.True
}

// variables resolves the names that an expression may use.
type variables struct {
	product *scoring.Product
	page    *scoring.Context
}

// ResolveName implements cel.Activation.
func (v *variables) ResolveName(name string) (any, bool) {
	switch name {
	case "product":
		return v.product, true
	case "context":
		return v.page, true
	}
	return nil, false
}

// Parent implements cel.Activation.
func (v *variables) Parent() cel.Activation { return nil }
