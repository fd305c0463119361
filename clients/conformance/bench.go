package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// The shop that clients are measured with.
const (
	benchSite     = "bench"
	benchProducts = 1000
	benchVisitors = 1000
	benchHistory  = 5  // product views of each visitor
	benchInFlight = 16 // decisions at once
	benchQueued   = 5000
	benchWarmUp   = 2.0 // seconds: what compiles as it runs has done most of it by then
)

// measured is how fast a client was. Medians of the rounds.
type measured struct {
	Client       string  `json:"client"`
	Decisions    float64 `json:"decisions_per_second"`
	DecisionCPU  float64 `json:"cpu_us_per_decision"` // of the driver alone
	Events       float64 `json:"events_per_second"`
	EventCPU     float64 `json:"cpu_us_per_event"`
	decide, sent []rate
}

// rate is one measurement.
type rate struct{ perSecond, cpu float64 }

// benchAll measures the clients in turns, on one server, and prints them side by side.
func (s *suite) benchAll(ctx context.Context, o *options, t *table, out, stderr io.Writer) error {
	if err := s.openBenchShop(ctx); err != nil {
		return err
	}
	var all []*measured
	drivers := make(map[string]*driver)
	defer func() {
		for _, d := range drivers {
			d.kill()
		}
	}()
	for _, name := range t.clients {
		d, err := s.startBench(ctx, name)
		if err != nil {
			return err
		}
		drivers[name] = d
		all = append(all, &measured{Client: name})
		for _, what := range []string{"decide", "track"} {
			if _, err := benchOne(d, what, benchWarmUp); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	for range o.rounds {
		for _, m := range all {
			decided, err := benchOne(drivers[m.Client], "decide", o.seconds)
			if err != nil {
				return fmt.Errorf("%s: %w", m.Client, err)
			}
			sent, err := benchOne(drivers[m.Client], "track", o.seconds)
			if err != nil {
				return fmt.Errorf("%s: %w", m.Client, err)
			}
			m.decide, m.sent = append(m.decide, decided), append(m.sent, sent)
			if o.verbose {
				fmt.Fprintf(stderr, "%s: %.0f decisions/s, %.0f events/s\n", m.Client, decided.perSecond, sent.perSecond)
			}
		}
	}
	for _, m := range all {
		m.Decisions, m.DecisionCPU = medians(m.decide)
		m.Events, m.EventCPU = medians(m.sent)
	}
	return writeMeasured(out, all, o.json)
}

// openBenchShop makes the shop, whose visitors have looked at something.
func (s *suite) openBenchShop(ctx context.Context) error {
	if err := s.server.openShop(ctx, benchSite, benchProducts); err != nil {
		return err
	}
	events := vitrinev1.NewEventServiceClient(s.server.conn)
	consent := &vitrinev1.Consent{Purposes: []*vitrinev1.PurposeConsent{
		{Purpose: vitrinev1.Purpose_PURPOSE_PERSONALIZATION, Granted: true},
		{Purpose: vitrinev1.Purpose_PURPOSE_MEASUREMENT, Granted: true},
	}}
	for v := range benchVisitors {
		batch := &vitrinev1.TrackEventsRequest{Site: "sites/" + benchSite}
		for i := range benchHistory {
			batch.Events = append(batch.Events, &vitrinev1.Event{
				Id: fmt.Sprintf("history-%d-%d", v, i), Type: vitrinev1.EventType_EVENT_TYPE_PRODUCT_VIEWED,
				Visitor: &vitrinev1.VisitorKey{DeviceId: fmt.Sprintf("bench-%d", v)}, Consent: consent,
				// Each looks at something else, and neighbours at much the same.
				Items: []*vitrinev1.EventItem{{ProductId: fmt.Sprintf("p%d", (v+i*i*7)%benchProducts+1)}},
			})
		}
		if _, err := events.TrackEvents(s.server.as(ctx), batch); err != nil {
			return fmt.Errorf("fill the shop: %w", err)
		}
	}
	return nil
}

func (s *suite) startBench(ctx context.Context, name string) (*driver, error) {
	c := s.clients[name]
	command, target := c.Run, s.server.address
	if c.Bench != nil {
		command = c.Bench
	}
	if c.Door {
		target = s.server.door
	}
	d, err := startDriver(ctx, s.root, s.fill(command))
	if err != nil {
		return nil, fmt.Errorf("start the driver of %s: %w", name, err)
	}
	_, err = d.do(map[string]any{
		"do": "new", "target": target, "site": benchSite, "insecure": true, "api_key": s.key,
		"decide_timeout_ms": unhurried,
	}, patience)
	if err != nil {
		d.kill()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return d, nil
}

// benchOne has a driver do something for so many seconds.
func benchOne(d *driver, what string, seconds float64) (rate, error) {
	reply, err := d.do(map[string]any{
		"do": "bench", "what": what, "placement": "home", "product": "p1", "visitors": benchVisitors,
		"in_flight": map[string]int{"decide": benchInFlight, "track": benchQueued}[what], "seconds": seconds,
	}, time.Duration(seconds*float64(time.Second))+2*patience)
	if err != nil {
		return rate{}, err
	}
	calls, _ := number(reply["calls"])
	took, _ := number(reply["seconds"])
	cpu, _ := number(reply["cpu_seconds"])
	if calls < 1 || took <= 0 || cpu <= 0 {
		return rate{}, fmt.Errorf("bench %s: %v: want calls, seconds and cpu_seconds above 0", what, reply)
	}
	return rate{calls / took, cpu / calls * 1e6}, nil
}

func medians(rates []rate) (perSecond, cpu float64) {
	var speeds, costs []float64
	for _, r := range rates {
		speeds, costs = append(speeds, r.perSecond), append(costs, r.cpu)
	}
	slices.Sort(speeds)
	slices.Sort(costs)
	return speeds[len(speeds)/2], costs[len(costs)/2]
}

func writeMeasured(out io.Writer, all []*measured, asJSON bool) error {
	if asJSON {
		lines := json.NewEncoder(out)
		for _, m := range all {
			if err := lines.Encode(m); err != nil {
				return err
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "client\tdecisions/s\tCPU us each\tevents/s\tCPU us each\t")
	for _, m := range all {
		fmt.Fprintf(w, "%s\t%.0f\t%.0f\t%.0f\t%.1f\t\n", m.Client, m.Decisions, m.DecisionCPU, m.Events, m.EventCPU)
	}
	return w.Flush()
}
