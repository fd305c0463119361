package visitor

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

// ofAd is an event about a creative, so many minutes after the first.
func ofAd(kind scoring.EventType, minute int, creative scoring.CreativeID) *scoring.Event {
	e := event(kind, minute)
	e.Ad = &scoring.AdShown{Campaign: "c", Creative: creative, Token: uint64(minute)}
	return e
}

func TestAnOrderIsCreditedToTheLastClickOrView(t *testing.T) {
	const day = 24 * 60
	viewed, clicked := scoring.CreativeViewed, scoring.CreativeClicked
	for _, test := range []struct {
		name   string
		events []*scoring.Event
		minute int    // of the order
		want   string // creative, and by what
	}{
		{"nothing before", nil, 1, ""},
		{"the last click", []*scoring.Event{ofAd(clicked, 0, "a"), ofAd(clicked, 1, "b"), ofAd(viewed, 2, "c")}, 3, "b 2"},
		{"a click told late", []*scoring.Event{ofAd(clicked, 1, "b"), ofAd(clicked, 0, "a")}, 3, "b 2"},
		{"a view for want of a click", []*scoring.Event{ofAd(viewed, 0, "a")}, 3, "a 3"},
		{"a click a week ago", []*scoring.Event{ofAd(clicked, 0, "a")}, 7 * day, "a 2"},
		{"a click longer ago", []*scoring.Event{ofAd(clicked, 0, "a")}, 7*day + 1, ""},
		{"a view a day ago", []*scoring.Event{ofAd(viewed, 0, "a")}, day, "a 3"},
		{"a view longer ago", []*scoring.Event{ofAd(viewed, 0, "a")}, day + 1, ""},
		{"a view after a click of long ago", []*scoring.Event{ofAd(clicked, 0, "a"), ofAd(viewed, 8*day, "b")}, 8*day + 5, "b 3"},
		{"a click after the order", []*scoring.Event{ofAd(clicked, 5, "a")}, 4, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			if ad := fold(test.events...).Credit(order(scoring.OrderCompleted, test.minute, "o", "p")); ad != nil {
				got = fmt.Sprint(ad.Creative, " ", ad.By)
			}
			if got != test.want {
				t.Errorf("credited to %q, want %q", got, test.want)
			}
		})
	}
}

// An order is credited once, and taken back once, when nothing of it is left.
func TestACreditIsTakenBack(t *testing.T) {
	p := fold(ofAd(scoring.CreativeClicked, 0, "a"))
	bought := order(scoring.OrderCompleted, 1, "o", "x", "y")
	bought.Ad = p.Credit(bought)
	p = Apply(p, bought)
	if p.Credit(bought) != nil || !p.Credited(bought) {
		t.Error("credited twice")
	}
	if got := p.Uncredit(order(scoring.OrderCancelled, 2, "other")); got != nil {
		t.Errorf("another order takes back %+v", got)
	}
	some := order(scoring.OrderRefunded, 3, "o", "x")
	if some.Ad = p.Uncredit(some); some.Ad != nil {
		t.Errorf("y was kept: takes back %+v", some.Ad)
	}
	p = Apply(p, some)
	rest := order(scoring.OrderRefunded, 4, "o", "y")
	rest.Ad = p.Uncredit(rest)
	if want := (&scoring.AdShown{Campaign: "c", Creative: "a"}); !reflect.DeepEqual(rest.Ad, want) {
		t.Errorf("takes back %+v, want %+v", rest.Ad, want)
	}
	p = Apply(p, rest)
	if got := p.Uncredit(order(scoring.OrderCancelled, 5, "o")); got != nil {
		t.Errorf("taken back twice: %+v", got)
	}
	if !p.Ads.Ordered.Equal(bought.Time) {
		t.Errorf("last ordered %v, want %v: a refund changes nothing about it", p.Ads.Ordered, bought.Time)
	}
	var nobody *Profile
	if nobody.Credit(bought) != nil || nobody.Uncredit(rest) != nil || nobody.Credited(bought) {
		t.Error("nobody's order is credited")
	}
}

// With ids as long as can be and orders of as many creatives as are remembered the
// record stays within its bound, and what it says comes back.
func TestARecordOfAds(t *testing.T) {
	var p *Profile
	for k := range 12 {
		id := scoring.CreativeID(fmt.Sprintf("%063d", k))
		click, view := ofAd(scoring.CreativeClicked, k, id), ofAd(scoring.CreativeViewed, k, id+"v")
		click.Ad.Campaign, view.Ad.Campaign = scoring.CampaignID(fmt.Sprintf("%063d", 100+k)), scoring.CampaignID(fmt.Sprintf("%063d", 200+k))
		bought := order(scoring.OrderCompleted, k, scoring.OrderID(fmt.Sprint(k)), "x")
		bought.Ad = click.Ad
		for _, e := range []*scoring.Event{click, view, bought} {
			p = Apply(p, e)
		}
	}
	b, err := p.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	without := *p
	without.Ads = Ads{}
	bare, err := without.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(b) - len(bare); n > maxAds || n < 4*126 { // four orders, each to another creative of another campaign
		t.Errorf("ads take %d bytes", n)
	}
	var got Profile
	if err := got.UnmarshalBinary(b); err != nil || !alike(&got, p) {
		t.Errorf("got %+v, %v\nwant %+v", got.Ads, err, p.Ads)
	}
	if len(got.Ads.Credited) != maxCredited || got.Ads.Credited[3].Ad.Time != p.LastSeen.Truncate(time.Millisecond) {
		t.Errorf("credited %+v", got.Ads.Credited)
	}
}
