package wording

import "github.com/vitrine-io/vitrine/scoring"

// form is how a reason is put.
type form int

// The forms. All but bare name what is behind the reason.
const (
	bare   form = iota
	named       // what it is
	looked      // what the visitor looked at
	cart        // what the visitor put into the cart
	bought      // what the visitor bought
	price       // a price band
	forms
)

// message is one that every language has.
type message struct {
	id   string // in the files
	kind scoring.ReasonKind
	form form
}

// kinds is how many kinds of reasons there are, and the one that is none.
const kinds = int(scoring.ReasonLikedHere) + 1

// messages lists them.
func messages() []message {
	return []message{
		{"viewed_together", scoring.ReasonViewedTogether, bare},
		{"viewed_together.looked", scoring.ReasonViewedTogether, looked},
		{"viewed_together.cart", scoring.ReasonViewedTogether, cart},
		{"viewed_together.bought", scoring.ReasonViewedTogether, bought},
		{"interest", scoring.ReasonInterest, bare},
		{"interest.named", scoring.ReasonInterest, named},
		{"interest.price", scoring.ReasonInterest, price},
		{"recently_viewed", scoring.ReasonRecentlyViewed, bare},
		{"in_cart", scoring.ReasonInCart, bare},
		{"bought_before", scoring.ReasonBoughtBefore, bare},
		{"restock", scoring.ReasonRestock, bare},
		{"popular", scoring.ReasonPopular, bare},
		{"liked_here", scoring.ReasonLikedHere, bare},
		{"trending", scoring.ReasonTrending, bare},
		{"new", scoring.ReasonNew, bare},
		{"page_context", scoring.ReasonPageContext, bare},
		{"page_context.named", scoring.ReasonPageContext, named},
		{"similar", scoring.ReasonSimilar, bare},
		{"similar.named", scoring.ReasonSimilar, named},
		{"bought_together", scoring.ReasonBoughtTogether, bare},
		{"bought_together.named", scoring.ReasonBoughtTogether, named},
		{"searched", scoring.ReasonSearched, bare},
		{"searched.named", scoring.ReasonSearched, named},
		{"pinned", scoring.ReasonPinned, bare},
		{"fallback", scoring.ReasonFallback, bare},
		{"exploration", scoring.ReasonExploration, bare},
	}
}

// formOf is the form that suits a reason with a name. Where its kind has no such
// message, the bare one stands.
func formOf(r *scoring.Reason, isPrice bool) form {
	if r.Kind == scoring.ReasonViewedTogether {
		switch r.Did {
		case scoring.ProductViewed:
			return looked
		case scoring.ProductAdded:
			return cart
		case scoring.OrderCompleted:
			return bought
		}
		return bare
	}
	if isPrice {
		return price
	}
	return named
}
