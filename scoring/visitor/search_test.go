package visitor

import (
	"strings"
	"testing"

	"github.com/vitrine-io/vitrine/scoring"
)

func searched(minutes int, words string) *scoring.Event {
	e := event(scoring.ProductsSearched, minutes)
	e.SearchQuery = words
	return e
}

func TestTheLastSearchIsKept(t *testing.T) {
	for _, test := range []struct {
		name   string
		events []*scoring.Event
		want   string
	}{
		{"none", []*scoring.Event{event(scoring.ProductViewed, 0, "a")}, ""},
		{"the latest", []*scoring.Event{searched(0, "shoes"), searched(1, "hats")}, "hats"},
		{"one that comes late", []*scoring.Event{searched(1, "hats"), searched(0, "shoes")}, "hats"},
		{"one without words", []*scoring.Event{searched(0, "shoes"), searched(1, "")}, "shoes"},
		{"the words of a view", []*scoring.Event{searched(0, "shoes"), event(scoring.ProductViewed, 1, "a")}, "shoes"},
		// 31 letters of two bytes and a space make 63 bytes; the next letter would be the 64th and 65th.
		{"long words", []*scoring.Event{searched(0, strings.Repeat("é", 31)+" "+strings.Repeat("é", 9))}, strings.Repeat("é", 31) + " "},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := fold(test.events...)
			if p.Search != test.want || (p.Search == "") != p.SearchTime.IsZero() {
				t.Errorf("got %q at %v, want %q", p.Search, p.SearchTime, test.want)
			}
		})
	}
}

// A record of version 1 is one of version 6 whose visitor saw and searched nothing;
// what they bought becomes habits.
func TestVersion1IsRead(t *testing.T) {
	want := fold(event(scoring.ProductViewed, 0, "a"), order(scoring.OrderCompleted, 1, "o", "b"))
	want.History = History{}
	b, err := want.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	const habits = 1 + 2 + 1 + 1                                   // how many; b by its number, 1 minute ago at most, once
	const ads = 1 + 1 + 3                                          // some; the order, last seen; nothing clicked, viewed, credited
	const told = 1 + 1 + 1                                         // no answers, identity, history
	old := append([]byte{1}, b[1:len(b)-told-ads-1-habits-2+1]...) // without a 0 for each, nor for the contacts
	var got Profile
	if err := got.UnmarshalBinary(old); err != nil || !alike(&got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}
