package records

import (
	"fmt"
	"strings"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// retailRocket reads events.csv of the RetailRocket recommender system data set:
// timestamp (in milliseconds),visitorid,event,itemid,transactionid. Its rows are
// in no order. Each product of an order has a row of its own.
type retailRocket struct{}

const retailRocketHeader = "timestamp,visitorid,event,itemid,transactionid"

func retailRocketBegins(head []byte) bool { return firstLine(head) == retailRocketHeader }

func (*retailRocket) read(line []byte) ([]*vitrinev1.Event, string, error) {
	text := string(line)
	if text == retailRocketHeader {
		return nil, "", nil
	}
	f := strings.Split(text, ",")
	if len(f) != 5 {
		return nil, "", fmt.Errorf("%d fields, want 5: %s", len(f), retailRocketHeader)
	}
	types := map[string]vitrinev1.EventType{
		"view":        vitrinev1.EventType_EVENT_TYPE_PRODUCT_VIEWED,
		"addtocart":   vitrinev1.EventType_EVENT_TYPE_PRODUCT_ADDED,
		"transaction": vitrinev1.EventType_EVENT_TYPE_ORDER_COMPLETED,
	}
	kind, ok := types[f[2]]
	if !ok {
		return nil, "", fmt.Errorf("event: %q is none of view, addtocart, transaction", shorten(f[2]))
	}
	at, err := timeFormat{unit: 1e-3}.parse(f[0])
	if err != nil {
		return nil, "", fmt.Errorf("timestamp: %w", err)
	}
	e := simpleEvent(kind, f[1], f[3])
	e.Time = timestampOf(at)
	if kind == vitrinev1.EventType_EVENT_TYPE_ORDER_COMPLETED {
		if f[4] == "" {
			return nil, "", fmt.Errorf("transactionid: is empty, and a transaction has one")
		}
		e.Order = &vitrinev1.Order{Id: f[4]}
	}
	return []*vitrinev1.Event{e}, "", nil
}
