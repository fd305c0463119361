package boltstore

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

const eventHeader = 1 + 8 // version and hash

// usualEvent is room for most events' records.
const usualEvent = 192

// encodeEvents encodes events into records that share one allocation.
func (c codec) encodeEvents(site siteNo, entries []store.Entry) (records [][]byte, hashes []uint64, err error) {
	b := make([]byte, 0, usualEvent*len(entries))
	ends := make([]int, len(entries))
	hashes = make([]uint64, len(entries))
	for i := range entries {
		e := &entries[i].Event
		start := len(b)
		hashes[i] = eventHash(site, e.ID)
		b = binary.LittleEndian.AppendUint64(append(b, recordVersion), hashes[i])
		if b, err = c.appendEvent(b, e); err != nil {
			return nil, nil, fmt.Errorf("event %d of the call: %w", i, err)
		}
		b = binary.LittleEndian.AppendUint32(b, checksum(b[start:]))
		ends[i] = len(b)
	}
	records = make([][]byte, len(entries))
	start := 0
	for i, end := range ends {
		records[i] = b[start:end:end]
		start = end
	}
	return records, hashes, nil
}

// appendEvent appends an event, byte for byte as codec would, which reads it: reflecting
// on it takes three times as long. What few events have is left to the codec.
func (c codec) appendEvent(b []byte, e *scoring.Event) ([]byte, error) {
	b = appendMap(b, 4, e.CustomType != "", e.Person != "", len(e.Items) > 0, e.Order != nil, e.SearchQuery != "",
		len(e.Categories) > 0, e.AttributionToken != "", e.Channel != 0, e.Dwell != 0, e.Context != nil, e.Led != nil,
		e.Control != nil, e.Ad != nil, len(e.Served) > 0, e.Visit != nil, e.Link != nil, len(e.Attributes) > 0,
		len(e.Consent) > 0, e.Unstudied)
	b = appendTextField(b, 1, e.ID)
	b = appendUint(append(b, 2), uint64(e.Type))
	b = appendTextUnlessEmpty(b, 3, e.CustomType)
	b = appendTextField(b, 4, e.Visitor)
	b = appendTextUnlessEmpty(b, 5, e.Person)
	b = appendTime(append(b, 6), e.Time)
	if len(e.Items) > 0 {
		b = appendHead(append(b, 7), cborArray, uint64(len(e.Items)))
		for i := range e.Items {
			b = appendEventItem(b, &e.Items[i])
		}
	}
	var err error
	rare := func(field byte, is bool, v any) {
		if is && err == nil {
			b, err = c.appendAny(append(b, field), v)
		}
	}
	rare(8, e.Order != nil, e.Order)
	b = appendTextUnlessEmpty(b, 9, e.SearchQuery)
	if len(e.Categories) > 0 {
		b = appendHead(append(b, 10), cborArray, uint64(len(e.Categories)))
		for _, category := range e.Categories {
			b = appendText(b, category)
		}
	}
	b = appendTextUnlessEmpty(b, 11, e.AttributionToken)
	b = appendUintUnlessZero(b, 12, uint64(e.Channel))
	if e.Dwell != 0 {
		b = appendInt(append(b, 13), int64(e.Dwell))
	}
	rare(14, e.Context != nil, e.Context)
	rare(15, e.Led != nil, e.Led)
	rare(16, e.Control != nil, e.Control)
	rare(17, e.Ad != nil, e.Ad)
	rare(18, len(e.Served) > 0, e.Served)
	rare(19, e.Visit != nil, e.Visit)
	rare(20, e.Link != nil, e.Link)
	rare(21, len(e.Attributes) > 0, e.Attributes)
	rare(22, len(e.Consent) > 0, e.Consent)
	if e.Unstudied {
		b = append(b, 23, cborTrue)
	}
	return b, err
}

func appendEventItem(b []byte, it *scoring.EventItem) []byte {
	b = appendMap(b, 1, it.Quantity != 0, it.Price != nil, len(it.Facets) > 0)
	b = appendTextField(b, 1, it.Product)
	if it.Quantity != 0 {
		b = appendInt(append(b, 2), int64(it.Quantity))
	}
	if m := it.Price; m != nil {
		b = appendMap(append(b, 3), 0, m.Currency != "", m.Nanos != 0)
		b = appendTextUnlessEmpty(b, 1, m.Currency)
		if m.Nanos != 0 {
			b = appendInt(append(b, 2), m.Nanos)
		}
	}
	if len(it.Facets) > 0 {
		b = appendHead(append(b, 4), cborArray, uint64(len(it.Facets)))
		for _, f := range it.Facets {
			b = appendUint(b, uint64(f))
		}
	}
	return b
}

// appendTime appends a time to the microsecond: whole seconds as an integer.
func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, cborNull)
	}
	t = t.Round(time.Microsecond)
	if ns := t.Nanosecond(); ns > 0 {
		return appendFloat(b, float64(t.Unix())+float64(ns)/1e9)
	}
	return appendInt(b, t.Unix())
}

// decodeEvent reads an event record into e, which keeps nothing of b.
func (c codec) decodeEvent(b []byte, e *scoring.Event) error {
	body, err := openRecord(b)
	if err != nil {
		return err
	}
	if len(body) < 8 {
		return fmt.Errorf("event record of %d bytes: %w", len(b), store.ErrCorrupt)
	}
	*e = scoring.Event{}
	if err := c.unmarshal(body[8:], e); err != nil {
		return err
	}
	normaliseEvent(e)
	return nil
}

// eventRecordHash is the id hash of an event record, unverified.
func eventRecordHash(b []byte) (hash uint64, ok bool) {
	if len(b) < eventHeader+crc32.Size {
		return 0, false
	}
	return binary.LittleEndian.Uint64(b[1:]), true
}
