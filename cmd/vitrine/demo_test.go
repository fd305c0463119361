package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vitrine-io/vitrine/cmd/vitrine/demo"
)

// TestDemoTellsItsStory plays the whole demo once, against the real server.
func TestDemoTellsItsStory(t *testing.T) {
	folder := t.TempDir()
	out, err := command(t, newDemoCommand, "", "--exit", "--json", "--listen", "127.0.0.1:0", "--data-dir", folder)
	if err != nil {
		t.Fatal(err)
	}
	story := &demo.Story{}
	if err := json.Unmarshal([]byte(out), story); err != nil {
		t.Fatalf("%v: %s", err, out)
	}

	t.Run("every event is accounted for", func(t *testing.T) {
		if p := story.Past; p.Stored+p.NoConsent != p.Events || p.NoConsent == 0 {
			t.Errorf("%d stored and %d without consent of %d", p.Stored, p.NoConsent, p.Events)
		}
		if o := story.Opened; int(o.Stored) != o.Shop.Products {
			t.Errorf("%d of %d products stored", o.Stored, o.Shop.Products)
		}
	})
	t.Run("visitors today click what they are shown", func(t *testing.T) {
		if s := story.Today; s.Clicks == 0 || s.Decisions < s.Visitors {
			t.Errorf("%+v", s)
		}
	})
	t.Run("pages are full and explained", func(t *testing.T) {
		pages := []demo.Page{story.Refusal.Page, story.Refusal.Session}
		for _, v := range story.Visits {
			pages = append(pages, v.Before, v.After)
		}
		for i, page := range pages {
			if len(page.Items) != demo.PageSize {
				t.Errorf("page %d shows %d products", i, len(page.Items))
			}
			checkExplained(t, page)
		}
	})
	t.Run("the pages after a visit suit the visitor", func(t *testing.T) {
		for _, v := range story.Visits {
			if v.Before.Mode != "CONTEXTUAL" || v.After.Mode != "PROFILE" {
				t.Errorf("%s: modes %s and %s", v.Taste, v.Before.Mode, v.After.Mode)
			}
			if v.SuitedAfter <= demo.PageSize/2 || v.SuitedAfter <= v.SuitedBefore {
				t.Errorf("%s: %d of %d products suit, before the visit %d", v.Taste, v.SuitedAfter, demo.PageSize, v.SuitedBefore)
			}
			for _, m := range v.Moments {
				if m.Status != "STORED" {
					t.Errorf("%s: %s %s: %s", v.Taste, m.Did, m.What, m.Status)
				}
			}
		}
	})
	t.Run("three visitors see three pages", func(t *testing.T) {
		for i, a := range story.Visits {
			for _, b := range story.Visits[i+1:] {
				if n := common(a.After, b.After); n > demo.PageSize/4 {
					t.Errorf("%s and %s share %d products", a.Taste, b.Taste, n)
				}
			}
		}
	})
	t.Run("what is in the cart or bought is not shown again", func(t *testing.T) {
		c := story.Cart
		family, cyclist := story.Visits[1].After, story.Visits[2].After
		if len(c.InCart) != 1 || shows(family, c.InCart[0]) || !slices.Equal(c.LeftOut, c.InCart) {
			t.Errorf("in the cart %q, left out %q", c.InCart, c.LeftOut)
		}
		if len(c.Bought) != 1 || shows(cyclist, c.Bought[0]) || !slices.Equal(c.BoughtAside, c.Bought) {
			t.Errorf("bought %q, left out %q", c.Bought, c.BoughtAside)
		}
		if len(c.Reminder.Items) != 1 || !shows(c.Reminder, c.InCart[0]) {
			t.Errorf("the reminder does not show the cart: %+v", c.Reminder.Items)
		}
		if len(c.Besides.Items) == 0 || common(c.Reminder, c.Besides) > 0 {
			t.Errorf("beside the cart: %+v", c.Besides.Items)
		}
	})
	t.Run("without consent nothing is known", func(t *testing.T) {
		r := story.Refusal
		for _, m := range r.Moments {
			if m.Status != "NO_CONSENT" {
				t.Errorf("%s %s: %s", m.Did, m.What, m.Status)
			}
		}
		if !r.Same || r.Page.Mode != "CONTEXTUAL" || r.Stored != "NOT_FOUND" {
			t.Errorf("same as a stranger's: %v, mode %s, stored: %s", r.Same, r.Page.Mode, r.Stored)
		}
		if r.Session.Mode != "SESSION" || r.Session.Decision != "" {
			t.Errorf("the session page is in mode %s, kept as %q", r.Session.Mode, r.Session.Decision)
		}
		if n := common(r.Session, story.Visits[0].After); n <= demo.PageSize/2 {
			t.Errorf("the session page shares %d products with the page of the same visit with consent", n)
		}
	})
	t.Run("each visitor is shown a creative that is meant for them", func(t *testing.T) {
		want := []string{"Trail days", "Still in your cart", "Seen in traffic", "Welcome to Tarn & Thicket Outdoor"}
		for k, b := range story.Banners {
			// Of the two of the house each has half of the chance.
			if p := b.Propensity; b.Campaign != want[k] || b.Creative == "" || len(b.Against) == 0 || (p != 1) != (k == 3) {
				t.Errorf("got %+v, want %s", b, want[k])
			}
		}
		if len(story.Banners) != 4 || !slices.Equal(story.Banners[1].Products, story.Cart.InCart) {
			t.Errorf("in the creative %+v, in the cart %q", story.Banners, story.Cart.InCart)
		}
	})
	t.Run("a second demo on the same data is refused", func(t *testing.T) {
		_, err := command(t, newDemoCommand, "", "--exit", "--listen", "127.0.0.1:0", "--data-dir", folder)
		if err == nil || !strings.Contains(err.Error(), "holds a demo shop already") {
			t.Errorf("%v", err)
		}
	})
}

func checkExplained(t *testing.T, page demo.Page) {
	t.Helper()
	for _, it := range page.Items {
		if it.Title == "" || it.Price == "" || len(it.Reasons) == 0 {
			t.Errorf("%s: title %q, price %q, %d reasons", it.ProductID, it.Title, it.Price, len(it.Reasons))
		}
		total := 0.0
		for _, r := range it.Reasons {
			if r.Share <= 0 || r.Share > 1 || r.Text == "" {
				t.Errorf("%s: %+v", it.ProductID, r)
			}
			total += r.Share
		}
		if total > 1.0001 {
			t.Errorf("%s: the reasons' shares add up to %v", it.ProductID, total)
		}
	}
}

func shows(p demo.Page, title string) bool {
	return slices.ContainsFunc(p.Items, func(it demo.Item) bool { return it.Title == title })
}

// common counts the products that two pages share.
func common(a, b demo.Page) int {
	n := 0
	for _, it := range a.Items {
		if slices.ContainsFunc(b.Items, func(o demo.Item) bool { return o.ProductID == it.ProductID }) {
			n++
		}
	}
	return n
}

// shared is a buffer that one goroutine may read while another writes. It
// closes seen once it holds the text until.
type shared struct {
	until string
	seen  chan struct{}

	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buf.Write(p)
	if s.until != "" && bytes.Contains(s.buf.Bytes(), []byte(s.until)) {
		s.until = ""
		close(s.seen)
	}
	return len(p), nil
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

// TestDemoStaysUpUntilInterrupted also finds the default port taken.
func TestDemoStaysUpUntilInterrupted(t *testing.T) {
	if ln, err := net.Listen("tcp", defaultTarget); err == nil {
		defer ln.Close()
	}
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	ctx, interrupt := context.WithCancel(t.Context())
	stdout, stderr := &shared{until: "/metrics", seen: make(chan struct{})}, &shared{}
	cmd := newDemoCommand(&app{stdin: strings.NewReader(""), stdout: stdout, stderr: stderr})
	cmd.SetArgs(nil)
	done := make(chan error, 1)
	go func() { done <- cmd.ExecuteContext(ctx) }()

	select {
	case <-stdout.seen: // the last of the commands to try
	case err := <-done:
		t.Fatalf("ended by itself: %v\n%s", err, stdout.String())
	}
	if !strings.Contains(stderr.String(), "is taken") {
		t.Errorf("stderr does not say that the port is taken: %q", stderr.String())
	}
	text := stdout.String()
	if strings.Contains(text, "\x1b") {
		t.Error("escape sequences in what is no terminal")
	}
	_, next, _ := strings.Cut(text, "TRY IT")
	_, target, _ := strings.Cut(next, "--target ")
	target, _, _ = strings.Cut(target, " ")
	if out, err := command(t, newDecideCommand, "", "--target", target, "--visitor", "trail-runner", "--consent", "granted"); err != nil || !strings.Contains(out, "profile mode") {
		t.Errorf("the server does not answer at %s: %v\n%s", target, err, out)
	}
	interrupt()
	if err := <-done; err != nil {
		t.Errorf("interrupted: %v", err)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) != 0 {
		t.Errorf("%v, and left behind: %v", err, left)
	}
}

func TestColourIsForTerminals(t *testing.T) {
	for _, tt := range []struct {
		terminal bool
		environ  []string
		want     bool
	}{
		{true, nil, true},
		{true, []string{"TERM=xterm-256color", "NO_COLOR="}, true}, // set but empty counts as not set
		{true, []string{"NO_COLOR=1"}, false},
		{true, []string{"TERM=dumb"}, false},
		{false, []string{"TERM=xterm-256color"}, false},
	} {
		a := &app{environ: tt.environ}
		if got := a.colour(tt.terminal); got != tt.want {
			t.Errorf("terminal %v with %q: %v, want %v", tt.terminal, tt.environ, got, tt.want)
		}
	}
}

// TestCommandsToTry checks that what the demo tells people to type is what the
// program takes.
func TestCommandsToTry(t *testing.T) {
	for _, c := range nextCommands("vitrine", &demoNode{"127.0.0.1:7000", "127.0.0.1:7001"}, []string{"P1", "P2"}) {
		line := strings.Join(c.Lines, " ")
		args, ours := strings.CutPrefix(line, "vitrine ")
		if !ours {
			continue
		}
		if !strings.Contains(line, "--target 127.0.0.1:7000") {
			t.Errorf("%q does not say where", line)
		}
		cmd, rest, err := newRootCommand(&app{}).Find(strings.Fields(args))
		if err != nil || !strings.HasPrefix(args, strings.TrimPrefix(cmd.CommandPath(), "vitrine ")) || !cmd.Runnable() {
			t.Errorf("%q: %v", line, err)
			continue
		}
		quoted := strings.Split(strings.Join(rest, " "), `"`)
		flags := strings.Fields(quoted[0])
		if len(quoted) > 1 {
			flags = append(flags, quoted[1])
		}
		if err := cmd.ParseFlags(flags); err != nil {
			t.Errorf("%q: %v", line, err)
		}
	}
}

// demoNode is a server's addresses.
type demoNode struct{ api, ops string }

func (n *demoNode) Addr() string    { return n.api }
func (n *demoNode) OpsAddr() string { return n.ops }
