package backtest

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Holdout is the part at the end of a log that is held out as test: a time, a
// share of the sessions, or the last thing of each visitor. The zero value holds
// out nothing.
type Holdout struct {
	Last  time.Duration
	Share float64 // 0 to 1
	Each  Each
}

// ParseHoldout takes "1d", "36h", "10%", "last-product" or "last-order".
func ParseHoldout(s string) (Holdout, error) {
	switch s {
	case "":
		return Holdout{}, nil
	case LastProduct.String():
		return Holdout{Each: LastProduct}, nil
	case LastOrder.String():
		return Holdout{Each: LastOrder}, nil
	}
	if head, ok := strings.CutSuffix(s, "%"); ok {
		p, err := strconv.ParseFloat(head, 64)
		share := p / 100
		if err != nil || !(share > 0 && share < 1) {
			return Holdout{}, fmt.Errorf("%q: a share above 0%% and below 100%% is wanted", s)
		}
		return Holdout{Share: share}, nil
	}
	d, err := ParseTime(s)
	if err != nil || d <= 0 {
		return Holdout{}, fmt.Errorf("%q: a time such as 1d or 36h, a share such as 10%%, last-product or last-order is wanted", s)
	}
	return Holdout{Last: d}, nil
}

// ParseTime is time.ParseDuration with days: "150d", "0.5d".
func ParseTime(s string) (time.Duration, error) {
	if head, ok := strings.CutSuffix(s, "d"); ok {
		days, err := strconv.ParseFloat(head, 64)
		if err != nil || !(days > -1e5 && days < 1e5) {
			return 0, fmt.Errorf("%q is no number of days", s)
		}
		return time.Duration(days * 24 * float64(time.Hour)), nil
	}
	return time.ParseDuration(s)
}

func (h Holdout) given() bool { return h != Holdout{} }

// split parts the sessions, which are in the order of their beginning. Test are
// those that begin in the part held out. A train session that goes on into it is
// cut off there: nothing of the test's time is learned before it.
func (h Holdout) split(all []Session) (train, test []Session, err error) {
	timed := len(all) > 0 && all[0].Times != nil
	var at int
	switch {
	case h.Share > 0:
		at = len(all) - max(1, int(h.Share*float64(len(all))))
	case !timed:
		return nil, nil, fmt.Errorf("backtest: the log tells no times to hold the last %v out by: give a share of the sessions, such as --holdout 10%%", h.Last)
	default:
		begin := lastTime(all) - h.Last.Milliseconds()
		at = sort.Search(len(all), func(i int) bool { return all[i].Times[0] > begin })
	}
	if at <= 0 || at >= len(all) {
		return nil, nil, fmt.Errorf("backtest: --holdout leaves %d of %d sessions to learn from and %d to test: both need some", max(at, 0), len(all), len(all)-max(at, 0))
	}
	train, test = all[:at:at], all[at:]
	if timed {
		begin := test[0].Times[0]
		for i := range train {
			s := &train[i]
			n, _ := slices.BinarySearch(s.Times, begin)
			n = max(n, 1) // its beginning is that of the test, at the latest
			s.Items, s.Times = s.Items[:n], s.Times[:n]
			if s.Kinds != nil {
				s.Kinds = s.Kinds[:n]
			}
		}
	}
	return train, test, nil
}
