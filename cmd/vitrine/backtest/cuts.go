package backtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Cut is one way to cut the targets up, and in which slice each lies: written as
// Ranks.Places, with the slice's number in the place of the target's.
type Cut struct {
	By    string   `json:"by"`
	Names []string `json:"names"`
	Of    string   `json:"of"`
}

// eachTarget calls fn with the targets of a test session, in the order in which
// their places are written: what follows the first n things.
func (g *judge) eachTarget(s *Session, lasting bool, fn func(n int, target item)) {
	if lasting {
		for _, it := range s.wanted() {
			fn(s.Cuts[0], it)
		}
		return
	}
	for j, n := range s.Cuts {
		if s.hasTarget(j) {
			fn(n, s.Items[n])
		}
	}
}

// cuts writes down in which slices the targets lie.
func (g *judge) cuts(ways []slicing, lasting bool) []Cut {
	var all []Cut
	for _, way := range ways {
		var of strings.Builder
		for i := range g.test {
			if i > 0 {
				of.WriteByte(';')
			}
			first := true
			g.eachTarget(&g.test[i], lasting, func(n int, target item) {
				if !first {
					of.WriteByte(' ')
				}
				first = false
				of.WriteString(strconv.Itoa(way.of(&g.test[i], n, target)))
			})
		}
		all = append(all, Cut{By: way.by, Names: way.names, Of: of.String()})
	}
	return all
}

// SliceComparison is how B differs from A on some of the targets.
type SliceComparison struct {
	By       string       `json:"by"`
	Name     string       `json:"name"`
	Targets  int          `json:"targets"`
	Measures []Difference `json:"measures"`

	from, to int // among those of the bootstrap
}

// addSlices asks for the differences in every slice of A's cuts that has targets:
// the test is the same, and which slice a target lies in, but for its frequency in
// train, with it.
func (c *Comparison) addSlices(p *paired, cuts []Cut, a, b [][]uint8, add func(p *paired, a, b [][]uint8)) error {
	for _, cut := range cuts {
		of, err := placesOf(cut.Of, len(cut.Names)-1)
		if err != nil {
			return fmt.Errorf("slices by %s: %w", cut.By, err)
		}
		if !slices.EqualFunc(of, a, func(x, y []uint8) bool { return len(x) == len(y) }) {
			return fmt.Errorf("slices by %s: not as many as there are targets", cut.By)
		}
		for at, name := range cut.Names {
			one := &SliceComparison{By: cut.By, Name: name, from: len(p.names)}
			only := func(places [][]uint8) [][]uint8 {
				some := make([][]uint8, len(places))
				for i := range places {
					for j, in := range of[i] {
						if int(in) == at {
							some[i] = append(some[i], places[i][j])
						}
					}
				}
				return some
			}
			inA := only(a)
			for _, places := range inA {
				one.Targets += len(places)
			}
			if one.Targets == 0 {
				continue
			}
			add(p, inA, only(b))
			one.to = len(p.names)
			c.Slices = append(c.Slices, one)
		}
	}
	return nil
}

// take hands the differences out to where they were asked for.
func (c *Comparison) take(all []Difference) {
	c.Measures = all
	if len(c.Slices) > 0 {
		c.Measures = all[:c.Slices[0].from:c.Slices[0].from]
	}
	for _, s := range c.Slices {
		s.Measures = all[s.from:s.to:s.to]
	}
}
