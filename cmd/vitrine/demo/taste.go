package demo

import (
	"math"
	"math/rand/v2"
	"strings"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// like is a shelf, or all shelves under a path, and how much it draws.
type like struct {
	path   string
	weight float64
}

// taste is what a kind of visitor comes for.
type taste struct {
	name   string
	share  float64 // of the visitors
	likes  []like
	brands map[string]float64 // how many times more often they pick the brand
	sale   float64            // how many times more often they pick what is reduced
	purse  float64            // exponent on the price beside the shelf's: below 0 prefers cheap
}

// The tastes. The first three are those whose visits the story tells.
var tastes = []*taste{
	{
		name: "the trail runner", share: 0.16, sale: 1.2,
		likes: []like{{"shoes/running/trail", 5}, {"packs/hydration", 2.5}, {"nutrition/gels", 1.4}, {"clothing/shorts", 1.2},
			{"jackets/wind", 1}, {"electronics/headlamps", 1}, {"clothing/socks", 1}, {"electronics/watches", 0.8}, {"nutrition/drinks", 0.7}},
		brands: map[string]float64{"Ravensole": 2.2, "Oatpeak": 1.3},
	},
	{
		name: "the camping family", share: 0.17, sale: 1.6, purse: -0.5,
		likes: []like{{"tents/family", 3.2}, {"sleeping/bags", 2.6}, {"sleeping/mats", 1.5}, {"camping/furniture", 1.8}, {"camping/coolers", 1.2},
			{"camping/lanterns", 1.2}, {"camping/stoves", 1}, {"camping/cookware", 1}, {"kids/shoes", 1.4}, {"kids/jackets", 1.4}},
		brands: map[string]float64{"Campfold": 2.5},
	},
	{
		name: "the city cyclist", share: 0.15, sale: 1.2,
		likes: []like{{"cycling/helmets", 2.5}, {"cycling/lights", 2.4}, {"cycling/locks", 2}, {"cycling/bags", 2.4}, {"cycling/rainwear", 1.5},
			{"cycling/tools", 1}, {"jackets/rain", 0.6}, {"packs/daypacks", 0.8}, {"accessories/gloves", 0.5}},
		brands: map[string]float64{"Veloquay": 2, "Lumenbark": 1.4},
	},
	{
		name: "the hiker", share: 0.18, sale: 1.3,
		likes: []like{{"shoes/hiking", 4}, {"jackets/rain", 2.4}, {"clothing/trousers", 1.8}, {"packs/daypacks", 1.6}, {"packs/trekking", 1.4},
			{"accessories/poles", 1.4}, {"tents/trekking", 1.4}, {"nutrition/bars", 0.9}, {"accessories/bottles", 0.8}, {"clothing/base-layers", 0.8}},
		brands: map[string]float64{"Hollowpine": 2, "Fjordalin": 1.4}, purse: 0.2,
	},
	{
		name: "the road runner", share: 0.12, sale: 1.3,
		likes: []like{{"shoes/running/road", 5}, {"electronics/watches", 2}, {"clothing/shirts", 1.8}, {"clothing/shorts", 1.4},
			{"nutrition/drinks", 1}, {"nutrition/gels", 0.8}, {"clothing/socks", 1.2}, {"accessories/sunglasses", 0.6}},
		brands: map[string]float64{"Ravensole": 1.5, "Pulsemarch": 1.6},
	},
	{
		name: "the climber", share: 0.09, sale: 1.1,
		likes: []like{{"shoes/climbing", 3}, {"climbing/harnesses", 1.8}, {"climbing/ropes", 1.6}, {"climbing/carabiners", 2},
			{"climbing/chalk", 1.5}, {"climbing/helmets", 1.3}, {"electronics/headlamps", 0.5}},
		brands: map[string]float64{"Granitka": 2},
	},
	{
		name: "the bargain hunter", share: 0.13, sale: 6, purse: -1.5,
		likes:  []like{{"", 1}},
		brands: map[string]float64{"Plainway": 3},
	},
}

// pull is how strongly a shelf draws visitors of the taste, 0 for not at all.
func (t *taste) pull(path string) float64 {
	for _, l := range t.likes {
		if l.path == "" || path == l.path || strings.HasPrefix(path, l.path+"/") {
			return l.weight
		}
	}
	return 0
}

// shopper is a visitor: a taste with a person's particulars.
type shopper struct {
	id      string
	taste   *taste
	gender  string
	device  pb.DeviceType
	country string
	consent *pb.Consent // nil: the shop was told nothing
}

// Granted is the consent of a visitor who allowed a profile.
func Granted() *pb.Consent { return answered(true) }

// Refused is the consent of a visitor who refused one.
func Refused() *pb.Consent { return answered(false) }

func answered(granted bool) *pb.Consent {
	return &pb.Consent{Purposes: []*pb.PurposeConsent{
		{Purpose: pb.Purpose_PURPOSE_PERSONALIZATION, Granted: granted},
		{Purpose: pb.Purpose_PURPOSE_ADVERTISING, Granted: granted},
		{Purpose: pb.Purpose_PURPOSE_MEASUREMENT, Granted: granted},
	}}
}

// newShopper makes up a visitor of a taste drawn by the tastes' shares.
func newShopper(id string, rng *rand.Rand) *shopper {
	s := &shopper{id: id, gender: "women", device: pb.DeviceType_DEVICE_TYPE_PHONE, consent: Granted()}
	p := rng.Float64()
	for _, t := range tastes {
		if s.taste = t; p < t.share {
			break
		}
		p -= t.share
	}
	if rng.IntN(2) == 0 {
		s.gender = "men"
	}
	if rng.Float64() < 0.45 {
		s.device = pb.DeviceType_DEVICE_TYPE_DESKTOP
	}
	s.country = []string{"FR", "DE", "BE", "ES", "IT"}[min(rng.IntN(5), rng.IntN(5))]
	// One visitor in ten refuses, one in thirty never answers the banner.
	switch p := rng.Float64(); {
	case p < 0.10:
		s.consent = Refused()
	case p < 0.133:
		s.consent = nil
	}
	return s
}

// fit is how well an article suits the visitor among others of its shelf; 1 is
// neutral, 0 not for them.
func (s *shopper) fit(a *Article) float64 {
	if g := a.Product.GetAttributes()["gender"]; g != "" && g != s.gender {
		return 0
	}
	f := 1.0
	if w, ok := s.taste.brands[a.Product.GetBrand()]; ok {
		f *= w
	}
	if a.Product.GetListPrice() != nil {
		f *= max(s.taste.sale, 1)
	}
	if s.taste.purse != 0 {
		f *= math.Pow(a.Euros/60, s.taste.purse)
	}
	return f
}

// wants reports whether the visitor would look closer at an article offered to
// them unasked.
func (s *shopper) wants(a *Article) bool {
	return s.taste.pull(a.Shelf) > 0 && s.fit(a) >= 1
}

// shelf draws the shelf that a visit is about.
func (s *shopper) shelf(rng *rand.Rand) shelf {
	i := pick(rng, len(shelves), func(i int) float64 {
		// A little of everything, whatever the taste.
		return shelves[i].draw * (s.taste.pull(shelves[i].path) + 0.02)
	})
	return shelves[i]
}

// article draws an article of a shelf that was there at the time.
func (s *shopper) article(rng *rand.Rand, among []*Article, there func(*Article) bool) *Article {
	if i := pick(rng, len(among), func(i int) float64 {
		if !there(among[i]) {
			return 0
		}
		return among[i].appeal * s.fit(among[i])
	}); i >= 0 {
		return among[i]
	}
	return nil
}

// pick draws one of n by weight, or returns -1 if all weigh nothing.
func pick(rng *rand.Rand, n int, weight func(int) float64) int {
	total := 0.0
	for i := range n {
		total += weight(i)
	}
	left := rng.Float64() * total
	last := -1
	for i := range n {
		w := weight(i)
		if w <= 0 {
			continue
		}
		last = i
		if left < w {
			return i
		}
		left -= w
	}
	return last
}
