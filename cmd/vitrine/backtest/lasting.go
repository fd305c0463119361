package backtest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
)

// Each is what is held out of every visitor, where visitors come back for years
// and are known by their ids. The zero value: visitors are not followed beyond
// their sessions.
type Each uint8

// What is held out of each visitor.
const (
	LastProduct Each = iota + 1 // leave one out: the last product
	LastOrder                   // the next basket: all products of the last order
)

// String is the name that --holdout takes.
func (e Each) String() string {
	switch e {
	case LastProduct:
		return "last-product"
	case LastOrder:
		return "last-order"
	}
	return ""
}

// Lasting reports whether the log is one of lasting visitors: train is under
// their ids, and each is tested once.
func (l *Log) Lasting() bool { return l.each != 0 }

// readLasting reads the lives of the visitors, and holds out the end of each. Test
// sessions are whole up to the end of what is held out, from their only cut on.
func (l *Log) readLasting(f Files) error {
	c := newCollector(l)
	c.refunds = true
	for _, path := range f.Train {
		one, err := l.file(f, path, false, c)
		if err != nil {
			return err
		}
		l.lives = append(l.lives, one...)
	}
	of := strings.Join(f.Train, " and ")
	if len(c.all) > 0 && len(l.lives) > 0 {
		return fmt.Errorf("backtest: of %s some hold events and some a visitor a line: give files of one kind", of)
	}
	l.each, l.untimed = f.Holdout.Each, len(c.all) == 0
	if !l.untimed {
		l.lives = c.lives()
	}
	if f.OneVisit && !l.untimed {
		return fmt.Errorf("backtest: %s tells times, and with them which visits there were: --one-visit is for logs without", of)
	}
	l.oneVisit, l.validation = f.OneVisit, f.Validation
	for i := range l.lives {
		known, end := l.each.hold(&l.lives[i], f.Validation)
		if known > 0 {
			l.Train = append(l.Train, l.lives[i].until(known))
		}
		if end > known {
			test := l.lives[i].until(end)
			test.Cuts = []int{known}
			l.Test = append(l.Test, test)
		}
	}
	if len(l.Test) == 0 {
		need := map[Each]string{LastProduct: "two products", LastOrder: "two orders"}[l.each]
		if f.Validation {
			need = strings.Replace(need, "two", "three", 1)
		}
		return fmt.Errorf("backtest: no visitor of %s has %s: there is nothing to hold out", of, need)
	}
	return nil
}

// until is the life up to its n-th thing. It shares the life's arrays.
func (s *Session) until(n int) Session {
	return Session{Visitor: s.Visitor, Items: s.Items[:n:n], Kinds: s.Kinds[:n:n], Times: s.Times[:n:n]}
}

// units are the things of a life that may be held out, from where to where.
func (e Each) units(s *Session) (units [][2]int) {
	for at := 0; at < len(s.Items); at++ {
		switch {
		case e == LastProduct && s.kind(at) != refunded:
			units = append(units, [2]int{at, at + 1})
		case e == LastOrder && s.kind(at) == ordered:
			end := s.sameOrder(at)
			units = append(units, [2]int{at, end})
			at = end - 1
		}
	}
	return units
}

// hold returns how much of a life is known, and where what is held out behind it
// ends: the same when nothing is, because only one thing is known at all. For
// validation the last thing does not exist.
func (e Each) hold(s *Session, validation bool) (known, end int) {
	units := e.units(s)
	whole := len(s.Items)
	if n := len(units); validation && n > 0 {
		whole, units = units[n-1][0], units[:n-1]
	}
	if n := len(units); n > 1 {
		return units[n-1][0], units[n-1][1]
	}
	return whole, whole
}

// sameOrder is where the order that from is part of ends.
func (s *Session) sameOrder(from int) int {
	to := from + 1
	for !s.untimed() && to < len(s.Items) && s.kind(to) == s.kind(from) && s.Times[to] == s.Times[from] {
		to++
	}
	return to
}

// untimed reports whether the times are still to be given.
func (s *Session) untimed() bool { return s.Times == nil || s.Times[0] == 0 }

// wanted lists what is held out, each product once.
func (s *Session) wanted() []item {
	var found []item
	for _, it := range s.Items[s.Cuts[0]:] {
		if !slices.Contains(found, it) {
			found = append(found, it)
		}
	}
	return found
}

// readVisitors reads a visitor a line: the id, then the products bought, in their
// order. Their times are given later.
func (l *Log) readVisitors(in *records.Input) ([]Session, error) {
	var all []Session
	seen := map[string]bool{}
	err := eachLine(in, func(line string) error {
		if strings.Contains(line, "\t") {
			return errors.New("a tab in a line of a visitor and products between blanks")
		}
		id, rest, _ := strings.Cut(strings.TrimLeft(line, " "), " ")
		items, err := l.ids(rest)
		switch {
		case err != nil:
			return err
		case len(items) == 0:
			return fmt.Errorf("visitor %.40q without a product", id)
		case seen[id]:
			return fmt.Errorf("visitor %.40q again: one line holds all that a visitor bought", id)
		}
		seen[id] = true
		s := Session{Visitor: id, Items: items, Kinds: make([]kind, len(items)), Times: make([]int64, len(items))}
		for i := range s.Kinds {
			s.Kinds[i] = ordered
		}
		all = append(all, s)
		return nil
	})
	return all, err
}

// lives is all that each visitor did, in the order in which they came.
func (c *collector) lives() []Session {
	out := make([]Session, 0, len(c.all))
	for i := range c.all {
		v := &c.all[i]
		s := sessionOf(v.sorted())
		if s.Kinds == nil {
			s.Kinds = make([]kind, len(s.Items))
		}
		s.Visitor = v.id
		out = append(out, s)
	}
	return out
}
