// Package backtest replays a session log through the API: it loads the train
// sessions as events, asks for a decision at every click of the test sessions,
// and measures how often and how high the next product stood in the answer.
package backtest

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
)

// Log is the sessions of one or two files, with one list of products.
type Log struct {
	Products []string
	Train    []Session // in the order of the file
	Test     []Session
	index    map[string]item

	// Of lasting visitors. Train and Test share the arrays of their lives.
	each     Each
	lives    []Session
	untimed  bool // the files tell no times
	oneVisit bool // each life is played as one visit
	// validation says that what is held out is the last but one.
	validation bool
}

func newLog() *Log { return &Log{index: map[string]item{}} }

func (l *Log) item(id string) item {
	n, ok := l.index[id]
	if !ok {
		n = item(len(l.Products))
		l.Products = append(l.Products, id)
		l.index[id] = n
	}
	return n
}

// Files names the log to replay.
type Files struct {
	Train []string // paths; one of them all may be "-", stdin
	Test  []string // none when Holdout says what of train it is
	// Holdout splits the train files into train and test.
	Holdout Holdout
	Format  Format           // of all; detected file by file when empty
	Mapping *records.Mapping // of the events' columns; nil: they need none
	Stdin   io.Reader

	// Of lasting visitors.
	Validation bool // hold out the last but one thing, as if the last did not exist
	OneVisit   bool // play each visitor without times as one visit
}

// Read reads the files. Warnings are things that make the figures doubtful but
// do not prevent them.
func Read(f Files) (log *Log, warnings []string, err error) {
	paths := slices.Concat(f.Train, f.Test)
	if n := len(slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return p != "-" })); n > 1 {
		return nil, nil, fmt.Errorf("backtest: %d files can't all be stdin", n)
	}
	for i, path := range f.Train {
		if slices.Contains(f.Train[:i], path) {
			return nil, nil, fmt.Errorf("backtest: %s is named twice", path)
		}
	}
	l := newLog()
	if f.Holdout.Each != 0 {
		if err := l.readLasting(f); err != nil {
			return nil, nil, err
		}
		return l, l.doubts(f), nil
	}
	if l.Train, err = l.readFiles(f, f.Train, false); err != nil {
		return nil, nil, err
	}
	if f.Holdout.given() {
		l.Train, l.Test, err = f.Holdout.split(l.Train)
	} else {
		l.Test, err = l.readFiles(f, f.Test, true)
	}
	if err == nil {
		l.Test, err = toTest(l.Test, "the test")
	}
	if err != nil {
		return nil, nil, err
	}
	return l, l.doubts(f), nil
}

// doubts warns of what makes the figures doubtful.
func (l *Log) doubts(f Files) (warnings []string) {
	same := slices.Equal(f.Train, f.Test)
	if same {
		warnings = append(warnings, "train and test are the same file: the figures will be far too good")
	}
	if seen := l.seenInTrain(); !same && !l.Lasting() && len(l.Test) > 20 && 2*seen > len(l.Test) {
		warnings = append(warnings, fmt.Sprintf("%d of the %d test sessions stand in train, click for click: the figures will be too good", seen, len(l.Test)))
	}
	if n := l.testOnly(); n > 0 {
		warnings = append(warnings, fmt.Sprintf("%d of the %d products occur in test only: nothing can be learned of them", n, len(l.Products)))
	}
	return warnings
}

// testOnly counts the products that no train session has.
func (l *Log) testOnly() (n int) {
	for _, count := range sessionCounts(l.Train, len(l.Products)) {
		if count == 0 {
			n++
		}
	}
	return n
}

// seenInTrain counts the test sessions of more than three clicks that stand in
// train as a whole. Short ones do by chance.
func (l *Log) seenInTrain() int {
	key := func(s *Session) string { return fmt.Sprintf("%v %v", s.Items, s.Kinds) }
	train := map[string]bool{}
	for i := range l.Train {
		if len(l.Train[i].Items) > 3 {
			train[key(&l.Train[i])] = true
		}
	}
	n := 0
	for i := range l.Test {
		if len(l.Test[i].Items) > 3 && train[key(&l.Test[i])] {
			n++
		}
	}
	return n
}

// spread gives the sessions without times their times: evenly over span, in
// their order, the last one ending at end, with gap between clicks.
func spread(sessions []Session, end time.Time, span, gap time.Duration) {
	for i := range sessions {
		s := &sessions[i]
		if s.Times != nil {
			continue
		}
		back := time.Duration(float64(span) * float64(len(sessions)-1-i) / float64(len(sessions)))
		last := end.Add(-back).UnixMilli()
		s.Times = make([]int64, len(s.Items))
		for j := range s.Times {
			s.Times[j] = last - int64(len(s.Items)-1-j)*gap.Milliseconds()
		}
	}
}

// lastTime is the time of the latest click.
func lastTime(sessions []Session) int64 {
	latest := int64(0)
	for i := range sessions {
		if t := sessions[i].Times; len(t) > 0 {
			latest = max(latest, t[len(t)-1])
		}
	}
	return latest
}

// shift moves all times.
func shift(sessions []Session, by time.Duration) {
	for i := range sessions {
		for j := range sessions[i].Times {
			sessions[i].Times[j] += by.Milliseconds()
		}
	}
}
