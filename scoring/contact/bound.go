package contact

import "slices"

// Within is the log in at most so many encoded bytes. What goes first, and how it
// errs, so that no cap is ever exceeded for it:
//
//  0. What is no longer needed at the time of the newest contact.
//  1. Of two contacts of one creative, those nearest to each other for their age, one
//     counts from the time of the other: a cap may last longer.
//  2. The oldest contact is given up: caps whose window reaches back to it count as
//     reached until it no longer does.
//  3. What was waved away longest ago.
func (l Log) Within(bytes int) Log {
	next := Log{things: slices.Clone(l.things), contacts: slices.Clone(l.contacts), missing: l.missing}
	next.compact(bytes)
	return next
}

// bound is how many encoded bytes the log may take.
func (l *Log) bound() int { return max(l.room, MaxBytes) }

func (l *Log) compact(bytes int) {
	defer l.settle()
	if n := len(l.contacts); n > 0 && l.size() > bytes {
		*l = l.needed(l.contacts[n-1].at, 0)
	}
	for l.size() > bytes {
		switch {
		case l.merge():
		case len(l.contacts) > 0:
			l.missing = max(l.missing, l.contacts[0].at)
			l.contacts = l.contacts[1:]
			l.tidy()
		case len(l.things) > 0:
			oldest := 0
			for k := range l.things {
				if l.things[k].dismissed < l.things[oldest].dismissed {
					oldest = k
				}
			}
			l.things = slices.Delete(l.things, oldest, oldest+1)
		default:
			return
		}
	}
}

// merge makes one of the two contacts of a kind that are nearest to each other for
// their age; false if no two are of a kind.
func (l *Log) merge() bool {
	if len(l.contacts) == 0 {
		return false
	}
	newest := l.contacts[len(l.contacts)-1].at
	from, into, best := -1, -1, 0.0
	for i := range l.contacts {
		for j := i + 1; j < len(l.contacts); j++ {
			a, b := &l.contacts[i], &l.contacts[j]
			if a.thing != b.thing || a.channel != b.channel {
				continue
			}
			// As in an exponential histogram, the error is small for the age.
			if off := float64(b.at-a.at) / float64(newest-a.at+1); from < 0 || off < best {
				from, into, best = i, j, off
			}
			break
		}
	}
	if from < 0 {
		return false
	}
	l.contacts[into].times += l.contacts[from].times
	l.contacts = slices.Delete(l.contacts, from, from+1)
	return true
}

// tidy drops the things that nothing is remembered of.
func (l *Log) tidy() {
	used := make([]bool, len(l.things))
	for k := range l.contacts {
		used[l.contacts[k].thing] = true
	}
	for k := len(l.things) - 1; k >= 0; k-- {
		if used[k] || l.things[k].dismissed != 0 {
			continue
		}
		l.things = slices.Delete(l.things, k, k+1)
		for i := range l.contacts {
			if l.contacts[i].thing > k {
				l.contacts[i].thing--
			}
		}
	}
}
