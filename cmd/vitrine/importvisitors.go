package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/vitrine-io/vitrine/cmd/vitrine/feed"
	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

func newImportVisitorsCommand(a *app) *cobra.Command {
	f := &importFlags{}
	cmd := &cobra.Command{
		Use:   "visitors FILE...",
		Short: "Load what you know of visitors from a CRM, the store or the call centre",
		Long: `Load what you know of visitors from elsewhere: attributes from a CRM, which devices
are whose, and orders from the store or the call centre. JSON Lines, or CSV with
--mapping, or CSV with the columns visitor (a device), person and attributes.NAME.
docs/import.md has the formats and the mapping. "-" is stdin; gzip is told by the
content.

A visitor is a device, a person, or both: both are then linked. Rows or lines that have
a type are events, such as the orders of the store, and count for the person where one
is named.

Consent. Nothing about a visitor is stored without consent to a profile: what the
record carries, what SetConsent has stored, or else what the site's policy says. If
your visitors did consent, say so with --consent granted: it is stored for those whose
record carries no consent.`,
		Example: `  vitrine import visitors crm.csv --site shop --consent granted
  vitrine import visitors store-orders.csv --mapping store.yaml --site shop
  vitrine import visitors crm.jsonl.gz --site shop`,
		Args: fileArgs,
		RunE: func(cmd *cobra.Command, files []string) error {
			return a.withImport(cmd.Context(), f, files, a.importVisitors)
		},
	}
	f.flags(a, cmd)
	cmd.Flags().StringVar(&f.consent, "consent", "as-recorded", "what the visitors allowed: `granted` (a profile, and measurement), or as-recorded")
	return cmd
}

// importVisitors is `vitrine import visitors`.
func (a *app) importVisitors(ctx context.Context, im *fileImport) (*importSummary, error) {
	meter := newMeter(im.files)
	next := chain(im, func(in *records.Input) (records.Reader[*pb.VisitorRecord], error) {
		meter.opens(in)
		return records.OpenVisitors(in, im.mapping)
	})
	if im.consent == "granted" {
		next = grantedVisitors(next)
	}
	phase := im.display.Phase("import", "visitors")
	report, err := feed.Visitors(ctx, pb.NewVisitorServiceClient(im.conn), im.siteName(), next, im.onBad, func(r feed.VisitorsReport) {
		read, total := meter.progress()
		phase.Set(r.Received, read, total)
	})
	if report.Received > 0 {
		phase.End()
	}
	return &importSummary{Visitors: &report, Seconds: report.Took.Seconds(), PerSecond: rate(report.Received, report.Took)}, err
}

// grantedVisitors does for visitors what granted does for events.
func grantedVisitors(next feed.Next[*pb.VisitorRecord]) feed.Next[*pb.VisitorRecord] {
	return func() (records.Record[*pb.VisitorRecord], error) {
		rec, err := next()
		if err == nil && rec.Message.Consent == nil {
			rec.Message.Consent = grantedConsent()
		}
		return rec, err
	}
}
