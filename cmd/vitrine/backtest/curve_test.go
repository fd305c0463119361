package backtest

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestTestCurve(t *testing.T) {
	// 10 sessions of 50 targets each, met from the sixth on.
	test, outcomes := make([]Session, 10), make([][]outcome, 10)
	for i := range test {
		test[i].Items = make([]item, 51)
		test[i].allCuts()
		for range test[i].Cuts {
			o := outcome{}
			if i >= 5 {
				o.place = 1
			}
			outcomes[i] = append(outcomes[i], o)
		}
	}
	got := testCurve(test, outcomes, 30) // 500 targets are enough for 5 points
	want := []Point{{2, 100, 0}, {4, 100, 0}, {6, 100, 50}, {8, 100, 100}, {10, 100, 100}}
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("point %d: got %v, want %v", i, got[i], want[i])
		}
	}
	if got := testCurve(nil, nil, 30); len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
}

func TestRunWithACurve(t *testing.T) {
	s, conn := openShop(t)
	o := options()
	o.Curve = 2
	got, err := Run(t.Context(), conn, read(t, trainLog, testLog), o)
	if err != nil {
		t.Fatal(err)
	}
	// The shop shows all four products from the beginning.
	if c := got.TrainCurve; len(c) != 2 || c[0] != (Point{5, 4, 100}) || c[1] != (Point{10, 4, 100}) {
		t.Errorf("got %+v", c)
	}
	if len(s.events) != 10 || len(s.requests) != 12 || got.Decisions != 4 || got.TestCurve != nil {
		t.Errorf("%d events, %d requests, %d decisions", len(s.events), len(s.requests), got.Decisions)
	}
	// The first four were asked at the time of the fifth event.
	for _, req := range s.requests[:4] {
		e := req.SessionEvents
		if !e[len(e)-1].Time.AsTime().Equal(s.events[4].Time.AsTime()) {
			t.Errorf("asked at %v", e[len(e)-1].Time.AsTime())
		}
	}
	o = options()
	o.Site, o.Curve = "c", 60 // more points than events
	s.site, s.events = "", nil
	if got, err = Run(t.Context(), conn, read(t, trainLog, testLog), o); err != nil || len(got.TrainCurve) != 10 || len(s.events) != 10 {
		t.Errorf("%d points, %v", len(got.TrainCurve), err)
	}
}

func chart() Chart {
	return Chart{Title: "HR@20", Unit: "test sessions", Points: []Point{{500, 100, 40}, {1000, 100, 45.5}, {1500, 100, 52}}}
}

func TestChartText(t *testing.T) {
	c := chart()
	each := func(marks string) string { // a point is 20 columns wide
		var b strings.Builder
		for _, r := range marks {
			b.WriteString(strings.Repeat(string(r), 20))
		}
		return strings.TrimRight(b.String(), " ")
	}
	// 40 to 52 are 48 eighths: 1, 1 + 5.5/12 x 47 = 22.5, so 23, and 48.
	want := "HR@20\n" +
		"  52 │" + each("  █") + "\n" +
		"     │" + each("  █") + "\n" +
		"     │" + each("  █") + "\n" +
		"     │" + each(" ▇█") + "\n" +
		"     │" + each(" ██") + "\n" +
		"  40 │" + each("▁██") + "\n" +
		"     └" + strings.Repeat("─", 60) + "\n" +
		strings.Repeat(" ", 66-len("1,500 test sessions")) + "1,500 test sessions\n"
	if got := c.Text(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	flat := Chart{Points: []Point{{1, 1, 0}, {2, 1, 0}}}
	if low, high := flat.scale(); low != 0 || high != 1 && high != 2 {
		t.Errorf("a flat line at 0 lies between %v and %v", low, high)
	}
}

func TestPage(t *testing.T) {
	var b strings.Builder
	p := Page{
		Title:  "Vitrine <backtest>",
		Tables: []PageTable{{Head: []string{"", "HR@20"}, Rows: [][]string{{"vitrine", "52.00"}, {" behind how many", ""}, {"  1", "40.00"}}}},
		Facts:  [][2]string{{"train", "a & b"}},
		Charts: []Chart{chart()},
	}
	if err := p.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, want := range []string{
		"Vitrine &lt;backtest&gt;", "a &amp; b", `<td class="in">1</td><td>40.00</td>`, `<td class="head" colspan="2">behind how many</td>`,
		"prefers-color-scheme: dark", "52.00 % of 100 targets, at 1,500 test sessions",
		`y="45.3" dy="4" text-anchor="end">50</text>`, // 212 - 10/12 x 200
		// From 40 to 708 across: a third, two thirds, all of it. From 212 up to 12.
		`<polyline class="line" points="262.7,212.0 485.3,120.3 708.0,12.0"/>`, // 212 - 5.5/12 x 200
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not in\n%s", want, page)
		}
	}
	for _, never := range []string{"http", "<script", "url(", "@import", "ZgotmplZ"} {
		if strings.Contains(page, never) {
			t.Errorf("%q is in the page", never)
		}
	}
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("not well formed: %v", err)
		}
	}
}
