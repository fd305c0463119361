package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/vitrine-io/vitrine/cmd/vitrine/backtest"
	"github.com/vitrine-io/vitrine/cmd/vitrine/feed"
	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	"github.com/vitrine-io/vitrine/cmd/vitrine/tune"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server/config"
)

// tuneFlags are what `vitrine tune` was told.
type tuneFlags struct {
	train, test []string
	holdout     string
	validation  string
	format      string
	logMapping  string
	products    string
	mapping     string
	span        string
	budget      string
	lessons     int
	sample      int
	sessions    int
	k           int
	seed        uint64
	out         string
	remote      remote
	placement   string
	force       bool
	json        bool
}

// newTuneCommand is `vitrine tune`.
func newTuneCommand(a *app) *cobra.Command {
	f := &tuneFlags{}
	cmd := &cobra.Command{
		Use:   "tune --train FILE [--out FILE | --placement NAME]",
		Short: "Fit the weights and parameters of a placement's ranking to your log",
		Long: `Fit the weights and parameters of a placement's ranking to your log.

The log is cut in three by time. The models learn from the first part, and the
weights are fitted to its visitors' choices. By the validation part (--validation)
all is chosen: how firmly the weights keep to those shipped, and the parameters,
which are tried one by one. The last part (--holdout, or files of its own with
--test) is looked at once, at the end, through the API, and says what it is worth.

The result is a RankingConfig, written to --out or into --placement. When nothing
was found that is better than what is shipped by more than chance explains,
nothing is written, unless --force is given. Ctrl-C ends the search and keeps the
best found so far.

Logs are read in all formats of vitrine backtest. The same log, flags and --seed
give the same result, unless --budget is a time. docs/tune.md has an example.`,
		Example: `  vitrine tune --train sessions.txt --out ranking.json
  vitrine tune --train march.jsonl --validation 3d --holdout 2d --products products.csv --out ranking.json
  vitrine tune --train events.csv --budget 10m --placement sites/shop/placements/home
  vitrine tune --train a.txt --test b.txt --budget 0 --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.tune(cmd.Context(), f) },
	}
	fs := cmd.Flags()
	fs.StringArrayVar(&f.train, "train", nil, "`file` of the log; - is stdin, .gz is fine; may be given several times")
	fs.StringArrayVar(&f.test, "test", nil, "`file` of later sessions to judge the result by, in the place of --holdout")
	fs.StringVar(&f.holdout, "holdout", "", "`part` at the end of the log to judge the result by, such as 1d or 5%; none for no such part (default 5%)")
	fs.StringVar(&f.validation, "validation", "5%", "`part` before that to choose by, such as 1d or 5%")
	fs.StringVar(&f.format, "format", "", "the `format` of all files: "+strings.Join(backtest.Formats(), ", ")+"; found out when not given")
	fs.StringVar(&f.logMapping, "log-mapping", "", "`file` that maps the columns of --train and --test, as for vitrine import events")
	fs.StringVar(&f.products, "products", "", "`file` of the catalogue, as for vitrine import products; by default the bare ids of the log")
	fs.StringVar(&f.mapping, "mapping", "", "`file` that maps the columns of --products")
	fs.StringVar(&f.span, "span", "150d", "the `time` that sessions without times are spread over, such as 150d or 36h")
	fs.StringVar(&f.budget, "budget", "60", "how `much` to search for parameters: a number of trials, or a time such as 10m; 0: not at all")
	fs.IntVar(&f.lessons, "lessons", 30000, "fit weights to this `many` choices; 0: not at all")
	fs.IntVar(&f.sample, "sample", 3000, "judge a trial by this `many` targets of the validation part")
	fs.IntVar(&f.sessions, "sessions", 10000, "judge the result by this `many` sessions of a part, drawn at random; 0: all")
	fs.IntVar(&f.k, "k", backtest.DefaultK, "how `many` products are shown, the 20 of NDCG@20")
	fs.Uint64Var(&f.seed, "seed", 1, "`number` that the samples, the order of trials and the intervals follow from")
	fs.StringVar(&f.out, "out", "", "write the RankingConfig to this `file`, as JSON")
	f.remote.flags(a, fs)
	fs.StringVar(&f.placement, "placement", "", "write it into this `placement` of the server at --target, such as sites/shop/placements/home")
	fs.BoolVar(&f.force, "force", false, "write the best found even if it is not better than what is shipped")
	fs.BoolVar(&f.json, "json", false, "print figures and ranking as JSON")
	cmd.AddCommand(newTuneShippedCommand(a))
	return cmd
}

func (f *tuneFlags) check() error {
	switch {
	case len(f.train) == 0:
		return usagef("--train is needed; see vitrine tune --help")
	case len(f.test) > 0 && f.holdout != "":
		return usagef("--test names other files, and --holdout a part of train: choose one")
	case f.lessons < 0 || f.lessons > 1_000_000:
		return usagef("--lessons %d: 0 to 1,000,000, each some 5 KB of memory", f.lessons)
	case f.sample < 100:
		return usagef("--sample %d: 100 or more, or chance decides", f.sample)
	case f.sessions < 0:
		return usagef("--sessions %d: 0 or more", f.sessions)
	case f.k < 1 || f.k > backtest.MaxK:
		return usagef("--k %d: 1 to %d, which is what a placement shows", f.k, backtest.MaxK)
	case f.logMapping != "" && f.format != "":
		return usagef("--format names a known form, and --log-mapping describes one: choose one")
	case f.mapping != "" && f.products == "":
		return usagef("--mapping goes with --products")
	case f.products == "-":
		return usagef("--products is read twice: give a file in the place of -")
	case f.placement != "" && !placementNames.MatchString(f.placement):
		return usagef("--placement %q: a full name such as sites/shop/placements/home is wanted", f.placement)
	}
	return nil
}

// parseBudget takes a number of trials or a time.
func parseBudget(s string) (tune.Budget, error) {
	if n, err := strconv.Atoi(s); err == nil && n >= 0 {
		return tune.Budget{Trials: n}, nil
	}
	if d, err := backtest.ParseTime(s); err == nil && d > 0 {
		return tune.Budget{Time: d}, nil
	}
	return tune.Budget{}, usagef("--budget %q: a number of trials such as 60, or a time such as 10m, is wanted", s)
}

func (a *app) tune(ctx context.Context, f *tuneFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	span, err := parseSpan(f.span)
	if err != nil {
		return err
	}
	budget, err := parseBudget(f.budget)
	if err != nil {
		return err
	}
	w, err := a.tuneWriter(ctx, f)
	if err != nil {
		return err
	}
	defer w.close()
	log, test, err := a.tuneLog(f)
	if err != nil {
		return err
	}
	o := tune.Options{
		K: f.k, Span: span, End: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), // any, as for backtest
		Lessons: f.lessons, Sample: f.sample, Budget: budget, Seed: f.seed, Display: progress.New(a.stderr, a.bars()),
	}
	if f.products != "" {
		o.Products = func() (feed.Next[*pb.Product], func(), error) {
			in, r, err := openProducts(a, f.products, f.mapping, "sites/tune")
			if err != nil {
				return nil, nil, err
			}
			return r.Next, func() { _ = in.Close() }, nil // only read from
		}
	}
	found, err := tune.Run(ctx, log, o)
	if errors.Is(err, tune.ErrNothing) {
		err = fmt.Errorf("%w: nothing was written", err)
	}
	var tested *backtest.Comparison
	if err == nil && found.Ranking != nil && !found.Interrupted {
		tested, err = a.judgeRanking(ctx, log, test, found, o)
	}
	o.Display.Close()
	if err != nil {
		return err
	}
	r, err := newTuned(found, test != nil, tested)
	if err != nil {
		return err
	}
	if r.Ranking != nil && (r.Better || f.force) {
		if err := w.write(context.WithoutCancel(ctx), r); err != nil {
			return err
		}
	}
	if f.json {
		return r.writeJSON(a.stdout)
	}
	return r.print(a.stdout, f)
}

// tuneLog reads the log and cuts it: log has the validation part as its test,
// and test, if there is one, what the result is judged by.
func (a *app) tuneLog(f *tuneFlags) (log, test *backtest.Log, err error) {
	validation, err := tunePart("validation", f.validation)
	if err != nil {
		return nil, nil, err
	}
	files := backtest.Files{Train: f.train, Test: f.test, Format: backtest.Format(f.format), Stdin: a.stdin}
	if files.Mapping, err = readMapping(f.logMapping); err != nil {
		return nil, nil, err
	}
	switch {
	case f.holdout == "none":
		files.Holdout = validation
	case f.holdout != "":
		files.Holdout, err = tunePart("holdout", f.holdout)
	case len(f.test) == 0:
		files.Holdout, err = tunePart("holdout", "5%")
	}
	if err != nil {
		return nil, nil, err
	}
	whole, warnings, err := backtest.Read(files)
	if err != nil {
		return nil, nil, err
	}
	for _, w := range warnings {
		fmt.Fprintln(a.stderr, "warning:", w)
	}
	if f.holdout == "none" {
		whole.Sample(f.sessions, f.seed)
		return whole, nil, nil
	}
	if log, err = whole.Part(validation); err != nil {
		return nil, nil, fmt.Errorf("--validation %s: %s", f.validation, strings.TrimPrefix(strings.ReplaceAll(err.Error(), "--holdout", "--validation"), "backtest: "))
	}
	log.Sample(f.sessions, f.seed)
	whole.Sample(f.sessions, f.seed)
	return log, whole, nil
}

func tunePart(name, value string) (backtest.Holdout, error) {
	h, err := backtest.ParseHoldout(value)
	if err != nil {
		return h, usagef("--%s %w", name, err)
	}
	if h == (backtest.Holdout{}) || h.Each != 0 {
		return h, usagef("--%s %q: a part of the time or of the sessions is wanted, such as 1d or 5%%", name, value)
	}
	return h, nil
}

// judgeRanking holds the ranking against what is shipped through the API of a
// server of its own: on the test part or, where there is none, on the validation
// part once more, whose figures then are these.
func (a *app) judgeRanking(ctx context.Context, log, test *backtest.Log, found *tune.Result, o tune.Options) (*backtest.Comparison, error) {
	n, remove, err := a.startPrivate("", config.ClockEvents)
	if err != nil {
		return nil, err
	}
	defer remove()
	defer n.Close() //nolint:errcheck // its data is thrown away
	r := remote{target: n.Addr(), timeout: time.Minute}
	conn, err := r.dial()
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	b := backtest.Options{Site: "tune", Span: o.Span, End: o.End, K: o.K, InFlight: 8, Seed: o.Seed, Display: o.Display}
	if o.Products != nil {
		next, done, err := o.Products()
		if err != nil {
			return nil, err
		}
		defer done()
		b.Products = next
	}
	ranking, err := tune.Message(found.Ranking)
	if err != nil {
		return nil, err
	}
	by := log
	if test != nil {
		by = test
	}
	results, err := backtest.RunEach(ctx, conn, by, b, []*pb.ProductRules{nil, {Ranking: ranking}})
	if ctx.Err() != nil {
		found.Interrupted = true
		return nil, nil
	}
	if err != nil {
		return nil, r.explain(err)
	}
	c, err := backtest.Compare(results[0], results[1], o.Seed)
	if err == nil && test == nil {
		found.Validation, c = c, nil
	}
	return c, err
}

// tuneWriter is where the ranking goes.
type tuneWriter struct {
	flags  *tuneFlags
	server pb.PlacementServiceClient
	stop   func()
}

// tuneWriter makes sure, before the work, that there is a place for its result.
func (a *app) tuneWriter(ctx context.Context, f *tuneFlags) (*tuneWriter, error) {
	w := &tuneWriter{flags: f, stop: func() {}}
	if f.out != "" {
		if dir, err := os.Stat(filepath.Dir(f.out)); err != nil || !dir.IsDir() {
			return nil, fmt.Errorf("--out %s: there is no folder %s", f.out, filepath.Dir(f.out))
		}
	}
	if f.placement == "" {
		return w, nil
	}
	conn, err := f.remote.dial()
	if err != nil {
		return nil, err
	}
	w.server, w.stop = pb.NewPlacementServiceClient(conn), func() { conn.Close() }
	if _, err := f.remote.productPlacement(ctx, w.server, f.placement); err != nil {
		w.stop()
		return nil, err
	}
	return w, nil
}

func (w *tuneWriter) close() { w.stop() }
