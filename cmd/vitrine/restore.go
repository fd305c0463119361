package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	"github.com/vitrine-io/vitrine/server/config"
	"github.com/vitrine-io/vitrine/store"
	"github.com/vitrine-io/vitrine/store/boltstore"
)

// newRestoreCommand is `vitrine restore`.
func newRestoreCommand(a *app) *cobra.Command {
	var dir string
	var o boltstore.RestoreOptions
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Make a data folder of a backup",
		Long: `Make a data folder of a file that vitrine backup has written. The file is verified to its
last byte first; what becomes of it is checked before it takes its place, by one rename.
Killed at any point, the folder has what it had, or from the next start on what is in the
backup.

A folder with something in it is refused. With --force what is there is put aside, into
a folder replaced-TIME in it: delete that once all is well.

Who was erased since the backup was made is in it: erase them again.`,
		Example: `  vitrine restore shop.vitrine --data-dir /var/lib/vitrine
  vitrine restore shop.vitrine --data-dir /var/lib/vitrine --force`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			phases, done := a.phases()
			o.Progress = phases
			restored, err := boltstore.Restore(cmd.Context(), args[0], a.dataDir(dir), o)
			done()
			if err != nil {
				return explainRestore(args[0], a.dataDir(dir), err)
			}
			return a.printRestored(a.dataDir(dir), &restored, asJSON)
		},
	}
	a.dataDirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&o.Force, "force", false, "put aside what is in the folder")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print what was restored as JSON")
	return cmd
}

// dataDirFlag adds --data-dir.
func (a *app) dataDirFlag(cmd *cobra.Command, dir *string) {
	cmd.Flags().StringVar(dir, "data-dir", "", "data `folder` (default VITRINE_DATA_DIR, or "+config.Default().DataDir+")")
}

// dataDir is the folder that is meant: as the server finds it.
func (a *app) dataDir(flag string) string {
	if flag != "" {
		return flag
	}
	if dir := a.env("VITRINE_DATA_DIR"); dir != "" {
		return dir
	}
	return config.Default().DataDir
}

// phases shows phases that are told by name, until done is called.
func (a *app) phases() (tell func(phase string, done, total int64), done func()) {
	display := progress.New(a.stderr, a.bars())
	var name string
	var now *progress.Phase
	end := func() {
		if now != nil {
			now.End()
		}
	}
	return func(phase string, done, total int64) {
			if phase != name || now == nil {
				end()
				name, now = phase, display.Phase(phase, "bytes")
			}
			now.Set(done, done, total)
		}, func() {
			end()
			display.Close()
		}
}

// explainRestore says what to do about a restore that failed.
func explainRestore(file, dir string, err error) error {
	switch {
	case errors.Is(err, store.ErrExists):
		return fmt.Errorf("%s has something in it: choose another --data-dir, or have it put aside with --force (%w)", dir, err)
	case errors.Is(err, store.ErrLocked):
		return fmt.Errorf("a server has %s open: stop it first (%w)", dir, err)
	case errors.Is(err, store.ErrNewerFormat):
		return fmt.Errorf("%s was made by a newer version of Vitrine: restore it with that one (%w)", file, err)
	case errors.Is(err, store.ErrCorrupt):
		return fmt.Errorf("%s can't be used: fetch it again, or take another backup; %s is as it was (%w)", file, dir, err)
	}
	return err
}

func (a *app) printRestored(dir string, r *boltstore.Restored, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(a.stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(map[string]any{
			"data_dir": dir, "backup_time": r.Made, "bytes": r.Bytes, "replaced": r.Replaced,
			"check": inspectionJSON(r.Inspection),
		})
	}
	fmt.Fprintf(a.stdout, "%s has the data of %s: %s\n", dir, r.Made.Format(time.RFC3339), inspectionWords(r.Inspection))
	if r.Replaced != "" {
		fmt.Fprintf(a.stdout, "what was there is in %s: delete it once all is well\n", r.Replaced)
	}
	if len(r.Findings) > 0 {
		fmt.Fprintf(a.stdout, "\nWrong in it already when the backup was made:\n")
		return a.printFindings(r.Findings)
	}
	return nil
}
