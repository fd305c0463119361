package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // mappings name time zones, also where the system knows none

	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/vitrine-io/vitrine/cmd/vitrine/feed"
	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server/config"
)

// importFlags are what `vitrine import` was told.
type importFlags struct {
	remote     remote
	site       string
	mapping    string
	format     string // events
	dataDir    string
	createSite bool
	onError    string
	maxErrors  int
	json       bool
	full       bool   // products
	consent    string // events
}

// newImportCommand is `vitrine import`.
func newImportCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Load a shop's products, events or visitors from its own files",
		Example: `  vitrine import products catalogue.csv --mapping products.yaml --site shop
  vitrine import events log.jsonl.gz --site shop --consent granted
  vitrine import visitors crm.csv --site shop --consent granted`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newImportProductsCommand(a), newImportEventsCommand(a), newImportVisitorsCommand(a))
	return cmd
}

func newImportProductsCommand(a *app) *cobra.Command {
	f := &importFlags{}
	cmd := &cobra.Command{
		Use:   "products FILE...",
		Short: "Load a catalogue",
		Long: `Load a catalogue: JSON Lines, or CSV with --mapping, or CSV whose columns bear
the names of the fields. docs/import.md has the formats and the mapping. "-" is
stdin; gzip is told by the content.

Importing again changes what changed. With --full, products that the files do
not mention are removed at the end, unless a line could not be read or the
import was broken off: then nothing is.`,
		Example: `  vitrine import products products.jsonl --site shop --create-site
  vitrine import products export.csv.gz --mapping export.yaml --site shop --full`,
		Args: fileArgs,
		RunE: func(cmd *cobra.Command, files []string) error {
			return a.withImport(cmd.Context(), f, files, a.importProducts)
		},
	}
	f.flags(a, cmd)
	cmd.Flags().BoolVar(&f.full, "full", false, "the files are the whole catalogue: remove what they do not mention")
	return cmd
}

func newImportEventsCommand(a *app) *cobra.Command {
	f := &importFlags{}
	cmd := &cobra.Command{
		Use:   "events FILE...",
		Short: "Load a log of what visitors did",
		Long: `Load a log of what visitors did, oldest first: JSON Lines, or CSV with
--mapping, or CSV whose columns bear the names of the fields. docs/import.md has
the formats and the mapping. "-" is stdin; gzip is told by the content.

Exports of Segment, user events of Google Retail and the files of the RetailRocket,
Diginetica, YooChoose and OTTO data sets are known by how they begin, or with
--format.

Import the products first: interests attach to what a product is when its event
arrives.

An event without an id gets one from its line and the line's number, so that an
import that broke off can be repeated: what was stored is acknowledged as a
duplicate and counts once. That holds within the server's dedupe window, 24
hours by default; see vitrine config.

Consent. Nothing about a visitor is stored without consent to personalization.
By default events are sent as the files have them: with their own "consent", or
with none, and then the site's policy decides. If your visitors did consent when
the log was collected, say so with --consent granted; it does not overrule a
consent that an event carries.`,
		Example: `  vitrine import events log.jsonl.gz --site shop --consent granted
  vitrine import events invoices.csv --mapping invoices.yaml --site shop --consent granted
  zcat logs/*.gz | vitrine import events - --site shop`,
		Args: fileArgs,
		RunE: func(cmd *cobra.Command, files []string) error {
			return a.withImport(cmd.Context(), f, files, a.importEvents)
		},
	}
	f.flags(a, cmd)
	cmd.Flags().StringVar(&f.format, "format", "", "whose `format` the files have: retailrocket, diginetica, yoochoose, otto, google-retail, segment; found out when not given")
	cmd.Flags().StringVar(&f.consent, "consent", "as-recorded", "what the visitors of the log allowed: `granted` (personalization), or as-recorded")
	return cmd
}

func fileArgs(_ *cobra.Command, files []string) error {
	if len(files) == 0 {
		return usagef("name the files to import, or - for stdin")
	}
	return nil
}

func (f *importFlags) flags(a *app, cmd *cobra.Command) {
	fs := cmd.Flags()
	f.remote.reach(a, fs)
	f.remote.timeout = 10 * time.Second // of the calls beside the import itself
	fs.StringVar(&f.site, "site", "demo", "the `site`: which shop")
	fs.StringVar(&f.mapping, "mapping", "", "`file` that says which columns feed which fields")
	fs.StringVar(&f.dataDir, "data-dir", "", "import into this `folder` with a server in this process, when none is running on it")
	fs.BoolVar(&f.createSite, "create-site", false, "create the site, with the usual settings, if it does not exist")
	fs.StringVar(&f.onError, "on-error", "skip", "what to do at a bad line: `skip` it, or fail")
	fs.IntVar(&f.maxErrors, "max-errors", 100, "with skip, fail after this `many` bad lines; 0: never")
	fs.BoolVar(&f.json, "json", false, "print the summary as JSON")
}

func (f *importFlags) check(files []string) error {
	switch {
	case f.onError != "skip" && f.onError != "fail":
		return usagef("--on-error %q: skip or fail", f.onError)
	case f.maxErrors < 0:
		return usagef("--max-errors %d: 0 or more", f.maxErrors)
	case f.consent != "" && f.consent != "granted" && f.consent != "as-recorded":
		return usagef("--consent %q: granted or as-recorded", f.consent)
	case f.format != "" && f.mapping != "":
		return usagef("--format names a known form, and --mapping describes one: choose one")
	}
	for i, path := range files {
		if slices.Contains(files[:i], path) {
			return usagef("%s is named twice", path)
		}
	}
	return nil
}

func (f *importFlags) siteName() string { return "sites/" + strings.TrimPrefix(f.site, "sites/") }

// fileImport is an import under way.
type fileImport struct {
	*importFlags
	app     *app
	conn    grpc.ClientConnInterface
	mapping *records.Mapping
	files   []string
	display *progress.Display
	inputs  []*records.Input // opened so far
	skipped map[string]int64 // by the mapping's rules
	bad     int
}

// withImport opens what an import needs, and reports a summary whatever
// happens.
func (a *app) withImport(ctx context.Context, f *importFlags, files []string, run func(context.Context, *fileImport) (*importSummary, error)) (err error) {
	if err := f.check(files); err != nil {
		return err
	}
	m, err := f.readMapping()
	if err != nil {
		return err
	}
	for _, path := range files { // before anything is sent
		if path == "-" {
			continue
		}
		if _, err := os.Stat(path); err != nil {
			return err
		}
	}
	if f.dataDir != "" {
		n, remove, err := a.startPrivate(f.dataDir, config.ClockSystem)
		if err != nil {
			return err
		}
		defer remove()
		defer func() { err = errors.Join(err, n.Close()) }()
		f.remote = remote{target: n.Addr(), timeout: f.remote.timeout}
	}
	conn, err := f.remote.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	if f.createSite {
		if err := f.create(ctx, conn); err != nil {
			return f.remote.explain(err)
		}
	}
	im := &fileImport{
		importFlags: f, app: a, conn: conn, mapping: m, files: files,
		display: progress.New(a.stderr, a.bars()), skipped: map[string]int64{},
	}
	summary, err := run(ctx, im)
	im.close()
	err = im.explain(ctx, err)
	summary.Site, summary.Files, summary.Skipped = f.siteName(), files, im.skipped
	if err != nil {
		summary.Error = err.Error()
	}
	return errors.Join(err, summary.print(a.stdout, f.json))
}

// readMapping says how to read the files; nil when they say it themselves.
func (f *importFlags) readMapping() (*records.Mapping, error) {
	if f.format == "" {
		return readMapping(f.mapping)
	}
	m, err := records.FormatMapping(f.format)
	if err != nil {
		return nil, &usageError{err}
	}
	return m, nil
}

// create creates the site unless it is there.
func (f *importFlags) create(ctx context.Context, conn grpc.ClientConnInterface) error {
	ctx, cancel := context.WithTimeout(ctx, f.remote.timeout)
	defer cancel()
	_, err := pb.NewSiteServiceClient(conn).CreateSite(ctx, &pb.CreateSiteRequest{
		SiteId: strings.TrimPrefix(f.siteName(), "sites/"), Site: &pb.Site{},
	})
	if status.Code(err) == codes.AlreadyExists {
		return nil
	}
	return err
}

func (im *fileImport) close() {
	im.display.Close()
	for _, in := range im.inputs {
		in.Close() //nolint:errcheck,gosec // only read from
	}
}

// explain says what to do next.
func (im *fileImport) explain(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return errors.New("interrupted; repeat the command to go on: what is stored counts once")
	case status.Code(err) == codes.NotFound && !im.createSite:
		return fmt.Errorf("%w\nor add --create-site", im.remote.explain(err))
	}
	return im.remote.explain(err)
}

// onBad shows a bad line, and ends the import if it is to.
func (im *fileImport) onBad(line *records.LineError) error {
	if im.onError == "fail" {
		return line
	}
	im.display.Println(line.Error())
	im.bad++
	if im.maxErrors > 0 && im.bad >= im.maxErrors {
		return fmt.Errorf("%d bad lines: is it the right format, or mapping? --max-errors allows for more", im.bad)
	}
	return nil
}

// chain reads the files one after another.
func chain[M proto.Message](im *fileImport, open func(*records.Input) (records.Reader[M], error)) feed.Next[M] {
	var r records.Reader[M]
	return func() (records.Record[M], error) {
		for {
			if r == nil {
				if len(im.inputs) == len(im.files) {
					return records.Record[M]{}, io.EOF
				}
				in, err := records.Open(im.files[len(im.inputs)], im.app.stdin)
				if err != nil {
					return records.Record[M]{}, err
				}
				im.inputs = append(im.inputs, in)
				if r, err = open(in); err != nil {
					return records.Record[M]{}, err
				}
			}
			rec, err := r.Next()
			if !errors.Is(err, io.EOF) {
				return rec, err
			}
			for name, n := range r.Skipped() {
				im.skipped[name] += n
			}
			r = nil
		}
	}
}
