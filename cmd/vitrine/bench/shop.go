package bench

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/vitrine-io/vitrine/cmd/vitrine/demo"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// Sizes are how much there is in a shop that is measured.
type Sizes struct {
	Products  int     `json:"products"`
	Visitors  int     `json:"visitors"`  // each with a history
	Creatives int     `json:"creatives"` // twenty a campaign
	History   int     `json:"history"`   // events a visitor, on average
	Skew      float64 `json:"skew"`      // exponent of Zipf's law over the visitors; 0: all come alike
}

const (
	// linesOf is about how many products stand in a line, the most specific
	// category.
	linesOf = 100
	// creativesOf is how many creatives a campaign has.
	creativesOf = 20
	// span is how far back the visitors' histories reach.
	span = 28 * 24 * time.Hour
)

// countries are where visitors are, and campaigns run: each campaign in one, so
// that a twentieth of the creatives may be shown to a visitor.
var countries = []string{
	"AT", "BE", "CH", "CZ", "DE", "DK", "ES", "FI", "FR", "GB", "GR", "HU", "IE", "IT", "LU", "NL", "NO", "PL", "PT", "SE",
}

// shop makes up products, creatives and visitors, each by its number alone: the
// same seed gives the same, in any order and from any goroutine.
type shop struct {
	Sizes
	site   string // `sites/{site}`
	seed   uint64
	moulds [][]*demo.Article // by shelf
	lines  int               // in all
}

// newShop grows the demo's shop to the sizes: its shelves are divided into lines
// of about a hundred products, each like one of the demo's.
func newShop(site string, seed uint64, sizes Sizes, now time.Time) *shop {
	s := &shop{Sizes: sizes, site: "sites/" + site, seed: seed}
	shelf := map[string]int{}
	for _, a := range demo.NewShop(site, seed, now).Articles {
		if a.Product.GetAvailableTime().AsTime().After(now) {
			continue
		}
		n, found := shelf[a.Shelf]
		if !found {
			n = len(s.moulds)
			shelf[a.Shelf] = n
			s.moulds = append(s.moulds, nil)
		}
		s.moulds[n] = append(s.moulds[n], a)
	}
	shelves := len(s.moulds)
	s.lines = shelves * max(1, (sizes.Products+shelves*linesOf-1)/(shelves*linesOf))
	return s
}

// rng is the source of one thing's chances.
func (s *shop) rng(kind, number int) *rand.Rand {
	return rand.New(rand.NewPCG(s.seed, uint64(kind)<<40|uint64(number)))
}

// The kinds of things that have chances.
const (
	aProduct = iota + 1
	aVisitor
	aTaste
	aWorker
)

// Product n stands on shelf n % shelves, there in line n / shelves % lines of the
// shelf.
func (s *shop) product(n int) *pb.Product {
	r := s.rng(aProduct, n)
	shelves := len(s.moulds)
	shelf, rank := n%shelves, n/shelves
	mould := s.moulds[shelf][rank%len(s.moulds[shelf])]
	p := proto.Clone(mould.Product).(*pb.Product)
	p.Name = fmt.Sprintf("%s/products/p%07d", s.site, n)
	p.Title = fmt.Sprintf("%s %d", p.GetTitle(), n)
	p.Categories = []string{fmt.Sprintf("%s/line-%d", mould.Shelf, rank%(s.lines/shelves))}
	p.GroupId = ""
	p.Price, p.ListPrice = demo.Money(mould.Euros*(0.7+0.6*r.Float64())), nil
	return p
}

// inLine is a product of a line, the first ones far more often.
func (s *shop) inLine(r *rand.Rand, line int) int {
	shelves := len(s.moulds)
	shelf, at, each := line%shelves, line/shelves, s.lines/shelves
	onShelf := (s.Products - shelf + shelves - 1) / shelves
	n := (onShelf - at + each - 1) / each
	if n < 1 {
		return r.IntN(s.Products)
	}
	return (zipf(r, n, 1)*each+at)*shelves + shelf
}

// wanted is a product that a visitor looks at: mostly one of the lines that they
// come for.
func (s *shop) wanted(r *rand.Rand, visitor int) int {
	if r.IntN(8) == 0 {
		return scatter(zipf(r, s.Products, 1), s.Products)
	}
	taste := s.rng(aTaste, visitor)
	line := 0
	for range 1 + min(r.IntN(3), r.IntN(3)) { // the first of their lines most
		line = scatter(zipf(taste, s.lines, 0.7), s.lines)
	}
	return s.inLine(r, line)
}

// country is where a visitor is.
func (s *shop) country(visitor int) string { return countries[visitor%len(countries)] }

// visitor draws who comes next, some far more often than others.
func (s *shop) visitor(r *rand.Rand) int { return scatter(zipf(r, s.Visitors, s.Skew), s.Visitors) }

// zipf draws a rank below n by Zipf's law with an exponent of 0 or more, by the
// inverse of the law's continuous form: rank k with a chance of about
// (k+1)^-exponent.
func zipf(r *rand.Rand, n int, exponent float64) int {
	u, end := r.Float64(), float64(n+1)
	var x float64
	if math.Abs(exponent-1) < 1e-6 {
		x = math.Pow(end, u)
	} else {
		p := 1 - exponent
		x = math.Pow(1+u*(math.Pow(end, p)-1), 1/p)
	}
	return min(int(x)-1, n-1)
}

// scatter sends each rank below n to a number below n of its own, so that those
// who come often do not stand side by side.
func scatter(rank, n int) int {
	const prime = 2_654_435_761 // near 2^32 over the golden ratio (Knuth, 6.4); beyond any n
	return int((uint64(rank)*prime + 1) % uint64(n))
}

// campaign n of the shop, in one country.
func (s *shop) campaign(n int) *pb.Campaign {
	return &pb.Campaign{
		Name: fmt.Sprintf("%s/campaigns/c%05d", s.site, n), DisplayName: fmt.Sprintf("Campaign %d", n),
		Places: []*pb.Place{{Country: countries[n%len(countries)]}}, LandingUrl: fmt.Sprintf("https://shop.example/c%05d", n),
		ClickValue: demo.Money(0.1 + float64(n%90)/100),
	}
}

// creative n of the shop, of campaign n / 20.
func (s *shop) creative(n int) *pb.Creative {
	return &pb.Creative{
		Name:   fmt.Sprintf("%s/campaigns/c%05d/creatives/x%02d", s.site, n/creativesOf, n%creativesOf),
		Format: bannerFormat, Attributes: map[string]string{"motif": fmt.Sprint(n % 7), "tone": fmt.Sprint(n % 5)},
	}
}

// campaigns is how many the creatives are of.
func (s *shop) campaigns() int { return (s.Creatives + creativesOf - 1) / creativesOf }
