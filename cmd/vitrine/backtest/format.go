package backtest

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
)

// Format is how a file writes sessions down: one of these, or a name of
// records.LogFormats.
type Format string

// The formats; docs/backtest.md shows each.
const (
	Detect   Format = ""
	Sessions Format = "sessions" // one session a line: product ids between blanks
	Visitors Format = "visitors" // one lasting visitor a line: the id, then product ids
	Pairs    Format = "pairs"    // prefix ids TAB target, the longest prefix of a session first
	Timed    Format = "timed"    // a table of SessionId, ItemId, Time
	Events   Format = "events"   // JSON Lines of events, as `vitrine import` reads them
)

// file reads one file. Events go into c, which makes sessions of them once all
// files are read.
func (l *Log) file(f Files, path string, test bool, c *collector) ([]Session, error) {
	in, err := records.Open(path, f.Stdin)
	if err != nil {
		return nil, err
	}
	defer in.Close() //nolint:errcheck // only read from
	if f.Mapping != nil {
		r, err := records.OpenEvents(in, f.Mapping)
		if err != nil {
			return nil, err
		}
		return nil, c.read(r, false, false)
	}
	known, isKnown := records.FindLogFormat(string(f.Format))
	format := f.Format
	if format == Detect {
		if known, isKnown = records.DetectLogFormat(in); !isKnown {
			format = detect(in.Head())
		}
		if format == Sessions && f.Holdout.Each != 0 {
			format = Visitors
		}
	}
	switch {
	case isKnown:
		return nil, c.read(known.Open(in), known.Sessions, false)
	case format == Events:
		r, err := records.OpenEvents(in, nil)
		if err != nil {
			return nil, err
		}
		return nil, c.read(r, false, true)
	case format == Visitors && f.Holdout.Each != 0:
		return l.readVisitors(in)
	case format == Visitors:
		return nil, fmt.Errorf("backtest: %s holds lasting visitors: give --holdout %v", path, LastProduct)
	case f.Holdout.Each != 0 && slices.Contains([]Format{Timed, Pairs, Sessions}, format):
		return nil, fmt.Errorf("backtest: %s holds sessions, and --holdout %v is for visitors who come back", path, f.Holdout.Each)
	case format == Timed:
		return l.readTimed(in)
	case format == Pairs && test:
		return l.readPairs(in)
	case format == Pairs:
		return nil, fmt.Errorf("backtest: %s holds test pairs, prefix TAB target, which train can't be", path)
	case format == Sessions:
		return l.readSessions(in)
	}
	return nil, fmt.Errorf("backtest: --format %q: one of %s", format, strings.Join(Formats(), ", "))
}

// Formats lists what --format takes.
func Formats() []string {
	names := []string{string(Sessions), string(Visitors), string(Pairs), string(Timed), string(Events)}
	for _, f := range records.LogFormats() {
		names = append(names, f.Name)
	}
	return names
}

// readFiles reads the sessions of several files.
func (l *Log) readFiles(f Files, paths []string, test bool) ([]Session, error) {
	c := newCollector(l)
	var all []Session
	for _, path := range paths {
		one, err := l.file(f, path, test, c)
		if err != nil {
			return nil, err
		}
		all = append(all, one...)
	}
	of := strings.Join(paths, " and ")
	if len(c.all) > 0 && len(all) > 0 {
		return nil, fmt.Errorf("backtest: of %s some hold events and some sessions: give files of one kind", of)
	}
	if len(c.all) > 0 {
		all = c.sessions()
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("backtest: %s holds no session of product views", of)
	}
	timed := all[0].Times != nil
	if slices.ContainsFunc(all, func(s Session) bool { return (s.Times != nil) != timed }) {
		return nil, fmt.Errorf("backtest: of %s some tell times and some do not: give files of one kind", of)
	}
	if timed && len(paths) > 1 {
		sortByStart(all)
	}
	return all, nil
}

// toTest sets the cuts of test sessions, and leaves out those with nothing to
// predict.
func toTest(sessions []Session, of string) ([]Session, error) {
	kept := make([]Session, 0, len(sessions))
	for _, s := range sessions {
		if s.Cuts == nil { // pairs have theirs
			s.allCuts()
		}
		if len(s.Cuts) > 0 {
			kept = append(kept, s)
		}
	}
	if len(kept) == 0 {
		return nil, fmt.Errorf("backtest: every session of %s has one click: there is nothing to predict", of)
	}
	return kept, nil
}

// detect tells the format by the first line that is not blank.
func detect(head []byte) Format {
	s := bufio.NewScanner(bytes.NewReader(head))
	for s.Scan() {
		line := strings.TrimSpace(s.Text())
		switch {
		case line == "":
			continue
		case strings.HasPrefix(line, "{"):
			return Events
		case timedHeader(strings.Split(line, "\t")) != nil:
			return Timed
		case strings.Contains(line, "\t"):
			return Pairs
		}
		return Sessions
	}
	return Sessions
}

// eachLine calls fn with the lines that are not blank. A bad line ends it: a
// figure over half a log would pass for one over the whole.
func eachLine(in *records.Input, fn func(line string) error) error {
	for {
		line, at, err := in.Line()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if text := strings.TrimRight(string(line), " \t\r"); text != "" {
			if err := fn(text); err != nil {
				return fmt.Errorf("%s:%d: %w", in.Path(), at, err)
			}
		}
	}
}

// ids reads product ids between blanks.
func (l *Log) ids(text string) ([]item, error) {
	fields := strings.Fields(text)
	items := make([]item, len(fields))
	for i, id := range fields {
		if err := checkID(id); err != nil {
			return nil, err
		}
		items[i] = l.item(id)
	}
	return items, nil
}

// checkID holds a product id against what the API takes.
func checkID(id string) error {
	if id == "" || len(id) > 128 || strings.ContainsFunc(id, func(r rune) bool { return r == '/' || r < ' ' || r == 0x7f }) {
		return fmt.Errorf("%.40q is no product id: 1 to 128 bytes without / and control characters", id)
	}
	return nil
}

func (l *Log) readSessions(in *records.Input) ([]Session, error) {
	var all []Session
	err := eachLine(in, func(line string) error {
		if strings.Contains(line, "\t") {
			return errors.New("a tab in a line of sessions; test pairs (--format pairs) have one")
		}
		items, err := l.ids(line)
		all = append(all, Session{Items: items})
		return err
	})
	return all, err
}

// readPairs puts the sessions together again: a prefix that is the one before
// without its last click, which then is the target, belongs to the same
// session.
func (l *Log) readPairs(in *records.Input) ([]Session, error) {
	var all []Session
	err := eachLine(in, func(line string) error {
		left, right, ok := strings.Cut(line, "\t")
		if !ok {
			return errors.New("no tab: prefix ids TAB target is wanted")
		}
		prefix, err := l.ids(left)
		if err != nil {
			return err
		}
		target, err := l.ids(right)
		if err != nil {
			return err
		}
		if len(prefix) == 0 || len(target) != 1 {
			return fmt.Errorf("%d ids, then %d behind the tab: at least one and exactly one are wanted", len(prefix), len(target))
		}
		n := len(prefix)
		if len(all) > 0 {
			s := &all[len(all)-1]
			if s.Cuts[len(s.Cuts)-1] == n+1 && slices.Equal(s.Items[:n], prefix) && s.Items[n] == target[0] {
				s.Cuts = append(s.Cuts, n)
				return nil
			}
		}
		all = append(all, Session{Items: append(prefix, target[0]), Cuts: []int{n}})
		return nil
	})
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("backtest: %s is empty", in.Path())
	}
	return all, err
}

// timedHeader returns the places of session, item and time in a header, or nil.
func timedHeader(columns []string) []int {
	at := []int{-1, -1, -1}
	for i, c := range columns {
		switch strings.ToLower(strings.ReplaceAll(strings.TrimSpace(c), "_", "")) {
		case "sessionid", "session":
			at[0] = i
		case "itemid", "item", "productid", "product":
			at[1] = i
		case "time", "timestamp":
			at[2] = i
		}
	}
	if slices.Contains(at, -1) {
		return nil
	}
	return at
}

func (l *Log) readTimed(in *records.Input) ([]Session, error) {
	var at []int
	type click struct {
		item item
		time int64
	}
	clicks := map[string][]click{}
	var order []string
	err := eachLine(in, func(line string) error {
		f := strings.Split(line, "\t")
		if at == nil {
			if at = timedHeader(f); at == nil {
				return errors.New("no header of SessionId, ItemId and Time between tabs")
			}
			return nil
		}
		if len(f) <= slices.Max(at) {
			return fmt.Errorf("%d columns are too few", len(f))
		}
		seconds, err := strconv.ParseFloat(f[at[2]], 64)
		if err != nil || math.IsNaN(seconds) || seconds < 946684800 || seconds > 4102444800 {
			return fmt.Errorf("time %.40q: seconds since 1970 are wanted, from the year 2000 on", f[at[2]])
		}
		if err := checkID(f[at[1]]); err != nil {
			return err
		}
		session := f[at[0]]
		if _, ok := clicks[session]; !ok {
			order = append(order, session)
		}
		clicks[session] = append(clicks[session], click{l.item(f[at[1]]), int64(seconds * 1000)})
		return nil
	})
	if err != nil {
		return nil, err
	}
	all := make([]Session, len(order))
	for i, id := range order {
		c := clicks[id]
		slices.SortStableFunc(c, func(a, b click) int { return cmp.Compare(a.time, b.time) })
		for _, one := range c {
			all[i].Items = append(all[i].Items, one.item)
			all[i].Times = append(all[i].Times, one.time)
		}
	}
	sortByStart(all)
	return all, nil
}
