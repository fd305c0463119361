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
	"time"

	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// Format is how a file writes sessions down.
type Format string

// The formats; docs/backtest.md shows each.
const (
	Detect   Format = ""
	Sessions Format = "sessions" // one session a line: product ids between blanks
	Pairs    Format = "pairs"    // prefix ids TAB target, the longest prefix of a session first
	Timed    Format = "timed"    // a table of SessionId, ItemId, Time
	Events   Format = "events"   // JSON Lines of events, as `vitrine import` reads them
)

// sessionGap ends a session: the half hour that web analytics has used since
// Catledge and Pitkow measured 25.5 minutes (1995).
const sessionGap = 30 * time.Minute

func (l *Log) readFile(f Files, path string, test bool) ([]Session, error) {
	in, err := records.Open(path, f.Stdin)
	if err != nil {
		return nil, err
	}
	defer in.Close() //nolint:errcheck // only read from
	format := f.Format
	if format == Detect {
		format = detect(in.Head())
	}
	var sessions []Session
	switch {
	case format == Events:
		sessions, err = l.readEvents(in)
	case format == Timed:
		sessions, err = l.readTimed(in)
	case format == Pairs && test:
		return l.readPairs(in)
	case format == Pairs:
		return nil, fmt.Errorf("backtest: %s holds test pairs, prefix TAB target, which train can't be", path)
	case format == Sessions:
		sessions, err = l.readSessions(in)
	default:
		return nil, fmt.Errorf("backtest: format %q: one of sessions, pairs, timed, events", format)
	}
	if err != nil {
		return nil, err
	}
	if len(sessions) == 0 {
		return nil, fmt.Errorf("backtest: %s holds no session of product views (read as %s)", path, format)
	}
	if test {
		for i := range sessions {
			sessions[i].allCuts()
		}
		sessions = slices.DeleteFunc(sessions, func(s Session) bool { return len(s.Cuts) == 0 })
		if len(sessions) == 0 {
			return nil, fmt.Errorf("backtest: every session of %s has one click: there is nothing to predict", path)
		}
	}
	return sessions, nil
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

func sortByStart(all []Session) {
	slices.SortStableFunc(all, func(a, b Session) int { return cmp.Compare(a.Times[0], b.Times[0]) })
}

// readEvents makes sessions of the product views in a log of events: those of
// a visitor with no half hour between two. Events of other types are passed
// over: what was bought is looked at, too.
func (l *Log) readEvents(in *records.Input) ([]Session, error) {
	r, err := records.OpenEvents(in, nil)
	if err != nil {
		return nil, err
	}
	open := map[string]int{} // the visitor's latest session
	var all []Session
	for {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		e := rec.Message
		switch e.Type {
		case vitrinev1.EventType_EVENT_TYPE_PRODUCT_VIEWED, vitrinev1.EventType_EVENT_TYPE_PRODUCT_CLICKED:
		default:
			continue
		}
		who, at := e.Visitor.DeviceId, e.Time.AsTime().UnixMilli()
		i, ok := open[who]
		if ok {
			last := all[i].Times[len(all[i].Times)-1]
			if at < last {
				return nil, fmt.Errorf("%s: earlier than the visitor's event before it: sort the log by time", rec.At)
			}
			ok = at-last < sessionGap.Milliseconds()
		}
		if !ok {
			i = len(all)
			open[who] = i
			all = append(all, Session{})
		}
		for _, it := range e.Items {
			if err := checkID(it.ProductId); err != nil {
				return nil, fmt.Errorf("%s: %w", rec.At, err)
			}
			all[i].Items = append(all[i].Items, l.item(it.ProductId))
			all[i].Times = append(all[i].Times, at)
		}
		if len(all[i].Items) == 0 {
			all = all[:i] // a view of nothing
			delete(open, who)
		}
	}
	sortByStart(all)
	return all, nil
}
