package boltstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"reflect"

	"github.com/x448/float16"

	"github.com/vitrine-io/vitrine/scoring"
)

// A decision has up to a hundred items with three reasons each, and reflecting on them
// takes longer than to write them. So their CBOR is written here, byte for byte as codec
// would, which reads it.

// appendDecision appends a decision's record.
func (c codec) appendDecision(b []byte, d *scoring.Decision) ([]byte, error) {
	start := len(b)
	b = append(b, recordVersion)
	known := !reflect.ValueOf(&d.Context).Elem().IsZero()
	b = appendMap(b, 3, d.Visitor != "", d.Person != "", known, len(d.DataClasses) > 0, len(d.Placements) > 0, d.Allowed != 0)
	b = appendTextField(b, 1, d.ID)
	b, err := c.appendAny(append(b, 2), d.Time)
	if err != nil {
		return nil, err
	}
	b = appendTextUnlessEmpty(b, 3, d.Visitor)
	b = appendTextUnlessEmpty(b, 4, d.Person)
	if known {
		if b, err = c.appendAny(append(b, 5), &d.Context); err != nil {
			return nil, err
		}
	}
	b = appendUint(append(b, 6), uint64(d.Mode))
	if len(d.DataClasses) > 0 {
		b = appendHead(append(b, 7), cborBytes, uint64(len(d.DataClasses)))
		for _, class := range d.DataClasses {
			b = append(b, byte(class))
		}
	}
	if len(d.Placements) > 0 {
		b = appendHead(append(b, 8), cborArray, uint64(len(d.Placements)))
		for k := range d.Placements {
			b = appendPlacement(b, &d.Placements[k])
		}
	}
	b = appendUintUnlessZero(b, 9, uint64(d.Allowed))
	return binary.LittleEndian.AppendUint32(b, checksum(b[start:])), nil
}

func appendPlacement(b []byte, p *scoring.FilledPlacement) []byte {
	b = appendMap(b, 1, len(p.Items) > 0, p.NoFill != 0, len(p.Rejected) > 0, p.Objective != 0, len(p.Chances) > 0)
	b = appendTextField(b, 1, p.Placement)
	if len(p.Items) > 0 {
		b = appendHead(append(b, 2), cborArray, uint64(len(p.Items)))
		for k := range p.Items {
			b = appendItem(b, &p.Items[k])
		}
	}
	b = appendUintUnlessZero(b, 3, uint64(p.NoFill))
	if len(p.Rejected) > 0 {
		b = appendHead(append(b, 4), cborArray, uint64(len(p.Rejected)))
		for k := range p.Rejected {
			b = appendRejected(b, &p.Rejected[k])
		}
	}
	b = appendUintUnlessZero(b, 5, uint64(p.Objective))
	if len(p.Chances) > 0 {
		b = appendHead(append(b, 6), cborArray, uint64(len(p.Chances)))
		for k := range p.Chances {
			x := &p.Chances[k]
			b = appendTextField(appendMap(b, 3), 1, x.Campaign)
			b = appendTextField(b, 2, x.Creative)
			b = appendFloat(append(b, 3), x.Propensity)
		}
	}
	return b
}

func appendItem(b []byte, it *scoring.Item) []byte {
	b = appendMap(b, 1, it.Product != "", it.Score != 0, len(it.Reasons) > 0,
		it.Campaign != "", it.Creative != "", len(it.Features) > 0, len(it.Products) > 0)
	b = appendTextUnlessEmpty(b, 1, it.Product)
	if it.Score != 0 {
		b = appendFloat(append(b, 2), it.Score)
	}
	b = appendFloat(append(b, 3), it.Propensity)
	if len(it.Reasons) > 0 {
		b = appendHead(append(b, 4), cborArray, uint64(len(it.Reasons)))
		for k := range it.Reasons {
			b = appendReason(b, &it.Reasons[k])
		}
	}
	b = appendTextUnlessEmpty(b, 5, it.Campaign)
	b = appendTextUnlessEmpty(b, 6, it.Creative)
	if len(it.Features) > 0 {
		b = appendHead(append(b, 7), cborBytes, uint64(len(it.Features)))
		b = append(b, it.Features...)
	}
	if len(it.Products) > 0 {
		b = appendHead(append(b, 8), cborArray, uint64(len(it.Products)))
		for _, id := range it.Products {
			b = appendText(b, id)
		}
	}
	return b
}

func appendReason(b []byte, r *scoring.Reason) []byte {
	b = appendMap(b, 2, r.Product != "", r.Facet != 0, r.Did != 0, r.Query != "")
	b = appendUint(append(b, 1), uint64(r.Kind))
	b = appendFloat(append(b, 2), r.Share)
	b = appendTextUnlessEmpty(b, 3, r.Product)
	b = appendUintUnlessZero(b, 4, uint64(r.Facet))
	b = appendUintUnlessZero(b, 5, uint64(r.Did))
	return appendTextUnlessEmpty(b, 6, r.Query)
}

func appendRejected(b []byte, r *scoring.Rejected) []byte {
	b = appendMap(b, 1, r.Product != "", r.Score != 0, r.Campaign != "", r.Creative != "")
	b = appendTextUnlessEmpty(b, 1, r.Product)
	b = appendUint(append(b, 2), uint64(r.Rejection))
	if r.Score != 0 {
		b = appendFloat(append(b, 3), r.Score)
	}
	b = appendTextUnlessEmpty(b, 4, r.Campaign)
	return appendTextUnlessEmpty(b, 5, r.Creative)
}

// appendAny appends what is encoded once a decision and not worth the lines.
func (c codec) appendAny(b []byte, v any) ([]byte, error) {
	buf := bytes.NewBuffer(b)
	if err := c.enc.MarshalToBuffer(v, buf); err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	return buf.Bytes(), nil
}

// The major types of CBOR (RFC 8949, section 3.1).
const (
	cborUint  = 0 << 5
	cborMinus = 1 << 5 // of -1-n
	cborBytes = 2 << 5
	cborText  = 3 << 5
	cborArray = 4 << 5
	cborMap   = 5 << 5
)

// What has no number (section 3.3).
const (
	cborTrue = 0xf5
	cborNull = 0xf6
)

// appendHead appends a type and its number, in as few bytes as hold it.
func appendHead(b []byte, major byte, n uint64) []byte {
	switch {
	case n < 24:
		return append(b, major|byte(n))
	case n <= math.MaxUint8:
		return append(b, major|24, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(b, major|25), uint16(n))
	case n <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(b, major|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(b, major|27), n)
}

// appendMap begins a map of the fields that always are there and those that are now.
func appendMap(b []byte, always int, also ...bool) []byte {
	for _, is := range also {
		if is {
			always++
		}
	}
	return appendHead(b, cborMap, uint64(always))
}

func appendUint(b []byte, n uint64) []byte { return appendHead(b, cborUint, n) }

func appendInt(b []byte, n int64) []byte {
	if n < 0 {
		return appendHead(b, cborMinus, uint64(^n))
	}
	return appendHead(b, cborUint, uint64(n))
}

func appendUintUnlessZero(b []byte, field byte, n uint64) []byte {
	if n == 0 {
		return b
	}
	return appendUint(append(b, field), n)
}

func appendText[S ~string](b []byte, s S) []byte {
	return append(appendHead(b, cborText, uint64(len(s))), s...)
}

func appendTextField[S ~string](b []byte, field byte, s S) []byte {
	return appendText(append(b, field), s)
}

func appendTextUnlessEmpty[S ~string](b []byte, field byte, s S) []byte {
	if s == "" {
		return b
	}
	return appendTextField(b, field, s)
}

// appendFloat appends a number in as few bytes as hold it exactly, two, four or eight,
// and what is none in two.
func appendFloat(b []byte, x float64) []byte {
	switch {
	case math.IsNaN(x):
		return append(b, 0xf9, 0x7e, 0x00)
	case math.IsInf(x, 1):
		return append(b, 0xf9, 0x7c, 0x00)
	case math.IsInf(x, -1):
		return append(b, 0xf9, 0xfc, 0x00)
	}
	single := float32(x)
	if float64(single) != x {
		return binary.BigEndian.AppendUint64(append(b, 0xfb), math.Float64bits(x))
	}
	if half := float16.Fromfloat32(single); half.Float32() == single {
		return binary.BigEndian.AppendUint16(append(b, 0xf9), half.Bits())
	}
	return binary.BigEndian.AppendUint32(append(b, 0xfa), math.Float32bits(single))
}
