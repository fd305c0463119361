package demo

import (
	"io"
	"strings"
	"unicode/utf8"
)

// The widths that the story is laid out for. Outside a terminal it is
// DefaultWidth wide.
const (
	MinWidth     = 80
	MaxWidth     = 120
	DefaultWidth = 110
)

// maxRows is more lines than a paragraph of the story has.
const maxRows = 20

// ink is how a piece of text is shown on a terminal that knows colours.
type ink string

const (
	plain  ink = ""
	bold   ink = "1"
	dim    ink = "2"
	accent ink = "1;36"
	green  ink = "32"
	yellow ink = "33"
)

// seg is a piece of a line in one ink.
type seg struct {
	text string
	ink  ink
}

// line is a line of text in several inks. Its characters are one column wide
// each, as those of the made-up shop are.
type line []seg

func text(s string) line            { return line{{s, plain}} }
func in(i ink, s string) line       { return line{{s, i}} }
func (l line) then(m ...seg) line   { return append(l[:len(l):len(l)], m...) }
func (l line) join(other line) line { return append(l[:len(l):len(l)], other...) }

func (l line) width() int {
	n := 0
	for _, s := range l {
		n += utf8.RuneCountInString(s.text)
	}
	return n
}

// fit cuts or fills the line to exactly width columns.
func (l line) fit(width int) line {
	if gap := width - l.width(); gap >= 0 {
		return l.then(seg{strings.Repeat(" ", gap), plain})
	}
	var out line
	for _, s := range l {
		n := utf8.RuneCountInString(s.text)
		if n < width {
			out = append(out, s)
			width -= n
			continue
		}
		return append(out, seg{cut(s.text, width), s.ink})
	}
	return out
}

// ends puts right at the end of a line of width columns, and cuts left to leave
// it room.
func ends(left, right line, width int) line {
	return left.fit(max(width-right.width()-1, 0)).then(seg{" ", plain}).join(right)
}

// cut shortens s to width columns, if it has to: then it ends in an ellipsis.
func cut(s string, width int) string {
	runes := []rune(s)
	if len(runes) <= width {
		return s
	}
	if width < 1 {
		return ""
	}
	kept := strings.TrimRight(string(runes[:width-1]), " ") + "…"
	return kept + strings.Repeat(" ", width-utf8.RuneCountInString(kept))
}

// wrap breaks s into lines of at most width columns, at most n of them; what
// does not fit is cut.
func wrap(s string, width, n int) []string {
	words := strings.Fields(s)
	var lines []string
	for len(words) > 0 {
		if len(lines) == n-1 {
			return append(lines, strings.TrimRight(cut(strings.Join(words, " "), width), " "))
		}
		row := words[0]
		words = words[1:]
		for len(words) > 0 && utf8.RuneCountInString(row)+1+utf8.RuneCountInString(words[0]) <= width {
			row += " " + words[0]
			words = words[1:]
		}
		lines = append(lines, strings.TrimRight(cut(row, width), " "))
	}
	return lines
}

// Printer writes the story for people. The first error of its writer is kept in
// Err, and nothing is written after it.
type Printer struct {
	Err error

	w      io.Writer
	width  int
	colour bool
}

// NewPrinter returns a printer for lines of width columns, kept within MinWidth
// and MaxWidth.
func NewPrinter(w io.Writer, width int, colour bool) *Printer {
	return &Printer{w: w, width: min(max(width, MinWidth), MaxWidth), colour: colour}
}

// print writes lines, without spaces at their ends.
func (p *Printer) print(lines ...line) {
	for _, l := range lines {
		var b strings.Builder
		for _, s := range l.trimmed() {
			if p.colour && s.ink != plain && s.text != "" {
				b.WriteString("\x1b[" + string(s.ink) + "m" + s.text + "\x1b[0m")
			} else {
				b.WriteString(s.text)
			}
		}
		b.WriteByte('\n')
		if p.Err == nil {
			_, p.Err = io.WriteString(p.w, b.String())
		}
	}
}

func (l line) trimmed() line {
	for len(l) > 0 {
		last := l[len(l)-1]
		last.text = strings.TrimRight(last.text, " ")
		l = l[: len(l)-1 : len(l)-1]
		if last.text != "" {
			return append(l, last)
		}
	}
	return l
}

// heading opens a chapter.
func (p *Printer) heading(title, aside string) {
	left := line{{"── ", dim}, {title, accent}, {" ", plain}}
	right := line{{" " + aside + " ", plain}, {"──", dim}}
	if left.width()+right.width()+2 > p.width {
		right = nil
	}
	rule := max(p.width-left.width()-right.width(), 2)
	p.print(nil, left.then(seg{strings.Repeat("─", rule), dim}).join(right), nil)
}

// hang prints a paragraph behind a prefix, its further lines indented as far.
// Room at the end of the lines is left for aside, which stands on the first.
func (p *Printer) hang(prefix line, i ink, s string, aside line) {
	width := p.width - prefix.width()
	if len(aside) > 0 {
		width -= aside.width() + 1
	}
	for n, row := range wrap(s, width, maxRows) {
		l := prefix.then(seg{row, i})
		if n == 0 && len(aside) > 0 {
			l = ends(l, aside, p.width)
		}
		p.print(l)
		prefix = text(strings.Repeat(" ", prefix.width()))
	}
}

// beside prints two columns of cells side by side: the n-th left cell begins on
// the line of the n-th right one.
func (p *Printer) beside(left, right [][]line) {
	column := p.column()
	for i := range max(len(left), len(right)) {
		var l, r []line
		if i < len(left) {
			l = left[i]
		}
		if i < len(right) {
			r = right[i]
		}
		for j := range max(len(l), len(r)) {
			var a, b line
			if j < len(l) {
				a = l[j]
			}
			if j < len(r) {
				b = r[j]
			}
			p.print(text("   ").join(a.fit(column)).then(seg{" │ ", dim}).join(b.fit(column)))
		}
	}
}

// column is the width of one of two columns side by side.
func (p *Printer) column() int { return (p.width - 6) / 2 }
