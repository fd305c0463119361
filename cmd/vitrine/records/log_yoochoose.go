package records

import (
	"fmt"
	"regexp"
	"strings"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// yooChoose reads the files of the RecSys Challenge 2015, which have no header:
// yoochoose-clicks.dat (session,time,item,category) and yoochoose-buys.dat
// (session,time,item,price,quantity). The prices have no currency and are left out.
type yooChoose struct{}

// yooChooseLine does not hold for other files: a session, and a time in
// milliseconds.
var yooChooseLine = regexp.MustCompile(`^[0-9]+,[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]+Z,[0-9]+,[^,]*(,[0-9]+)?$`)

func yooChooseBegins(head []byte) bool { return yooChooseLine.MatchString(firstLine(head)) }

func (yooChoose) read(line []byte) ([]*vitrinev1.Event, string, error) {
	f := strings.Split(string(line), ",")
	if len(f) != 4 && len(f) != 5 {
		return nil, "", fmt.Errorf("%d fields, want session,time,item,category of a click, or session,time,item,price,quantity of a purchase", len(f))
	}
	for i, field := range []string{"session", "", "item"} {
		if field != "" {
			if err := wholeNumber(field, f[i]); err != nil {
				return nil, "", err
			}
		}
	}
	at, err := plainTimes.parse(f[1])
	if err != nil {
		return nil, "", fmt.Errorf("time: %w", err)
	}
	e := simpleEvent(vitrinev1.EventType_EVENT_TYPE_PRODUCT_VIEWED, f[0], f[2])
	e.Time = timestampOf(at)
	if len(f) == 5 {
		if err := buy(e, f); err != nil {
			return nil, "", err
		}
	}
	return []*vitrinev1.Event{e}, "", nil
}

// buy turns the view into a purchase. The rows of a session that have the same
// time are one order. The set names no currency, and a price without one is
// none.
func buy(e *vitrinev1.Event, f []string) error {
	n, err := parseWhole(f[4])
	if err != nil || n < 0 || n > 1_000_000 {
		return fmt.Errorf("quantity: %q, must be a whole number up to 1,000,000", shorten(f[4]))
	}
	e.Type = vitrinev1.EventType_EVENT_TYPE_ORDER_COMPLETED
	e.Order = &vitrinev1.Order{Id: f[0] + "-" + f[1]}
	e.Items[0].Quantity = int32(n)
	return nil
}
