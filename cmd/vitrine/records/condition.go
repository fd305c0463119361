package records

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// condition is a test of a row. Exactly one of its tests is set.
type condition struct {
	column string
	test   func(text string) (bool, error) // of the column's text
	not    *condition
	all    []condition
	any    []condition
}

func (c *condition) holds(row *cells) (bool, error) {
	switch {
	case c.test != nil:
		return c.test(strings.TrimSpace(row.cell(c.column)))
	case c.not != nil:
		ok, err := c.not.holds(row)
		return !ok && err == nil, err
	case c.any != nil:
		for i := range c.any {
			if ok, err := c.any[i].holds(row); ok || err != nil {
				return ok, err
			}
		}
		return false, nil
	}
	for i := range c.all {
		if ok, err := c.all[i].holds(row); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// UnmarshalYAML takes {column: NAME, TEST: ...} with the tests empty, equals,
// in, prefix, suffix, matches, less and greater, or {not: CONDITION}, {all:
// [CONDITION]}, {any: [CONDITION]}.
func (c *condition) UnmarshalYAML(n *yaml.Node) error {
	var y struct {
		Column  string      `yaml:"column"`
		Empty   *bool       `yaml:"empty"`
		Equals  *string     `yaml:"equals"`
		In      []string    `yaml:"in"`
		Prefix  *string     `yaml:"prefix"`
		Suffix  *string     `yaml:"suffix"`
		Matches *string     `yaml:"matches"`
		Less    *float64    `yaml:"less"`
		Greater *float64    `yaml:"greater"`
		Not     *condition  `yaml:"not"`
		All     []condition `yaml:"all"`
		Any     []condition `yaml:"any"`
	}
	if err := strictly(n, &y); err != nil {
		return err
	}
	type test = func(string) (bool, error)
	var tests []test
	add := func(set bool, t test) {
		if set {
			tests = append(tests, t)
		}
	}
	add(y.Empty != nil, func(s string) (bool, error) { return (s == "") == *y.Empty, nil })
	add(y.Equals != nil, func(s string) (bool, error) { return s == *y.Equals, nil })
	add(y.In != nil, func(s string) (bool, error) { return slices.Contains(y.In, s), nil })
	add(y.Prefix != nil, func(s string) (bool, error) { return strings.HasPrefix(s, *y.Prefix), nil })
	add(y.Suffix != nil, func(s string) (bool, error) { return strings.HasSuffix(s, *y.Suffix), nil })
	add(y.Less != nil, func(s string) (bool, error) { v, err := number(s); return v < *y.Less, err })
	add(y.Greater != nil, func(s string) (bool, error) { v, err := number(s); return v > *y.Greater, err })
	if y.Matches != nil {
		re, err := regexp.Compile(*y.Matches)
		if err != nil {
			return at(n, fmt.Errorf("matches: %w", err))
		}
		add(true, func(s string) (bool, error) { return re.MatchString(s), nil })
	}
	joins := 0
	for _, set := range []bool{y.Not != nil, y.All != nil, y.Any != nil} {
		if set {
			joins++
		}
	}
	if len(tests)+joins != 1 {
		return at(n, errors.New("a condition takes one of empty, equals, in, prefix, suffix, matches, less, greater (with `column`), not, all, any"))
	}
	if (y.Column == "") != (joins == 1) {
		return at(n, errors.New("a test needs `column`, and not, all and any take none"))
	}
	c.not, c.all, c.any = y.Not, y.All, y.Any
	if joins == 0 {
		c.test = tests[0]
		c.column = y.Column
	}
	return nil
}

// number reads what less and greater compare. A text that is no number is an
// error of the row, not a condition that fails in silence.
func number(s string) (float64, error) {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no number, and the mapping compares it", shorten(s))
	}
	return v, nil
}

func (c *condition) columns(use func(string)) {
	if c.test != nil {
		use(c.column)
	}
	if c.not != nil {
		c.not.columns(use)
	}
	for i := range c.all {
		c.all[i].columns(use)
	}
	for i := range c.any {
		c.any[i].columns(use)
	}
}
