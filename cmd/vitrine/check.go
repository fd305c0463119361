package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	"github.com/vitrine-io/vitrine/store"
	"github.com/vitrine-io/vitrine/store/boltstore"
)

// newCheckCommand is `vitrine check`.
func newCheckCommand(a *app) *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check that a data folder is sound, changing nothing",
		Long: `Check a data folder that no server has open: every page, the checksum of every record, and
that they agree with each other: events with the profiles of their visitors, decisions with
whom they are of, both files and what was learned with the end of the journal. It reads
only, and changes nothing.

It ends with 0 when all is sound, and with 1 when something is wrong; then it lists where,
with the record's key in hex (which may be a visitor's id), and what to do. The data of
a running server is checked by restoring a backup of it into another folder.`,
		Example: `  vitrine check --data-dir /var/lib/vitrine
  vitrine check --data-dir /var/lib/vitrine --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			phases, done := a.phases()
			seen, err := boltstore.CheckFolder(cmd.Context(), a.dataDir(dir), phases)
			done()
			switch {
			case errors.Is(err, store.ErrLocked):
				return fmt.Errorf("a server has %s open: stop it, or restore a backup of it into another folder, which checks it, too (%w)", a.dataDir(dir), err)
			case errors.Is(err, fs.ErrNotExist):
				return fmt.Errorf("there is no data of Vitrine in %s: say where with --data-dir (%w)", a.dataDir(dir), err)
			case err != nil:
				return err
			}
			return a.printInspection(a.dataDir(dir), seen, asJSON)
		},
	}
	a.dataDirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print what was found as JSON")
	return cmd
}

func (a *app) printInspection(dir string, seen boltstore.Inspection, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(a.stdout)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(inspectionJSON(seen)); err != nil {
			return err
		}
	} else if len(seen.Findings) > 0 {
		if err := a.printFindings(seen.Findings); err != nil {
			return err
		}
	} else {
		_, err := fmt.Fprintf(a.stdout, "%s is sound: %s\n", dir, inspectionWords(seen))
		return err
	}
	if n := len(seen.Findings); n > 0 {
		return fmt.Errorf("%s is wrong in %d places", dir, n)
	}
	return nil
}

func (a *app) printFindings(findings []boltstore.Finding) error {
	t := newTable("file", "bucket", "key", "what is wrong")
	var remedies []string
	for i, f := range findings {
		if remedy := f.File + ": " + f.Remedy(); !slices.Contains(remedies, remedy) {
			remedies = append(remedies, remedy)
		}
		if i < findingsShown {
			t.add(f.File, f.Bucket, hex.EncodeToString(f.Key), fold(f.Reason, 80))
		}
	}
	if err := t.write(a.stdout); err != nil {
		return err
	}
	if more := len(findings) - findingsShown; more > 0 {
		fmt.Fprintf(a.stdout, "and %s more: see --json\n", progress.Thousands(int64(more)))
	}
	fmt.Fprintf(a.stdout, "\nWhat to do:\n  %s\n", strings.Join(remedies, "\n  "))
	return nil
}

// findingsShown is how many a table has.
const findingsShown = 20

func inspectionWords(seen boltstore.Inspection) string {
	return fmt.Sprintf("%s sites, %s products, %s profiles, %s events, %s decisions", progress.Thousands(int64(seen.Sites)),
		progress.Thousands(int64(seen.Products)), progress.Thousands(int64(seen.Profiles)),
		progress.Thousands(int64(seen.Events)), progress.Thousands(int64(seen.Decisions)))
}

func inspectionJSON(seen boltstore.Inspection) map[string]any {
	findings := []map[string]string{}
	for _, f := range seen.Findings {
		findings = append(findings, map[string]string{
			"file": f.File, "bucket": f.Bucket, "key": hex.EncodeToString(f.Key), "reason": f.Reason, "remedy": f.Remedy(),
		})
	}
	return map[string]any{
		"sound": len(findings) == 0, "sites": seen.Sites, "products": seen.Products, "profiles": seen.Profiles,
		"events": seen.Events, "decisions": seen.Decisions, "findings": findings,
	}
}
