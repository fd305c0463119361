package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	"github.com/vitrine-io/vitrine/cmd/vitrine/soak"
	"github.com/vitrine-io/vitrine/store/boltstore"
)

// newSoakCommand is `vitrine soak`.
func newSoakCommand(a *app) *cobra.Command {
	o := soak.Options{}
	cmd := &cobra.Command{
		Use:   "soak",
		Short: "Kill a server again and again while it is used, and check every promise",
		Long: `Run a server of this very program on a new folder, use it with clients that know what
was acknowledged, kill it again and again (some of it while it starts, compacts or
ends), and check after each start that nothing acknowledged is lost or counted twice,
that what visitors allow and erasures hold, that caps, goals and budgets are not
exceeded, and that decisions read as they did. Backups are taken meanwhile, restored and
compared with what was acknowledged. At the end the data's integrity is checked.

It ends with a line of what was done. Exit code 1: a promise was broken; the folder is
kept.`,
		Example: `  vitrine soak --kills 100
  vitrine soak --for 20m --every 10s --clients 16`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.soak(cmd.Context(), o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.Dir, "data-dir", "", "new `folder` for the data; empty: a temporary one")
	f.IntVar(&o.Kills, "kills", 0, "end after so many kills; 0: by --for")
	f.DurationVar(&o.For, "for", 0, "end after this `long`; 0: by --kills")
	f.DurationVar(&o.Every, "every", 400*time.Millisecond, "how `long` the server is used between two kills, about")
	f.IntVar(&o.Clients, "clients", 8, "clients at once")
	f.Uint64Var(&o.Seed, "seed", 1, "of what is done when")
	return cmd
}

func (a *app) soak(ctx context.Context, o soak.Options) (err error) {
	switch {
	case o.Kills <= 0 && o.For <= 0:
		return usagef("neither --kills nor --for says when to end")
	case o.Clients < 1 || o.Clients > 64:
		return usagef("--clients is %d, must be 1 to 64", o.Clients)
	case o.Every <= 0:
		return usagef("--every is %v, must be more than 0", o.Every)
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	o.Serve = []string{self, "serve"}
	parent := o.Dir
	if parent == "" {
		if parent, err = os.MkdirTemp("", "vitrine-soak-"); err != nil {
			return err
		}
		defer func() {
			if err == nil {
				_ = os.RemoveAll(parent)
			}
		}()
	}
	o.Dir = filepath.Join(parent, "data")
	if _, err := os.Stat(o.Dir); err == nil {
		return usagef("%s is there already: choose a new folder", o.Dir)
	}
	o.Check, o.Restore = checkFolder, restoreFolder
	display := progress.New(a.stderr, a.bars())
	defer display.Close()
	phase := display.Phase("soak", "kills")
	o.Told = func(r soak.Report) {
		total := int64(o.Kills)
		if o.For > 0 {
			total = max(total, int64(float64(r.Kills)*float64(o.For)/float64(r.Took)))
		}
		phase.Set(int64(r.Kills), int64(r.Kills), total)
	}
	report, err := soak.Run(ctx, o)
	phase.End()
	fmt.Fprintln(a.stdout, soakLine(report))
	if len(report.Broken) > 0 {
		err = errors.Join(fmt.Errorf("promises were broken:\n  %s", strings.Join(report.Broken, "\n  ")), err)
	}
	if err != nil {
		return fmt.Errorf("%w\nthe data is in %s", err, o.Dir)
	}
	return nil
}

// checkFolder looks through a data folder.
func checkFolder(dir string) error {
	s, err := boltstore.Open(dir, boltstore.Options{})
	if err != nil {
		return err
	}
	return errors.Join(s.Check(context.Background()), s.Close())
}

// restoreFolder makes a new folder of a backup, and looks through it.
func restoreFolder(ctx context.Context, file, dir string) error {
	if _, err := boltstore.Restore(ctx, file, dir, boltstore.RestoreOptions{}); err != nil {
		return err
	}
	return checkFolder(dir)
}

// soakLine is what a run did, in one line.
func soakLine(r soak.Report) string {
	n := func(k int) string { return progress.Thousands(int64(k)) }
	verdict := "nothing acknowledged was lost, nothing counted twice"
	if len(r.Broken) > 0 {
		verdict = n(len(r.Broken)) + " PROMISES BROKEN"
	}
	return fmt.Sprintf("%s kills (%s of them while starting) and %s ends in %v: %s. "+
		"%s events (%s asked again, %s of these had been stored), %s pages, %s decisions read again (%s of the last moments not kept), "+
		"%s streams (%s of their events acknowledged before a kill and there), %s capped creatives, %s impressions and clicks towards goals and %s budgets, "+
		"%s consents, %s links, %s erasures, %s prices, %s compactions, %s backups restored and compared (%s more cut off), %s looks at visitors; slowest start %v",
		n(r.Kills), n(r.AtStart), n(r.Ends), progress.Round(r.Took), verdict,
		n(r.Events), n(r.Retried), n(r.Landed), n(r.Pages), n(r.Reread), n(r.Unkept),
		n(r.Streams), n(r.Kept), n(r.Capped), n(r.Outcomes), n(r.Budgets),
		n(r.Consents), n(r.Links), n(r.Erasures), n(r.Products), n(r.Compactions), n(r.Backups), n(r.CutBackups), n(r.Visitors), progress.Round(r.Slowest))
}
