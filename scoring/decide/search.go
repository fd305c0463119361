package decide

import (
	"math"

	"github.com/vitrine-io/vitrine/scoring/model"
)

// searched brings what visitors turned to after searching for the same words:
// those of the page, or those of a search of this visit. So a word finds what is
// meant by it, whether or not a title has it.
type searched struct{}

func (searched) name() string { return "searched" }

func (searched) gather(q *query) {
	if q.searched == "" {
		return
	}
	q.standing = q.learned.Searched(q.standing[:0], q.searched, q.page.Now)
	for _, x := range q.standing {
		if c := q.candidates.of(x.Product); c != nil {
			c.signal[sigSearched] += float32(q.searchSay) * x.Share
			q.candidates.rare = true
		}
	}
}

// searchFade is what each product turned to since leaves of a search, as in what
// is learned of words.
const searchFade = 0.7

// readSearch takes up what led a visitor to the shop of whom there is nothing else to
// go by, or else the visitor's own search where the page has none, if it was of this
// visit.
func (q *query) readSearch() {
	if len(q.seeds) == 0 && q.searched == "" && len(q.pageTerms) == 0 {
		q.search(q.context.ArrivedBy()) // a first step into the shop
	}
	v := q.page.Visitor.Profile()
	if q.searched != "" || v == nil || v.Search == "" || v.SearchTime.Before(q.since.Add(-model.SessionGap)) {
		return
	}
	since := 0
	for k := len(v.Touches) - 1; k >= 0 && v.Touches[k].Time.After(v.SearchTime); k-- {
		since++
	}
	q.searched, q.searchSay = v.Search, math.Pow(searchFade, float64(since))
}

// searchWords are the words that a placement from the visitor's search goes by.
func (q *query) searchWords() string {
	if words := q.context.SearchQuery; words != "" || q.page.Visitor.Profile() == nil {
		return words
	}
	return q.page.Visitor.Profile().Search
}

// search makes terms of words searched for.
func (q *query) search(words string) {
	if words == "" {
		return
	}
	q.searched, q.searchSay = words, 1
	for _, t := range q.products.WordTerms(words) {
		q.pageTerms = append(q.pageTerms, t)
		q.pageIDF += q.products.IDF(t)
	}
}

// oftenChosen is the share of what visitors turned to after a search from which on
// a product answers it without having its words: one in fifty, as what is left of a
// stray look some steps on does not reach.
const oftenChosen = 0.02

// answersSearch takes what has one of the words searched for, or is chosen after
// searching for them.
func answersSearch(q *query, c *candidate) bool {
	if c.signal[sigSearched] >= oftenChosen {
		return true
	}
	for _, t := range q.products.Words(c.product) {
		if containsTerm(q.pageTerms, t) {
			return true
		}
	}
	return false
}
