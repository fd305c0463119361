package boltstore

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/vitrine-io/vitrine/scoring"
)

// A decision's record is CBOR in version 1, and from version 2 on this. Most of what is
// stored is decisions, and what the items of a page say is much alike.
//
//	decision   id, time in microseconds (varint), visitor, person: texts
//	           context: its length, and as much CBOR; 0 for one that says nothing
//	           mode, what is allowed: a byte each
//	           data classes: how many, a byte each
//	           placements: how many, and they
//	placement  text; no-fill reason and objective: a byte each
//	           items: how many, their scores and propensities (numbers), and they
//	           the shares of all their reasons (numbers)
//	           candidates that were left out: how many, their scores (numbers), and they
//	           chances: how many, their propensities (numbers), campaign and creative: texts
//	item       product (name), twice its number of reasons and 1 for a creative, and they
//	           of a creative: campaign and creative, features: texts
//	           products: how many, and they (names)
//	reason     0, kind and deed: a byte each, product (text), facet (uvarint), query (text);
//	           or how many new reasons ago there was the same, but for its share
//	left out   product (name), rejection: a byte, campaign and creative: texts
//	name       how much of it is as in the name before, up to 15, and 16 times the length of
//	           the rest; the rest
//	text       its length, and it
//	numbers    how wide they are, and they: 0 where all are 0, 1 where all are 1, else 4 or 8
//	           for floats of so many bytes, little endian, which hold each exactly
//
// What is not said otherwise is a uvarint. There are no numbers of nothing.
const decisionVersion = 2

const (
	numbersZero = 0 // bytes
	numbersOne  = 1
	numbersHalf = 4
	numbersFull = 8
)

// sharedName is how much a name may have of the one before it.
const sharedName = 15

// appendDecision appends a decision's record.
func (c codec) appendDecision(b []byte, d *scoring.Decision) ([]byte, error) {
	start := len(b)
	b = append(b, decisionVersion)
	b = appendString(b, d.ID)
	b = binary.AppendVarint(b, d.Time.UnixMicro())
	b = appendString(b, d.Visitor)
	b = appendString(b, d.Person)
	b, err := c.appendContext(b, &d.Context)
	if err != nil {
		return nil, err
	}
	b = append(b, byte(d.Mode), byte(d.Allowed))
	b = binary.AppendUvarint(b, uint64(len(d.DataClasses)))
	for _, class := range d.DataClasses {
		b = append(b, byte(class))
	}
	w := decisionWriter{b: binary.AppendUvarint(b, uint64(len(d.Placements)))}
	for i := range d.Placements {
		w.placement(&d.Placements[i])
	}
	return binary.LittleEndian.AppendUint32(w.b, checksum(w.b[start:])), nil
}

// appendContext appends how long a context is in CBOR, and that: what few pages say of
// themselves is left to the codec.
func (c codec) appendContext(b []byte, x *scoring.Context) (_ []byte, err error) {
	known := [...]bool{
		x.PageType != 0, x.Product != "", x.Category != "", x.SearchQuery != "", x.Referrer != "", x.Source != "", x.Medium != "",
		x.Campaign != "", x.Channel != 0, x.Device != 0, x.Locale != "", x.Country != "", x.Region != "", x.City != "",
		!x.LocalTime.IsZero(), len(x.Attributes) > 0, x.Coordinates != nil,
	}
	if known == [len(known)]bool{} {
		return append(b, 0), nil
	}
	start := len(b)
	b = appendMap(append(b, 0), 0, known[:]...) // the 0 holds the place of the length
	b = appendUintUnlessZero(b, 1, uint64(x.PageType))
	b = appendTextUnlessEmpty(b, 2, x.Product)
	b = appendTextUnlessEmpty(b, 3, x.Category)
	b = appendTextUnlessEmpty(b, 4, x.SearchQuery)
	b = appendTextUnlessEmpty(b, 5, x.Referrer)
	b = appendTextUnlessEmpty(b, 6, x.Source)
	b = appendTextUnlessEmpty(b, 7, x.Medium)
	b = appendTextUnlessEmpty(b, 8, x.Campaign)
	b = appendUintUnlessZero(b, 9, uint64(x.Channel))
	b = appendUintUnlessZero(b, 10, uint64(x.Device))
	b = appendTextUnlessEmpty(b, 11, x.Locale)
	b = appendTextUnlessEmpty(b, 12, x.Country)
	b = appendTextUnlessEmpty(b, 13, x.Region)
	b = appendTextUnlessEmpty(b, 14, x.City)
	if !x.LocalTime.IsZero() {
		b = appendTime(append(b, 15), x.LocalTime)
	}
	if len(x.Attributes) > 0 {
		if b, err = c.appendAny(append(b, 16), x.Attributes); err != nil {
			return nil, err
		}
	}
	if x.Coordinates != nil {
		if b, err = c.appendAny(append(b, 17), x.Coordinates); err != nil {
			return nil, err
		}
	}
	length := len(b) - start - 1
	if length < 1<<7 {
		b[start] = byte(length)
		return b, nil
	}
	return slices.Replace(b, start, start+1, binary.AppendUvarint(nil, uint64(length))...), nil
}

// decisionWriter writes out what follows the head of a record.
type decisionWriter struct {
	b      []byte
	before scoring.ProductID // the last name
	said   recentReasons
}

func (w *decisionWriter) uint(n int)   { w.b = binary.AppendUvarint(w.b, uint64(n)) }
func (w *decisionWriter) byte(x uint8) { w.b = append(w.b, x) }

func appendString[S ~string](b []byte, s S) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func (w *decisionWriter) placement(p *scoring.FilledPlacement) {
	w.b = appendString(w.b, p.Placement)
	w.byte(uint8(p.NoFill))
	w.byte(uint8(p.Objective))
	w.uint(len(p.Items))
	w.b = appendNumbers(w.b, p.Items, func(it *scoring.Item) float64 { return it.Score })
	w.b = appendNumbers(w.b, p.Items, func(it *scoring.Item) float64 { return it.Propensity })
	for k := range p.Items {
		w.item(&p.Items[k])
	}
	w.shares(p.Items)
	w.uint(len(p.Rejected))
	w.b = appendNumbers(w.b, p.Rejected, func(r *scoring.Rejected) float64 { return r.Score })
	for k := range p.Rejected {
		r := &p.Rejected[k]
		w.name(r.Product)
		w.byte(uint8(r.Rejection))
		w.b = appendString(w.b, r.Campaign)
		w.b = appendString(w.b, r.Creative)
	}
	w.uint(len(p.Chances))
	w.b = appendNumbers(w.b, p.Chances, func(x *scoring.Chance) float64 { return x.Propensity })
	for k := range p.Chances {
		w.b = appendString(w.b, p.Chances[k].Campaign)
		w.b = appendString(w.b, p.Chances[k].Creative)
	}
}

func (w *decisionWriter) item(it *scoring.Item) {
	w.name(it.Product)
	creative := it.Campaign != "" || it.Creative != "" || len(it.Features) > 0 || len(it.Products) > 0
	if creative {
		w.uint(2*len(it.Reasons) + 1)
	} else {
		w.uint(2 * len(it.Reasons))
	}
	for k := range it.Reasons {
		w.reason(&it.Reasons[k])
	}
	if !creative {
		return
	}
	w.b = appendString(w.b, it.Campaign)
	w.b = appendString(w.b, it.Creative)
	w.uint(len(it.Features))
	w.b = append(w.b, it.Features...)
	w.uint(len(it.Products))
	for _, id := range it.Products {
		w.name(id)
	}
}

func (w *decisionWriter) name(id scoring.ProductID) {
	shared := 0
	for most := min(len(id), len(w.before), sharedName); shared < most && id[shared] == w.before[shared]; {
		shared++
	}
	w.uint((len(id)-shared)<<4 | shared)
	w.b = append(w.b, id[shared:]...)
	w.before = id
}

func (w *decisionWriter) reason(r *scoring.Reason) {
	if ago := w.said.find(r); ago > 0 {
		w.uint(ago)
		return
	}
	w.said.add(r)
	w.b = append(w.b, 0, byte(r.Kind), byte(r.Did))
	w.b = appendString(w.b, r.Product)
	w.b = binary.AppendUvarint(w.b, uint64(r.Facet))
	w.b = appendString(w.b, r.Query)
}

// shares writes those of all reasons of the items.
func (w *decisionWriter) shares(items []scoring.Item) {
	all, n := width{}, 0
	for k := range items {
		for j := range items[k].Reasons {
			all.see(items[k].Reasons[j].Share)
			n++
		}
	}
	if n == 0 {
		return
	}
	bytes := all.bytes()
	w.byte(bytes)
	for k := range items {
		for j := range items[k].Reasons {
			w.b = appendNumber(w.b, bytes, items[k].Reasons[j].Share)
		}
	}
}

// appendNumbers appends a number of each.
func appendNumbers[T any](b []byte, of []T, number func(*T) float64) []byte {
	if len(of) == 0 {
		return b
	}
	var all width
	for k := range of {
		all.see(number(&of[k]))
	}
	bytes := all.bytes()
	b = append(b, bytes)
	for k := range of {
		b = appendNumber(b, bytes, number(&of[k]))
	}
	return b
}

// width finds how wide numbers have to be.
type width struct{ notZero, notOne, notHalf bool }

func (w *width) see(x float64) {
	bits := math.Float64bits(x)
	w.notZero = w.notZero || bits != 0
	w.notOne = w.notOne || x != 1
	w.notHalf = w.notHalf || math.Float64bits(float64(float32(x))) != bits
}

func (w *width) bytes() byte {
	switch {
	case !w.notZero:
		return numbersZero
	case !w.notOne:
		return numbersOne
	case !w.notHalf:
		return numbersHalf
	}
	return numbersFull
}

func appendNumber(b []byte, bytes byte, x float64) []byte {
	switch bytes {
	case numbersHalf:
		return binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(x)))
	case numbersFull:
		return binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	return b
}

// recentReasons are the last that were new, without their shares.
type recentReasons struct {
	all [16]scoring.Reason
	n   int // so far
}

// find is how many new reasons ago the same was, 0 if it is not among them.
func (s *recentReasons) find(r *scoring.Reason) int {
	for ago := 1; ago <= min(s.n, len(s.all)); ago++ {
		x := &s.all[(s.n-ago)%len(s.all)]
		if x.Facet == r.Facet && x.Kind == r.Kind && x.Did == r.Did && x.Product == r.Product && x.Query == r.Query {
			return ago
		}
	}
	return 0
}

func (s *recentReasons) add(r *scoring.Reason) {
	x := &s.all[s.n%len(s.all)]
	*x = *r
	x.Share = 0
	s.n++
}

// back is the one that find told of; nil if there is none.
func (s *recentReasons) back(ago uint64) *scoring.Reason {
	if ago == 0 || ago > uint64(min(s.n, len(s.all))) {
		return nil
	}
	return &s.all[(s.n-int(ago))%len(s.all)]
}
