package config

import (
	"fmt"
	"strings"
)

// Problem is one setting that can't stand.
type Problem struct {
	Key    string // or the variable, when it names no key
	Value  string
	Origin string // where the value comes from
	Want   string // what is allowed
}

func (p Problem) String() string {
	return fmt.Sprintf("%s = %q (%s): %s", p.Key, p.Value, p.Origin, p.Want)
}

// Error is everything that is wrong with a configuration.
type Error struct{ Problems []Problem }

func (e *Error) Error() string {
	if len(e.Problems) == 1 {
		return "configuration: " + e.Problems[0].String()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "configuration has %d problems:", len(e.Problems))
	for _, p := range e.Problems {
		b.WriteString("\n  ")
		b.WriteString(p.String())
	}
	return b.String()
}

// Validate reports every value out of its bounds, as an *Error.
func (c *Config) Validate() error {
	if problems := check(c); len(problems) > 0 {
		return &Error{Problems: problems}
	}
	return nil
}

func check(c *Config) []Problem {
	var problems []Problem
	for _, k := range keys() {
		if k.ok != nil && !k.ok(c) {
			problems = append(problems, Problem{Key: k.name, Value: k.in(c).text(), Origin: "set in code", Want: "must be " + k.want})
		}
	}
	return problems
}

// unknown says that there is no such name among the known ones, and which was
// probably meant.
func unknown(name string, known map[string]*key) string {
	best, distance := "", len(name)/3+1
	for candidate := range known {
		d := editDistance(strings.ToLower(name), strings.ToLower(candidate))
		// The right name in the wrong section, or without one.
		if strings.HasSuffix(candidate, "."+name[strings.LastIndex(name, ".")+1:]) {
			d = min(d, 1)
		}
		if d < distance || d == distance && best != "" && candidate < best {
			best, distance = candidate, d
		}
	}
	if best == "" {
		return "is not known; `vitrine config` lists what is"
	}
	return fmt.Sprintf("is not known; did you mean %s?", best)
}

// editDistance is the number of letters to insert, delete or replace to make a
// into b (Levenshtein).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
