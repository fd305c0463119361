package model

import "github.com/vitrine-io/vitrine/scoring/catalog"

// Most of what a decision costs is waiting for memory: what is learned of a product
// lies in places of its own, and whoever goes from product to product waits for each
// of them. Those that are known beforehand are asked for all at a time, here, by
// reading a word of each cache line: the processor does not wait for one to ask for
// the next, as long as nothing depends on it.

// aheadOf is how many products are asked for at a time.
const aheadOf = 64

// AheadOfPairs asks for what Pairs, Sessions and RecentSessions read of products, of
// the first aheadOf. It changes nothing.
func (m *Model) AheadOfPairs(list []catalog.Index) {
	var of ahead
	list = list[:min(len(list), aheadOf)]
	for k, i := range list {
		if x := m.items.peek(uint32(i)); x != nil {
			of.pairs[k], of.newest[k] = x.pairs.Load(), x.sessions.Load()
		}
	}
	of.ask(len(list))
}

// AheadOfTrails is AheadOfPairs for what LaterPairs and RecentTrails read.
func (m *Model) AheadOfTrails(list []catalog.Index) {
	var of ahead
	list = list[:min(len(list), aheadOf)]
	for k, i := range list {
		if x := m.trails.items.peek(uint32(i)); x != nil {
			of.pairs[k], of.newest[k] = x.pairs.Load(), x.trails.Load()
		}
	}
	of.ask(len(list))
}

// ahead is what is asked for of some products.
type ahead struct {
	pairs  [aheadOf]*pairs
	newest [aheadOf]*posting
}

func (a *ahead) ask(n int) {
	for k := range n {
		if p := a.newest[k]; p != nil {
			p.n.Load()
		}
		if p := a.pairs[k]; p != nil {
			p.n.Load()
		}
	}
	const line = 64 // bytes of a cache line
	for _, p := range a.pairs[:n] {
		if p == nil {
			continue
		}
		held := int(p.n.Load())
		for k := 0; k < held; k += line / 4 {
			p.to[k].Load()
		}
		for k := 0; k < held; k += line / 8 {
			p.weights[k].Load()
		}
	}
}

// AheadOfCounts asks for what Popularity and Place read of products. It changes
// nothing.
func (m *Model) AheadOfCounts(list []catalog.Index) {
	for _, i := range list {
		if x := m.items.peek(uint32(i)); x != nil {
			x.fast.Load()
		}
	}
	m.vectors.ahead(list)
}

// ahead asks for the vectors of products.
func (v *vectors) ahead(list []catalog.Index) {
	const line = 64 / 8 // words of a cache line
	for _, i := range list {
		if r := v.rows.peek(uint32(i)); r != nil {
			for k := 0; k < len(r); k += line {
				r[k].Load()
			}
		}
	}
}
