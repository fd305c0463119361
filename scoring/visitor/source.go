package visitor

import (
	"bytes"
	"encoding/binary"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/vitrine-io/vitrine/scoring"
)

// How many bytes of each text of a source are kept, and of all of it.
const (
	maxSourceText   = 24
	maxSourceRecord = 2 + 7*(1+maxSourceText)
)

// Source is where a visit came from, and where the visitor was: coarse, and nothing that
// identifies a person.
type Source struct {
	Time     time.Time // when the visit began, or the visitor was seen there; zero: never
	Channel  scoring.Channel
	Device   scoring.DeviceType
	Source   string // utm_source
	Medium   string // utm_medium
	Campaign string // utm_campaign
	Referrer string // its host
	Country  string // ISO 3166-1 alpha-2
	Region   string // ISO 3166-2, without the country
	City     string
}

// appendSource appends what an event tells of its source; nothing when it tells nothing.
func appendSource(b []byte, e *scoring.Event) []byte {
	c := e.Context
	if c == nil {
		if e.Channel == 0 {
			return b
		}
		c = &scoring.Context{}
	}
	channel := c.Channel
	if channel == 0 {
		channel = e.Channel
	}
	texts := [...]string{c.Source, c.Medium, c.Campaign, hostOf(c.Referrer), c.Country, c.Region, c.City}
	if channel == 0 && c.Device == 0 && texts == [len(texts)]string{} {
		return b
	}
	b = append(b, byte(channel), byte(c.Device))
	for _, s := range texts {
		s = shortened(s)
		b = append(b, byte(len(s)))
		b = append(b, s...)
	}
	return b
}

// shortened is as much of a text as is kept.
func shortened(s string) string {
	for len(s) > maxSourceText {
		_, last := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-last]
	}
	return s
}

// hostOf is the host of a URL, without its port.
func hostOf(url string) string {
	_, rest, ok := strings.Cut(url, "://")
	if !ok {
		return ""
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	host, _, _ := strings.Cut(rest, ":")
	return strings.TrimPrefix(host, "www.")
}

// sourceFrom reads what appendSource wrote. It is false for bytes that it did not.
func sourceFrom(b []byte) (s Source, ok bool) {
	if len(b) == 0 {
		return s, true
	}
	if len(b) < 2 {
		return s, false
	}
	s.Channel, s.Device = scoring.Channel(b[0]), scoring.DeviceType(b[1])
	b = b[2:]
	for _, text := range []*string{&s.Source, &s.Medium, &s.Campaign, &s.Referrer, &s.Country, &s.Region, &s.City} {
		if len(b) == 0 || int(b[0]) > maxSourceText || len(b) <= int(b[0]) {
			return s, false
		}
		*text, b = string(b[1:1+b[0]]), b[1+b[0]:]
	}
	return s, len(b) == 0
}

// met remembers where a visit came from, and where its visitor is.
func (h *History) met(source []byte, second uint32, begins bool) {
	var record []byte
	stamped := func() []byte {
		if record == nil {
			record = append(binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(source)), second), source...)
		}
		return record
	}
	if h.first == nil {
		h.first = stamped()
	}
	if begins {
		h.last = stamped()
	}
	if len(source) > 0 && (h.here == nil || !bytes.Equal(h.here[4:], source)) {
		h.here = stamped()
	}
}

// source is the number of a source; 0 when it tells nothing, or there are too many.
func (h *History) source(record []byte) byte {
	if len(record) == 0 {
		return 0
	}
	n := 0
	for at := 0; at < len(h.sources); at += 1 + int(h.sources[at]) {
		n++
		if bytes.Equal(h.sources[at+1:at+1+int(h.sources[at])], record) {
			return byte(n)
		}
	}
	if n == maxSources || len(record) > maxNumber {
		return 0
	}
	h.sources = behind(behind(h.sources, byte(len(record))), record...)
	return byte(n + 1)
}

// sourceAt is the record of a source by its number; nil for 0.
func (h *History) sourceAt(number byte) []byte {
	for at := 0; number > 0; at += 1 + int(h.sources[at]) {
		if number--; number == 0 {
			return h.sources[at+1 : at+1+int(h.sources[at])]
		}
	}
	return nil
}

// First is where the first visit came from. It is kept for good.
func (h *History) First() Source { return stampedSource(h.whole().first) }

// Last is where the last visit came from.
func (h *History) Last() Source { return stampedSource(h.whole().last) }

// Here is where the visitor was when their place or device was last another one.
func (h *History) Here() Source { return stampedSource(h.whole().here) }

func stampedSource(b []byte) (s Source) {
	if len(b) < 4 {
		return s
	}
	s, _ = sourceFrom(b[4:])
	s.Time = time.Unix(int64(binary.BigEndian.Uint32(b)), 0).UTC()
	return s
}
