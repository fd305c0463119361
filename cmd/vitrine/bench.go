package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/vitrine-io/vitrine/cmd/vitrine/bench"
	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
)

// benchFlags are what `vitrine bench` was told.
type benchFlags struct {
	options  bench.Options
	only     []string
	shares   []string
	rates    []float64
	target   string
	access   access
	echo     bool
	dataDir  string
	html     string
	json     bool
	overload float64
}

// newBenchCommand is `vitrine bench`.
func newBenchCommand(a *app) *cobra.Command {
	f := &benchFlags{}
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure decisions and events on this machine, beside an echo of the same messages",
		Long: `Measure decisions and events on this machine, beside an echo of the same messages.

A server is started as a process of its own on a temporary data folder and filled
through its API with a made-up shop. Then each kind of traffic is measured at its
ceiling, with so many calls in flight (--in-flight), and at shares of it (--load)
or given rates (--rates). There calls begin when they are due, whatever became of
those before, and their latency counts from then on: what a stall keeps waiting
shows it.

Beside each stands an echo on the same port: messages of the same bytes, answered
with nothing done. On one machine the ratio of the two tells more than either.

--only chooses among:
  page        Decide, 20 products for a home page
  creative    Decide, one creative
  mixed-page  Decide, a product page: 12 and 6 products, one creative
  mixed       decisions and events as a shop has them
  track       TrackEvent, one event a call, durable when answered
  stream      StreamEvents, 100 events a message, durable when acknowledged

--overload 5 measures something else: how many pages are answered in time, and how
many refused, when up to five times as many are asked for as can be decided.

Ctrl-C ends it with what was measured so far. docs/bench.md tells how to read it.`,
		Example: `  vitrine bench
  vitrine bench --only page,track --duration 10s
  vitrine bench --products 100000 --visitors 1000000 --html bench.html
  vitrine bench --only page --rates 500,1000,2000 --load "" --json
  vitrine bench --overload 5 --deadline 100ms
  vitrine bench --target 127.0.0.1:7654 --only page`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.bench(cmd.Context(), f) },
	}
	cmd.AddCommand(newBenchServerCommand(a))
	o := &f.options
	fs := cmd.Flags()
	fs.IntVar(&o.Products, "products", 10_000, "how `many` products the shop has")
	fs.IntVar(&o.Visitors, "visitors", 20_000, "how `many` visitors it knows")
	fs.IntVar(&o.Creatives, "creatives", 1_000, "how `many` creatives, twenty a campaign, each campaign in one of twenty countries")
	fs.IntVar(&o.History, "history", 4, "events a visitor has behind them, on `average`")
	fs.Float64Var(&o.Skew, "skew", 0.8, "how much more often some visitors come: the `exponent` of Zipf's law; 0: all alike")
	fs.Uint64Var(&o.Seed, "seed", 1, "another `number`, another shop and other traffic")
	fs.DurationVar(&o.Duration, "duration", 4*time.Second, "measure each for so `long`")
	fs.IntVar(&o.InFlight, "in-flight", 64, "calls in flight at the ceiling")
	fs.StringSliceVar(&f.shares, "load", []string{"25%", "50%", "90%"}, "`shares` of the ceiling to measure latency at; \"\": none")
	fs.Float64SliceVar(&f.rates, "rates", nil, "`rates` a second to measure latency at, too")
	fs.StringSliceVar(&f.only, "only", bench.LoadNames, "`kinds` of traffic, between commas")
	fs.Float64Var(&f.overload, "overload", 0, "ask for pages up to so many `times` as fast as they can be decided, and measure nothing else")
	fs.DurationVar(&o.Deadline, "deadline", 100*time.Millisecond, "how `long` callers wait under --overload")
	fs.StringVar(&f.target, "target", "", "measure the running server at `host:port`, in a site of its own that stays, instead of starting one; without an echo")
	f.access.flags(fs)
	fs.BoolVar(&f.echo, "echo", false, "that server has an echo: it was started with vitrine bench server")
	fs.StringVar(&f.dataDir, "data-dir", "", "keep the data in this `folder`, for further runs of the same shop; by default in a temporary one, removed at the end")
	fs.StringVar(&f.html, "html", "", "write tables and curves to this `file`, too, as a page that needs nothing else")
	fs.BoolVar(&f.json, "json", false, "print the figures as JSON")
	a.completeWords(cmd, "only", bench.LoadNames)
	return cmd
}

// completeWords completes a flag of words between commas.
func (a *app) completeWords(cmd *cobra.Command, flag string, words []string) {
	err := cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		before := typed[:strings.LastIndexByte(typed, ',')+1]
		var list []string
		for _, w := range words {
			list = append(list, before+w)
		}
		return list, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	})
	if err != nil {
		panic(err) // the flag is defined just before
	}
}

// check completes the options, and reports all that is wrong with the flags.
func (f *benchFlags) check() error {
	o := &f.options
	var wrong []string
	within := func(flag string, got, low, high int) {
		if got < low || got > high {
			wrong = append(wrong, fmt.Sprintf("--%s %d: %s to %s", flag, got, progress.Thousands(int64(low)), progress.Thousands(int64(high))))
		}
	}
	within("products", o.Products, 100, 9_999_999)
	within("visitors", o.Visitors, 1, 99_999_999)
	within("creatives", o.Creatives, 0, 1_000_000)
	within("history", o.History, 1, 100)
	within("in-flight", o.InFlight, 1, 1024)
	if !(o.Skew >= 0 && o.Skew <= 3) {
		wrong = append(wrong, fmt.Sprintf("--skew %v: 0 to 3", o.Skew))
	}
	if o.Duration < 10*time.Millisecond || o.Duration > time.Hour {
		wrong = append(wrong, fmt.Sprintf("--duration %v: 10ms to 1h", o.Duration))
	}
	if o.Deadline < time.Millisecond || o.Deadline > 10*time.Second {
		wrong = append(wrong, fmt.Sprintf("--deadline %v: 1ms to 10s", o.Deadline))
	}
	if f.overload != 0 && !(f.overload > 1 && f.overload <= 100) {
		wrong = append(wrong, fmt.Sprintf("--overload %v: above 1, to 100", f.overload))
	}
	o.Loads = nil
	for _, name := range bench.LoadNames { // in the order in which they are measured
		if slices.Contains(f.only, name) {
			o.Loads = append(o.Loads, name)
		}
	}
	for _, name := range f.only {
		if !slices.Contains(bench.LoadNames, name) {
			wrong = append(wrong, fmt.Sprintf("--only %q: some of %s", name, strings.Join(bench.LoadNames, ", ")))
		}
	}
	if len(f.only) == 0 {
		wrong = append(wrong, "--only: one kind of traffic at least")
	}
	o.Shares = nil
	for _, text := range f.shares {
		share, err := parseShare(text)
		if err != nil {
			wrong = append(wrong, fmt.Sprintf("--load %q: shares such as 50%%, above 0 and up to 200%%", text))
			continue
		}
		o.Shares = append(o.Shares, share)
	}
	for _, rate := range f.rates {
		if !(rate > 0 && rate <= 1e7) {
			wrong = append(wrong, fmt.Sprintf("--rates %v: above 0, to 10,000,000", rate))
		}
	}
	o.Rates, o.Overload = f.rates, f.overload
	if f.target != "" && f.dataDir != "" {
		wrong = append(wrong, "--target measures a running server, and --data-dir is for one that is started: choose one")
	}
	if f.target == "" && f.echo {
		wrong = append(wrong, "--echo goes with --target: a server that is started has one")
	}
	if o.Creatives == 0 && slices.ContainsFunc(o.Loads, func(l string) bool {
		return l == bench.LoadCreative || l == bench.LoadMixedPage || l == bench.LoadMixed
	}) && f.overload == 0 {
		wrong = append(wrong, "--creatives 0: leave creative, mixed-page and mixed out, with --only")
	} else if o.Creatives > 0 && o.Creatives < 400 {
		wrong = append(wrong, fmt.Sprintf("--creatives %d: 0, or 400 and more, for each of twenty countries to have some", o.Creatives))
	}
	if len(wrong) > 0 {
		return usagef("%s", strings.Join(wrong, "\n"))
	}
	return nil
}

// parseShare reads "50%" or "0.5".
func parseShare(text string) (float64, error) {
	number, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	share, err := strconv.ParseFloat(number, 64)
	if percent {
		share /= 100
	}
	if err != nil || !(share > 0 && share <= 2) {
		return 0, errors.New("not a share")
	}
	return share, nil
}

func (a *app) bench(ctx context.Context, f *benchFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	page, err := createPage(f.html) // before the work, lest it be in vain
	if err != nil {
		return err
	}
	defer page.Close() //nolint:errcheck // a second time, or what was written is of no use
	result, err := a.runBench(ctx, f)
	if err != nil {
		return err
	}
	if page != nil {
		if err := errors.Join(result.WriteHTML(page), page.Close()); err != nil {
			return fmt.Errorf("write %s: %w", f.html, err)
		}
	}
	if f.json {
		enc := json.NewEncoder(a.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(result)
	}
	return printBench(a.stdout, result)
}

// runBench measures a server of its own, or a running one.
func (a *app) runBench(ctx context.Context, f *benchFlags) (*bench.Result, error) {
	o := f.options
	o.Site = "bench"
	r := remote{target: f.target, timeout: time.Minute, app: a, access: f.access}
	if f.target == "" {
		r.app = nil
		var limits []string
		if f.overload <= 1 {
			// At its ceiling a server refuses calls, so that the others are answered
			// soon: here all are to be answered.
			limits = []string{"--limits-max-wait", "1s"}
		}
		server, err := a.startBenchServer(f.dataDir, limits...)
		if err != nil {
			return nil, err
		}
		defer server.stop()
		r.target, o.Echo = server.Address, true
	} else {
		o.Echo = f.echo
	}
	o.Progress = progress.New(a.stderr, a.bars())
	defer o.Progress.Close()
	fmt.Fprintf(a.stderr, "%s on %d cores; client and server are processes of their own, and share them\n", r.target, runtime.NumCPU())
	o.Wire = r.wire
	result, err := bench.Run(ctx, r.dial, o)
	switch {
	case errors.Is(err, bench.ErrOtherShop) && f.target != "":
		return nil, fmt.Errorf("%s has a site \"bench\" with another shop, or one half filled\ndelete it with: vitrine sites delete bench --target %s", f.target, f.target)
	case errors.Is(err, bench.ErrOtherShop):
		return nil, fmt.Errorf("%s holds another shop, or one half filled\nremove it, or choose another --data-dir", f.dataDir)
	}
	if f.target == "" {
		return result, err
	}
	return result, r.explain(err)
}
