package boltstore

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/store"
)

var (
	crashRounds = flag.Int("crash.rounds", 20, "how often the crash test kills a writing process")
	crashSeed   = flag.Uint64("crash.seed", 1, "seed of the crash test's times and bounds")
	crashDir    = flag.String("crash.dir", "", "internal: be the process that the crash test kills, on this folder")
	crashRound  = flag.Int("crash.round", 0, "internal: the round")
)

const (
	crashSite    = scoring.SiteID("shop")
	crashWriters = 4
)

// TestCrash kills a process that writes with all its might, again and again on
// the same folder, and finds everything that was acknowledged, once.
func TestCrash(t *testing.T) {
	if *crashDir != "" {
		crashChild(t)
		return
	}
	c := &crash{
		dir:    t.TempDir(),
		rng:    rand.New(rand.NewPCG(*crashSeed, 0)),
		acked:  make(map[scoring.EventID]bool),
		sent:   make(map[scoring.EventID]scoring.Event),
		latest: make(map[string]string),
	}
	s := openTest(t, c.dir, Options{})
	if _, err := s.CreateSite(context.Background(), scoring.Site{ID: crashSite}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for round := 1; round <= *crashRounds && !t.Failed(); round++ {
		c.kill(t, round)
		c.examine(t, round)
	}
	t.Logf("%d rounds, %d events acknowledged, %d sent", *crashRounds, len(c.acked), len(c.sent))
}

// crash is what the parent knows.
type crash struct {
	dir    string
	rng    *rand.Rand
	acked  map[scoring.EventID]bool
	sent   map[scoring.EventID]scoring.Event
	latest map[string]string // "product p" or "snapshot s" -> the last acknowledged version
}

// crashOptions are small, so that a crash meets checkpoints, evictions and full
// commits.
func crashOptions() Options {
	return Options{
		ProfileCache: 64, DirtyProfiles: 120, CheckpointBatch: 25, MaxCommit: 50,
		CheckpointEvery: 5 * time.Millisecond,
	}
}

// kill runs a writing process, kills it at a random time, and notes what it had
// said.
func (c *crash) kill(t *testing.T, round int) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCrash$", "-crash.dir="+c.dir, "-crash.round="+strconv.Itoa(round))
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for { // its time runs from when it has begun to write
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("round %d: the writing process did not begin: %v", round, err)
		}
		if line == "begin\n" {
			break
		}
	}
	killer := time.AfterFunc(time.Duration(c.rng.Int64N(int64(200*time.Millisecond))), func() { _ = child.Process.Kill() })
	defer killer.Stop()
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			break // a last line without its end was not finished saying
		}
		c.note(t, strings.Fields(line))
	}
	err = child.Wait()
	if exit := new(exec.ExitError); !errors.As(err, &exit) || exit.Exited() {
		t.Fatalf("round %d: the writing process ended by itself: %v", round, err)
	}
}

func (c *crash) note(t *testing.T, words []string) {
	t.Helper()
	switch words[0] {
	case "acked":
		for _, id := range words[1:] {
			c.acked[scoring.EventID(id)] = true
		}
	case "sending":
		for _, id := range words[1:] {
			c.sent[scoring.EventID(id)] = crashEvent(scoring.EventID(id))
		}
	case "product", "snapshot":
		c.latest[words[0]+" "+words[1]] = words[2]
	default:
		t.Fatalf("the writing process said %q", words)
	}
}

// examine opens what the killed process left.
func (c *crash) examine(t *testing.T, round int) {
	t.Helper()
	ctx := context.Background()
	s, err := Open(c.dir, crashOptions())
	if err != nil {
		t.Fatalf("round %d: %v", round, err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Errorf("round %d: %v", round, err)
		}
	}()
	if err := s.Check(ctx); err != nil {
		t.Fatalf("round %d: %v", round, err)
	}
	stored := c.compare(ctx, t, s, round)

	// Whatever was not acknowledged is sent again, and some of what was.
	var retry []scoring.Event
	for id, e := range c.sent {
		if !c.acked[id] || c.rng.IntN(50) == 0 {
			retry = append(retry, e)
		}
	}
	if len(retry) > 0 {
		acks, err := s.Append(ctx, crashSite, retry)
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		for i, ack := range acks {
			if ack.Duplicate != stored[retry[i].ID] {
				t.Errorf("round %d: event %s: %+v, and it was stored: %v", round, retry[i].ID, ack, stored[retry[i].ID])
			}
			c.acked[retry[i].ID] = true
		}
	}
	if got := c.compare(ctx, t, s, round); len(got) != len(c.sent) {
		t.Errorf("round %d: %d events in the journal, %d were sent", round, len(got), len(c.sent))
	}
}

// compare finds every acknowledged event once in the journal and once in its
// profile, and the last acknowledged products and snapshots, or newer ones.
func (c *crash) compare(ctx context.Context, t *testing.T, s *Store, round int) map[scoring.EventID]bool {
	t.Helper()
	stored := make(map[scoring.EventID]bool)
	profiles := make(map[scoring.VisitorID]*visitor.Profile)
	for _, entry := range journalOf(t, s, crashSite) {
		e := entry.Event
		if stored[e.ID] {
			t.Errorf("round %d: event %s is there twice", round, e.ID)
		}
		if _, ok := c.sent[e.ID]; !ok {
			t.Errorf("round %d: event %s was never sent", round, e.ID)
		}
		stored[e.ID] = true
		profiles[e.Visitor] = visitor.Apply(profiles[e.Visitor], &e)
	}
	for id := range c.acked {
		if !stored[id] {
			t.Errorf("round %d: acknowledged event %s is lost", round, id)
		}
	}
	for id, want := range profiles {
		got, err := s.Profile(ctx, crashSite, id)
		if err != nil {
			t.Errorf("round %d: profile %s: %v", round, id, err)
			continue
		}
		a, _ := got.AppendBinary(nil)
		b, _ := want.AppendBinary(nil)
		if string(a) != string(b) {
			t.Errorf("round %d: profile %s has %d events, the journal %d", round, id, got.Events, want.Events)
		}
	}
	for what, version := range c.latest {
		got, err := crashVersion(ctx, s, what)
		if want, _ := strconv.Atoi(version); err != nil || got < want {
			t.Errorf("round %d: %s is at version %d (%v), %d was acknowledged", round, what, got, err, want)
		}
	}
	return stored
}

func crashVersion(ctx context.Context, s *Store, what string) (int, error) {
	kind, name, _ := strings.Cut(what, " ")
	if kind == "product" {
		p, err := s.Product(ctx, crashSite, scoring.ProductID(name))
		if err != nil {
			return 0, err
		}
		return strconv.Atoi(p.Title)
	}
	var text []byte
	_, err := s.LoadSnapshot(ctx, crashSite, name, func(r io.Reader) (err error) {
		text, err = io.ReadAll(r)
		return err
	})
	if err != nil {
		return 0, err
	}
	version, _, _ := strings.Cut(string(text), " ")
	return strconv.Atoi(version)
}

// crashEvent is the event of an id: who-when.
func crashEvent(id scoring.EventID) scoring.Event {
	round, rest, _ := strings.Cut(string(id), "-")
	writer, number, _ := strings.Cut(rest, "-")
	n, _ := strconv.Atoi(number)
	e := scoring.Event{
		ID:   id,
		Type: scoring.ProductViewed,
		// Some visitors come back in every round, some only now.
		Visitor: scoring.VisitorID([]string{"visitor-" + strconv.Itoa(n%97), "visitor-" + round + "-" + writer + "-" + strconv.Itoa(n/3)}[n%2]),
		Time:    time.Date(2026, 3, 1, 0, 0, n%86400, 0, time.UTC),
		Items:   []scoring.EventItem{{Product: scoring.ProductID("p" + strconv.Itoa(n%13)), Quantity: 1, Facets: []scoring.FacetID{1, 2}}},
	}
	if n%5 == 0 { // and what a cap counts by
		e.Type, e.Items = scoring.CreativeServed, nil
		e.Served = []scoring.Served{{
			Campaign: "c", Creative: scoring.CreativeID("x" + strconv.Itoa(n%7)), Channel: scoring.ChannelWeb, Keep: time.Hour,
		}}
	}
	return e
}

// crashChild writes until it is killed, and says what was acknowledged.
func crashChild(t *testing.T) {
	ctx := context.Background()
	s, err := Open(*crashDir, crashOptions())
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	say := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		// One write a line: a kill never leaves half of one with its end.
		_, _ = os.Stdout.WriteString(fmt.Sprintf(format, args...) + "\n")
	}
	check := func(err error) {
		if err != nil {
			panic(err) // in whichever goroutine: the process is to end
		}
	}
	say("begin")
	var wg sync.WaitGroup
	for w := range crashWriters {
		wg.Go(func() {
			for n := 0; ; {
				var events []scoring.Event
				var ids strings.Builder
				for range 1 + n%17 {
					id := scoring.EventID(fmt.Sprintf("%d-%d-%d", *crashRound, w, n))
					events = append(events, crashEvent(id))
					fmt.Fprintf(&ids, " %s", id)
					n++
				}
				say("sending%s", &ids)
				_, err := s.Append(ctx, crashSite, events)
				check(err)
				say("acked%s", &ids)
			}
		})
	}
	wg.Go(func() {
		for version := *crashRound * 1_000_000; ; version++ {
			name := "p" + strconv.Itoa(version%5)
			_, err := s.PutProducts(ctx, crashSite, []scoring.Product{{ID: scoring.ProductID(name), Title: strconv.Itoa(version)}})
			check(err)
			say("product %s %d", name, version)
		}
	})
	wg.Go(func() {
		for version := *crashRound * 1_000_000; ; version++ {
			head, err := s.Head(ctx, crashSite)
			check(err)
			err = s.SaveSnapshot(ctx, crashSite, "model", head, func(w io.Writer) error {
				_, err := fmt.Fprintf(w, "%d %s", version, strings.Repeat("x", version%100_000))
				return err
			})
			check(err)
			say("snapshot model %d", version)
			s.RecordDecision(crashSite, &scoring.Decision{ID: scoring.DecisionID(strconv.Itoa(version)), Time: time.Now()})
		}
	})
	wg.Wait()
}

var errEnough = errors.New("enough")

// journalOf reads a site's events up to its head.
func journalOf(t testing.TB, s *Store, site scoring.SiteID) []store.Entry {
	t.Helper()
	head, err := s.Head(context.Background(), site)
	if err != nil {
		t.Fatal(err)
	}
	var all []store.Entry
	if head == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	err = s.Follow(ctx, site, 0, func(entries []store.Entry) error {
		all = append(all, entries...)
		if entries[len(entries)-1].Seq >= head {
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		t.Fatalf("follow to %d ended with %v", head, err)
	}
	return all
}
