package demo

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "write the golden files anew")

// told is a short story with one of everything in it.
func told() *Story {
	shoe := Item{ProductID: "P101", Title: "Ravensole Thicket women's trail shoe, moss", Category: "shoes/running/trail", Price: "€129.00", Score: 4.25,
		Reasons: []Reason{
			{Kind: "VIEWED_TOGETHER", Share: 0.62, Text: "Because you looked at Ravensole Outcrop women's trail shoe, lemon"},
			{Kind: "INTEREST", Share: 0.28, Text: "Because you are interested in trail"},
			{Kind: "POPULAR", Share: 0.1, Text: "Popular in this shop"},
		}}
	tent := Item{ProductID: "P214", Title: "Campfold Anchor family tent", Category: "tents/family", Price: "€1,259.00", Score: 1.5,
		Reasons: []Reason{
			{Kind: "POPULAR", Share: 0.955, Text: "Popular in this shop"},
			{Kind: "NEW", Share: 0.045, Text: "New in this shop"},
		}}
	before := Page{Mode: "CONTEXTUAL", Items: []Item{tent, shoe}}
	after := Page{Decision: "sites/demo/decisions/01", Mode: "PROFILE", Items: []Item{shoe}, NoFill: "FILTERED"}
	moments := []Moment{
		{Did: "searched for", What: `"trail shoes"`, Status: "STORED"},
		{After: 80 * time.Second, Did: "looked at", What: shoe.Title, Status: "STORED"},
	}
	refused := []Moment{{After: 9 * time.Second, Did: "put into the cart", What: shoe.Title, Status: "NO_CONSENT"}}
	return &Story{
		Opened: &Opened{Shop: ShopFacts{Name: ShopName, Site: "demo", Products: 310, Categories: 48, Brands: 14, Reduced: 40, New: 16, Coming: 7, OutOfStock: 15},
			Stored: 310, Took: 84 * time.Millisecond},
		Past:  &Lived{Days: 28, Visitors: 360, Sessions: 1855, Orders: 180, Abandoned: 144, Refunds: 12, Events: 7420, Stored: 6500, NoConsent: 920, Took: 412 * time.Millisecond},
		Today: &Today{Visitors: 60, Decisions: 190, Events: 410, NoConsent: 40, Clicks: 98, Orders: 9, Took: 1234 * time.Millisecond},
		Visits: []*Visit{{Taste: "the trail runner", Visitor: "trail-runner", Before: before, Moments: moments, After: after,
			SuitedBefore: 1, SuitedAfter: 1}},
		Cart: &Cart{Taste: "the camping family", Visitor: "camping-family", InCart: []string{tent.Title}, LeftOut: []string{tent.Title}, Reminder: before, Besides: after,
			Buyer: "the city cyclist", Bought: []string{"Lumenbark Hover bike light"}},
		Refusal: &Refusal{Visitor: "said-no", Moments: refused, Page: before, Stranger: before, Same: true, Session: after, Stored: "NOT_FOUND"},
		Figures: &Figures{Events: 7850, EventsPerSecond: 18_009.7, Decisions: 204, DecideP50: 412 * time.Microsecond, DecideP99: 3120 * time.Microsecond},
	}
}

func printed(p *Printer, s *Story) {
	p.Title("127.0.0.1:7654", "/tmp/vitrine-demo (temporary)")
	p.Opened(s.Opened)
	p.Past(s.Past)
	p.Today(s.Today)
	p.Visit(1, s.Visits[0])
	p.Cart(2, s.Cart)
	p.Refusal(3, s.Refusal)
	p.Figures(s.Figures)
	p.Next([]Command{{What: "what is known of them", Lines: []string{"vitrine visitor show trail-runner"}}, {Lines: []string{"grpcurl", "Decide"}}})
}

func TestStoryIsPrinted(t *testing.T) {
	for _, tt := range []struct {
		name   string
		width  int
		colour bool
	}{
		{"plain-110", 110, false},
		{"colour-120", 120, true},
		{"plain-80", 80, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			p := NewPrinter(&out, tt.width, tt.colour)
			printed(p, told())
			if p.Err != nil {
				t.Fatal(p.Err)
			}
			golden(t, filepath.Join("testdata", tt.name+".golden"), out.Bytes())
			if !tt.colour && strings.Contains(out.String(), "\x1b") {
				t.Error("plain text has an escape sequence in it")
			}
			if tt.colour {
				return
			}
			for _, row := range strings.Split(out.String(), "\n") {
				if n := utf8.RuneCountInString(row); n > tt.width {
					t.Errorf("a line is %d columns wide: %q", n, row)
				}
				if strings.HasSuffix(row, " ") {
					t.Errorf("a line ends in blanks: %q", row)
				}
			}
		})
	}
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("differs from %s; review with -update and git diff\n%s", path, got)
	}
}

func TestWidthIsKeptWithinBounds(t *testing.T) {
	for width, want := range map[int]int{0: MinWidth, 40: MinWidth, 100: 100, 300: MaxWidth} {
		if p := NewPrinter(&bytes.Buffer{}, width, false); p.width != want {
			t.Errorf("width %d becomes %d, want %d", width, p.width, want)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no room") }

func TestPrinterKeepsTheFirstError(t *testing.T) {
	p := NewPrinter(full{}, 110, false)
	printed(p, told())
	if p.Err == nil || p.Err.Error() != "no room" {
		t.Errorf("Err is %v", p.Err)
	}
}

func TestCutAndWrap(t *testing.T) {
	for _, tt := range []struct {
		in    string
		width int
		want  string
	}{
		{"tent", 4, "tent"},
		{"tent", 3, "te…"},
		{"a tent", 3, "a… "}, // filled up again where a blank was dropped
		{"été", 2, "é…"},
		{"tent", 0, ""},
	} {
		if got := cut(tt.in, tt.width); got != tt.want {
			t.Errorf("cut(%q, %d) = %q, want %q", tt.in, tt.width, got, tt.want)
		}
	}
	for _, tt := range []struct {
		in       string
		width, n int
		want     string
	}{
		{"because you looked at a tent", 11, 9, "because you|looked at a|tent"},
		{"because you looked at a tent", 11, 2, "because you|looked at…"},
		{"", 5, 2, ""},
		{"wheelbarrow", 5, 2, "whee…"},
	} {
		if got := strings.Join(wrap(tt.in, tt.width, tt.n), "|"); got != tt.want {
			t.Errorf("wrap(%q, %d, %d) = %q, want %q", tt.in, tt.width, tt.n, got, tt.want)
		}
	}
}

func TestPagesAreTheSame(t *testing.T) {
	page := told().Visits[0].Before
	with := func(change func(*Page)) Page {
		p := page
		p.Items = append([]Item(nil), page.Items...)
		p.Items[0].Reasons = append([]Reason(nil), page.Items[0].Reasons...)
		change(&p)
		return p
	}
	for _, tt := range []struct {
		name  string
		other Page
		want  bool
	}{
		{"itself", page, true},
		{"another decision and mode", with(func(p *Page) { p.Decision, p.Mode = "other", "PROFILE" }), true},
		{"a score decayed a little", with(func(p *Page) { p.Items[0].Score *= 1 + 1e-6 }), true},
		{"another score", with(func(p *Page) { p.Items[0].Score *= 1.01 }), false},
		{"another order", with(func(p *Page) { p.Items[0], p.Items[1] = p.Items[1], p.Items[0] }), false},
		{"one fewer", with(func(p *Page) { p.Items = p.Items[:1] }), false},
		{"another reason", with(func(p *Page) { p.Items[0].Reasons[0].Text = "Because" }), false},
		{"another share", with(func(p *Page) { p.Items[0].Reasons[0].Share = 0.9 }), false},
		{"not full", with(func(p *Page) { p.NoFill = "FILTERED" }), false},
	} {
		if got := page.same(tt.other); got != tt.want {
			t.Errorf("%s: same is %v, want %v", tt.name, got, tt.want)
		}
	}
}
