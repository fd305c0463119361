// Package backtest replays a session log through the API: it loads the train
// sessions as events, asks for a decision at every click of the test sessions,
// and measures how often and how high the next product stood in the answer.
package backtest

import (
	"fmt"
	"io"
	"time"
)

// Log is the sessions of one or two files, with one list of products.
type Log struct {
	Products []string
	Train    []Session // in the order of the file
	Test     []Session
	index    map[string]item
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
	Train, Test string // paths; "-" is stdin, for one of them
	Format      Format // of both; detected when empty
	Stdin       io.Reader
}

// Read reads both files. Warnings are things that make the figures doubtful but
// do not prevent them.
func Read(f Files) (log *Log, warnings []string, err error) {
	if f.Train == "-" && f.Test == "-" {
		return nil, nil, fmt.Errorf("backtest: train and test can't both be stdin")
	}
	l := newLog()
	if l.Train, err = l.readFile(f, f.Train, false); err != nil {
		return nil, nil, err
	}
	known := len(l.Products)
	if l.Test, err = l.readFile(f, f.Test, true); err != nil {
		return nil, nil, err
	}
	if f.Train == f.Test {
		warnings = append(warnings, "train and test are the same file: the figures will be far too good")
	}
	if same := l.seenInTrain(); f.Train != f.Test && len(l.Test) > 20 && 2*same > len(l.Test) {
		warnings = append(warnings, fmt.Sprintf("%d of the %d test sessions stand in train, click for click: the figures will be too good", same, len(l.Test)))
	}
	if n := len(l.Products) - known; n > 0 {
		warnings = append(warnings, fmt.Sprintf("%d of the %d products occur in test only: nothing can be learned of them", n, len(l.Products)))
	}
	return l, warnings, nil
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
