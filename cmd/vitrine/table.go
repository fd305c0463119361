package main

import (
	"io"
	"strings"
	"unicode/utf8"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// table collects rows and writes them as aligned columns. A cell may hold
// several lines.
type table struct {
	header []string
	align  []tw.Align
	rows   [][]string
}

// newTable names the columns. Those whose name begins with ">" are aligned to
// the right.
func newTable(columns ...string) *table {
	t := &table{}
	for _, c := range columns {
		name, right := strings.CutPrefix(c, ">")
		t.header = append(t.header, name)
		if right {
			t.align = append(t.align, tw.AlignRight)
		} else {
			t.align = append(t.align, tw.AlignLeft)
		}
	}
	return t
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// write prints the table without borders: a header, a rule, the rows.
func (t *table) write(w io.Writer) error {
	var b strings.Builder
	none := tw.PaddingNone
	gap := tw.Padding{Right: "  "}
	tbl := tablewriter.NewTable(&b,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders: tw.BorderNone,
			Symbols: tw.NewSymbols(tw.StyleLight),
			Settings: tw.Settings{
				Separators: tw.Separators{BetweenColumns: tw.Off, BetweenRows: tw.Off},
				Lines:      tw.Lines{ShowHeaderLine: tw.On, ShowTop: tw.Off, ShowBottom: tw.Off},
			},
		})),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithAlignment(t.align),
		tablewriter.WithPadding(none),
		tablewriter.WithRowPaddingPerColumn(slicesOf(gap, len(t.header))),
		tablewriter.WithHeaderPaddingPerColumn(slicesOf(gap, len(t.header))),
	)
	header := make([]any, len(t.header))
	for i, h := range t.header {
		header[i] = h
	}
	tbl.Header(header...)
	for _, r := range t.rows {
		cells := make([]any, len(r))
		for i, c := range r {
			cells[i] = c
		}
		if err := tbl.Append(cells...); err != nil {
			return err
		}
	}
	if err := tbl.Render(); err != nil {
		return err
	}
	for line := range strings.Lines(b.String()) {
		if _, err := io.WriteString(w, strings.TrimRight(line, " \n")+"\n"); err != nil {
			return err
		}
	}
	return nil
}

func slicesOf(p tw.Padding, n int) []tw.Padding {
	all := make([]tw.Padding, n)
	for i := range all {
		all[i] = p
	}
	return all
}

// fold breaks a sentence into lines of at most width characters, between words.
func fold(s string, width int) string {
	var b strings.Builder
	used := 0
	for i, word := range strings.Fields(s) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case used+1+n > width:
			b.WriteByte('\n')
			used = 0
		default:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += n
	}
	return b.String()
}
