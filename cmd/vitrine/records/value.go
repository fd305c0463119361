package records

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// cells is a row under its header, as values see it.
type cells struct {
	header map[string]int
	row    []string
	line   int
}

// cell returns a column by its name. `line` is the number of the row's line
// unless the file has a column of that name.
func (c *cells) cell(name string) string {
	if i, ok := c.header[name]; ok {
		return c.row[i]
	}
	return strconv.Itoa(c.line) // bind let nothing else through
}

// value makes a text, or several, from a row: the first of its rules whose
// condition holds. The zero value makes none.
type value struct {
	rules []rule
}

// rule is one way to make texts from a row.
type rule struct {
	when      *condition
	value     template
	trim      string              // characters to cut from both ends, beside blanks
	find      []string            // the first word of the text that stands here
	split     string              // cut the text into several here
	words     bool                // cut the text into its words
	without   map[string]bool     // words to leave out
	minLength int                 // of words, in letters
	absolute  bool                // without a leading minus
	table     map[string]string   // replaces the text by another
	otherwise *string             // what stands for a text not in the table
	letters   func(string) string // changes the case; nil: as it is
}

func (v *value) given() bool { return len(v.rules) > 0 }

// text returns the first of the row's texts, "" when there is none.
func (v *value) text(c *cells) (string, error) {
	texts, err := v.texts(c)
	if err != nil || len(texts) == 0 {
		return "", err
	}
	return texts[0], nil
}

// texts returns what the row gives, blanks cut from both ends, without empty
// ones and without repetitions.
func (v *value) texts(c *cells) ([]string, error) {
	for i := range v.rules {
		r := &v.rules[i]
		if r.when != nil {
			if ok, err := r.when.holds(c); err != nil {
				return nil, err
			} else if !ok {
				continue
			}
		}
		return r.texts(c)
	}
	return nil, nil
}

func (r *rule) texts(c *cells) ([]string, error) {
	whole := r.value.fill(c)
	parts := []string{whole}
	switch {
	case r.words:
		parts = wordsOf(whole)
	case r.find != nil:
		parts = []string{firstWord(whole, r.find)}
	case r.split != "":
		parts = strings.Split(whole, r.split)
	}
	out := parts[:0]
	seen := make(map[string]bool, len(parts))
	for _, p := range parts {
		p, err := r.finish(p)
		if err != nil {
			return nil, err
		}
		if p == "" || seen[p] || r.words && len([]rune(p)) < r.minLength {
			continue
		}
		seen[p] = true
		out = append(out, p)
	}
	return out, nil
}

func (r *rule) finish(s string) (string, error) {
	s = strings.TrimSpace(s)
	if r.trim != "" {
		s = strings.TrimSpace(strings.Trim(s, r.trim))
	}
	if r.absolute {
		s = strings.TrimPrefix(s, "-")
	}
	if r.without[strings.ToLower(s)] {
		return "", nil
	}
	if r.table != nil {
		to, ok := r.table[s]
		switch {
		case ok:
			s = to
		case r.otherwise != nil:
			s = *r.otherwise
		default:
			return "", fmt.Errorf("%q is not in the mapping's table, and the table has no `otherwise`", shorten(s))
		}
	}
	if r.letters != nil {
		s = r.letters(s)
	}
	return s, nil
}

// sentence writes the first letter large and the others small.
func sentence(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(first)) + strings.ToLower(s[n:])
}

// wordsOf cuts a text at everything that is neither letter nor digit.
func wordsOf(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// firstWord returns the first word of the text that is listed, as it is listed.
func firstWord(s string, listed []string) string {
	for _, w := range wordsOf(s) {
		for _, l := range listed {
			if strings.EqualFold(w, l) {
				return l
			}
		}
	}
	return ""
}

// template is text with columns in braces: "{InvoiceNo}-{line}". Doubled braces
// stand for themselves.
type template struct {
	literals []string // one more than columns
	columns  []string
}

func parseTemplate(s string) (template, error) {
	var t template
	var lit strings.Builder
	for i := 0; i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], "{{"), strings.HasPrefix(s[i:], "}}"):
			lit.WriteByte(s[i])
			i += 2
		case s[i] == '{':
			end := strings.IndexByte(s[i:], '}')
			if end <= 1 {
				return t, fmt.Errorf("%q: a brace without a column's name; double it to mean itself", s)
			}
			t.columns = append(t.columns, s[i+1:i+end])
			t.literals = append(t.literals, lit.String())
			lit.Reset()
			i += end + 1
		case s[i] == '}':
			return t, fmt.Errorf("%q: a closing brace without an opening one; double it to mean itself", s)
		default:
			lit.WriteByte(s[i])
			i++
		}
	}
	t.literals = append(t.literals, lit.String())
	return t, nil
}

func (t *template) fill(c *cells) string {
	if len(t.columns) == 1 && t.literals[0] == "" && t.literals[1] == "" {
		return c.cell(t.columns[0])
	}
	var out strings.Builder
	for i, col := range t.columns {
		out.WriteString(t.literals[i])
		out.WriteString(c.cell(col))
	}
	out.WriteString(t.literals[len(t.literals)-1])
	return out.String()
}

// UnmarshalYAML takes a template, a rule, or a list of rules.
func (v *value) UnmarshalYAML(n *yaml.Node) error {
	nodes := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		nodes = n.Content
	}
	for _, n := range nodes {
		var r rule
		if err := r.decode(n); err != nil {
			return err
		}
		v.rules = append(v.rules, r)
	}
	return nil
}

func (r *rule) decode(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		return r.setTemplate(n, n.Value)
	}
	var y struct {
		When      *condition        `yaml:"when"`
		Value     *string           `yaml:"value"`
		Trim      string            `yaml:"trim"`
		Find      []string          `yaml:"find"`
		Split     string            `yaml:"split"`
		Words     bool              `yaml:"words"`
		Without   []string          `yaml:"without"`
		MinLength int               `yaml:"min_length"`
		Absolute  bool              `yaml:"absolute"`
		Table     map[string]string `yaml:"table"`
		Otherwise *string           `yaml:"otherwise"`
		Case      string            `yaml:"case"`
	}
	if err := strictly(n, &y); err != nil {
		return err
	}
	if y.Value == nil {
		return at(n, errors.New("a rule needs `value`: a text with columns in braces"))
	}
	ways := 0
	for _, used := range []bool{y.Words, y.Find != nil, y.Split != ""} {
		if used {
			ways++
		}
	}
	if ways > 1 {
		return at(n, errors.New("of `words`, `find` and `split` a rule takes one"))
	}
	if !y.Words && (y.MinLength != 0) {
		return at(n, errors.New("`min_length` goes with `words`"))
	}
	if y.Otherwise != nil && y.Table == nil {
		return at(n, errors.New("`otherwise` goes with `table`"))
	}
	switch y.Case {
	case "":
	case "lower":
		r.letters = strings.ToLower
	case "upper":
		r.letters = strings.ToUpper
	case "sentence":
		r.letters = sentence
	default:
		return at(n, fmt.Errorf("case %q: lower, upper or sentence", y.Case))
	}
	r.when, r.trim, r.find, r.split = y.When, y.Trim, y.Find, y.Split
	r.words, r.minLength, r.absolute = y.Words, y.MinLength, y.Absolute
	r.table, r.otherwise = y.Table, y.Otherwise
	if y.Without != nil {
		r.without = make(map[string]bool, len(y.Without))
		for _, w := range y.Without {
			r.without[strings.ToLower(w)] = true
		}
	}
	return r.setTemplate(n, *y.Value)
}

func (r *rule) setTemplate(n *yaml.Node, s string) error {
	t, err := parseTemplate(s)
	if err != nil {
		return at(n, err)
	}
	r.value = t
	return nil
}

func (v *value) columns(use func(string)) {
	for i := range v.rules {
		for _, col := range v.rules[i].value.columns {
			use(col)
		}
		if v.rules[i].when != nil {
			v.rules[i].when.columns(use)
		}
	}
}
