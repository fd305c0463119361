// Command vitrine is the Vitrine server and its tools: flags become a
// configuration, the configuration becomes a running server, and a signal
// drains it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes.
const (
	exitOK      = 0 // it did what was asked
	exitFailure = 1 // it could not; stderr says why and what to do next
	exitUsage   = 2 // the command line or the configuration is wrong
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// After the first signal the handler is taken away again, so that a second
	// one ends the process at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole program but for the process around it: it carries out args
// and returns the exit code. Cancelling ctx asks it to finish cleanly.
func run(ctx context.Context, args, environ []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr, environ: environ}
	root := newRootCommand(a)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	// What fails before a command begins is a mistake in how it was called.
	begun := false
	eachCommand(root, func(cmd *cobra.Command) {
		if carryOut := cmd.RunE; carryOut != nil {
			cmd.RunE = func(cmd *cobra.Command, args []string) error {
				begun = true
				return carryOut(cmd, args)
			}
		}
	})
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitOK
	}
	fmt.Fprintf(stderr, "vitrine: %v\n", err)
	var usage *usageError
	switch {
	case !begun:
		fmt.Fprintf(stderr, "see: %s --help\n", cmd.CommandPath())
		return exitUsage
	case errors.As(err, &usage):
		return exitUsage
	}
	return exitFailure
}

// eachCommand calls fn for the command and all below it.
func eachCommand(cmd *cobra.Command, fn func(*cobra.Command)) {
	fn(cmd)
	for _, below := range cmd.Commands() {
		eachCommand(below, fn)
	}
}

// app is what every command works with.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	environ        []string // "KEY=value", as os.Environ gives it
}

// usageError is a mistake in how the program was called.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// usagef returns an error that ends the program with exit code 2.
func usagef(format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...)}
}

// The groups of commands in the help text.
const (
	groupServe = "serve"
	groupTry   = "try"
	groupData  = "data"
)

// newRootCommand returns the whole command tree.
func newRootCommand(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "vitrine",
		Short: "Decides what to show each visitor, says why, and learns from what happens next",
		Long: `Vitrine decides what to show each visitor of a shop, says why, and learns from
what happens next: one binary, one data folder, a gRPC API.

Exit codes: 0 done, 1 failed (standard error says why, and what to do next),
2 wrong command line or configuration.`,
		Example: `  vitrine demo                          a made-up shop, and what its visitors see
  vitrine serve --data-dir ./data       the server
  vitrine config > vitrine.yaml         a configuration file to begin with
  vitrine completion bash               completion for your shell`,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddGroup(
		&cobra.Group{ID: groupServe, Title: "Serving:"},
		&cobra.Group{ID: groupTry, Title: "Trying it out:"},
		&cobra.Group{ID: groupData, Title: "Your own data:"},
	)
	add := func(group string, commands ...*cobra.Command) {
		for _, cmd := range commands {
			cmd.GroupID = group
			root.AddCommand(cmd)
		}
	}
	add(groupServe, newServeCommand(a), newStatusCommand(a), newHealthCommand(a), newConfigCommand(a), newBenchCommand(a), newVersionCommand(a), newManCommand(a))
	add(groupTry, newDemoCommand(a), newDecideCommand(a), newTrackCommand(a), newVisitorCommand(a), newPersonasCommand(a), newSoakCommand(a))
	add(groupData, newSitesCommand(a), newImportCommand(a), newBackupCommand(a), newRestoreCommand(a), newCheckCommand(a), newCompactCommand(a), newKeysCommand(a), newCampaignsCommand(a), newCreativesCommand(a), newPlacementsCommand(a), newSegmentsCommand(a), newBacktestCommand(a), newTuneCommand(a), newWeightsCommand(a))
	a.completeFlags(root)
	return root
}
