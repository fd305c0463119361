package contact

import (
	"cmp"
	"slices"
)

// Merge is what logs tell together: those of one person's devices. Nothing is given up
// for it, and it has as much room as they have. Whatever their order, it counts the same.
func Merge(logs ...Log) Log {
	var next Log
	var only *Log
	parts := 0
	for k := range logs {
		next.room += logs[k].bound()
		if !logs[k].Empty() {
			only = &logs[k]
			parts++
		}
	}
	switch parts {
	case 0:
		return next
	case 1:
		next.things, next.contacts, next.missing = only.things, only.contacts, only.missing
		return next
	}
	for k := range logs {
		next.take(&logs[k])
	}
	slices.SortFunc(next.contacts, func(a, b contact) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.thing, b.thing), cmp.Compare(a.channel, b.channel))
	})
	kept := next.contacts[:0]
	for _, c := range next.contacts {
		if n := len(kept) - 1; n >= 0 && kept[n].at == c.at && kept[n].thing == c.thing && kept[n].channel == c.channel {
			kept[n].times += c.times
			continue
		}
		kept = append(kept, c)
	}
	next.contacts = kept
	next.settle()
	return next
}

// take adds what another log tells; the order of the contacts is the caller's to restore.
func (l *Log) take(o *Log) {
	l.missing = max(l.missing, o.missing)
	place := make([]int, len(o.things))
	for i := range o.things {
		t := &o.things[i]
		k := l.index(t.creative)
		if k < 0 {
			k, l.things = len(l.things), append(l.things, thing{creative: t.creative})
		}
		have := &l.things[k]
		have.campaign, have.advertiser = max(have.campaign, t.campaign), max(have.advertiser, t.advertiser)
		have.keep, have.clicked, have.dismissed = max(have.keep, t.keep), max(have.clicked, t.clicked), max(have.dismissed, t.dismissed)
		place[i] = k
	}
	l.contacts = slices.Grow(l.contacts, len(o.contacts))
	for _, c := range o.contacts {
		c.thing = place[c.thing]
		l.contacts = append(l.contacts, c)
	}
}
