package backtest

import "slices"

// floors rank products without a model: who falls below them has a fault.
type floors struct {
	k      int
	counts []int32 // views in train, by item
	above  []int32 // how many items have at least as many, itself not counted
}

// newFloors counts the train sessions.
func newFloors(train []Session, products, k int) *floors {
	f := &floors{k: k, counts: make([]int32, products), above: make([]int32, products)}
	for i := range train {
		for at, it := range train[i].Items {
			if train[i].kind(at) == viewed {
				f.counts[it]++
			}
		}
	}
	order := make([]item, products)
	for i := range order {
		order[i] = item(i)
	}
	slices.SortStableFunc(order, func(a, b item) int { return int(f.counts[b] - f.counts[a]) })
	// Ties count against us: of those with the same count each is the last.
	for i := len(order) - 1; i >= 0; i-- {
		if i+1 < len(order) && f.counts[order[i]] == f.counts[order[i+1]] {
			f.above[order[i]] = f.above[order[i+1]]
		} else {
			f.above[order[i]] = int32(i)
		}
	}
	return f
}

// place is the rank in a list of k, 0 beyond it.
func (f *floors) place(above int) uint8 {
	if above >= f.k {
		return 0
	}
	return uint8(above + 1)
}

// ranking gives an item's place behind some prefix.
type ranking func(target item) uint8

// popular ranks all products by their views in train.
func (f *floors) popular([]item) ranking {
	return func(target item) uint8 { return f.place(int(f.above[target])) }
}

// inSession puts the prefix's products first, the most frequent first and of
// these the most viewed in train, and popular ones behind.
func (f *floors) inSession(prefix []item) ranking {
	times := map[item]int{}
	for _, it := range prefix {
		times[it]++
	}
	return func(target item) uint8 {
		mine := times[target]
		above := 0
		if mine == 0 {
			above = int(f.above[target])
		}
		for it, n := range times {
			switch {
			case it == target:
			case mine == 0 && f.above[it] <= f.above[target]: // counted already
			case n > mine, n == mine && f.counts[it] >= f.counts[target]: // ties count against us
				above++
			}
		}
		return f.place(above)
	}
}

// outcomes ranks all that the sessions turned to by fn.
func outcomes(test []Session, fn func(prefix []item) ranking) [][]outcome {
	out := make([][]outcome, len(test))
	for i := range test {
		s := &test[i]
		out[i] = make([]outcome, len(s.Cuts))
		for j, n := range s.Cuts {
			rank := fn(s.Items[:n])
			o := &out[i][j]
			if s.hasTarget(j) {
				o.place = rank(s.Items[n])
			}
			shown := func(items []item) (n uint8) {
				for _, it := range items {
					if rank(it) > 0 {
						n++
					}
				}
				return n
			}
			o.carts, o.orders = shown(s.later(n, added)), shown(s.later(n, ordered))
		}
	}
	return out
}
