package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/vitrine-io/vitrine/cmd/vitrine/feed"
	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// bars reports whether progress can be drawn on standard error: on a terminal
// that knows its size and can move the cursor.
func (a *app) bars() bool {
	columns, is := terminal(a.stderr)
	return is && columns > 0 && a.env("TERM") != "dumb"
}

// meter follows how much of the files has been read.
type meter struct {
	sizes   []int64 // of the files; nil when one of them is not known
	total   int64
	current atomic.Pointer[records.Input]
	before  atomic.Int64 // bytes of the files behind us
	opened  int
}

func newMeter(files []string) *meter {
	m := &meter{}
	for _, path := range files {
		st, err := os.Stat(path)
		if path == "-" || err != nil || !st.Mode().IsRegular() {
			return &meter{}
		}
		m.sizes = append(m.sizes, st.Size())
		m.total += st.Size()
	}
	return m
}

// opens tells that the next file was opened.
func (m *meter) opens(in *records.Input) {
	if m.opened > 0 && m.sizes != nil {
		m.before.Add(m.sizes[m.opened-1])
	}
	m.opened++
	m.current.Store(in)
}

// progress is in bytes; the total is 0 when it is not known.
func (m *meter) progress() (read, total int64) {
	if in := m.current.Load(); in != nil && m.sizes != nil {
		read, _ := in.Progress()
		return m.before.Load() + read, m.total
	}
	return 0, 0
}

// importEvents is `vitrine import events`.
func (a *app) importEvents(ctx context.Context, im *fileImport) (*importSummary, error) {
	meter := newMeter(im.files)
	next := chain(im, func(in *records.Input) (records.Reader[*pb.Event], error) {
		meter.opens(in)
		return records.OpenEvents(in, im.mapping)
	})
	if im.consent == "granted" {
		next = granted(next)
	}
	phase := im.display.Phase("import", "events")
	report, err := feed.Events(ctx, pb.NewEventServiceClient(im.conn), im.siteName(), next, im.onBad, func(r feed.EventsReport) {
		read, total := meter.progress()
		phase.Set(r.Received, read, total)
	})
	if report.Received > 0 {
		phase.End()
	}
	return &importSummary{Events: &report, Seconds: report.Took.Seconds(), PerSecond: rate(report.Received, report.Acknowledged)}, err
}

// granted asserts consent to a profile and to measurement for the events that carry no
// consent of their own.
func granted(next feed.Next[*pb.Event]) feed.Next[*pb.Event] {
	consent := grantedConsent()
	return func() (records.Record[*pb.Event], error) {
		rec, err := next()
		if err == nil && rec.Message.Consent == nil {
			rec.Message.Consent = consent
		}
		return rec, err
	}
}

// grantedConsent allows a profile and measurement.
func grantedConsent() *pb.Consent {
	return &pb.Consent{Purposes: []*pb.PurposeConsent{
		{Purpose: pb.Purpose_PURPOSE_PROFILE, Granted: true}, {Purpose: pb.Purpose_PURPOSE_MEASUREMENT, Granted: true},
	}}
}

// importProducts is `vitrine import products`.
func (a *app) importProducts(ctx context.Context, im *fileImport) (*importSummary, error) {
	meter := newMeter(im.files)
	next := chain(im, func(in *records.Input) (records.Reader[*pb.Product], error) {
		meter.opens(in)
		return records.OpenProducts(in, im.mapping, im.siteName())
	})
	phase := im.display.Phase("import", "products")
	report, err := feed.Products(ctx, pb.NewCatalogServiceClient(im.conn), im.siteName(), im.full, next, im.onBad, func(r feed.ProductsReport) {
		read, total := meter.progress()
		phase.Set(r.Received, read, total)
	})
	if report.Received > 0 {
		phase.End()
	}
	return &importSummary{Products: &report, Seconds: report.Took.Seconds(), PerSecond: rate(report.Received, report.Took)}, err
}

func rate(n int64, took time.Duration) float64 {
	if took <= 0 {
		return 0
	}
	return float64(n) / took.Seconds()
}

// importSummary closes an import.
type importSummary struct {
	Site      string               `json:"site"`
	Files     []string             `json:"files"`
	Events    *feed.EventsReport   `json:"events,omitempty"`
	Products  *feed.ProductsReport `json:"products,omitempty"`
	Visitors  *feed.VisitorsReport `json:"visitors,omitempty"`
	Skipped   map[string]int64     `json:"skipped,omitempty"` // rows, by the mapping's rules
	Seconds   float64              `json:"seconds"`
	PerSecond float64              `json:"per_second"` // received and dealt with
	Error     string               `json:"error,omitempty"`
}

func (s *importSummary) print(w io.Writer, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(s)
	}
	if s.Error != "" && s.received() == 0 {
		return nil // the error says it all
	}
	var lines []string
	count := func(n int64, what string) {
		if n > 0 {
			lines = append(lines, fmt.Sprintf("  %12s  %s", progress.Thousands(n), what))
		}
	}
	unit := "products"
	switch {
	case s.Events != nil:
		unit = "events"
	case s.Visitors != nil:
		unit = "visitors"
	}
	took := progress.Round(time.Duration(s.Seconds * float64(time.Second)))
	for _, name := range slices.Sorted(maps.Keys(s.Skipped)) {
		count(s.Skipped[name], "rows skipped: "+name)
	}
	if e := s.Events; e != nil {
		count(e.BadLines, "bad lines")
		count(e.Received, "events received")
		count(e.Stored, "stored, durably")
		count(e.Learned, "learned from")
		count(e.Duplicates, "duplicates, which count once")
		count(e.NoConsent, "not covered by consent, of which nothing is kept")
		count(e.Invalid, "refused as invalid")
	}
	if p := s.Products; p != nil {
		count(p.BadLines, "bad lines")
		count(p.Received, "products received")
		count(p.Stored, "stored, new or changed")
		count(p.Unchanged, "the same as before")
		count(p.Rejected, "refused as invalid")
		count(p.Deleted, "removed, as the files do not mention them")
	}
	if v := s.Visitors; v != nil {
		count(v.BadLines, "bad lines")
		count(v.Received, "visitors received")
		count(v.Stored, "taken in, durably")
		count(v.Events, "events of theirs stored")
		count(v.NoConsent, "not covered by consent, of whom nothing is kept")
		count(v.Invalid, "refused as invalid")
	}
	head := fmt.Sprintf("%s: imported in %s, %s %s/s", s.Site, took, progress.Thousands(int64(s.PerSecond)), unit)
	if s.Error != "" {
		head = fmt.Sprintf("%s: broken off after %s", s.Site, took)
	}
	lines = append([]string{head}, lines...)
	_, err := fmt.Fprintln(w, strings.Join(append(lines, s.nextSteps()...), "\n"))
	return err
}

// received is how many records the server has dealt with.
func (s *importSummary) received() int64 {
	switch {
	case s.Events != nil:
		return s.Events.Received
	case s.Visitors != nil:
		return s.Visitors.Received
	}
	return s.Products.Received
}

// nextSteps says what to do about what went other than hoped for.
func (s *importSummary) nextSteps() []string {
	var lines []string
	if e := s.Events; e != nil && e.NoConsent > 0 && e.Stored+e.Duplicates == 0 {
		lines = append(lines,
			"No event was stored: the log records no consent, and the site stores nothing without.",
			"If the visitors allowed personalization when the log was collected, repeat it with --consent granted.")
	}
	if v := s.Visitors; v != nil && v.NoConsent > 0 && v.Stored == 0 {
		lines = append(lines,
			"No visitor was taken in: the files record no consent, and the site stores nothing without.",
			"If the visitors allowed a profile, repeat it with --consent granted.")
	}
	if p := s.Products; p != nil && p.KeptRest && s.Error == "" {
		lines = append(lines, "Nothing was removed: a line that was left out may stand for a product still sold. Mend it and repeat.")
	}
	return lines
}
