// Package demo makes up a shop and its visitors, lets them shop through
// Vitrine's API, and tells what the API made of it. Everything follows from a
// seed: the same seed and clock give the same shop and the same visitors.
package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// ShopName is what the made-up shop is called.
const ShopName = "Tarn & Thicket Outdoor"

// newWithin is how long a product counts as new in the figures shown.
const newWithin = 10 * 24 * time.Hour

// Article is one product of the shop, with what the generator knows of it.
type Article struct {
	ID      string
	Shelf   string // its category path
	Euros   float64
	Product *pb.Product
	appeal  float64 // how often it is looked at, beside others of its shelf
	since   time.Time
}

// Shop is a made-up outdoor shop. It does not change once it is made.
type Shop struct {
	Site     string // `sites/{site}`
	Articles []*Article
	byID     map[string]*Article
	byShelf  map[string][]*Article
}

// NewShop makes up the shop of a seed, as it stands at now.
func NewShop(site string, seed uint64, now time.Time) *Shop {
	g := generator{rng: rand.New(rand.NewPCG(seed, 1)), now: now, taken: map[string]bool{}}
	shop := &Shop{
		Site:    "sites/" + site,
		byID:    map[string]*Article{},
		byShelf: map[string][]*Article{},
	}
	for _, s := range shelves {
		for range s.articles {
			for _, a := range g.article(s) {
				a.ID = fmt.Sprintf("P%d", 101+len(shop.Articles))
				a.Product.Name = shop.Site + "/products/" + a.ID
				shop.Articles = append(shop.Articles, a)
				shop.byID[a.ID] = a
				shop.byShelf[a.Shelf] = append(shop.byShelf[a.Shelf], a)
			}
		}
	}
	return shop
}

// Article returns the article of an id, or nil.
func (s *Shop) Article(id string) *Article { return s.byID[id] }

// Categories counts the most specific categories.
func (s *Shop) Categories() int { return len(s.byShelf) }

// onSale lists the articles of a shelf that can be bought now, one of each group.
func (s *Shop) onSale(shelf string, now time.Time) []*Article {
	seen := map[string]bool{}
	var found []*Article
	for _, a := range s.byShelf[shelf] {
		group := a.Product.GetGroupId()
		if !a.sellable() || !a.inShop(now) || seen[group] {
			continue
		}
		seen[group] = group != ""
		found = append(found, a)
	}
	return found
}

func (a *Article) sellable() bool {
	return a.Product.GetAvailability() == pb.Availability_AVAILABILITY_IN_STOCK
}

// inShop reports whether the article had come into the shop by then.
func (a *Article) inShop(at time.Time) bool { return !a.since.After(at) }

// generator makes up articles.
type generator struct {
	rng    *rand.Rand
	now    time.Time
	taken  map[string]bool // titles
	groups int
}

// article makes up one article of a shelf: one product, or its variants in
// several colours under one group id.
func (g *generator) article(s shelf) []*Article {
	who := g.maker(s)
	gender := ""
	if s.gendered {
		gender = []string{"women", "men"}[g.rng.IntN(2)]
	}
	title := g.title(s, who.name, gender)
	euros := shelfPrice(s.low * math.Pow(s.high/s.low, g.rng.Float64()) * who.price)
	listed := euros
	tags := slices.Concat(s.tags, who.tags)
	if g.rng.Float64() < 0.17 {
		euros = shelfPrice(listed * (0.6 + 0.25*g.rng.Float64()))
		tags = append(tags, "bargains")
	}
	slices.Sort(tags)
	tags = slices.Compact(tags)
	since := g.since()
	// Appeal falls off as in most shops: a few are looked at a lot.
	appeal := s.draw / math.Pow(1+9*g.rng.Float64(), 1.1)

	colours := g.colours(s)
	group := ""
	if len(colours) > 1 {
		g.groups++
		group = fmt.Sprintf("G%03d", g.groups)
	}
	variants := make([]*Article, 0, len(colours))
	for i, colour := range colours {
		name := title
		if group != "" {
			name += ", " + colour
		}
		a := &Article{Shelf: s.path, Euros: euros, appeal: appeal / float64(1+i), since: since}
		a.Product = &pb.Product{
			Title:         name,
			Categories:    []string{s.path},
			Brand:         who.name,
			Tags:          tags,
			Price:         Money(euros),
			Attributes:    attributes(colour, gender),
			Numbers:       map[string]float64{"rating": float64(30+g.rng.IntN(20)) / 10, "margin": float64(18+g.rng.IntN(30)) / 100},
			GroupId:       group,
			AvailableTime: timestamppb.New(since),
		}
		if listed > euros {
			a.Product.ListPrice = Money(listed)
		}
		g.stock(a.Product)
		variants = append(variants, a)
	}
	return variants
}

// maker picks one of a shelf's makers, the first one named the most often.
func (g *generator) maker(s shelf) maker {
	i := min(g.rng.IntN(len(s.makers)), g.rng.IntN(len(s.makers)))
	for _, m := range makers {
		if m.name == s.makers[i] {
			return m
		}
	}
	panic("demo: shelf " + s.path + " names an unknown maker " + s.makers[i])
}

// title names an article as nothing else in the shop is named.
func (g *generator) title(s shelf, maker, gender string) string {
	noun := s.noun
	if gender != "" {
		noun = gender + "'s " + noun
	}
	for {
		model := modelWords[g.rng.IntN(len(modelWords))]
		// A model name belongs to one article of a maker, as in real life.
		key := maker + " " + model
		if !g.taken[key] {
			g.taken[key] = true
			return key + " " + noun
		}
	}
}

// since says when the article came into the shop: most long ago, some within
// the last days, and hardly any in a few days' time.
func (g *generator) since() time.Time {
	day := 24 * time.Hour
	ago := time.Duration(40+g.rng.IntN(700)) * day
	switch p := g.rng.Float64(); {
	case p < 0.06:
		ago = time.Duration(1+g.rng.IntN(7)) * day
	case p < 0.075:
		ago = -time.Duration(5+g.rng.IntN(10)) * day
	}
	return g.now.Add(-ago).Truncate(time.Hour)
}

// colours picks those an article comes in, at least one.
func (g *generator) colours(s shelf) []string {
	if len(s.colours) == 0 {
		return []string{""}
	}
	n := 1
	switch p := g.rng.Float64(); {
	case p < 0.08:
		n = 3
	case p < 0.24:
		n = 2
	}
	order := g.rng.Perm(len(s.colours))
	picked := make([]string, 0, n)
	for _, i := range order[:n] {
		picked = append(picked, s.colours[i])
	}
	return picked
}

// stock decides how many pieces there are: none of some.
func (g *generator) stock(p *pb.Product) {
	pieces := int64(3 + g.rng.IntN(90))
	p.Availability = pb.Availability_AVAILABILITY_IN_STOCK
	if g.rng.Float64() < 0.05 {
		pieces = 0
		p.Availability = pb.Availability_AVAILABILITY_OUT_OF_STOCK
	}
	p.Stock = &pieces
}

func attributes(colour, gender string) map[string]string {
	m := map[string]string{}
	if colour != "" {
		m["colour"] = colour
	}
	if gender != "" {
		m["gender"] = gender
	}
	if len(m) == 0 {
		return nil
	}
	return m
}

// shelfPrice rounds to a price that shops put on a label: 12.90, 129, 349.
func shelfPrice(euros float64) float64 {
	switch {
	case euros < 100:
		return math.Max(math.Floor(euros), 2) + 0.90
	default:
		return math.Round(euros/10)*10 - 1
	}
}

// Money is an amount of euros, to the cent.
func Money(euros float64) *pb.Money {
	cents := int64(math.Round(euros * 100))
	return &pb.Money{CurrencyCode: "EUR", Units: cents / 100, Nanos: int32(cents%100) * 10_000_000}
}

// facts counts what a newcomer would ask about the shop.
func (s *Shop) facts(now time.Time) ShopFacts {
	f := ShopFacts{Name: ShopName, Site: strings.TrimPrefix(s.Site, "sites/"), Products: len(s.Articles), Categories: s.Categories(), Brands: len(makers)}
	for _, a := range s.Articles {
		switch {
		case a.since.After(now):
			f.Coming++
		case !a.sellable():
			f.OutOfStock++
		case now.Sub(a.since) <= newWithin:
			f.New++
		}
		if a.Product.GetListPrice() != nil {
			f.Reduced++
		}
	}
	return f
}
