package catalog

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"unicode"

	"github.com/vitrine-io/vitrine/scoring"
)

// Term is the number of a facet, or of a word of a product's title or facets,
// in this process. Numbers start at 0 and are dense.
type Term uint32

const (
	// termSample is how many products of a term are kept at hand: enough to fill
	// a page of a category before anything was learned about it.
	termSample = 64
	// scanSample is how many products of the whole catalogue are.
	scanSample = 4096
	// maxWords bounds the words of a product that can be searched by.
	maxWords = 16
	// wordKind is the facet kind that words are filed under.
	wordKind scoring.FacetKind = 7
)

// term is what the catalogue knows of a facet or word.
type term struct {
	id     scoring.FacetID
	facet  atomic.Pointer[scoring.Facet] // nil: known by id alone, or a word
	count  atomic.Int32                  // products that have it
	sample atomic.Pointer[[]Index]
	most   int // of the sample; 0: termSample

	// For writers only.
	listed []Index // every product that has it, and some that no longer do
	stale  int
}

// InternFacet returns the number of a facet id, a new one if it has none yet.
func (c *Catalog) InternFacet(id scoring.FacetID) Term {
	if t, ok := c.LookupFacet(id); ok {
		return t
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.internTerm(id)
}

func (c *Catalog) internTerm(id scoring.FacetID) Term {
	if t, ok := c.LookupFacet(id); ok {
		return t
	}
	e, i := c.terms.grow()
	e.id = id
	c.byTerm.insert(spread(id), i, func(i uint32) uint64 { return spread(c.terms.at(i).id) })
	c.terms.publish()
	return Term(i)
}

// spread moves the bits of an id over the table: a Fibonacci hash.
func spread(id scoring.FacetID) uint64 {
	h := uint64(id) * 0x9e3779b97f4a7c15
	return h ^ h>>32
}

// LookupFacet returns the number of a facet id, if it has one.
func (c *Catalog) LookupFacet(id scoring.FacetID) (Term, bool) {
	i, ok := c.byTerm.find(spread(id), func(i uint32) bool { return c.terms.at(i).id == id })
	return Term(i), ok
}

// FacetID returns the id of a facet's number.
func (c *Catalog) FacetID(t Term) scoring.FacetID { return c.terms.at(uint32(t)).id }

// Facet returns what a facet id stands for, if a product of the catalogue has
// or had it.
func (c *Catalog) Facet(id scoring.FacetID) (scoring.Facet, bool) {
	if t, ok := c.LookupFacet(id); ok {
		if f := c.terms.at(uint32(t)).facet.Load(); f != nil {
			return *f, true
		}
	}
	return scoring.Facet{}, false
}

// Facets returns the facets of a product, in the order of scoring.Product.Facets;
// none if it is not in the catalogue. The slice is shared and must not be
// changed.
func (c *Catalog) Facets(i Index) []Term {
	if l := c.products.at(uint32(i)).listing.Load(); l != nil {
		return l.terms[:l.facets:l.facets]
	}
	return nil
}

// Words returns the words a product can be searched by, sorted by number. The
// slice is shared and must not be changed.
func (c *Catalog) Words(i Index) []Term {
	if l := c.products.at(uint32(i)).listing.Load(); l != nil {
		return l.terms[l.facets:]
	}
	return nil
}

// IDF is the inverse document frequency of a term: how much it tells that a
// product has it, from about 1 for what everything has upwards. ln(1 + N/n).
func (c *Catalog) IDF(t Term) float64 {
	n := max(1, c.terms.at(uint32(t)).count.Load())
	return math.Log1p(float64(max(1, c.held.Load())) / float64(n))
}

// Count is how many products of the catalogue have the term.
func (c *Catalog) Count(t Term) int { return int(c.terms.at(uint32(t)).count.Load()) }

// Numbered is how many terms have a number: every Term is below it.
func (c *Catalog) Numbered() int { return int(c.terms.len()) }

// Sample returns up to 64 products that have the term: always the same ones for
// the same products, whatever their order of arrival. The slice is shared and
// must not be changed.
func (c *Catalog) Sample(t Term) []Index { return c.terms.at(uint32(t)).sampled() }

// Scan returns up to 4,096 products of the catalogue, chosen and to be used as
// those of Sample.
func (c *Catalog) Scan() []Index { return c.all.sampled() }

func (t *term) sampled() []Index {
	if s := t.sample.Load(); s != nil {
		return *s
	}
	return nil
}

// WordTerms returns the numbers of the words of a text that some product has.
func (c *Catalog) WordTerms(text string) []Term {
	var terms []Term
	eachWord(text, func(w string) bool {
		if t, ok := c.LookupFacet(wordID(w)); ok && !slices.Contains(terms, t) {
			terms = append(terms, t)
		}
		return len(terms) < maxWords
	})
	return terms
}

func wordID(w string) scoring.FacetID { return scoring.Facet{Kind: wordKind, Value: w}.ID() }

// EachWord hands over the words of a text, as products are searched by them, until
// more returns false.
func EachWord(text string, more func(word string) bool) { eachWord(text, more) }

// eachWord splits a text at what is neither letter nor digit, in lower case, and
// takes a plural's s off, so that "Shoes" finds "shoe".
func eachWord(text string, more func(string) bool) {
	for w := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		if len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") {
			w = w[:len(w)-1]
		}
		if len(w) > 1 && !more(w) {
			return
		}
	}
}

// internTerms numbers the facets of a product, and behind so many of them the words of
// its title, brand, categories and tags. A sensitive product can't be found by any.
func (c *Catalog) internTerms(p *scoring.Product) (terms []Term, facets uint8) {
	if p.IsSensitive() {
		return nil, 0
	}
	var room [scoring.MaxFacets + maxWords]Term
	terms = room[:0]
	for _, f := range p.Facets() {
		t := c.internTerm(f.ID())
		if e := c.terms.at(uint32(t)); e.facet.Load() == nil {
			known := f
			e.facet.Store(&known)
		}
		terms = append(terms, t)
	}
	n := len(terms)
	add := func(w string) bool {
		if t := c.internTerm(wordID(w)); !slices.Contains(terms[n:], t) {
			terms = append(terms, t)
		}
		return len(terms) < n+maxWords
	}
	eachWord(p.Title, add)
	eachWord(p.Brand, add)
	for _, path := range p.Categories {
		eachWord(path, add)
	}
	for _, tag := range p.Tags {
		eachWord(tag, add)
	}
	terms = terms[:min(len(terms), n+maxWords)]
	slices.Sort(terms[n:])
	return slices.Clone(terms), uint8(n)
}

// relist moves a product from the terms it had to those it has.
func (c *Catalog) relist(i Index, had, has []Term) {
	for _, t := range had {
		if !slices.Contains(has, t) {
			c.unlist(c.terms.at(uint32(t)), i, func(i Index) bool {
				l := c.products.at(uint32(i)).listing.Load()
				return l != nil && slices.Contains(l.terms, t)
			})
		}
	}
	for _, t := range has {
		if !slices.Contains(had, t) {
			c.list(c.terms.at(uint32(t)), i)
		}
	}
}

// bottom orders products by hash: the first k of a term are a fair sample of
// them that does not depend on the order of arrival (bottom-k sketch; Cohen and
// Kaplan, Summarizing data using bottom-k sketches, PODC 2007).
func (c *Catalog) bottom(a, b Index) int {
	x, y := c.products.at(uint32(a)), c.products.at(uint32(b))
	return cmp.Or(cmp.Compare(x.hash, y.hash), cmp.Compare(x.id, y.id))
}

func (t *term) limit() int {
	if t.most > 0 {
		return t.most
	}
	return termSample
}

func (c *Catalog) list(t *term, i Index) {
	t.count.Add(1)
	if t.stale > 0 && slices.Contains(t.listed, i) {
		t.stale--
	} else {
		t.listed = append(t.listed, i)
	}
	sample := t.sampled()
	if len(sample) == t.limit() && c.bottom(i, sample[len(sample)-1]) > 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(sample, i, c.bottom)
	next := make([]Index, 0, len(sample)+1) // readers may hold the old one
	next = append(append(append(next, sample[:at]...), i), sample[at:]...)
	next = next[:min(len(next), t.limit())]
	t.sample.Store(&next)
}

// unlist takes a product off a term. The list is gone through only when the
// sample loses a product or half of the list no longer stands, which makes it
// cheap on average.
func (c *Catalog) unlist(t *term, i Index, has func(Index) bool) {
	t.count.Add(-1)
	t.stale++
	if !slices.Contains(t.sampled(), i) && 2*t.stale < len(t.listed) {
		return
	}
	t.listed = slices.DeleteFunc(t.listed, func(i Index) bool { return !has(i) })
	t.stale = 0
	var sample []Index
	for _, i := range t.listed {
		if len(sample) == t.limit() && c.bottom(i, sample[len(sample)-1]) > 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(sample, i, c.bottom)
		sample = slices.Insert(sample, at, i)
		sample = sample[:min(len(sample), t.limit())]
	}
	t.sample.Store(&sample)
}
