package backtest

import "slices"

// floors rank products without a model: who falls below them has a fault.
type floors struct {
	counts []int32 // views in train, by item
	above  []int32 // how many items have at least as many, itself not counted
}

// newFloors counts the train sessions.
func newFloors(train []Session, products int) *floors {
	f := &floors{counts: make([]int32, products), above: make([]int32, products)}
	for i := range train {
		for _, it := range train[i].Items {
			f.counts[it]++
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

// place is the rank in a list of ListLength, 0 beyond it.
func place(above int) uint8 {
	if above >= ListLength {
		return 0
	}
	return uint8(above + 1)
}

// popular ranks all products by their views in train.
func (f *floors) popular(target item) uint8 { return place(int(f.above[target])) }

// inSession puts the prefix's products first, the most frequent first and of
// these the most viewed in train, and popular ones behind.
func (f *floors) inSession(prefix []item, target item) uint8 {
	times := func(it item) (n int32) {
		for _, other := range prefix {
			if other == it {
				n++
			}
		}
		return n
	}
	mine := times(target)
	above := 0
	if mine == 0 {
		above = int(f.above[target])
	}
	for i, it := range prefix {
		if it == target || slices.Contains(prefix[:i], it) {
			continue
		}
		n := times(it)
		switch {
		case mine == 0 && f.above[it] <= f.above[target]: // counted already
		case n > mine, n == mine && f.counts[it] >= f.counts[target]: // ties count against us
			above++
		}
	}
	return place(above)
}

// outcomes ranks every target by fn.
func outcomes(test []Session, fn func(prefix []item, target item) uint8) []Outcome {
	out := make([]Outcome, len(test))
	for i := range test {
		s := &test[i]
		out[i] = make(Outcome, len(s.Cuts))
		for j, n := range s.Cuts {
			out[i][j] = fn(s.Items[:n], s.Items[n])
		}
	}
	return out
}
