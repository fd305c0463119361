package server

import (
	"strings"

	"github.com/vitrine-io/vitrine/scoring"
)

// language is how reasons are worded. The sentences speak to the visitor, so
// they say what the visitor did, not how the score came about. "%" stands for
// the name of the product or facet behind a reason.
type language struct {
	bare  map[scoring.ReasonKind]string // when nothing can be named
	about map[scoring.ReasonKind]string // when it can; bare where there is none
	// after words ReasonViewedTogether by what the visitor did with the product.
	after      map[scoring.EventType]string
	priceRange string // of ReasonInterest in a price band
}

var languages = map[string]*language{
	"en": {
		bare: map[scoring.ReasonKind]string{
			scoring.ReasonViewedTogether: "Others who looked at what you looked at liked this",
			scoring.ReasonInterest:       "It fits what you look at",
			scoring.ReasonRecentlyViewed: "You looked at this lately",
			scoring.ReasonInCart:         "It is in your cart",
			scoring.ReasonBoughtBefore:   "You bought this before",
			scoring.ReasonPopular:        "Popular in this shop",
			scoring.ReasonTrending:       "In demand right now",
			scoring.ReasonNew:            "New in this shop",
			scoring.ReasonPageContext:    "It fits this page",
			scoring.ReasonPinned:         "Picked by the shop",
			scoring.ReasonFallback:       "From the shop's range",
			scoring.ReasonExploration:    "Something new to discover",
			scoring.ReasonSimilar:        "Similar to what you look at",
			scoring.ReasonBoughtTogether: "Often bought together",
			scoring.ReasonSearched:       "It fits your search",
			scoring.ReasonRestock:        "Time to restock?",
		},
		about: map[scoring.ReasonKind]string{
			scoring.ReasonInterest:       "Because you are interested in %",
			scoring.ReasonPageContext:    "It goes with %",
			scoring.ReasonSimilar:        "Similar to %",
			scoring.ReasonBoughtTogether: "Often bought with %",
			scoring.ReasonSearched:       "Because you searched for “%”",
		},
		after: map[scoring.EventType]string{
			scoring.ProductViewed:  "Because you looked at %",
			scoring.ProductAdded:   "Because % is in your cart",
			scoring.OrderCompleted: "Because you bought %",
		},
		priceRange: "In the price range you look at: %",
	},
	"fr": {
		bare: map[scoring.ReasonKind]string{
			scoring.ReasonViewedTogether: "Apprécié par ceux qui ont vu les mêmes articles que vous",
			scoring.ReasonInterest:       "Dans l'esprit de ce que vous regardez",
			scoring.ReasonRecentlyViewed: "Vous l'avez regardé récemment",
			scoring.ReasonInCart:         "Dans votre panier",
			scoring.ReasonBoughtBefore:   "Vous l'avez déjà acheté",
			scoring.ReasonPopular:        "Apprécié dans la boutique",
			scoring.ReasonTrending:       "Très demandé en ce moment",
			scoring.ReasonNew:            "Nouveau dans la boutique",
			scoring.ReasonPageContext:    "En rapport avec cette page",
			scoring.ReasonPinned:         "Choisi par la boutique",
			scoring.ReasonFallback:       "Dans l'assortiment de la boutique",
			scoring.ReasonExploration:    "À découvrir",
			scoring.ReasonSimilar:        "Semblable à ce que vous regardez",
			scoring.ReasonBoughtTogether: "Souvent achetés ensemble",
			scoring.ReasonSearched:       "Répond à votre recherche",
			scoring.ReasonRestock:        "À renouveler ?",
		},
		about: map[scoring.ReasonKind]string{
			scoring.ReasonInterest:       "Parce que vous vous intéressez à : %",
			scoring.ReasonPageContext:    "Va avec : %",
			scoring.ReasonSimilar:        "Semblable à : %",
			scoring.ReasonBoughtTogether: "Souvent acheté avec : %",
			scoring.ReasonSearched:       "Parce que vous avez cherché : %",
		},
		after: map[scoring.EventType]string{
			scoring.ProductViewed:  "Parce que vous avez regardé : %",
			scoring.ProductAdded:   "Parce que vous avez mis au panier : %",
			scoring.OrderCompleted: "Parce que vous avez acheté : %",
		},
		priceRange: "Dans la gamme de prix que vous regardez : %",
	},
}

// languageOf picks the language: that of the page, else the site's, else
// English.
func languageOf(locales ...string) *language {
	for _, locale := range locales {
		name, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(locale, "_", "-")), "-")
		if l, ok := languages[name]; ok {
			return l
		}
	}
	return languages["en"]
}

// reasonText writes the sentence of a reason.
func (st *site) reasonText(l *language, r *scoring.Reason) string {
	name, kind := st.evidenceName(r)
	if r.Query != "" {
		name = r.Query
	}
	words := l.about[r.Kind]
	switch {
	case r.Did != 0 && r.Kind == scoring.ReasonViewedTogether:
		words = l.after[r.Did]
	case kind == scoring.FacetPriceBand:
		words = l.priceRange
	}
	before, after, names := strings.Cut(words, "%")
	if !names || name == "" {
		return l.bare[r.Kind]
	}
	return before + name + after
}

// evidenceName is how a visitor knows the product or facet behind a reason, and
// the kind of facet, if it is one.
func (st *site) evidenceName(r *scoring.Reason) (string, scoring.FacetKind) {
	if r.Product != "" {
		if p, err := st.product(r.Product); err == nil && p.Title != "" {
			return p.Title, 0
		}
		return string(r.Product), 0
	}
	facet, ok := st.products.Facet(r.Facet)
	if r.Facet == 0 || !ok {
		return "", 0
	}
	if facet.Kind == scoring.FacetCategory {
		return facet.Value[strings.LastIndexByte(facet.Value, '/')+1:], facet.Kind
	}
	return facet.Value, facet.Kind
}
