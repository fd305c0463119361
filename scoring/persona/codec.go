package persona

import (
	"cmp"
	"encoding/binary"
	"errors"
	"maps"
	"math"
	"slices"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/wire"
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
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(g.share))
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
	r := reader{wire.Reader{B: b}}
	if r.Take(1)[0] != version {
		return nil, ErrCorrupt
	}
	for range r.count(10, maxSample) {
		m := member{who: r.Word(), at: r.Int()}
		n := int(r.Take(1)[0])
		var ok bool
		m.noted, ok = Unpack(r.Take(uint64(1 + 7*n)))
		r.Failed = r.Failed || !ok || len(l.sample) > 0 && l.sample[len(l.sample)-1].who >= m.who
		l.sample = append(l.sample, m)
	}
	l.changed = int(min(r.Uint(), maxSample)) //nolint:gosec // bounded
	l.last = ID(r.Uint())                     //nolint:gosec // a count
	for range r.count(10, Max) {
		g := group{id: uint32(r.Uint()), share: math.Float64frombits(r.Word())} //nolint:gosec // checked
		r.Failed = r.Failed || g.id == 0 || ID(g.id) > l.last || !(g.share >= 0 && g.share <= 1)
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
		s := seen{who: r.Word(), persona: ID(r.Uint())} //nolint:gosec // a count
		l.lately[s.who%maxLately] = s
	}
	for range r.count(2, Max) {
		id := ID(r.Uint()) //nolint:gosec // a count
		for range r.count(4, maxCampaigns) {
			c := Response{Campaign: scoring.CampaignID(r.Take(min(r.Uint(), 64)))} //nolint:gosec // bounded
			for _, x := range [...]*int64{&c.Impressions, &c.Clicks, &c.Conversions} {
				*x = r.Int()
			}
			l.responses[id] = append(l.responses[id], c)
		}
	}
	if r.Failed {
		l.Reset()
		return nil, ErrCorrupt
	}
	l.publish()
	return r.B, nil
}

// reader reads what AppendTo wrote. Behind the first mistake it has failed, and
// everything is 0.
type reader struct {
	wire.Reader
}

// count reads how many things of at least so many bytes follow, most at most.
func (r *reader) count(size, most int) int {
	n := r.Count(size)
	if n > most {
		r.Fail()
		return 0
	}
	return n
}

// terms reads terms by facet.
func (r *reader) terms(most int) (v vector) {
	for range r.count(16, most) {
		v = append(v, term{scoring.FacetID(r.Word()), math.Float64frombits(r.Word())})
		r.Failed = r.Failed || !(v[len(v)-1].weight >= 0 && v[len(v)-1].weight <= math.MaxFloat32)
	}
	r.Failed = r.Failed || !slices.IsSortedFunc(v, func(a, b term) int { return cmp.Compare(a.facet, b.facet) })
	return v
}
