package boltstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/fxamacker/cbor/v2"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/store"
)

// Every record is a version byte, a body and the CRC-32C of both in little
// endian. Version and checksum keep their places in every version to come.
//
//	event      hash of its id (8 bytes little endian), CBOR
//	profile    the last event in it (uvarint); from version 2 on the length of its
//	           chunks (uvarint) and they; visitor.Profile's own encoding, or
//	           nothing of a visitor of whom nothing is known any more
//	decision   CBOR; from version 2 on as decisionrecord.go has it
//	others     CBOR
//
// CBOR follows the keyasint tags of the scoring types. Times are UTC to the
// microsecond: whole seconds as integers, others as floats that are rounded to
// the microsecond when read, which is exact until the year 2242.
const (
	recordVersion  = 1
	profileVersion = 2 // of a profile's record
	recordOverhead = 1 + crc32.Size
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sealRecord appends the checksum to version and body.
func sealRecord(b []byte) []byte {
	return binary.LittleEndian.AppendUint32(b, checksum(b))
}

func checksum(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

// openRecord verifies a record and returns its body, a part of b.
func openRecord(b []byte) ([]byte, error) { return openVersion(b, recordVersion) }

// openVersion is openRecord for a record of up to the given version.
func openVersion(b []byte, newest byte) ([]byte, error) {
	if len(b) < recordOverhead {
		return nil, fmt.Errorf("record of %d bytes: %w", len(b), store.ErrCorrupt)
	}
	end := len(b) - crc32.Size
	if crc32.Checksum(b[:end], castagnoli) != binary.LittleEndian.Uint32(b[end:]) {
		return nil, fmt.Errorf("record with a wrong checksum: %w", store.ErrCorrupt)
	}
	if b[0] > newest {
		return nil, fmt.Errorf("record of version %d, this program knows %d: %w", b[0], newest, store.ErrNewerFormat)
	}
	if b[0] == 0 {
		return nil, fmt.Errorf("record of version 0: %w", store.ErrCorrupt)
	}
	return b[1:end], nil
}

// codec holds the CBOR modes. Both are safe for concurrent use.
type codec struct {
	enc cbor.UserBufferEncMode
	dec cbor.DecMode
}

func newCodec() (codec, error) {
	enc, err := cbor.EncOptions{
		Time:          cbor.TimeUnixDynamic,
		Sort:          cbor.SortBytewiseLexical,
		ShortestFloat: cbor.ShortestFloat16, // that holds the number exactly
	}.UserBufferEncMode()
	if err != nil {
		return codec{}, fmt.Errorf("boltstore: encoder: %w", err)
	}
	dec, err := cbor.DecOptions{
		// What was journalled must stay readable: text is the server's to check.
		UTF8:             cbor.UTF8DecodeInvalid,
		MaxArrayElements: 1 << 20,
		MaxMapPairs:      1 << 20,
	}.DecMode()
	if err != nil {
		return codec{}, fmt.Errorf("boltstore: decoder: %w", err)
	}
	return codec{enc: enc, dec: dec}, nil
}

// encode makes a CBOR record of v.
func (c codec) encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	buf.WriteByte(recordVersion)
	if err := c.enc.MarshalToBuffer(v, &buf); err != nil {
		return nil, err
	}
	return sealRecord(buf.Bytes()), nil
}

// decode reads a CBOR record into v, whose times are not yet rounded.
func (c codec) decode(b []byte, v any) error {
	body, err := openRecord(b)
	if err != nil {
		return err
	}
	return c.unmarshal(body, v)
}

func (c codec) unmarshal(body []byte, v any) error {
	if err := c.dec.Unmarshal(body, v); err != nil {
		// The decoder's message may quote what it read.
		return fmt.Errorf("record of %T does not decode: %w", v, store.ErrCorrupt)
	}
	return nil
}

// utcMicros is how times are kept.
func utcMicros(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.Round(time.Microsecond).UTC()
}

// eventHash identifies an event id. Among 4 million ids a new one meets the
// hash of another with probability 2e-13; it is then taken for a duplicate.
func eventHash(site siteNo, id scoring.EventID) uint64 {
	var buf [4 + 64]byte
	binary.BigEndian.PutUint32(buf[:], uint32(site))
	return xxhash.Sum64(append(buf[:4], id...))
}

// normaliseEvent gives e the times it will have when it is read back, so that a
// replayed event equals the one that was applied. It changes e itself, never
// what e points to.
func normaliseEvent(e *scoring.Event) {
	e.Time = utcMicros(e.Time)
	if e.Context != nil && !e.Context.LocalTime.IsZero() {
		c := *e.Context
		c.LocalTime = utcMicros(c.LocalTime)
		e.Context = &c
	}
}

func normaliseProduct(p *scoring.Product) {
	p.AvailableAt = utcMicros(p.AvailableAt)
	p.ExpiresAt = utcMicros(p.ExpiresAt)
	p.UpdatedAt = utcMicros(p.UpdatedAt)
}

func normaliseDecision(d *scoring.Decision) {
	d.Time = utcMicros(d.Time)
	d.Context.LocalTime = utcMicros(d.Context.LocalTime)
}

// usualProfile is room for most profiles. Their records stay in memory until their batch
// is committed, and only a person of many devices needs as much as visitor.MaxRecord.
const usualProfile = 2048

// encodeProfile makes a profile record.
func encodeProfile(h held) ([]byte, error) {
	b := make([]byte, 1, 1+2*binary.MaxVarintLen64+len(h.chunks)+usualProfile+crc32.Size)
	b[0] = profileVersion
	b = binary.AppendUvarint(b, uint64(h.seq))
	b = binary.AppendUvarint(b, uint64(len(h.chunks)))
	b = append(b, h.chunks...)
	if h.profile != nil {
		var err error
		if b, err = h.profile.AppendBinary(b); err != nil {
			return nil, err
		}
	}
	return sealRecord(b), nil
}

func decodeProfile(b []byte) (h held, err error) {
	h, body, err := decodeHead(b)
	if err != nil || len(body) == 0 && b[0] > 1 {
		return h, err
	}
	h.profile = new(visitor.Profile)
	if err := h.profile.UnmarshalBinary(body); err != nil {
		return held{}, profileError(err)
	}
	return h, nil
}

// decodeHead is decodeProfile without the profile, whose bytes it returns instead: where
// the visitor's events are costs a hundredth of who they are.
func decodeHead(b []byte) (h held, profile []byte, err error) {
	body, err := openVersion(b, profileVersion)
	if err != nil {
		return held{}, nil, err
	}
	seq, n := binary.Uvarint(body)
	if n <= 0 {
		return held{}, nil, fmt.Errorf("profile without a number: %w", store.ErrCorrupt)
	}
	body = body[n:]
	h.seq = store.Seq(seq)
	if b[0] == 1 {
		h.chunks = allUpTo(h.seq)
		return h, body, nil
	}
	length, n := binary.Uvarint(body)
	if n <= 0 || length > uint64(len(body)-n) {
		return held{}, nil, fmt.Errorf("profile without its parts of the journal: %w", store.ErrCorrupt)
	}
	if h.chunks, err = parseChunks(body[n:n+int(length)], h.seq); err != nil {
		return held{}, nil, err
	}
	return h, body[n+int(length):], nil
}
