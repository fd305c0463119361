package records

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"sort"
	"strings"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// maxItems is how many items the API takes in one event.
const maxItems = 100

// OpenEvents reads events from in: rows under the mapping, or, without one, what
// LogFormats knows by how it begins, JSON Lines when the file begins with "{",
// and else CSV whose columns bear the names of the fields.
func OpenEvents(in *Input, m *Mapping) (Reader[*vitrinev1.Event], error) {
	if m != nil && m.format != nil {
		return m.format.Open(in), nil
	}
	if m != nil {
		if e := m.file.Events; e != nil && !e.Visitor.given() {
			return nil, fmt.Errorf("records: mapping %s: events: `visitor` is missing; orders of persons without a device are for `import visitors`", m.path)
		}
		return newCSVEvents(in, m)
	}
	if f, ok := DetectLogFormat(in); ok {
		return f.Open(in), nil
	}
	if in.isJSON() {
		return &jsonEvents{jsonLines: jsonLines{in: in}}, nil
	}
	m, err := plainEvents(in)
	if err != nil {
		return nil, err
	}
	return newCSVEvents(in, m)
}

// refuseJSON says so when a mapping meets a file that has no columns.
func refuseJSON(in *Input, m *Mapping) error {
	if !in.isJSON() {
		return nil
	}
	return fmt.Errorf("records: %s is JSON Lines, and mapping %s is for files with columns: leave --mapping out", in.path, m.path)
}

// isJSON reports whether the first byte that is not blank opens an object.
func (in *Input) isJSON() bool {
	head, _ := in.r.Peek(4096)
	return strings.HasPrefix(strings.TrimLeft(string(head), " \t\r\n"), "{")
}

// eventType takes the contract's name with or without its prefix, in any case,
// with blanks or underscores: EVENT_TYPE_PRODUCT_VIEWED, product_viewed,
// "Product Viewed".
func eventType(s string) (vitrinev1.EventType, error) {
	n, err := enumNumber(vitrinev1.EventType_value, "EVENT_TYPE_", s)
	return vitrinev1.EventType(n), err
}

func enumNumber(numbers map[string]int32, prefix, s string) (int32, error) {
	name := strings.ToUpper(strings.NewReplacer(" ", "_", "-", "_").Replace(strings.TrimSpace(s)))
	n := numbers[prefix+strings.TrimPrefix(name, prefix)]
	if n == 0 { // the unspecified one
		known := make([]string, 0, len(numbers))
		for name, n := range numbers {
			if n != 0 {
				known = append(known, strings.ToLower(strings.TrimPrefix(name, prefix)))
			}
		}
		sort.Strings(known)
		return 0, fmt.Errorf("%q is none of %s", shorten(s), strings.Join(known, ", "))
	}
	return n, nil
}

// lineID makes an event's id from what stands in its line and where: reading
// the file again gives the same one.
func lineID(fields []string, line int) string {
	h := sha256.New()
	var n [8]byte
	for _, f := range fields {
		binary.BigEndian.PutUint64(n[:], uint64(len(f)))
		h.Write(n[:])
		h.Write([]byte(f))
	}
	binary.BigEndian.PutUint64(n[:], uint64(line))
	h.Write(n[:])
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// splitItems cuts an event of more than maxItems items into several: the ids
// end in "-2", "-3" and so on, the order's id is the same. Money that belongs
// to the order as a whole stays with the first.
func splitItems(e *vitrinev1.Event) []*vitrinev1.Event {
	if len(e.GetItems()) <= maxItems {
		return []*vitrinev1.Event{e}
	}
	var parts []*vitrinev1.Event
	sum := e.GetOrder().GetRevenue()
	items, id := e.Items, e.Id
	for n := 1; len(items) > 0; n++ {
		part := &vitrinev1.Event{
			Id: id, Type: e.Type, CustomType: e.CustomType, Visitor: e.Visitor, Time: e.Time,
			SearchQuery: e.SearchQuery, Categories: e.Categories, AttributionToken: e.AttributionToken,
			Channel: e.Channel, DwellTime: e.DwellTime, Context: e.Context, Consent: e.Consent,
		}
		cut := min(maxItems, len(items))
		part.Items, items = items[:cut:cut], items[cut:]
		if n > 1 {
			part.Id = fmt.Sprintf("%s-%d", id, n)
		}
		if e.Order != nil {
			part.Order = &vitrinev1.Order{Id: e.Order.Id}
			if n == 1 {
				part.Order.Tax, part.Order.Shipping, part.Order.Coupon = e.Order.Tax, e.Order.Shipping, e.Order.Coupon
				part.Order.Revenue = sum
			}
		}
		parts = append(parts, part)
	}
	return parts
}

// sumItems sets the order's revenue to what its items cost.
func sumItems(e *vitrinev1.Event) {
	if e.Order == nil || e.Order.Revenue != nil {
		return
	}
	var units, nanos int64
	currency := ""
	for _, item := range e.Items {
		if item.Price == nil {
			return // a sum without some of its parts would be wrong
		}
		u, n := times(item.Price, max(1, item.Quantity))
		units, nanos = units+u, nanos+n
		currency = item.Price.CurrencyCode
	}
	if len(e.Items) > 0 {
		e.Order.Revenue = &vitrinev1.Money{
			CurrencyCode: currency, Units: units + nanos/1_000_000_000, Nanos: int32(nanos % 1_000_000_000),
		}
	}
}

// checkEvent says what an import needs of an event beyond the contract.
func checkEvent(e *vitrinev1.Event) error { return checkEventOf(e, false) }

// checkEventOf does so for one that may be of a person without a device.
func checkEventOf(e *vitrinev1.Event, ofPerson bool) error {
	switch {
	case e.GetType() == 0:
		return errors.New("type: is missing")
	case e.GetVisitor().GetDeviceId() == "" && (!ofPerson || e.GetVisitor().GetPersonId() == ""):
		return errors.New("visitor: is missing")
	case e.GetTime() == nil:
		return errors.New("time: is missing, and a log of the past needs it")
	}
	return nil
}
