package feed

import (
	"context"
	"time"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// VisitorsReport is how an import of visitors stands, or ended.
type VisitorsReport struct {
	BadLines  int64 `json:"bad_lines"`  // of the files; never sent
	Received  int64 `json:"received"`   // by the server
	Stored    int64 `json:"stored"`     // taken in
	NoConsent int64 `json:"no_consent"` // not covered by the visitors' consent
	Invalid   int64 `json:"invalid"`    // refused by the server
	Events    int64 `json:"events"`     // stored, and not before

	Took time.Duration `json:"-"`
}

// Visitors sends what next hands out into the site, `sites/{site}`. Otherwise as Events.
func Visitors(ctx context.Context, client vitrinev1.VisitorServiceClient, site string, next Next[*vitrinev1.VisitorRecord], bad Bad, progress func(VisitorsReport)) (VisitorsReport, error) {
	call, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	start := time.Now()
	var report VisitorsReport
	stream, err := client.ImportVisitors(call)
	if err != nil {
		return report, err
	}
	p := &pump[*vitrinev1.VisitorRecord, vitrinev1.ImportVisitorsRequest, vitrinev1.ImportVisitorsResponse]{
		next: next, bad: bad, stream: stream,
		received: (*vitrinev1.ImportVisitorsResponse).GetReceived,
	}
	named := site
	p.request = func(visitors []*vitrinev1.VisitorRecord) *vitrinev1.ImportVisitorsRequest {
		req := &vitrinev1.ImportVisitorsRequest{Site: named, Visitors: visitors}
		named = "" // the first message says it
		return req
	}
	err = p.run(ctx, cancel, func(res *vitrinev1.ImportVisitorsResponse) error {
		report.Received, report.Stored, report.NoConsent = res.Received, res.Stored, res.NoConsent
		report.Invalid, report.Events = res.Invalid, res.Events
		var failed error
		for _, problem := range res.Problems {
			if err := p.tell(refused(p.place(problem.GetIndex()), problem.GetViolations())); err != nil && failed == nil {
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
