package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"strings"
	"sync"
	"time"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	vitrine "github.com/vitrine-io/vitrine/clients/go"
	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// driver holds the client between two commands.
type driver struct {
	client *vitrine.Client
	page   *vitrine.Page // decided last

	mu    sync.Mutex
	drops []drop
}

type drop struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

// command is any of them.
type command struct {
	Do string

	Target          string
	Site            string
	Insecure        bool
	APIKey          string `json:"api_key"`
	CAFile          string `json:"ca_file"`
	DecideTimeoutMS int    `json:"decide_timeout_ms"`
	MaxQueuedEvents int    `json:"max_queued_events"`
	MaxQueuedBytes  int    `json:"max_queued_bytes"`

	Visitor   person
	Placement string
	Index     int
	Request   json.RawMessage
	Fallback  json.RawMessage // a list, or lists by placement

	Event     json.RawMessage
	Events    []json.RawMessage
	Repeat    int
	TimeoutMS int `json:"timeout_ms"`

	What     string
	Product  string
	Visitors int
	InFlight int `json:"in_flight"`
	Seconds  float64
}

type person struct {
	DeviceID string   `json:"device_id"`
	PersonID string   `json:"person_id"`
	Granted  []string // nil: not told
}

func (p person) visitor() (vitrine.Visitor, error) {
	v := vitrine.Visitor{DeviceID: p.DeviceID, PersonID: p.PersonID}
	if p.Granted == nil {
		return v, nil
	}
	var granted []vitrinev1.Purpose
	for _, name := range p.Granted {
		purpose, ok := vitrinev1.Purpose_value["PURPOSE_"+name]
		if !ok {
			return v, fmt.Errorf("no purpose %q", name)
		}
		granted = append(granted, vitrinev1.Purpose(purpose))
	}
	v.Consent = vitrine.Granted(granted...)
	return v, nil
}

func (d *driver) do(ctx context.Context, line []byte) (any, error) {
	var c command
	if err := json.Unmarshal(line, &c); err != nil {
		return nil, err
	}
	if c.Do == "new" {
		return struct{}{}, d.open(&c)
	}
	if d.client == nil {
		return nil, errors.New("there is no client yet")
	}
	switch c.Do {
	case "decide":
		return d.decide(ctx, &c)
	case "decide_page":
		return d.decidePage(ctx, &c)
	case "track":
		return struct{}{}, d.track(&c)
	case "track_now":
		return d.trackNow(ctx, &c)
	case "click":
		return struct{}{}, d.click(&c)
	case "flush":
		return d.settle(ctx, &c, d.client.Flush)
	case "close":
		return d.settle(ctx, &c, d.client.Close)
	case "stats":
		return statsOf(d.client.Stats()), nil
	case "drops":
		return d.takeDrops(), nil
	case "bench":
		return d.bench(ctx, &c)
	}
	return nil, fmt.Errorf("%w %q", errUnknown, c.Do)
}

func (d *driver) open(c *command) error {
	options := vitrine.Options{
		Site: c.Site, APIKey: c.APIKey, Insecure: c.Insecure,
		DecideTimeout:   time.Duration(c.DecideTimeoutMS) * time.Millisecond,
		MaxQueuedEvents: c.MaxQueuedEvents, MaxQueuedBytes: c.MaxQueuedBytes,
		OnDrop: d.dropped,
	}
	if c.CAFile != "" {
		pem, err := os.ReadFile(c.CAFile)
		if err != nil {
			return err
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			return fmt.Errorf("no certificate in %s", c.CAFile)
		}
		options.TLS = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	var err error
	d.client, err = vitrine.New(c.Target, options)
	return err
}

// release lets go of the client in a hurry: a scenario that cares closes it.
func (d *driver) release() {
	if d.client == nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_ = d.client.Close(ctx) // its events have gone to dropped
}

func (d *driver) dropped(one vitrine.Drop) {
	reason := strings.ToUpper(strings.ReplaceAll(string(one.Reason), " ", "_"))
	d.mu.Lock()
	defer d.mu.Unlock()
	d.drops = append(d.drops, drop{one.Event.GetId(), reason})
}

func (d *driver) takeDrops() any {
	d.mu.Lock()
	defer d.mu.Unlock()
	taken := d.drops
	d.drops = nil
	if taken == nil {
		taken = []drop{}
	}
	return map[string]any{"drops": taken}
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func (d *driver) decide(ctx context.Context, c *command) (any, error) {
	visitor, err := c.Visitor.visitor()
	if err != nil {
		return nil, err
	}
	var fallback []string
	if c.Fallback != nil {
		if err := json.Unmarshal(c.Fallback, &fallback); err != nil {
			return nil, err
		}
	}
	begun := time.Now()
	d.page = d.client.Decide(ctx, visitor, c.Placement, fallback...)
	took := time.Since(begun)
	reply := map[string]any{"fallback": d.page.Fallback, "took_ms": milliseconds(took)}
	products, reasons, tokens := []string{}, []string{}, 0
	for _, item := range d.page.Items(path.Base(c.Placement)) {
		products, reasons = append(products, item.ProductID), append(reasons, item.Reason)
		if item.AttributionToken != "" {
			tokens++
		}
	}
	reply["products"], reply["reasons"], reply["tokens"] = products, reasons, tokens
	if d.page.Err != nil {
		reply["error"] = nameOf(d.page.Err)
	}
	return reply, nil
}

func (d *driver) decidePage(ctx context.Context, c *command) (any, error) {
	req := &vitrinev1.DecideRequest{}
	if err := protojson.Unmarshal(c.Request, req); err != nil {
		return nil, err
	}
	fallback := map[string][]string{}
	if c.Fallback != nil {
		if err := json.Unmarshal(c.Fallback, &fallback); err != nil {
			return nil, err
		}
	}
	begun := time.Now()
	d.page = d.client.DecidePage(ctx, req, fallback)
	took := time.Since(begun)
	placements := map[string][]string{}
	for _, result := range d.page.Response.GetPlacements() {
		id := path.Base(result.GetPlacement())
		placements[id] = append([]string{}, d.page.Products(id)...)
	}
	reply := map[string]any{"fallback": d.page.Fallback, "placements": placements, "took_ms": milliseconds(took)}
	if d.page.Err != nil {
		reply["error"] = nameOf(d.page.Err)
	}
	return reply, nil
}

func (d *driver) track(c *command) error {
	for _, raw := range c.Events {
		event := &vitrinev1.Event{}
		if err := protojson.Unmarshal(raw, event); err != nil {
			return err
		}
		if c.Repeat == 0 {
			d.client.Track(event)
		}
		for i := range c.Repeat {
			one := proto.CloneOf(event)
			one.Id = fmt.Sprintf("%s-%d", event.GetId(), i+1)
			d.client.Track(one)
		}
	}
	return nil
}

func (d *driver) trackNow(ctx context.Context, c *command) (any, error) {
	event := &vitrinev1.Event{}
	if err := protojson.Unmarshal(c.Event, event); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(c.TimeoutMS)*time.Millisecond)
	defer cancel()
	got, err := d.client.TrackNow(ctx, event)
	if err != nil {
		return map[string]string{"error": nameOf(err)}, nil
	}
	return map[string]string{"status": strings.TrimPrefix(got.String(), "EVENT_STATUS_")}, nil
}

func (d *driver) click(c *command) error {
	visitor, err := c.Visitor.visitor()
	if err != nil {
		return err
	}
	if d.page == nil {
		return errors.New("no page was decided")
	}
	items := d.page.Items(path.Base(c.Placement))
	if c.Index >= len(items) {
		return fmt.Errorf("%s has %d items", c.Placement, len(items))
	}
	d.client.Track(vitrine.ItemClicked(visitor, items[c.Index]))
	return nil
}

// settle flushes or closes, and says how many events were left.
func (d *driver) settle(ctx context.Context, c *command, how func(context.Context) error) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(c.TimeoutMS)*time.Millisecond)
	defer cancel()
	err := how(ctx)
	var undelivered *vitrine.UndeliveredError
	left := 0
	switch {
	case errors.As(err, &undelivered):
		left = len(undelivered.Events)
	case err != nil:
		left = int(d.client.Stats().Queued)
	}
	return map[string]int{"left": left}, nil
}

func statsOf(s vitrine.Stats) any {
	dropped := map[string]int64{}
	for reason, n := range s.Dropped {
		dropped[strings.ToUpper(strings.ReplaceAll(string(reason), " ", "_"))] = n
	}
	return map[string]any{
		"tracked": s.Tracked, "queued": s.Queued, "stored": s.Stored, "duplicates": s.Duplicates,
		"no_consent": s.NoConsent, "dropped": dropped, "retries": s.Retries, "pages": s.Pages, "fallbacks": s.Fallbacks,
	}
}

// nameOf is an error as the suite knows it.
func nameOf(err error) string {
	switch {
	case errors.Is(err, vitrine.ErrNotAsked):
		return "NOT_ASKED"
	case errors.Is(err, vitrine.ErrClosed):
		return "CLOSED"
	case errors.Is(err, context.DeadlineExceeded):
		return "DEADLINE_EXCEEDED"
	}
	return code.Code(status.Code(err)).String()
}
