package records

import (
	"container/list"
	"errors"
	"fmt"
	"io"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// maxGroupRows bounds the rows of one event, and the window they lie in.
const maxGroupRows = 10_000

// csvEvents makes an event of each row, or of the rows that share the mapping's
// group_by. A group is complete when `window` rows have gone by since its last
// one: with a window of 0 as soon as another group begins.
type csvEvents struct {
	*table
	m *eventsMapping
	// ofPersons: they may be of a person without a device.
	ofPersons bool

	rowNo int
	open  map[string]*list.Element // of *group
	order list.List                // the groups still open, the least recently added to first
	out   []Record[*vitrinev1.Event]
	end   error
}

type group struct {
	key   string
	at    Position
	last  int // row number
	rows  int
	over  bool // has too many rows, and was reported
	event *vitrinev1.Event
}

func newCSVEvents(in *Input, m *Mapping) (*csvEvents, error) {
	if m.file.Events == nil {
		return nil, fmt.Errorf("records: mapping %s has no `events` section", m.path)
	}
	if err := refuseJSON(in, m); err != nil {
		return nil, err
	}
	header, rest, err := readHeader(in, m.file.Delimiter, m.file.Columns)
	if err != nil {
		return nil, err
	}
	t, err := newTable(in, m, header, rest, m.file.Events, m.file.Events.Skip)
	if err != nil {
		return nil, err
	}
	return &csvEvents{table: t, m: m.file.Events, open: map[string]*list.Element{}}, nil
}

// Next implements Reader.
func (c *csvEvents) Next() (Record[*vitrinev1.Event], error) {
	for {
		if len(c.out) > 0 {
			r := c.out[0]
			c.out = c.out[1:]
			return r, nil
		}
		if c.end != nil {
			return Record[*vitrinev1.Event]{}, c.end
		}
		err := c.step()
		var bad *LineError
		if errors.As(err, &bad) {
			return Record[*vitrinev1.Event]{}, bad
		}
		if err != nil {
			c.end = err
			if errors.Is(err, io.EOF) { // a file that broke off leaves half a group
				c.close(func(*group) bool { return true })
			}
		}
	}
}

// step takes in one row.
func (c *csvEvents) step() error {
	if err := c.next(); err != nil {
		return err
	}
	c.rowNo++
	r := &row{table: c.table}
	if !c.m.GroupBy.given() {
		e, at := c.event(r), c.in.at(c.cells.line)
		c.item(r, e)
		if r.err != nil {
			return r.err
		}
		c.finish(e, at)
		return nil
	}
	key := r.text("group_by", &c.m.GroupBy)
	if key == "" {
		r.fail("group_by", errors.New("is empty"))
	}
	if r.err != nil {
		return r.err
	}
	c.close(func(g *group) bool { return g.key != key && c.rowNo-g.last > c.m.Window })
	return c.collect(r, key)
}

// collect adds the row to its group.
func (c *csvEvents) collect(r *row, key string) error {
	el := c.open[key]
	if el == nil {
		e := c.event(r)
		c.item(r, e)
		if r.err != nil {
			return r.err
		}
		c.open[key] = c.order.PushBack(&group{
			key: key, at: c.in.at(c.cells.line), last: c.rowNo, rows: 1, event: e,
		})
		return nil
	}
	g := el.Value.(*group)
	c.order.MoveToBack(el)
	g.last, g.rows = c.rowNo, g.rows+1
	if g.over {
		return nil
	}
	if g.rows > maxGroupRows {
		g.over = true
		g.event.Items = nil
		return c.in.bad(g.at.Line, "group_by: more than %d rows share %q; is it what one order or session has in common?", maxGroupRows, shorten(key))
	}
	if who := r.text("visitor", &c.m.Visitor); who != g.event.GetVisitor().GetDeviceId() {
		r.fail("visitor", fmt.Errorf("%q, but the rows of %q before it name another one", shorten(who), shorten(key)))
	}
	if r.err == nil {
		c.item(r, g.event)
	}
	if r.err != nil {
		return r.err
	}
	return nil
}

// close hands out the groups that are done, the oldest first.
func (c *csvEvents) close(done func(*group) bool) {
	for el := c.order.Front(); el != nil; {
		g := el.Value.(*group)
		if !done(g) {
			return // those behind were added to later
		}
		next := el.Next()
		c.order.Remove(el)
		delete(c.open, g.key)
		if !g.over {
			c.finish(g.event, g.at)
		}
		el = next
	}
}

func (c *csvEvents) finish(e *vitrinev1.Event, at Position) {
	if c.m.Order != nil && c.m.Order.SumItems {
		sumItems(e)
	}
	for _, part := range splitItems(e) {
		c.out = append(c.out, Record[*vitrinev1.Event]{Message: part, At: at})
	}
}

// event makes the event of a group from its first row.
func (c *csvEvents) event(r *row) *vitrinev1.Event {
	m := c.m
	e := &vitrinev1.Event{
		Id:               r.text("id", &m.ID),
		Visitor:          &vitrinev1.VisitorKey{DeviceId: r.text("visitor", &m.Visitor), PersonId: r.text("person", &m.Person)},
		Time:             r.when("time", &m.Time),
		SearchQuery:      r.text("search", &m.Search),
		Categories:       r.texts("categories", &m.Categories),
		AttributionToken: r.text("attribution_token", &m.Token),
		CustomType:       r.text("custom_type", &m.CustomType),
	}
	var err error
	e.Type, err = eventType(r.text("type", &m.Type))
	r.fail("type", err)
	if s := r.text("channel", &m.Channel); s != "" {
		n, err := enumNumber(vitrinev1.Channel_value, "CHANNEL_", s)
		e.Channel = vitrinev1.Channel(n)
		r.fail("channel", err)
	}
	e.Context = c.context(r)
	if o := m.Order; o != nil {
		e.Order = &vitrinev1.Order{
			Id: r.text("order.id", &o.ID), Revenue: r.price("order.revenue", &o.Revenue),
			Tax: r.price("order.tax", &o.Tax), Shipping: r.price("order.shipping", &o.Shipping),
			Coupon: r.text("order.coupon", &o.Coupon),
		}
	}
	if e.Visitor.DeviceId == "" && (!c.ofPersons || e.Visitor.PersonId == "") {
		r.fail("visitor", errors.New("is empty: a `skip` rule leaves out what nobody is known of"))
	}
	if e.Time == nil {
		r.fail("time", errors.New("is empty, and a log of the past needs it"))
	}
	if e.Id == "" {
		e.Id = lineID(c.cells.row, c.cells.line)
	}
	return e
}

func (c *csvEvents) context(r *row) *vitrinev1.PageContext {
	place := &vitrinev1.Place{
		Country: r.text("country", &c.m.Country), Region: r.text("region", &c.m.Region), City: r.text("city", &c.m.City),
	}
	pc := &vitrinev1.PageContext{}
	given := false
	if place.Country+place.Region+place.City != "" {
		pc.Place, given = place, true
	}
	if s := r.text("device", &c.m.Device); s != "" {
		n, err := enumNumber(vitrinev1.DeviceType_value, "DEVICE_TYPE_", s)
		r.fail("device", err)
		pc.Device, given = vitrinev1.DeviceType(n), true
	}
	for name, v := range c.m.Context {
		if s := r.text("attributes."+name, &v); s != "" {
			if pc.Attributes == nil {
				pc.Attributes = map[string]string{}
			}
			pc.Attributes[name], given = s, true
		}
	}
	if !given {
		return nil
	}
	return pc
}

// item adds the row's product to the event.
func (c *csvEvents) item(r *row, e *vitrinev1.Event) {
	if c.m.Item == nil {
		return
	}
	id := r.text("item.product", &c.m.Item.Product)
	if id == "" {
		return // an event that is about no product
	}
	n, given := r.whole("item.quantity", &c.m.Item.Quantity)
	if given && (n < 1 || n > 1_000_000) {
		r.fail("item.quantity", fmt.Errorf("%d, must be 1 to 1,000,000; `absolute: true` drops a minus", n))
	}
	price := r.price("item.price", &c.m.Item.Price)
	if r.err == nil {
		e.Items = append(e.Items, &vitrinev1.EventItem{ProductId: id, Quantity: int32(n), Price: price})
	}
}
