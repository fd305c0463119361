package delivery

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/wire"
)

// ErrCorrupt is returned by Restore for bytes that AppendTo did not write.
var ErrCorrupt = errors.New("delivery: corrupt bytes")

const version = 1

// AppendTo appends all that follows from the journal; what is held does not. The
// layout: version; traffic; number of accounts, and by id each one's counts, budget,
// times, minutes and supply; number of creatives handed out, from the oldest, each with
// the number of its account. Integers are varints, fractions eight bytes.
func (l *Ledger) AppendTo(b []byte) []byte {
	b = append(b, version)
	b = l.traffic.AppendTo(b)
	l.mu.Lock()
	defer l.mu.Unlock()
	ids := make([]scoring.CampaignID, 0, len(l.accounts))
	for id, a := range l.accounts {
		if a.Counts != (Counts{}) { // of others there is nothing but a hold
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	number := map[*account]uint64{}
	b = binary.AppendUvarint(b, uint64(len(ids)))
	for n, id := range ids {
		a := l.accounts[id]
		number[a] = uint64(n)
		b = binary.AppendUvarint(b, uint64(len(id)))
		b = append(b, id...)
		for _, x := range [...]int64{a.HandedOut, a.Impressions, a.Clicks, a.Conversions, a.Spent, a.budget, a.begun, a.handed} {
			b = binary.AppendVarint(b, x)
		}
		for i := range a.open {
			r := &a.open[i]
			for _, x := range [...]int64{r.minute, r.number, r.share, r.cost} {
				b = binary.AppendVarint(b, x)
			}
		}
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(a.supply.Chances))
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(a.supply.Hours))
	}
	b = binary.AppendUvarint(b, uint64(len(l.handed)))
	for i := range l.handed {
		h := &l.handed[(l.next+i)%len(l.handed)]
		b = binary.BigEndian.AppendUint64(b, h.token)
		b = binary.AppendUvarint(b, number[h.account])
		for _, x := range [...]int64{h.minute, h.price, h.share, h.cost, int64(h.conversions)} {
			b = binary.AppendVarint(b, x)
		}
		b = append(b, byte(h.goal), byte(h.charge), flags(h.viewed, h.clicked, h.waits))
	}
	return b
}

func flags(of ...bool) (b byte) {
	for i, set := range of {
		if set {
			b |= 1 << i
		}
	}
	return b
}

// Restore replaces everything by what AppendTo appended, and returns the bytes behind
// it. On an error, ErrCorrupt, the ledger is empty.
func (l *Ledger) Restore(b []byte) (rest []byte, err error) {
	l.Reset()
	if len(b) == 0 || b[0] != version {
		return nil, ErrCorrupt
	}
	if b, err = l.traffic.Restore(b[1:]); err != nil {
		return nil, ErrCorrupt
	}
	l.mu.Lock()
	r := reader{wire.Reader{B: b}}
	accounts := make([]*account, r.Count(9+4*slots+16))
	for n := range accounts {
		accounts[n] = l.account(scoring.CampaignID(r.Take(r.Uint())))
		r.account(accounts[n])
	}
	for range r.Count(8 + 9) {
		h := handed{token: r.Word()}
		n := r.Uint()
		if n >= uint64(len(accounts)) {
			r.Failed = true
			break
		}
		h.account = accounts[n]
		for _, x := range [...]*int64{&h.minute, &h.price, &h.share, &h.cost} {
			*x = r.Int()
		}
		h.conversions = int32(r.Int())
		kind := r.Take(3)
		h.goal, h.charge = scoring.Metric(kind[0]), scoring.Charge(kind[1])
		h.viewed, h.clicked, h.waits = kind[2]&1 != 0, kind[2]&2 != 0, kind[2]&4 != 0
		l.byToken[h.token] = int32(len(l.handed))
		l.handed = append(l.handed, h)
	}
	// Each token stands once, and no more than there may be.
	bad := r.Failed || len(l.byToken) != len(l.handed) || len(l.handed) > maxHanded
	l.mu.Unlock()
	if bad {
		l.Reset()
		return nil, ErrCorrupt
	}
	return r.B, nil
}

type reader struct {
	wire.Reader
}

func (r *reader) account(a *account) {
	for _, x := range [...]*int64{&a.HandedOut, &a.Impressions, &a.Clicks, &a.Conversions, &a.Spent, &a.budget, &a.begun, &a.handed} {
		*x = r.Int()
	}
	for i := range a.open {
		o := &a.open[i]
		for _, x := range [...]*int64{&o.minute, &o.number, &o.share, &o.cost} {
			*x = r.Int()
		}
	}
	a.supply.Chances = math.Float64frombits(r.Word())
	a.supply.Hours = math.Float64frombits(r.Word())
	r.Failed = r.Failed || !(a.supply.Chances >= 0 && a.supply.Hours >= 0)
}
