package boltstore

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// decodeDecision reads a decision's record, of any version, into d, which keeps nothing
// of b and whose times are not yet rounded.
func (c codec) decodeDecision(b []byte, d *scoring.Decision) error {
	body, err := openVersion(b, decisionVersion)
	if err != nil {
		return err
	}
	if b[0] == 1 {
		return c.unmarshal(body, d)
	}
	r := decisionReader{b: body}
	*d = scoring.Decision{ID: scoring.DecisionID(r.text()), Time: time.UnixMicro(r.int()).UTC()}
	d.Visitor, d.Person = scoring.VisitorID(r.text()), scoring.PersonID(r.text())
	if context := r.take(r.uint()); len(context) > 0 {
		if err := c.unmarshal(context, &d.Context); err != nil {
			return err
		}
	}
	d.Mode, d.Allowed = scoring.Mode(r.byte()), scoring.Purposes(r.byte())
	if n := r.count(1); n > 0 {
		d.DataClasses = make([]scoring.DataClass, n)
	}
	for i := range d.DataClasses {
		d.DataClasses[i] = scoring.DataClass(r.byte())
	}
	if n := r.count(leastPlacement); n > 0 {
		d.Placements = make([]scoring.FilledPlacement, n)
	}
	for i := range d.Placements {
		r.placement(&d.Placements[i])
	}
	if r.bad || len(r.b) > 0 {
		return fmt.Errorf("record of a decision does not decode: %w", store.ErrCorrupt)
	}
	return nil
}

// normalDecision reads a decision's record, with times as they are kept.
func (c codec) normalDecision(b []byte) (*scoring.Decision, error) {
	d := new(scoring.Decision)
	if err := c.decodeDecision(b, d); err != nil {
		return nil, err
	}
	normaliseDecision(d)
	return d, nil
}

// The fewest bytes there are of each, so that no more room is made than a record fills.
const (
	leastPlacement = 6
	leastItem      = 2
	leastReason    = 1
	leastRejected  = 4
	leastChance    = 2
)

// decisionReader takes a record apart. Once something doesn't stand there it is bad, and
// gives zeros.
type decisionReader struct {
	b      []byte
	bad    bool
	before scoring.ProductID // the last name
	said   recentReasons
}

func (r *decisionReader) fail() {
	r.b, r.bad = nil, true
}

func (r *decisionReader) uint() uint64 {
	n, used := binary.Uvarint(r.b)
	if used <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[used:]
	return n
}

func (r *decisionReader) int() int64 {
	n, used := binary.Varint(r.b)
	if used <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[used:]
	return n
}

func (r *decisionReader) byte() byte {
	if b := r.take(1); len(b) == 1 {
		return b[0]
	}
	return 0
}

// take is the next n bytes, a part of the record.
func (r *decisionReader) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.fail()
		return nil
	}
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b
}

func (r *decisionReader) text() string { return string(r.take(r.uint())) }

// count is how many there are of what takes at least so many bytes.
func (r *decisionReader) count(least int) int {
	n := r.uint()
	if n > uint64(len(r.b)/least) {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *decisionReader) name() scoring.ProductID {
	head := r.uint()
	rest, shared := head>>4, head&sharedName
	if shared > uint64(len(r.before)) {
		r.fail()
		return ""
	}
	r.before = r.before[:shared] + scoring.ProductID(r.take(rest))
	return r.before
}

func (r *decisionReader) placement(p *scoring.FilledPlacement) {
	p.Placement = scoring.PlacementID(r.text())
	p.NoFill, p.Objective = scoring.NoFillReason(r.byte()), scoring.Objective(r.byte())
	if n := r.count(leastItem); n > 0 {
		p.Items = make([]scoring.Item, n)
		numbers(r, p.Items, func(it *scoring.Item, x float64) { it.Score = x })
		numbers(r, p.Items, func(it *scoring.Item, x float64) { it.Propensity = x })
	}
	var reasons []*scoring.Reason
	for k := range p.Items {
		it := &p.Items[k]
		r.item(it)
		for j := range it.Reasons {
			reasons = append(reasons, &it.Reasons[j])
		}
	}
	numbers(r, reasons, func(reason **scoring.Reason, x float64) { (*reason).Share = x })
	if n := r.count(leastRejected); n > 0 {
		p.Rejected = make([]scoring.Rejected, n)
		numbers(r, p.Rejected, func(x *scoring.Rejected, score float64) { x.Score = score })
	}
	for k := range p.Rejected {
		p.Rejected[k].Product, p.Rejected[k].Rejection = r.name(), scoring.Rejection(r.byte())
		p.Rejected[k].Campaign, p.Rejected[k].Creative = scoring.CampaignID(r.text()), scoring.CreativeID(r.text())
	}
	if n := r.count(leastChance); n > 0 {
		p.Chances = make([]scoring.Chance, n)
		numbers(r, p.Chances, func(x *scoring.Chance, propensity float64) { x.Propensity = propensity })
	}
	for k := range p.Chances {
		p.Chances[k].Campaign, p.Chances[k].Creative = scoring.CampaignID(r.text()), scoring.CreativeID(r.text())
	}
}

func (r *decisionReader) item(it *scoring.Item) {
	it.Product = r.name()
	head := r.uint()
	if n := head / 2; n > uint64(len(r.b)/leastReason) {
		r.fail()
		return
	} else if n > 0 {
		it.Reasons = make([]scoring.Reason, n)
	}
	for k := range it.Reasons {
		r.reason(&it.Reasons[k])
	}
	if head%2 == 0 {
		return
	}
	it.Campaign, it.Creative = scoring.CampaignID(r.text()), scoring.CreativeID(r.text())
	if features := r.take(r.uint()); len(features) > 0 {
		it.Features = append([]byte(nil), features...)
	}
	if n := r.count(1); n > 0 {
		it.Products = make([]scoring.ProductID, n)
	}
	for k := range it.Products {
		it.Products[k] = r.name()
	}
}

func (r *decisionReader) reason(to *scoring.Reason) {
	if ago := r.uint(); ago > 0 {
		if same := r.said.back(ago); same != nil {
			*to = *same
		} else {
			r.fail()
		}
		return
	}
	to.Kind, to.Did = scoring.ReasonKind(r.byte()), scoring.EventType(r.byte())
	to.Product = scoring.ProductID(r.text())
	to.Facet = scoring.FacetID(r.uint())
	to.Query = r.text()
	r.said.add(to)
}

// numbers reads a number for each.
func numbers[T any](r *decisionReader, of []T, set func(*T, float64)) {
	if len(of) == 0 {
		return
	}
	bytes := r.byte()
	for k := range of {
		switch bytes {
		case numbersZero:
		case numbersOne:
			set(&of[k], 1)
		case numbersHalf:
			if b := r.take(4); b != nil {
				set(&of[k], float64(math.Float32frombits(binary.LittleEndian.Uint32(b))))
			}
		case numbersFull:
			if b := r.take(8); b != nil {
				set(&of[k], math.Float64frombits(binary.LittleEndian.Uint64(b)))
			}
		default:
			r.fail()
			return
		}
	}
}
