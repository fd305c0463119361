// Conformance plays the scenarios of scenarios.yaml with the clients of clients.yaml,
// against the real server behind a proxy that injects faults, and prints how each did.
// clients/README.md tells what a client must do, and how its driver is spoken to.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/spf13/pflag"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		stop()
		os.Exit(1) //nolint:gocritic,forbidigo // stop was called; this is main
	}
}

type options struct {
	clients   []string
	scenarios []string
	server    string
	parallel  int
	json      bool
	verbose   bool
	all       bool
	quick     bool

	bench   bool
	seconds float64
	rounds  int
}

func (o *options) parse(args []string, stderr io.Writer) error {
	fs := pflag.NewFlagSet("conformance", pflag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.StringSliceVar(&o.clients, "clients", nil, "`names` of the clients; all of clients.yaml when empty")
	fs.StringSliceVar(&o.scenarios, "scenario", nil, "`names` of the scenarios; all when empty")
	fs.StringVar(&o.server, "server", "", "vitrine `binary`; built when empty")
	fs.IntVar(&o.parallel, "parallel", 4, "scenarios of a client that are played at once")
	fs.BoolVar(&o.json, "json", false, "print the outcomes as JSON, one a line")
	fs.BoolVar(&o.verbose, "verbose", false, "tell of every scenario as it ends")
	fs.BoolVar(&o.quick, "quick", false, "leave out the scenarios that take long")
	fs.BoolVar(&o.all, "all", false, "fail if a client can't run here")
	fs.BoolVar(&o.bench, "bench", false, "measure the clients side by side instead")
	fs.Float64Var(&o.seconds, "seconds", 3, "how long each measurement takes")
	fs.IntVar(&o.rounds, "rounds", 3, "how often each client is measured, in turns; the median counts")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() > 0 {
		return fmt.Errorf("unexpected arguments %q", fs.Args())
	}
	return nil
}

// errFailed says that the table tells the rest.
var errFailed = errors.New("not every client did as the contract says")

func run(ctx context.Context, args []string, out, stderr io.Writer) error {
	var o options
	if err := o.parse(args, stderr); err != nil {
		if errors.Is(err, pflag.ErrHelp) {
			return nil
		}
		return err
	}
	s, err := openSuite(&o)
	if err != nil {
		return err
	}
	err = s.runAll(ctx, &o, out, stderr)
	return errors.Join(err, s.close())
}

func (s *suite) runAll(ctx context.Context, o *options, out, stderr io.Writer) error {
	for _, name := range o.scenarios {
		if !slices.ContainsFunc(s.scenarios, func(sc scenario) bool { return sc.Name == name }) {
			return fmt.Errorf("no scenario %q in scenarios.yaml", name)
		}
	}
	if o.quick {
		s.scenarios = slices.DeleteFunc(s.scenarios, func(sc scenario) bool { return sc.Long })
	}
	names := o.clients
	if len(names) == 0 {
		names = slices.Sorted(maps.Keys(s.clients))
	}
	t := &table{}
	for _, name := range names {
		missing, err := s.prepare(ctx, name)
		if err != nil {
			return err
		}
		if missing != "" {
			fmt.Fprintf(stderr, "*** LEFT OUT: %s: %s ***\n", name, missing)
			t.leftOut = append(t.leftOut, name+": "+missing)
			continue
		}
		t.clients = append(t.clients, name)
	}
	if err := s.start(ctx); err != nil {
		return err
	}
	if o.bench {
		return s.benchAll(ctx, o, t, out, stderr)
	}
	for _, name := range t.clients {
		err := s.run(ctx, name, o.scenarios, func(got outcome) {
			t.outcomes = append(t.outcomes, got)
			if o.verbose {
				fmt.Fprintf(stderr, "%s %s %.1f s: %s %s\n", got.Client, got.Scenario, got.Seconds, got.Outcome, got.Why)
			}
		})
		if err != nil {
			return err
		}
	}
	if o.json {
		lines := json.NewEncoder(out)
		for _, got := range t.outcomes {
			if err := lines.Encode(got); err != nil {
				return err
			}
		}
	} else {
		t.write(out, s.scenarios)
	}
	if t.failed() || o.all && len(t.leftOut) > 0 {
		return errFailed
	}
	return nil
}
