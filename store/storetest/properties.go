package storetest

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

var propertyPromises = []promise{
	{"EveryEventOnceInWhateverOrderItIsSent", func(e *env) {
		// Each run of the property works on sites of its own, so that one store
		// serves them all.
		run := 0
		rapid.Check(e, func(t *rapid.T) {
			run++
			m := &model{e: e, t: t}
			for i := range 2 {
				id := scoring.SiteID(fmt.Sprintf("run%d-%d", run, i))
				e.createSite(id)
				m.sites = append(m.sites, &modelSite{id: id, sent: make(map[scoring.EventID]bool)})
			}
			// Every step is a commit or two: a dozen, not rapid's usual thirty.
			steps := []func(*rapid.T){m.send, m.send, m.send, m.resend, m.wait}
			if run%5 == 0 {
				steps = append(steps, m.reopen)
			}
			for range rapid.IntRange(1, 12).Draw(t, "steps") {
				rapid.SampledFrom(steps).Draw(t, "step")(t)
			}
			m.compare()
		})
	}},
}

// model is what a store should have: per site the ids that were acknowledged.
type model struct {
	e     *env
	t     *rapid.T
	sites []*modelSite
	next  int
}

type modelSite struct {
	id     scoring.SiteID
	events []scoring.Event
	sent   map[scoring.EventID]bool
}

func (m *model) site(t *rapid.T) *modelSite {
	return m.sites[rapid.IntRange(0, len(m.sites)-1).Draw(t, "site")]
}

// send appends a call of new events and some that were sent before, to this site
// or the other.
func (m *model) send(t *rapid.T) {
	site := m.site(t)
	var events []scoring.Event
	for range rapid.IntRange(1, 20).Draw(t, "events") {
		if len(site.events) > 0 && rapid.IntRange(0, 4).Draw(t, "old") == 0 {
			events = append(events, rapid.SampledFrom(site.events).Draw(t, "event"))
			continue
		}
		m.next++
		v := modelEvent(t, m.next)
		site.events = append(site.events, v)
		events = append(events, v)
	}
	m.append(t, site, events)
}

// resend appends what the other site has: it shares ids, and nothing else.
func (m *model) resend(t *rapid.T) {
	from, to := m.site(t), m.site(t)
	if len(from.events) == 0 {
		return // nothing was sent
	}
	v := rapid.SampledFrom(from.events).Draw(t, "event")
	if from != to && !to.sent[v.ID] {
		to.events = append(to.events, v)
	}
	m.append(t, to, []scoring.Event{v})
}

func (m *model) append(t *rapid.T, site *modelSite, events []scoring.Event) {
	acks, err := m.e.Append(m.e.ctx, site.id, events)
	if err != nil {
		t.Fatal(err)
	}
	for i, ack := range acks {
		id := events[i].ID
		if ack.Duplicate != site.sent[id] {
			t.Fatalf("event %q: %+v, sent before: %v", id, ack, site.sent[id])
		}
		site.sent[id] = true
	}
}

func (m *model) reopen(*rapid.T) { m.e.reopen() }

func (m *model) wait(t *rapid.T) {
	m.e.clock.advance(time.Duration(rapid.IntRange(1, 600).Draw(t, "seconds")) * time.Second)
}

// compare looks at the journal, the profiles, and what the sites see of each
// other.
func (m *model) compare() {
	for _, site := range m.sites {
		entries := m.e.journal(site.id)
		last := store.Seq(0)
		count := make(map[scoring.EventID]int)
		for _, entry := range entries {
			if entry.Seq <= last {
				m.t.Fatalf("number %d after %d", entry.Seq, last)
			}
			last = entry.Seq
			count[entry.Event.ID]++
		}
		for id := range site.sent {
			if count[id] != 1 {
				m.t.Fatalf("event %q stands %d times in the journal of %s", id, count[id], site.id)
			}
		}
		if len(count) != len(site.sent) {
			m.t.Fatalf("the journal of %s has %d events, %d were sent", site.id, len(count), len(site.sent))
		}
		for id, want := range fold(entries) {
			got, err := m.e.Profile(m.e.ctx, site.id, id)
			if err != nil || !sameProfile(got, want) {
				m.t.Fatalf("profile of %q: %+v, %v; want %+v", id, got, err, want)
			}
		}
	}
}

// modelEvent draws an event of one of a few visitors.
func modelEvent(t *rapid.T, n int) scoring.Event {
	v := scoring.Event{
		ID:      scoring.EventID(fmt.Sprint("e", n)),
		Type:    scoring.EventType(rapid.IntRange(1, int(scoring.Custom)).Draw(t, "type")),
		Visitor: scoring.VisitorID(fmt.Sprint("v", rapid.IntRange(0, 5).Draw(t, "visitor"))),
		// To the nanosecond, which the store rounds.
		Time: time.Unix(1_770_000_000+int64(rapid.IntRange(0, 1_000_000).Draw(t, "second")), rapid.Int64Range(0, 999_999_999).Draw(t, "nano")),
	}
	if rapid.IntRange(0, 9).Draw(t, "served") == 0 {
		v.Type = scoring.CreativeServed
		v.Served = []scoring.Served{{Campaign: "c", Creative: "x", Advertiser: "a", Placement: "top", Channel: scoring.ChannelWeb, Keep: time.Hour}}
	}
	for range rapid.IntRange(0, 3).Draw(t, "items") {
		item := scoring.EventItem{
			Product:  scoring.ProductID(fmt.Sprint("p", rapid.IntRange(0, 9).Draw(t, "product"))),
			Quantity: int32(rapid.IntRange(1, 3).Draw(t, "quantity")),
		}
		if rapid.Bool().Draw(t, "priced") {
			item.Price = &scoring.Money{Currency: "EUR", Nanos: int64(rapid.IntRange(0, 100).Draw(t, "price")) * 1e9}
		}
		for range rapid.IntRange(0, 3).Draw(t, "facets") {
			item.Facets = append(item.Facets, scoring.FacetID(rapid.Uint64Range(1, 1<<48-1).Draw(t, "facet")))
		}
		v.Items = append(v.Items, item)
	}
	if v.Type == scoring.OrderCompleted || v.Type == scoring.OrderRefunded {
		v.Order = &scoring.Order{ID: scoring.OrderID(fmt.Sprint("o", rapid.IntRange(0, 3).Draw(t, "order")))}
	}
	return v
}
