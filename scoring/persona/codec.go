package persona

import (
	"cmp"
	"encoding/binary"
	"errors"
	"maps"
	"math"
	"slices"

	"github.com/vitrine-io/vitrine/scoring"
)

// ErrCorrupt is returned by Restore for bytes that AppendTo did not write.
var ErrCorrupt = errors.New("persona: corrupt bytes")

const version = 1

// AppendTo appends all that is known. The layout: version; the sample by hash; how many of
// it have changed; the number given away last; groups with their centres; the weights of
// facets; who was here lately; responses by persona. Numbers are varints, hashes and
// fractions eight bytes.
func (l *Learner) AppendTo(b []byte) []byte {
	b = append(b, version)
	b = binary.AppendUvarint(b, uint64(len(l.sample)))
	for _, m := range l.sample {
		b = binary.BigEndian.AppendUint64(b, m.who)
		b = binary.AppendVarint(b, m.at)
		b = append(b, byte(len(m.noted)))
		b = append(b, m.noted.Pack()...)
	}
	b = binary.AppendUvarint(b, uint64(l.changed)) //nolint:gosec // not negative
	b = binary.AppendUvarint(b, uint64(l.last))
	b = binary.AppendUvarint(b, uint64(len(l.groups)))
	for _, g := range l.groups {
		b = binary.AppendUvarint(b, uint64(g.id))
		b = binary.AppendUvarint(b, uint64(len(g.center)))
		for _, t := range g.center {
			b = appendTerm(b, t)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(l.scale)))
	for _, f := range slices.Sorted(maps.Keys(l.scale)) {
		b = appendTerm(b, term{f, l.scale[f]})
	}
	n := 0
	for _, s := range l.lately {
		if s.who != 0 {
			n++
		}
	}
	b = binary.AppendUvarint(b, uint64(n)) //nolint:gosec // not negative
	for _, s := range l.lately {
		if s.who != 0 {
			b = binary.BigEndian.AppendUint64(b, s.who)
			b = binary.AppendUvarint(b, uint64(s.persona))
		}
	}
	b = binary.AppendUvarint(b, uint64(len(l.responses)))
	for _, id := range slices.Sorted(maps.Keys(l.responses)) {
		b = binary.AppendUvarint(b, uint64(id))
		b = binary.AppendUvarint(b, uint64(len(l.responses[id])))
		for _, r := range l.responses[id] {
			b = binary.AppendUvarint(b, uint64(len(r.Campaign)))
			b = append(b, r.Campaign...)
			for _, x := range [...]int64{r.Impressions, r.Clicks, r.Conversions} {
				b = binary.AppendVarint(b, x)
			}
		}
	}
	return b
}

func appendTerm(b []byte, t term) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(t.facet))
	return binary.BigEndian.AppendUint64(b, math.Float64bits(t.weight))
}

// Restore replaces everything by what AppendTo appended, and returns the bytes behind it.
// On an error, ErrCorrupt, the learner is as New made it.
func (l *Learner) Restore(b []byte) (rest []byte, err error) {
	l.Reset()
	r := reader{b: b}
	if r.take(1)[0] != version {
		return nil, ErrCorrupt
	}
	for range r.count(10, maxSample) {
		m := member{who: r.word(), at: r.int()}
		n := int(r.take(1)[0])
		var ok bool
		m.noted, ok = Unpack(r.take(1 + 7*n))
		r.failed = r.failed || !ok || len(l.sample) > 0 && l.sample[len(l.sample)-1].who >= m.who
		l.sample = append(l.sample, m)
	}
	l.changed = int(min(r.uint(), maxSample)) //nolint:gosec // bounded
	l.last = ID(r.uint())                     //nolint:gosec // a count
	for range r.count(2, Max) {
		g := group{id: uint32(r.uint())} //nolint:gosec // checked
		r.failed = r.failed || g.id == 0 || ID(g.id) > l.last
		g.center = r.terms(maxTerms)
		l.groups = append(l.groups, g)
	}
	for _, t := range r.terms(maxSample * maxNoted) {
		if l.scale == nil {
			l.scale = scale{}
		}
		l.scale[t.facet] = t.weight
	}
	for range r.count(9, maxLately) {
		s := seen{who: r.word(), persona: ID(r.uint())} //nolint:gosec // a count
		l.lately[s.who%maxLately] = s
	}
	for range r.count(2, Max) {
		id := ID(r.uint()) //nolint:gosec // a count
		for range r.count(4, maxCampaigns) {
			c := Response{Campaign: scoring.CampaignID(r.take(int(min(r.uint(), 64))))} //nolint:gosec // bounded
			for _, x := range [...]*int64{&c.Impressions, &c.Clicks, &c.Conversions} {
				*x = r.int()
			}
			l.responses[id] = append(l.responses[id], c)
		}
	}
	if r.failed {
		l.Reset()
		return nil, ErrCorrupt
	}
	l.publish()
	return r.b, nil
}

// reader reads what AppendTo wrote. Behind the first mistake it has failed, and
// everything is 0.
type reader struct {
	b      []byte
	failed bool
}

func (r *reader) take(n int) []byte {
	if r.failed || len(r.b) < n {
		r.failed, r.b = true, nil
		return make([]byte, n)
	}
	taken := r.b[:n]
	r.b = r.b[n:]
	return taken
}

func (r *reader) word() uint64 { return binary.BigEndian.Uint64(r.take(8)) }

func (r *reader) int() int64 {
	v, n := binary.Varint(r.b)
	return behind(r, v, n)
}

func (r *reader) uint() uint64 {
	v, n := binary.Uvarint(r.b)
	return behind(r, v, n)
}

func behind[T int64 | uint64](r *reader, v T, n int) T {
	if r.failed || n <= 0 {
		r.failed, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

// count reads how many things of at least so many bytes follow, most at most.
func (r *reader) count(size, most int) int {
	n := r.uint()
	if n > uint64(min(most, len(r.b)/size)) { //nolint:gosec // not negative
		r.failed, r.b = true, nil
		return 0
	}
	return int(n) //nolint:gosec // bounded
}

// terms reads terms by facet.
func (r *reader) terms(most int) (v vector) {
	for range r.count(16, most) {
		v = append(v, term{scoring.FacetID(r.word()), math.Float64frombits(r.word())})
		r.failed = r.failed || !(v[len(v)-1].weight >= 0 && v[len(v)-1].weight <= math.MaxFloat32)
	}
	r.failed = r.failed || !slices.IsSortedFunc(v, func(a, b term) int { return cmp.Compare(a.facet, b.facet) })
	return v
}
