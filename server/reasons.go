package server

import (
	"strings"

	"github.com/vitrine-io/vitrine/scoring"
)

// sentence is what a visitor reads as a reason: bare by itself, about where the
// product or facet behind it can be named ("%" stands for its name).
type sentence struct{ bare, about string }

// sentences by language and kind. They speak to the visitor, so they say what
// the visitor did, not how the score came about.
var sentences = map[string]map[scoring.ReasonKind]sentence{
	"en": {
		scoring.ReasonViewedTogether: {"Others who looked at what you looked at liked this", "Because you looked at %"},
		scoring.ReasonInterest:       {"It fits what you look at", "Because you are interested in %"},
		scoring.ReasonRecentlyViewed: {"You looked at this lately", "You looked at this lately"},
		scoring.ReasonInCart:         {"It is in your cart", "It is in your cart"},
		scoring.ReasonBoughtBefore:   {"You bought this before", "You bought this before"},
		scoring.ReasonPopular:        {"Popular in this shop", "Popular in %"},
		scoring.ReasonTrending:       {"In demand right now", "In demand right now"},
		scoring.ReasonNew:            {"New in this shop", "New in %"},
		scoring.ReasonPageContext:    {"It fits this page", "It goes with %"},
		scoring.ReasonPinned:         {"Picked by the shop", "Picked by the shop"},
		scoring.ReasonFallback:       {"From the shop's range", "From the shop's range"},
		scoring.ReasonExploration:    {"Something new to discover", "Something new to discover"},
	},
	"fr": {
		scoring.ReasonViewedTogether: {"Apprécié par ceux qui ont vu les mêmes articles que vous", "Parce que vous avez regardé %"},
		scoring.ReasonInterest:       {"Dans l'esprit de ce que vous regardez", "Parce que vous vous intéressez à : %"},
		scoring.ReasonRecentlyViewed: {"Vous l'avez regardé récemment", "Vous l'avez regardé récemment"},
		scoring.ReasonInCart:         {"Dans votre panier", "Dans votre panier"},
		scoring.ReasonBoughtBefore:   {"Vous l'avez déjà acheté", "Vous l'avez déjà acheté"},
		scoring.ReasonPopular:        {"Apprécié dans la boutique", "Apprécié : %"},
		scoring.ReasonTrending:       {"Très demandé en ce moment", "Très demandé en ce moment"},
		scoring.ReasonNew:            {"Nouveau dans la boutique", "Nouveau : %"},
		scoring.ReasonPageContext:    {"En rapport avec cette page", "Va avec %"},
		scoring.ReasonPinned:         {"Choisi par la boutique", "Choisi par la boutique"},
		scoring.ReasonFallback:       {"Dans l'assortiment de la boutique", "Dans l'assortiment de la boutique"},
		scoring.ReasonExploration:    {"À découvrir", "À découvrir"},
	},
}

// sentencesFor picks the language: that of the page, else the site's, else
// English.
func sentencesFor(locales ...string) map[scoring.ReasonKind]sentence {
	for _, locale := range locales {
		language, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(locale, "_", "-")), "-")
		if s, ok := sentences[language]; ok {
			return s
		}
	}
	return sentences["en"]
}

// reasonText writes the sentence of a reason.
func (st *site) reasonText(words map[scoring.ReasonKind]sentence, r *scoring.Reason) string {
	s := words[r.Kind]
	if name := st.evidenceName(r); name != "" {
		before, after, _ := strings.Cut(s.about, "%")
		if len(before) == len(s.about) {
			return s.about
		}
		return before + name + after
	}
	return s.bare
}

// evidenceName is how a visitor knows the product or facet behind a reason.
func (st *site) evidenceName(r *scoring.Reason) string {
	if r.Product != "" {
		if p, err := st.product(r.Product); err == nil && p.Title != "" {
			return p.Title
		}
		return string(r.Product)
	}
	facet, ok := st.products.Facet(r.Facet)
	if r.Facet == 0 || !ok {
		return ""
	}
	if facet.Kind == scoring.FacetCategory {
		return facet.Value[strings.LastIndexByte(facet.Value, '/')+1:]
	}
	return facet.Value
}
