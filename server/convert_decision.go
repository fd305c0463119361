package server

import (
	"fmt"
	"sync"

	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/server/wording"
)

// answer is how a filled page is written out.
type answer struct {
	answerBytes
	site   *site
	words  *wording.Language
	token  *signedTokens // nil: no tokens
	urls   *beacons
	page   scoring.PageType
	filled []scoring.FilledPlacement
	whole  bool // products whole, not their ids alone

	// What was said already: the items of a page have few reasons between them.
	said   []saidReason
	saying []byte
	read   int // by ahead
}

// saidReason is a reason that was written out, but for its share, and where in saying.
type saidReason struct {
	reason   scoring.Reason
	from, to int
}

// Numbers of the fields that are written out by hand; TestAnswerIsOfTheContract holds
// them against the contract.
const (
	responsePlacements = 4
	decisionPlacements = 7

	placementID       = 1
	placementItems    = 2
	placementNoFill   = 3
	placementRejected = 4

	itemProduct    = 1
	itemCreative   = 2
	itemScore      = 3
	itemPropensity = 4
	itemReasons    = 5
	itemToken      = 6

	productID    = 1
	productWhole = 2

	reasonKind    = 1
	reasonShare   = 2
	reasonText    = 3
	reasonProduct = 4
	reasonFacet   = 5
	reasonDid     = 6
	reasonQuery   = 7

	facetKind  = 1
	facetKey   = 2
	facetValue = 3

	rejectedID         = 1
	rejectedWhy        = 2
	rejectedScore      = 3
	rejectedPropensity = 4
)

// itemBytes is about what an item with three reasons takes.
const itemBytes = 256

// answers are writers of pages that are not at work, with their memory. What they have
// written is copied before they are put back, into memory of mem.DefaultBufferPool.
type answers struct{ idle sync.Pool }

// placements writes out every placement of a page as that field of a message.
func (s *answers) placements(field protowire.Number, a answer) ([]byte, error) {
	w, ok := s.idle.Get().(*answer)
	if !ok {
		w = &answer{}
	}
	a.b, a.said, a.saying = w.b[:0], w.said[:0], w.saying[:0]
	*w = a
	err := w.placements(field)
	written := *mem.DefaultBufferPool().Get(len(w.b)) // Codec gives it back
	copy(written, w.b)
	clear(w.said)
	*w = answer{answerBytes: w.answerBytes, said: w.said, saying: w.saying}
	s.idle.Put(w)
	return written, err
}

// placements appends every placement of the page.
func (a *answer) placements(field protowire.Number) error {
	for i := range a.filled {
		f := &a.filled[i]
		at := a.begin(field, len(f.Items)*itemBytes)
		a.text(placementID, string(f.Placement))
		a.read += ahead(f.Items)
		for j := range f.Items {
			var token []byte
			if a.token != nil {
				token = a.token.of(i, scoring.Led{Page: a.page, Objective: f.Objective, Position: j, Propensity: f.Items[j].Propensity})
			}
			if err := a.item(&f.Items[j], token); err != nil {
				return err
			}
		}
		a.number(placementNoFill, int(f.NoFill))
		for k := range f.Rejected {
			a.rejected(f, &f.Rejected[k])
		}
		a.end(at)
	}
	return nil
}

// ahead asks for the memory of the items' ids, of all at a time. What it returns is of
// no use but that the reading can't be left out.
func ahead(items []scoring.Item) (read int) {
	for i := range items {
		if id := items[i].Product; id != "" {
			read += int(id[0])
		}
	}
	return read
}

func (a *answer) rejected(f *scoring.FilledPlacement, r *scoring.Rejected) {
	at := a.begin(placementRejected, 0)
	if r.Creative == "" {
		a.text(rejectedID, string(r.Product))
	} else {
		a.text(rejectedID, creativeName(a.site.id, r.Campaign, r.Creative))
		a.double(rejectedPropensity, chanceOf(f, r))
	}
	a.number(rejectedWhy, int(r.Rejection))
	a.double(rejectedScore, r.Score)
	a.end(at)
}

// chanceOf is the probability with which a creative that was not shown was to be.
func chanceOf(f *scoring.FilledPlacement, r *scoring.Rejected) float64 {
	for k := range f.Chances {
		if c := &f.Chances[k]; c.Creative == r.Creative && c.Campaign == r.Campaign {
			return c.Propensity
		}
	}
	return 0
}

func (a *answer) item(item *scoring.Item, token []byte) (err error) {
	at := a.begin(placementItems, itemBytes)
	switch {
	case item.Creative != "":
		err = a.message(itemCreative, a.creative(item, string(token)))
	case a.whole:
		m := &pb.DecidedProduct{}
		a.fillProduct(m, item.Product)
		err = a.message(itemProduct, m)
	default:
		product := a.begin(itemProduct, len(item.Product))
		a.text(productID, string(item.Product))
		a.end(product)
	}
	a.double(itemScore, item.Score)
	a.double(itemPropensity, item.Propensity)
	for i := range item.Reasons {
		a.reason(&item.Reasons[i])
	}
	a.bytes(itemToken, token)
	a.end(at)
	return err
}

func (a *answer) fillProduct(m *pb.DecidedProduct, id scoring.ProductID) {
	m.ProductId = string(id)
	if a.whole {
		if p, err := a.site.product(id); err == nil {
			m.Product = productToProto(a.site.id, p)
		}
	}
}

// creative is written without where it leads if it was deleted since.
func (a *answer) creative(item *scoring.Item, token string) *pb.DecidedCreative {
	m := &pb.DecidedCreative{
		Creative: creativeName(a.site.id, item.Campaign, item.Creative), Campaign: campaignName(a.site.id, item.Campaign),
	}
	if ad := a.site.shelf.Load().Ad(item.Campaign, item.Creative); ad != nil {
		m.LandingUrl = ad.LandingURL()
	}
	for _, id := range item.Products {
		product := &pb.DecidedProduct{}
		a.fillProduct(product, id)
		m.Products = append(m.Products, product)
	}
	if token != "" && a.urls.base != "" {
		a.beacons(m, item, token)
	}
	return m
}

// beacons writes the URLs that count a creative's impression, and its click where it
// leads anywhere.
func (a *answer) beacons(m *pb.DecidedCreative, item *scoring.Item, token string) {
	b := beacon{kind: beaconView, site: a.site.id, campaign: item.Campaign, creative: item.Creative, token: token}
	m.ImpressionUrl = a.urls.url(b)
	if m.GetLandingUrl() != "" {
		b.kind = beaconClick
		m.ClickUrl = a.urls.url(b)
	}
}

func (a *answer) reason(r *scoring.Reason) {
	at := a.begin(itemReasons, 0)
	a.number(reasonKind, int(r.Kind))
	a.double(reasonShare, r.Share)
	a.b = append(a.b, a.rest(*r)...)
	a.end(at)
}

// rest is all of a reason but its kind and its share.
func (a *answer) rest(r scoring.Reason) []byte {
	r.Share = 0
	for k := range a.said {
		if s := &a.said[k]; s.reason == r {
			return a.saying[s.from:s.to]
		}
	}
	from := len(a.saying)
	w := answerBytes{a.saying}
	w.text(reasonText, a.site.reasonText(a.words, &r))
	switch {
	case r.Product != "":
		w.text(reasonProduct, string(r.Product))
	case r.Facet != 0:
		m := facetToProto(a.site, r.Facet)
		at := w.begin(reasonFacet, 0)
		w.number(facetKind, int(m.GetKind()))
		w.text(facetKey, m.GetKey())
		w.text(facetValue, m.GetValue())
		w.end(at)
	case r.Query != "":
		w.text(reasonQuery, r.Query)
	}
	w.number(reasonDid, int(r.Did))
	a.saying = w.b
	a.said = append(a.said, saidReason{r, from, len(w.b)})
	return w.b[from:]
}

// decisionToProto writes out a decision as it was recorded.
func (s *Server) decisionToProto(st *site, d *scoring.Decision) (*pb.Decision, error) {
	a := answer{
		site: st, words: s.languages.Of(d.Context.Locale, st.info.Locale), filled: d.Placements,
		token: s.tokens.forDecision(st.id, d.ID), urls: s.beacons, page: d.Context.PageType,
	}
	m := &pb.Decision{}
	placements, err := s.answers.placements(decisionPlacements, a)
	if err == nil {
		err = proto.Unmarshal(placements, m)
		mem.DefaultBufferPool().Put(&placements)
	}
	if err != nil {
		return nil, fmt.Errorf("write out decision %q of site %q: %w", d.ID, st.id, err)
	}
	m.Name = decisionName(st.id, d.ID)
	m.Time = timeToProto(d.Time)
	m.Context = contextToProto(&d.Context)
	m.Mode = pb.DecisionMode(d.Mode)
	m.DataClasses = dataClassesToProto(d.DataClasses)
	if d.Mode == scoring.ModeProfile {
		m.Visitor = &pb.VisitorKey{DeviceId: string(d.Visitor), PersonId: string(d.Person)}
	}
	return m, nil
}

func dataClassesToProto(classes []scoring.DataClass) []pb.DataClass {
	out := make([]pb.DataClass, len(classes))
	for i, c := range classes {
		out[i] = pb.DataClass(c)
	}
	return out
}
