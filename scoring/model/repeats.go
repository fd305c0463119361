package model

import (
	"sync/atomic"
	"time"

	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// RepeatRanks is how many places from the end of a session are told apart: the
// last product, second, third, fourth, and all before.
const RepeatRanks = 5

// repeats learns how often visitors of this shop return to the products of their
// session. Shops differ in the sign of it, so it is never assumed.
type repeats struct {
	cells [2][repeatLengths][RepeatRanks]struct{ chances, hits atomic.Uint64 }
}

// repeatLengths are the classes of sessions by different products: 1, 2, 3-4, 5
// and more.
const repeatLengths = 4

func lengthClass(different int) int {
	switch {
	case different <= 2:
		return max(0, different-1)
	case different <= 4:
		return 2
	}
	return 3
}

func (r *repeats) reset() { r.each(func(c *atomic.Uint64) { c.Store(0) }) }

// each goes through all counters, always in the same order.
func (r *repeats) each(do func(*atomic.Uint64)) {
	for a := range r.cells {
		for b := range r.cells[a] {
			for c := range r.cells[a][b] {
				do(&r.cells[a][b][c].chances)
				do(&r.cells[a][b][c].hits)
			}
		}
	}
}

// learn counts one step: for each place of the session, whether it led there.
func (r *repeats) learn(s *session, to catalog.Index, t instantMillis) {
	var different [sessionProducts]catalog.Index
	n := 0
	hit := -1
	for k := len(s.products) - 1; k >= 0; k-- {
		if p := s.products[k]; !contains(different[:n], p) {
			different[n] = p
			if p == to {
				hit = min(n, RepeatRanks-1)
			}
			n++
		}
	}
	if n == 0 {
		return
	}
	cells := &r.cells[flag(s.returned)][lengthClass(n)]
	for rank := range min(n, RepeatRanks) {
		add(&cells[rank].chances, 1, t, rateHalfLife)
	}
	if hit >= 0 {
		add(&cells[hit].hits, 1, t, rateHalfLife)
	}
}

func contains(list []catalog.Index, i catalog.Index) bool {
	for _, p := range list {
		if p == i {
			return true
		}
	}
	return false
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// repeatPrior are the rates assumed for each place before anything was seen, and
// repeatWeight how many steps they stand for: little enough to be forgotten
// within the first day of a small shop.
const (
	repeatPrior  = 0.02
	repeatWeight = 20
)

// RepeatRates returns, for each place from the end of a session with that many
// different products, how often the next product touched is the one there. The
// last place stands for all from the fifth on together. Returned says that the
// session's last step already went back to a product of it.
func (m *Model) RepeatRates(different int, returned bool, now time.Time) (rates [RepeatRanks]float64) {
	t := instant(now)
	for rank := range min(different, RepeatRanks) {
		// All sessions first, then what is particular to this kind of session.
		var chances, hits float64
		for a := range m.repeats.cells {
			for b := range m.repeats.cells[a] {
				cell := &m.repeats.cells[a][b][rank]
				chances += read(cell.chances.Load(), t, rateHalfLife)
				hits += read(cell.hits.Load(), t, rateHalfLife)
			}
		}
		prior := (hits + repeatPrior*repeatWeight) / (chances + repeatWeight)
		cell := &m.repeats.cells[flag(returned)][lengthClass(different)][rank]
		rates[rank] = (read(cell.hits.Load(), t, rateHalfLife) + prior*repeatWeight) /
			(read(cell.chances.Load(), t, rateHalfLife) + repeatWeight)
	}
	return rates
}
