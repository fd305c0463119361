package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/pprof"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/vitrine-io/vitrine/cmd/vitrine/backtest"
	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server/config"
)

// backtestFlags are what `vitrine backtest` was told.
type backtestFlags struct {
	train, test []string
	holdout     string
	format      string
	products    string
	mapping     string
	logMapping  string
	validation  bool
	oneVisit    bool
	span        string
	online      bool
	inFlight    int
	sample      int
	k           int
	curve       int
	html        string
	seed        uint64
	dataDir     string
	target      string
	access      access
	rules       string
	against     string
	cpuProfile  string
	json        bool
}

// newBacktestCommand is `vitrine backtest`.
func newBacktestCommand(a *app) *cobra.Command {
	f := &backtestFlags{}
	cmd := &cobra.Command{
		Use:   "backtest --train FILE {--test FILE | --holdout PART}",
		Short: "Replay a session log and measure how well the next product is met",
		Long: `Replay a session log and measure how well the next product is met.

A server is started in this process on a temporary data folder. The train
sessions go in as events, each durable when it is acknowledged. Then, at every
click of the test sessions, the 20 products to show next (--k) are asked for, with
what the session did so far and nothing else. HR@20 is how often the next product
is among them, MRR@20 the mean of 1 / its place; 95 % intervals stand beside them.

The models stay as they are during the test, unless --online is given.

The formats, found out by the content (docs/backtest.md):
  sessions  one session a line: product ids between blanks
  visitors  one lasting visitor a line: the id, then product ids
  pairs     a prefix, TAB, the target; the longest prefix of a session first
  timed     a table of SessionId, ItemId and Time, between tabs
  events    JSON Lines of events, as vitrine import reads them
  segment, google-retail, retailrocket, diginetica, yoochoose, otto
            exports and data sets as they are

Carts and orders of a log are learned from, and how much of the later ones was
shown is measured.

Visitors who come back are tested once each, by their ids, with --holdout
last-product (leave one out) or last-order (the next basket).

--rules measures a placement with rules of its own: a file of ProductRules as JSON,
such as {"strategy": "STRATEGY_SIMILAR"} or {"ranking": ...} with what vitrine tune
wrote. --against decides on the same test under other rules as well, on what was
learned from the same log, and tells the differences.`,
		Example: `  vitrine backtest --train sessions.txt --test pairs.txt
  vitrine backtest --train march.jsonl --test april.jsonl --products products.csv --online
  vitrine backtest --train events.csv --holdout 1d --sample 1000 --json
  vitrine backtest --train yoochoose-clicks.dat --train yoochoose-buys.dat --holdout 1d
  vitrine backtest --train interactions.txt --holdout last-product --k 10 --products item_attributes.json
  vitrine backtest --train invoices.csv --log-mapping invoices.yaml --holdout last-order --k 10
  vitrine backtest --train events.jsonl --holdout 7d --against diverse.json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.backtest(cmd.Context(), f) },
	}
	cmd.AddCommand(newBacktestCompareCommand(a), newBacktestAblateCommand(a), newBacktestFrontierCommand(a), newBacktestCreativesCommand(a), newBacktestIntentCommand(a), newBacktestPersonasCommand(a))
	fs := cmd.Flags()
	f.logFlags(fs)
	fs.BoolVar(&f.online, "online", false, "go on learning: after its prefixes are ranked, each test session goes in as events")
	fs.IntVar(&f.curve, "curve", 0, "draw how the hit rate grows while train is loaded, at this `many` points; 0: not")
	fs.StringVar(&f.html, "html", "", "write figures and curves to this `file`, too, as a page that needs nothing else")
	fs.StringVar(&f.dataDir, "data-dir", "", "keep the data in this `folder`, which must hold no backtest yet")
	fs.StringVar(&f.target, "target", "", "use the running server at `host:port`, in a site of its own that is deleted at the end; times are moved so that the log ends now")
	f.access.flags(fs)
	fs.StringVar(&f.rules, "rules", "", "`file` of the placement's rules, a ProductRules of the contract as JSON; - is stdin")
	fs.StringVar(&f.against, "against", "", "`file` of other rules to hold against --rules, or against none")
	fs.StringVar(&f.cpuProfile, "cpu-profile", "", "write a CPU profile to this `file`, for go tool pprof")
	fs.BoolVar(&f.json, "json", false, "print the figures as JSON, with the ranks that vitrine backtest compare needs")
	return cmd
}

func (f *backtestFlags) check() error {
	switch {
	case len(f.train) == 0 || len(f.test) == 0 && f.holdout == "":
		return usagef("--train and --test are needed, or --train and --holdout; see vitrine backtest --help")
	case len(f.test) > 0 && f.holdout != "":
		return usagef("--test names other files, and --holdout a part of train: choose one")
	case f.inFlight < 1 || f.inFlight > 1000:
		return usagef("--in-flight %d: 1 to 1000", f.inFlight)
	case f.k < 1 || f.k > backtest.MaxK:
		return usagef("--k %d: 1 to %d, which is what a placement shows", f.k, backtest.MaxK)
	case f.curve < 0 || f.curve > backtest.MaxCurve:
		return usagef("--curve %d: 0 to %d", f.curve, backtest.MaxCurve)
	case f.sample < 0:
		return usagef("--sample %d: 0 or more", f.sample)
	case f.target != "" && f.dataDir != "":
		return usagef("--target uses a running server, and --data-dir one in this process: choose one")
	case f.logMapping != "" && f.format != "":
		return usagef("--format names a known form, and --log-mapping describes one: choose one")
	case f.against != "" && (f.online || f.curve > 0 || f.target != "" || f.html != ""):
		return usagef("--against decides twice on what was learned once, in this process: leave --online, --curve, --target and --html out")
	case stdins(append([]string{f.rules, f.against}, append(f.train, f.test...)...)) > 1:
		return usagef("one file at most can be -, stdin")
	case f.mapping != "" && f.products == "":
		return usagef("--mapping goes with --products")
	}
	return nil
}

// stdins is how many of the paths are stdin.
func stdins(paths []string) (n int) {
	for _, p := range paths {
		if p == "-" {
			n++
		}
	}
	return n
}

func (a *app) backtest(ctx context.Context, f *backtestFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	p, err := a.plan(f)
	if err != nil {
		return err
	}
	defer p.close()
	page, err := createPage(f.html) // before the work, lest it be in vain
	if err != nil {
		return err
	}
	defer page.Close() //nolint:errcheck // a second time, or what was written is of no use
	stop, err := startProfile(f.cpuProfile)
	if err != nil {
		return err
	}
	if f.against != "" {
		return errors.Join(a.backtestAgainst(ctx, f, p), stop())
	}
	result, err := a.replay(ctx, f, p.log, p.options)
	err = errors.Join(err, stop())
	if err != nil {
		return err
	}
	result.Warnings = p.warnings
	if page != nil {
		if err := writePage(page, result); err != nil {
			return err
		}
	}
	if f.json {
		enc := json.NewEncoder(a.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(result)
	}
	return printBacktest(a.stdout, result)
}

// replay runs the backtest on a running server, or on one of its own.
func (a *app) replay(ctx context.Context, f *backtestFlags, log *backtest.Log, o backtest.Options) (result *backtest.Result, err error) {
	r := remote{target: f.target, timeout: time.Minute}
	if f.target != "" {
		r.app, r.access = a, f.access
		id := uuid.New()
		o.Site, o.Move, o.End = fmt.Sprintf("backtest-%x", id[:6]), true, time.Now()
	} else {
		n, remove, err := a.startPrivate(f.dataDir, config.ClockEvents)
		if err != nil {
			return nil, err
		}
		defer remove()
		defer func() { err = errors.Join(err, n.Close()) }()
		r.target = n.Addr()
	}
	conn, err := r.dial()
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	result, err = backtest.Run(ctx, conn, log, o)
	o.Display.Close()
	if f.target != "" {
		err = errors.Join(err, removeSite(ctx, conn, o.Site))
	}
	switch {
	case ctx.Err() != nil:
		return nil, errors.New("interrupted")
	case f.dataDir != "" && status.Code(err) == codes.AlreadyExists:
		return nil, fmt.Errorf("%s holds a backtest already: choose another --data-dir", f.dataDir)
	}
	return result, r.explain(err)
}

// removeSite deletes the backtest's site, also when ctx has ended.
func removeSite(ctx context.Context, conn grpc.ClientConnInterface, site string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	_, err := pb.NewSiteServiceClient(conn).DeleteSite(ctx, &pb.DeleteSiteRequest{Name: "sites/" + site})
	if status.Code(err) == codes.NotFound { // it was never created
		return nil
	}
	return err
}

// startPrivate starts a server in this process on a free port, for this process
// alone. Without a folder it takes a temporary one, which remove takes away.
// The server does not end with the command's context, but with Close: what is
// under way can be finished.
func (a *app) startPrivate(folder string, clock config.Clock) (n *node, remove func(), err error) {
	remove = func() {}
	if folder == "" {
		if folder, err = os.MkdirTemp("", "vitrine-"); err != nil {
			return nil, nil, err
		}
		remove = func() { os.RemoveAll(folder) }
	}
	cfg := config.Default()
	cfg.DataDir, cfg.Listen, cfg.OpsListen, cfg.Clock, cfg.Auth = folder, "127.0.0.1:0", "", clock, config.AuthNone
	cfg.Limits.MaxWait = time.Second // the command is its only caller, and would rather wait than be refused
	logger := slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	n, err = startNode(context.Background(), cfg, logger)
	if err != nil {
		remove()
		return nil, nil, err
	}
	return n, remove, nil
}

// openProducts opens a file of products with its mapping, if there is one.
func openProducts(a *app, path, mapping, site string) (*records.Input, records.Reader[*pb.Product], error) {
	m, err := readMapping(mapping)
	if err != nil {
		return nil, nil, err
	}
	in, err := records.Open(path, a.stdin)
	if err != nil {
		return nil, nil, err
	}
	r, err := records.OpenProducts(in, m, site)
	if err != nil {
		return nil, nil, errors.Join(err, in.Close())
	}
	return in, r, nil
}

// readMapping reads a mapping file; none for no path.
func readMapping(path string) (*records.Mapping, error) {
	if path == "" {
		return nil, nil
	}
	return records.ReadMapping(path)
}

// parseSpan takes what lies between a minute and 20 years.
func parseSpan(s string) (time.Duration, error) {
	d, err := backtest.ParseTime(s)
	if err != nil || d < time.Minute || d > 20*365*24*time.Hour {
		return 0, usagef("--span %q: a time such as 150d or 36h is wanted, from a minute to 20 years", s)
	}
	return d, nil
}

// startProfile writes a CPU profile until stop is called.
func startProfile(path string) (stop func() error, err error) {
	if path == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("cpu profile: %w", err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(fmt.Errorf("cpu profile: %w", err), f.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		return f.Close()
	}, nil
}
