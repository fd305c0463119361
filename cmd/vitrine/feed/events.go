package feed

import (
	"context"
	"strings"
	"time"

	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// EventsReport is how an import of events stands, or ended.
type EventsReport struct {
	BadLines   int64 `json:"bad_lines"`  // of the files; never sent
	Received   int64 `json:"received"`   // by the server
	Stored     int64 `json:"stored"`     // durably
	Duplicates int64 `json:"duplicates"` // stored before
	NoConsent  int64 `json:"no_consent"` // not covered by the visitors' consent
	Invalid    int64 `json:"invalid"`    // refused by the server
	Learned    int64 `json:"learned"`    // of those stored

	// Acknowledged is how long it took until the last event was dealt with, and
	// Took until all of it was learned from, too.
	Acknowledged time.Duration `json:"-"`
	Took         time.Duration `json:"-"`
}

// Events sends what next hands out into the site, `sites/{site}`, and returns
// once the shop has learned from all of it. When ctx ends, or bad returns an
// error, it stops reading, waits a moment for the server's last word, and
// returns the report with that error. progress, if not nil, is called with each
// answer of the server.
func Events(ctx context.Context, client vitrinev1.EventServiceClient, site string, next Next[*vitrinev1.Event], bad Bad, progress func(EventsReport)) (EventsReport, error) {
	call, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	start := time.Now()
	var report EventsReport
	stream, err := client.ImportEvents(call)
	if err != nil {
		return report, err
	}
	p := &pump[*vitrinev1.Event, vitrinev1.ImportEventsRequest, vitrinev1.ImportEventsResponse]{
		next: next, bad: bad, stream: stream,
		received: (*vitrinev1.ImportEventsResponse).GetReceived,
	}
	named := site
	p.request = func(events []*vitrinev1.Event) *vitrinev1.ImportEventsRequest {
		req := &vitrinev1.ImportEventsRequest{Site: named, Events: events}
		named = "" // the first message says it
		return req
	}
	err = p.run(ctx, cancel, func(res *vitrinev1.ImportEventsResponse) error {
		if res.Received > report.Received {
			report.Acknowledged = time.Since(start)
		}
		report.Received, report.Stored, report.Duplicates = res.Received, res.Stored, res.Duplicates
		report.NoConsent, report.Invalid, report.Learned = res.NoConsent, res.Invalid, res.Learned
		var failed error
		for _, e := range res.Errors {
			if err := p.tell(refused(p.place(e.GetIndex()), e.GetViolations())); err != nil && failed == nil {
				failed = err
			}
		}
		if progress != nil {
			progress(report)
		}
		return failed
	}, func(error) error { return stream.CloseSend() })
	report.BadLines, report.Took = p.lines, time.Since(start)
	return report, err
}

// refused words the server's reasons like a bad line.
func refused(at records.Position, violations []*vitrinev1.FieldViolation) *records.LineError {
	var reasons []string
	for _, v := range violations {
		reasons = append(reasons, v.GetField()+": "+v.GetDescription())
	}
	if len(reasons) == 0 {
		reasons = []string{"the server refused it without a reason"}
	}
	return &records.LineError{At: at, Reason: strings.Join(reasons, "; ")}
}
