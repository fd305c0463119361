package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

const (
	// trackBatch is how many events go into one request: what the API takes.
	trackBatch = 1000
	// maxEventLine is the longest line taken as an event: as much as a request
	// may weigh.
	maxEventLine = 4 << 20
)

// trackFlags are what `vitrine track` was told.
type trackFlags struct {
	remote     remote
	who        whose
	orderID    string
	currency   string
	token      string
	eventID    string
	at         string
	dryRun     bool
	jsonEvents string
}

// newTrackCommand is `vitrine track`.
func newTrackCommand(a *app) *cobra.Command {
	f := &trackFlags{}
	cmd := &cobra.Command{
		Use:   "track [what happened] [to what]",
		Short: "Tell a running server what a visitor did",
		Long: `Tell a running server what a visitor did.

What can happen:
  home                         looked at the home page
  list CATEGORY                looked at a category
  search WORDS                 searched
  view PRODUCT...              looked at products
  click PRODUCT...             clicked products in a list
  wish PRODUCT...              put products on the wish list
  cart-add ITEM...             put into the cart
  cart-remove ITEM...          taken out of the cart
  order ITEM... [--order-id]   ordered; empties the cart
  refund ITEM... --order-id    sent back
  cancel --order-id            called the order off

An ITEM is PRODUCT, PRODUCT=QUANTITY or PRODUCT=QUANTITY@PRICE.

With --json-events FILE (or - for standard input) events are read as JSON Lines
of vitrine.v1.Event instead. An event without id, visitor or consent there gets
a new id and those of the flags.`,
		Example: `  vitrine track --site demo --visitor v1 --consent granted view P105
  vitrine track --site demo --visitor v1 --consent granted order P105=1@129.00,P353=2 --order-id A-17
  echo '{"type":"EVENT_TYPE_HOME_VIEWED"}' | vitrine track --visitor v1 --consent granted --json-events -`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.track(cmd.Context(), f, args) },
	}
	fs := cmd.Flags()
	f.remote.flags(a, fs)
	f.who.flags(fs)
	fs.StringVar(&f.orderID, "order-id", "", "the shop's order `number`; a new order gets one when none is given")
	fs.StringVar(&f.currency, "currency", "", "currency `code` of the prices; by default the site's")
	fs.StringVar(&f.token, "token", "", "the attribution `token` of the item that led here")
	fs.StringVar(&f.eventID, "id", "", "the event's `id`, to repeat it safely; by default a new one")
	fs.StringVar(&f.at, "at", "", "`when` it happened: 2026-05-14T12:00:00Z, or 90m for 90 minutes ago; by default now")
	fs.BoolVar(&f.dryRun, "dry-run", false, "check the events and store nothing")
	fs.StringVar(&f.jsonEvents, "json-events", "", "read events from this `file`, JSON Lines; - is standard input")
	return cmd
}

func (a *app) track(ctx context.Context, f *trackFlags, args []string) error {
	events, err := f.events(a.stdin, args, time.Now())
	if err != nil {
		return err
	}
	conn, err := f.remote.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	client := pb.NewEventServiceClient(conn)
	var results []*pb.EventResult
	for from := 0; from < len(events); from += trackBatch {
		batch := events[from:min(from+trackBatch, len(events))]
		ctx, cancel := context.WithTimeout(ctx, f.remote.timeout)
		resp, err := client.TrackEvents(ctx, &pb.TrackEventsRequest{Site: f.who.name(), Events: batch, DryRun: f.dryRun})
		cancel()
		if err != nil {
			return f.remote.explain(err)
		}
		results = append(results, resp.GetResults()...)
	}
	return a.printResults(events, results)
}

// printResults writes one line an event. It fails if an event was bad.
func (a *app) printResults(events []*pb.Event, results []*pb.EventResult) error {
	var b strings.Builder
	bad, unconsented := 0, 0
	for i, r := range results {
		e := events[i]
		fmt.Fprintf(&b, "%-10s %s  id %s\n", strings.TrimPrefix(r.GetStatus().String(), "EVENT_STATUS_"), describe(e), e.GetId())
		for _, v := range r.GetViolations() {
			fmt.Fprintf(&b, "           %s: %s\n", v.GetField(), v.GetDescription())
		}
		switch r.GetStatus() {
		case pb.EventStatus_EVENT_STATUS_INVALID:
			bad++
		case pb.EventStatus_EVENT_STATUS_NO_CONSENT:
			unconsented++
		}
	}
	if unconsented > 0 {
		b.WriteString("\nNothing was kept: the visitor's consent does not cover it. If they did allow a profile,\nsay --consent granted.\n")
	}
	if _, err := io.WriteString(a.stdout, b.String()); err != nil {
		return err
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d events were bad", bad, len(results))
	}
	return nil
}

// describe names an event in a few words.
func describe(e *pb.Event) string {
	words := []string{enumWords(e.GetType().String(), "EVENT_TYPE_")}
	for _, it := range e.GetItems() {
		word := it.GetProductId()
		if it.GetQuantity() > 1 {
			word += fmt.Sprintf("=%d", it.GetQuantity())
		}
		words = append(words, word)
	}
	if q := e.GetSearchQuery(); q != "" {
		words = append(words, fmt.Sprintf("%q", q))
	}
	words = append(words, e.GetCategories()...)
	if o := e.GetOrder().GetId(); o != "" {
		words = append(words, "order "+o)
	}
	return strings.Join(words, " ")
}

// events are what the command line or the JSON lines say, each with an id, a
// visitor and the consent signals.
func (f *trackFlags) events(stdin io.Reader, args []string, now time.Time) ([]*pb.Event, error) {
	consent, err := f.who.signals()
	if err != nil {
		return nil, err
	}
	at, err := when(f.at, now)
	if err != nil {
		return nil, err
	}
	var events []*pb.Event
	switch {
	case f.jsonEvents != "" && len(args) > 0:
		return nil, usagef("events come either from --json-events or from the command line, not from both")
	case f.jsonEvents != "":
		events, err = readEvents(f.jsonEvents, stdin)
	default:
		events, err = f.spoken(args)
	}
	if err != nil {
		return nil, err
	}
	if f.eventID != "" && len(events) != 1 {
		return nil, usagef("--id names one event, and these are %d", len(events))
	}
	for i, e := range events {
		if e.Visitor == nil {
			e.Visitor = f.who.key()
		}
		if e.Visitor.GetDeviceId() == "" {
			return nil, usagef("who did it? Say --visitor")
		}
		if e.Id == "" {
			e.Id = uuid.NewString()
		}
		if f.eventID != "" {
			e.Id = f.eventID
		}
		if e.Consent == nil {
			e.Consent = consent
		}
		if e.Time == nil && at != nil {
			// Several events of one command keep their order.
			e.Time = timestamppb.New(at.Add(time.Duration(i) * time.Millisecond))
		}
		if e.AttributionToken == "" {
			e.AttributionToken = f.token
		}
	}
	return events, nil
}

// when reads --at: a moment, or how long ago. Nil for the server's now.
func when(s string, now time.Time) (*time.Time, error) {
	if s == "" {
		return nil, nil
	}
	if ago, err := time.ParseDuration(strings.TrimPrefix(s, "-")); err == nil {
		at := now.Add(-ago)
		return &at, nil
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return nil, usagef("--at %q: a moment such as 2026-05-14T12:00:00Z, or a duration such as 90m, is wanted", s)
	}
	return &at, nil
}

// readEvents reads JSON Lines of vitrine.v1.Event.
func readEvents(path string, stdin io.Reader) ([]*pb.Event, error) {
	in, name := stdin, "standard input"
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, usagef("--json-events: %w", err)
		}
		defer file.Close() //nolint:errcheck // it was only read
		in, name = file, path
	}
	var events []*pb.Event
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxEventLine)
	n := 0
	for lines.Scan() {
		n++
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		e := &pb.Event{}
		if err := protojson.Unmarshal(lines.Bytes(), e); err != nil {
			// protojson varies its wording on purpose; the cause follows the colon.
			_, cause, _ := strings.Cut(err.Error(), ": ")
			return nil, usagef("%s, line %d: %s", name, n, cause)
		}
		events = append(events, e)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s, line %d: %w", name, n+1, err)
	}
	if len(events) == 0 {
		return nil, usagef("%s holds no events", name)
	}
	return events, nil
}
