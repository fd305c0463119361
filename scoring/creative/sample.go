package creative

// picks reports whether an impression is of the sample. Tokens are hashes, so their
// last bits say nothing about what became of them.
func (l *Learner) picks(token Token) bool { return uint64(token)&(1<<l.rare-1) == 0 }

// thin halves the sample, and lets go of what is not of it any more, with what it has
// taught: had responses stayed that came early, while the impressions beside them are
// not waited for, they would seem more frequent than they are.
func (l *Learner) thin() {
	l.rare++
	l.changed = l.latest
	kept := make([]impression, 0, l.next-l.first)
	for n := l.first; n < l.next; n++ {
		i := l.at(n)
		switch {
		case i.outcome == erased:
			continue
		case l.picks(i.token):
			kept = append(kept, *i)
			continue
		case i.outcome == responded:
			l.model.TakeBack(i.features, i.lesson)
		}
		delete(l.byToken, i.token)
	}
	clear(l.ring)
	l.next = l.first + uint64(len(kept))
	for k := range kept {
		n := l.first + uint64(k) //nolint:gosec // not negative
		*l.at(n) = kept[k]
		l.byToken[kept[k].token] = n
	}
}

// widen doubles the sample when there is room for four times as many, at most once in
// the time that a change needs to show.
func (l *Learner) widen() {
	if l.rare > 0 && l.latest-l.changed >= l.options.Window.Milliseconds() && l.next-l.first < uint64(l.options.MaxImpressions)/4 {
		l.rare--
		l.changed = l.latest
	}
}
