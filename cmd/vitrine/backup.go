package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// newBackupCommand is `vitrine backup`.
func newBackupCommand(a *app) *cobra.Command {
	var r remote
	var o backupOptions
	cmd := &cobra.Command{
		Use:   "backup FILE|-",
		Short: "Copy all data of a running server into a file",
		Long: `Copy all data of a running server into a file, or to standard output, as it is at one
moment: every event acknowledged before is in it, and nothing that was erased before.
Decisions and events go on meanwhile. The server copies into a file of its own first,
which takes as much room on its disk as the data, and sends that.

What has come stands in FILE.ID.part until all of it is there, verified and on disk. A
connection that is cut is taken up again; after a kill the same command goes on where it
was, for as long as the server keeps the copy (ten minutes). vitrine restore makes a data
folder of the file.`,
		Example: `  vitrine backup shop.vitrine
  vitrine backup --target 10.0.0.5:7654 --rate 20 shop-$(date +%F).vitrine
  vitrine backup - | zstd > shop.vitrine.zst`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.mebibytes < 0 {
				return usagef("--rate %v: MiB a second are wanted, or 0 for as many as there can be", o.mebibytes)
			}
			return a.backup(cmd.Context(), &r, args[0], &o)
		},
	}
	fs := cmd.Flags()
	r.reach(a, fs)
	fs.Float64Var(&o.mebibytes, "rate", 0, "copy and send at most so many `MiB` a second; 0: as many as there can be")
	fs.BoolVar(&o.force, "force", false, "replace FILE if it is there")
	fs.BoolVar(&o.asJSON, "json", false, "print what was written as JSON")
	return cmd
}

type backupOptions struct {
	mebibytes float64
	force     bool
	asJSON    bool
}

// backedUp is what --json prints.
type backedUp struct {
	File       string    `json:"file"`
	Bytes      int64     `json:"bytes"`
	SHA256     string    `json:"sha256"`
	BackupTime time.Time `json:"backup_time"`
	Seconds    float64   `json:"seconds"`
}

func (a *app) backup(ctx context.Context, r *remote, name string, o *backupOptions) error {
	begun := time.Now()
	in := &intake{rate: int64(o.mebibytes * (1 << 20)), out: a.stdout}
	if name != "-" {
		if _, err := os.Stat(name); err == nil && !o.force {
			return fmt.Errorf("%s is there already: choose another name, or replace it with --force", name)
		}
		in.out, in.name = nil, name
		if err := in.findPart(); err != nil {
			return err
		}
		defer in.close()
	}
	conn, err := r.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	display := progress.New(a.stderr, a.bars())
	defer display.Close()
	in.display = display
	if err := in.receive(ctx, pb.NewAdminServiceClient(conn)); err != nil {
		var bad *badBackupError
		if errors.As(err, &bad) {
			return err
		}
		err = r.explain(err)
		if part := in.partName(); part != "" {
			err = fmt.Errorf("%w\nwhat has come is in %s: the same command goes on from there, if it comes within ten minutes", err, part)
		}
		return err
	}
	if name == "-" {
		return nil
	}
	if err := in.finish(); err != nil {
		return err
	}
	done := backedUp{name, in.at, fmt.Sprintf("%x", in.sum.Sum(nil)), in.made, time.Since(begun).Seconds()}
	if o.asJSON {
		encoder := json.NewEncoder(a.stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(done)
	}
	_, err = fmt.Fprintf(a.stdout, "%s has the data of %s in %s (sha256 %s)\n", name, done.BackupTime.Format(time.RFC3339), byteWords(done.Bytes), done.SHA256)
	return err
}

// finish gives the file its name once it is on disk.
func (in *intake) finish() error {
	part := in.part
	in.part = nil
	err := part.Sync()
	if closeErr := part.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(part.Name(), in.name)
	}
	if err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(in.name))
	if err != nil {
		return err
	}
	err = dir.Sync()
	if closeErr := dir.Close(); err == nil {
		err = closeErr
	}
	return err
}

// readSum sums up what is in the part already.
func (in *intake) readSum() (err error) {
	in.sum.Reset()
	in.at, err = io.Copy(in.sum, in.part)
	return err
}
