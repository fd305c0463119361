package demo

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// ShopFacts are the figures of the shop.
type ShopFacts struct {
	Name       string `json:"name"`
	Site       string `json:"site"`
	Products   int    `json:"products"`
	Categories int    `json:"categories"`
	Brands     int    `json:"brands"`
	Reduced    int    `json:"reduced"`
	New        int    `json:"new"`
	Coming     int    `json:"coming"`
	OutOfStock int    `json:"out_of_stock"`
}

// Opened is what it took to open the shop.
type Opened struct {
	Shop   ShopFacts     `json:"shop"`
	Stored int64         `json:"products_stored"`
	Took   time.Duration `json:"took_ns"`
}

// Lived is what the visitors did before today. Events are Stored or NoConsent.
type Lived struct {
	Days      int           `json:"days"`
	Visitors  int           `json:"visitors"`
	Sessions  int           `json:"sessions"`
	Orders    int           `json:"orders"`
	Abandoned int           `json:"carts_abandoned"`
	Refunds   int           `json:"refunds"`
	Events    int64         `json:"events"`
	Stored    int64         `json:"events_stored"`
	NoConsent int64         `json:"events_without_consent"`
	Took      time.Duration `json:"took_ns"`
}

// Today is what visitors did who asked for their pages as they went.
type Today struct {
	Visitors  int           `json:"visitors"`
	Decisions int           `json:"decisions"`
	Events    int           `json:"events"`
	NoConsent int           `json:"events_without_consent"`
	Clicks    int           `json:"clicks_on_what_was_shown"`
	Orders    int           `json:"orders_of_what_was_shown"`
	Took      time.Duration `json:"took_ns"`
}

// Story is everything that the demo shows.
type Story struct {
	Opened  *Opened  `json:"opened"`
	Past    *Lived   `json:"past"`
	Today   *Today   `json:"today"`
	Visits  []*Visit `json:"visits"`
	Cart    *Cart    `json:"cart"`
	Refusal *Refusal `json:"refusal"`
	Banners []Banner `json:"banners"`
	Figures *Figures `json:"figures"`
}

// Visit is one visitor's home page before and after their first visit.
type Visit struct {
	Taste   string   `json:"taste"`
	Visitor string   `json:"visitor"`
	Before  Page     `json:"before"`
	Moments []Moment `json:"moments"`
	After   Page     `json:"after"`
	// How many products of each page are of a kind that they came for.
	SuitedBefore int `json:"suited_before"`
	SuitedAfter  int `json:"suited_after"`
}

// Moment is one event of a visit, and the server's answer to it.
type Moment struct {
	After  time.Duration `json:"after_ns"` // since the visit began
	Did    string        `json:"did"`      // "looked at"
	What   string        `json:"what"`     // a product's title, a query, a category
	Status string        `json:"status"`   // "STORED"
}

// Page is what Decide answered for one placement.
type Page struct {
	Decision string `json:"decision,omitempty"`
	Mode     string `json:"mode"`
	Items    []Item `json:"items"`
	NoFill   string `json:"no_fill_reason,omitempty"`
}

// Item is one product of a page.
type Item struct {
	ProductID string   `json:"product_id"`
	Title     string   `json:"title"`
	Category  string   `json:"category"`
	Price     string   `json:"price"`
	Score     float64  `json:"score"`
	Reasons   []Reason `json:"reasons"`
}

// Reason is why a product stands on a page.
type Reason struct {
	Kind  string  `json:"kind"`
	Share float64 `json:"share"` // 0 to 1
	Text  string  `json:"text"`
}

// Cart shows what becomes of products in the cart and of those bought.
type Cart struct {
	Taste   string   `json:"taste"`
	Visitor string   `json:"visitor"`
	InCart  []string `json:"in_cart"` // titles
	LeftOut []string `json:"left_out_as_in_cart"`
	// The e-mail about it: the cart, and what goes with it.
	Reminder Page `json:"reminder"`
	Besides  Page `json:"besides"`

	Buyer       string   `json:"buyer"`
	Bought      []string `json:"bought"`
	BoughtAside []string `json:"left_out_as_bought"`
}

// Refusal is a visitor who allowed no profile, on the same visit as the first
// one's.
type Refusal struct {
	Visitor string   `json:"visitor"`
	Moments []Moment `json:"moments"`
	Page    Page     `json:"page"`
	// Stranger is a never seen visitor's page at the same time; Same says that
	// the two are equal, product for product and reason for reason.
	Stranger Page `json:"stranger"`
	Same     bool `json:"same_as_stranger"`
	// Session is the page made from the visit's events handed in inline.
	Session Page `json:"session"`
	// Stored is what GetVisitor says of them: "NOT_FOUND" for nothing.
	Stored string `json:"stored"`
}

// Figures are the demo's own measurements, as the calling side saw them.
type Figures struct {
	Events          int64         `json:"events"`
	EventsPerSecond float64       `json:"events_per_second"`
	Decisions       int           `json:"decisions"`
	DecideP50       time.Duration `json:"decide_p50_ns"`
	DecideP99       time.Duration `json:"decide_p99_ns"`
}

// JSON writes the story for machines.
func (s *Story) JSON() ([]byte, error) { return json.MarshalIndent(s, "", "  ") }

// pageOfResponse turns the n-th placement of an answer into a page.
func pageOfResponse(resp *pb.DecideResponse, n int) Page {
	p := Page{
		Decision: resp.GetDecision(),
		Mode:     strings.TrimPrefix(resp.GetMode().String(), "DECISION_MODE_"),
	}
	result := resp.GetPlacements()[n]
	if why := result.GetNoFillReason(); why != pb.NoFillReason_NO_FILL_REASON_UNSPECIFIED {
		p.NoFill = strings.TrimPrefix(why.String(), "NO_FILL_REASON_")
	}
	for _, it := range result.GetItems() {
		product := it.GetProduct().GetProduct()
		item := Item{
			ProductID: it.GetProduct().GetProductId(),
			Title:     product.GetTitle(),
			Price:     Price(product.GetPrice()),
			Score:     it.GetScore(),
		}
		if paths := product.GetCategories(); len(paths) > 0 {
			item.Category = paths[0]
		}
		for _, r := range it.GetReasons() {
			item.Reasons = append(item.Reasons, Reason{
				Kind:  strings.TrimPrefix(r.GetKind().String(), "REASON_KIND_"),
				Share: r.GetShare(),
				Text:  r.GetText(),
			})
		}
		p.Items = append(p.Items, item)
	}
	return p
}

// same reports whether two pages show the same products for the same reasons.
// Scores may differ by what decays between the two calls.
func (p Page) same(q Page) bool {
	if len(p.Items) != len(q.Items) || p.NoFill != q.NoFill {
		return false
	}
	for i, a := range p.Items {
		b := q.Items[i]
		if a.ProductID != b.ProductID || !near(a.Score, b.Score) || len(a.Reasons) != len(b.Reasons) {
			return false
		}
		for j, r := range a.Reasons {
			if r.Kind != b.Reasons[j].Kind || r.Text != b.Reasons[j].Text || !near(r.Share, b.Reasons[j].Share) {
				return false
			}
		}
	}
	return true
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-4*math.Max(math.Abs(a), math.Abs(b)) }

// Price writes an amount for people: "€129.90", "12.50 USD", or nothing for
// none.
func Price(m *pb.Money) string {
	if m == nil {
		return ""
	}
	cents := m.GetUnits()*100 + int64(m.GetNanos())/10_000_000
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	units := fmt.Sprint(cents / 100)
	for i := len(units) - 3; i > 0; i -= 3 {
		units = units[:i] + "," + units[i:]
	}
	amount := fmt.Sprintf("%s.%02d", units, cents%100)
	switch code := m.GetCurrencyCode(); code {
	case "EUR":
		return sign + "€" + amount
	case "":
		return sign + amount
	default:
		return sign + amount + " " + code
	}
}
