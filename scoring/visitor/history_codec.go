package visitor

import (
	"encoding/binary"
	"math"

	"github.com/vitrine-io/vitrine/scoring"
)

// parts are what a record has of a history, in its order.
func (h *History) parts() [8]*[]byte {
	return [...]*[]byte{&h.facets, &h.things, &h.sources, &h.lines, &h.deeds, &h.first, &h.last, &h.here}
}

func (w *writer) history(h *History) {
	h = h.whole()
	if h.first == nil {
		w.uint(0)
		return
	}
	w.uint(1)
	w.uint(uint64(h.orders))
	w.uint(uint64(h.spent))
	w.uint(uint64(len(h.currency)))
	w.b = append(w.b, h.currency...)
	for _, part := range h.parts() {
		w.uint(uint64(len(*part)))
	}
	for _, part := range h.parts() {
		w.b = append(w.b, *part...)
	}
}

func (r *reader) history(p *Profile) {
	if r.upTo(1) == 0 {
		return
	}
	var h History
	h.orders, h.spent = uint32(r.upTo(math.MaxUint32)), int64(r.upTo(math.MaxInt64))
	h.currency = r.bytes(int(r.upTo(maxNumber)))
	var lengths [8]int
	all := 0
	for i := range lengths {
		lengths[i] = int(r.upTo(maxHistory))
		all += lengths[i]
	}
	b := []byte(r.bytes(all)) // one copy for all parts
	if r.failed {
		return
	}
	for i, part := range h.parts() {
		if n := lengths[i]; n > 0 {
			*part, b = b[:n:n], b[n:]
		}
	}
	r.failed = !h.sound()
	p.History = h
}

// bytes reads so many bytes.
func (r *reader) bytes(n int) string {
	if r.failed || n > len(r.s)-r.pos {
		r.failed = true
		return ""
	}
	r.pos += n
	return r.s[r.pos-n : r.pos]
}

// sound reports whether what is packed can be read: every number is of something that is
// there.
func (h *History) sound() bool {
	things, ok := h.soundThings()
	sources, fine := h.soundSources()
	if !ok || !fine || len(h.lines)%lineSize != 0 || len(h.lines) > maxLines*lineSize || len(h.deeds)%deedSize != 0 || len(h.first) == 0 {
		return false
	}
	for at := 0; at < len(h.lines); at += lineSize {
		if binary.BigEndian.Uint32(h.lines[at+4:]) == 0 || int64(binary.BigEndian.Uint64(h.lines[at+8:])) < 0 {
			return false
		}
	}
	var before uint32
	for at := 0; at < len(h.deeds); at += deedSize {
		d := h.deeds[at : at+deedSize]
		second := binary.BigEndian.Uint32(d)
		if second < before || !isDeed(scoring.EventType(d[4]&^more)) || at == 0 && d[4]&more != 0 ||
			int(d[5]) > things || int(d[6]) > sources || int(d[7]) > len(h.lines)/lineSize {
			return false
		}
		before = second
	}
	for _, stamped := range [][]byte{h.first, h.last, h.here} {
		if len(stamped) == 0 {
			continue
		}
		if len(stamped) < 4 {
			return false
		}
		if _, ok := sourceFrom(stamped[4:]); !ok {
			return false
		}
	}
	return true
}

func (h *History) soundThings() (n int, ok bool) {
	if len(h.facets)%facetSize != 0 || len(h.facets) > maxNumber*facetSize {
		return 0, false
	}
	for b := h.things; len(b) > 0; n++ {
		id := int(b[0])
		if len(b) < 2+id || id == 0 {
			return n, false
		}
		facets := int(b[1+id])
		if len(b) < 2+id+facets {
			return n, false
		}
		for _, f := range b[2+id : 2+id+facets] {
			if int(f) >= len(h.facets)/facetSize {
				return n, false
			}
		}
		b = b[2+id+facets:]
	}
	return n, n <= maxNumber
}

func (h *History) soundSources() (n int, ok bool) {
	for b := h.sources; len(b) > 0; n++ {
		size := int(b[0])
		if size == 0 || len(b) < 1+size {
			return n, false
		}
		if _, ok := sourceFrom(b[1 : 1+size]); !ok {
			return n, false
		}
		b = b[1+size:]
	}
	return n, n <= maxSources
}
