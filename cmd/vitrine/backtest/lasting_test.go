package backtest

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// lasting reads a log of visitors who come back.
func lasting(t *testing.T, text string, set func(*Files)) (*Log, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f := Files{Train: []string{path}, Holdout: Holdout{Each: LastProduct}}
	if set != nil {
		set(&f)
	}
	l, _, err := Read(f)
	return l, err
}

// known spells what is known of each visitor, and held what is held out.
func knownAndHeld(l *Log) string {
	var all []string
	for i := range l.Train {
		all = append(all, l.Train[i].Visitor+": "+spelled(l, l.Train[i:i+1]))
	}
	for i := range l.Test {
		s := l.Test[i]
		rest := Session{Items: s.Items[s.Cuts[0]:], Kinds: s.Kinds[s.Cuts[0]:]}
		all = append(all, s.Visitor+"? "+spelled(l, []Session{rest}))
	}
	return strings.Join(all, "; ")
}

// invoices is a log of orders: "visitor minute product product ...", refunds with
// a minus, views with a question mark.
func invoices(lines ...string) string {
	var b strings.Builder
	for _, line := range lines {
		f := strings.Fields(line)
		kind := "order_completed"
		switch f[1][0] {
		case '-':
			kind = "order_refunded"
		case '?':
			kind = "product_viewed"
		}
		minute, err := strconv.Atoi(strings.Trim(f[1], "-?"))
		if err != nil {
			panic(err)
		}
		for _, p := range f[2:] {
			fmt.Fprintf(&b, `{"type":%q,"visitor":%q,"time":%d,"product":%q}`+"\n", kind, f[0], 1_700_000_000+60*minute, p)
		}
	}
	return b.String()
}

func TestWhatIsHeldOut(t *testing.T) {
	const lines = "u a b c\nv d\nw a b\n"
	orders := invoices("u 0 a b", "w 1 a", "u 2 c", "u -3 a", "v 4 d", "u 5 a d", "w ?6 b", "u ?7 c", "w 8 b c")
	for _, c := range []struct {
		name, log string
		set       func(*Files)
		want      string
	}{
		{"the last product", lines, nil, "u: $a $b; v: $d; w: $a; u? $c; w? $b"},
		{"the last but one", lines, func(f *Files) { f.Validation = true }, "u: $a; w: $a; u? $b"},
		{
			"the last order, with refunds and views before it, and nothing behind it", orders,
			func(f *Files) { f.Holdout.Each = LastOrder },
			"u: $a $b $c -a; w: $a b; v: $d; u? $a $d; w? $b $c",
		},
		{
			"the last order but one", orders,
			func(f *Files) { f.Holdout.Each, f.Validation = LastOrder, true },
			"u: $a $b; w: $a b; u? $c",
		},
		{"the last product of a log of orders is no refund", invoices("u 0 a b", "u -3 a"), nil, "u: $a; u? $b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := lasting(t, c.log, c.set)
			if err != nil {
				t.Fatal(err)
			}
			if got := knownAndHeld(l); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestBadLogsOfLastingVisitors(t *testing.T) {
	for want, c := range map[string]struct {
		log string
		set func(*Files)
	}{
		`log:2: visitor "u" again`:      {"u a b\nu c\n", nil},
		`log:1: visitor "u" without`:    {"u\n", nil},
		"a tab in a line":               {"u a b\tc\n", func(f *Files) { f.Format = Visitors }},
		"holds sessions, and --holdout": {"a b\tc\n", nil},
		"has two products":              {"u a\nv b\n", nil},
		"has three orders":              {invoices("u 0 a", "u 1 b"), func(f *Files) { f.Holdout.Each, f.Validation = LastOrder, true }},
		"--one-visit is for logs":       {invoices("u 0 a", "u 1 b"), func(f *Files) { f.OneVisit = true }},
		"give --holdout last-product":   {"u a b\n", func(f *Files) { f.Format, f.Holdout = Visitors, Holdout{Share: 0.5} }},
	} {
		if _, err := lasting(t, c.log, c.set); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestTimesOfLives(t *testing.T) {
	l, err := lasting(t, "u a b c d e f g h i j\nv a b\n", nil)
	if err != nil {
		t.Fatal(err)
	}
	const span = 100 * 24 * time.Hour
	spreadLives(l.lives, theEnd, span, 1)
	for _, s := range l.lives {
		n := len(s.Items)
		last, life := theEnd.UnixMilli()-s.Times[n-1], time.Duration(theEnd.UnixMilli()-s.Times[0])*time.Millisecond
		if life > span || life < span/8 || last < 0 || last > span.Milliseconds()/int64(n) {
			t.Errorf("%s lives for %v, and %v ms of the log are left", s.Visitor, life, last)
		}
		for i := 1; i < n; i++ {
			if s.Times[i] <= s.Times[i-1] {
				t.Errorf("%s: %v do not ascend", s.Visitor, s.Times)
			}
		}
	}
	if l.Train[0].Times[3] != l.lives[0].Times[3] || l.Test[0].Times[9] != l.lives[0].Times[9] {
		t.Error("train and test do not have the times of the life")
	}
}

func TestBasketMeasures(t *testing.T) {
	// Of three products two are shown, at the places 2 and 4.
	places := []uint8{4, 0, 2}
	near(t, "hit", anyHit(places, 10), 1)
	near(t, "MRR", firstHit(places, 10), 0.5)
	near(t, "recall", basketRecall(places, 10), 2./3)
	log := func(place float64) float64 { return 1 / math.Log2(1+place) }
	near(t, "NDCG", basketGain(places, 10), (log(2)+log(4))/(log(1)+log(2)+log(3)))
	near(t, "NDCG of a list of 2", basketGain([]uint8{0, 0, 2}, 2), log(2)/(log(1)+log(2)))
	near(t, "NDCG of one product", basketGain([]uint8{3}, 10), gain(3))
}

func TestRunLastProduct(t *testing.T) {
	s, conn := openShop(t)
	o := options()
	o.K = 2
	l, err := lasting(t, "u a b c\nv a c\nw b d a\n", nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Run(t.Context(), conn, l, o)
	if err != nil {
		t.Fatal(err)
	}
	// Train has a twice, b twice and d once; the shop shows a and b to everybody:
	// c, c and a were wanted.
	near(t, "HR", got.All.HR.Value, 100./3)
	near(t, "NDCG", got.All.NDCG.Value, 100./3)
	if rules := s.placement.GetProducts(); rules.GetExcludeBought() != vitrinev1.Toggle_TOGGLE_ON || rules.BoughtWindow.AsDuration() < 4*365*24*time.Hour {
		t.Errorf("the placement's rules are %v", rules)
	}
	visitors := []string{"u", "v", "w"}
	for _, e := range s.events {
		if e.Type != vitrinev1.EventType_EVENT_TYPE_ORDER_COMPLETED || !slices.Contains(visitors, e.Visitor.DeviceId) {
			t.Errorf("sent %v", e)
		}
	}
	for _, req := range s.requests {
		if len(req.SessionEvents) > 0 || !slices.Contains(visitors, req.GetVisitor().GetDeviceId()) || !req.DryRun {
			t.Errorf("asked %v", req)
		}
	}
	// By popularity, own ones left out: u d (1, the rest is theirs), then c; v b and
	// then d; w a.
	near(t, "popular", got.Lasting.Floors[0].MRR.Value, 100*(1./2+0+1)/3)
	if len(s.events) != 5 || got.TrainEvents != 5 || got.Decisions != 3 || got.Lasting.HeldOut != "last-product" {
		t.Errorf("%d events, got %+v", len(s.events), got)
	}
}

func TestRunOneVisit(t *testing.T) {
	s, conn := openShop(t)
	l, err := lasting(t, "u a b c\nv a c\nw b d a\n", func(f *Files) { f.OneVisit = true })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Run(t.Context(), conn, l, options()); err != nil {
		t.Fatal(err)
	}
	if gap := s.events[1].Time.AsTime().Sub(s.events[0].Time.AsTime()); s.events[0].Visitor.DeviceId != "u" || gap != clickGap {
		t.Errorf("%v lie between u's orders", gap)
	}
	for _, req := range s.requests {
		if e := req.SessionEvents; len(e) == 0 || req.Visitor != nil || e[0].Type != vitrinev1.EventType_EVENT_TYPE_ORDER_COMPLETED {
			t.Errorf("asked %v", req)
		}
	}
}

func TestRunLastOrder(t *testing.T) {
	log := invoices("u 0 a b", "v 1 a", "u 2 a c", "u -3 c", "u 5 a d", "w 6 d d", "v 7 b", "u 8 d", "v 9 a b")
	asLastOrder := func(f *Files) { f.Holdout.Each = LastOrder }
	for _, online := range []bool{false, true} {
		t.Run(fmt.Sprintf("online %v", online), func(t *testing.T) {
			s, conn := openShop(t)
			l, err := lasting(t, log, asLastOrder)
			if err != nil {
				t.Fatal(err)
			}
			o := options()
			o.K, o.Online = 2, online
			got, err := Run(t.Context(), conn, l, o)
			if err != nil {
				t.Fatal(err)
			}
			// Wanted are d of u and {a, b} of v. In time, u's order of d is known when v
			// is asked for.
			if rules := s.placement.GetProducts(); rules.GetExcludeBought() != vitrinev1.Toggle_TOGGLE_OFF {
				t.Errorf("the placement's rules are %v", rules)
			}
			var sent []string
			for _, e := range s.events {
				sent = append(sent, fmt.Sprintf("%s:%d:%d", e.Visitor.DeviceId, e.Type, len(e.Items)))
			}
			want := "u:12:2 v:12:1 u:12:2 u:13:1 u:12:2 w:12:2 v:12:1"
			if online {
				want += " u:12:1"
			}
			if strings.Join(sent, " ") != want {
				t.Errorf("sent %v\nwant %s", sent, want)
			}
			if got.All.Recall.Wanted != 3 || got.All.Targets != 2 || got.Decisions != 2 {
				t.Errorf("got %+v", got.All)
			}
			// The own most frequent: of u a (3), then of b, c and d the one bought last,
			// d; of v a and b: all is there.
			for _, f := range got.Lasting.Floors {
				if f.Name == "own, most often" {
					near(t, f.Name, f.Recall.Value, 100)
				}
			}
			if got.Slice(ByTarget, "bought before").Recall.Wanted != 3 {
				t.Errorf("slices %+v", got.Slices)
			}
		})
	}
}

func TestPersonalFrequencies(t *testing.T) {
	// Nine baskets are two groups: the latest seven and two older ones.
	baskets := [][]item{{1}, {0}, {}, {}, {}, {}, {}, {2}, {0}}
	v := personal(baskets)
	want := []float64{
		(1./7 + 0.7*1/2) / 2, // 0: in the latest, and first of the older group seen from here
		0.7 * 0.9 / 2 / 2,    // 1: second of that group
		0.9 / 7 / 2,          // 2: one before the latest
	}
	for i, c := range v {
		near(t, fmt.Sprint("product ", c.at), c.value, want[i])
	}
}

func TestCompareLasting(t *testing.T) {
	run := func(places string) *Result {
		return &Result{K: 2, Ranks: &Ranks{Test: "x", Baskets: true, Places: places}}
	}
	c, err := Compare(run("1 0;0"), run("1 2;2"), 1)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]Difference{}
	for _, d := range c.Measures {
		got[d.Measure] = d
	}
	near(t, "recall of A", got["recall"].A, 25)  // 1/2 and 0
	near(t, "recall of B", got["recall"].B, 100) // 2/2 and 1
	near(t, "HR", got["HR"].BMinusA.Value, 50)
	if _, err := Compare(run("1"), &Result{K: 2, Ranks: &Ranks{Test: "x", Places: "1"}}, 1); err == nil || !strings.Contains(err.Error(), "lasting") {
		t.Errorf("got %v", err)
	}
}
