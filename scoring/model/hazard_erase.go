package model

// erase takes back the purchases of a visitor, and of the person if that is not
// 0, and keeps nothing that tells whose they were.
func (h *hazard) erase(visitor, person uint64) {
	for _, who := range [...]uint64{visitor, person} {
		n, ok := h.last[who]
		if !ok || who == 0 {
			continue
		}
		var theirs []uint64
		for n >= h.oldest() {
			theirs = append(theirs, n)
			before := uint64(h.at(n).before)
			if before == 0 || before > n {
				break
			}
			n -= before
		}
		for _, n := range theirs {
			h.void(n)
		}
		for _, n := range theirs {
			s := h.at(n)
			s.who, s.order, s.before = 0, 0, 0
		}
		delete(h.last, who)
	}
}
