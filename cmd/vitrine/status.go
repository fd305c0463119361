package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// newStatusCommand is `vitrine status`.
func newStatusCommand(a *app) *cobra.Command {
	r := &remote{}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Tell how a running server is: whether it takes writes, what it holds, how far behind learning is",
		Long: `Tell how a running server is: its version, whether it takes writes and if not why, what an
operator should know of, the room its data takes and what is left, the last backup, and
of each site what it holds and how far behind what is learned is.

It ends with 1 when no server answers and when writes are refused, so that a script can go
by it.`,
		Example: `  vitrine status
  vitrine status --target 10.0.0.5:7654 --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			conn, err := r.dial()
			if err != nil {
				return err
			}
			defer conn.Close()
			ctx, cancel := context.WithTimeout(cmd.Context(), r.timeout)
			defer cancel()
			st, err := pb.NewAdminServiceClient(conn).GetStatus(ctx, &pb.GetStatusRequest{})
			if err != nil {
				return r.explain(err)
			}
			if err := a.printStatus(st, time.Now(), asJSON); err != nil {
				return err
			}
			if !st.GetWritable() {
				return fmt.Errorf("%s takes no writes: %s", r.target, st.GetNotWritableReason())
			}
			return nil
		},
	}
	r.flags(a, cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the status as JSON")
	return cmd
}

func (a *app) printStatus(st *pb.InstallationStatus, now time.Time, asJSON bool) error {
	if asJSON {
		_, err := fmt.Fprintln(a.stdout, protojson.MarshalOptions{Multiline: true, EmitUnpopulated: true}.Format(st))
		return err
	}
	writes := "taken"
	if !st.GetWritable() {
		writes = "REFUSED: " + st.GetNotWritableReason()
	}
	backup := "none since the start"
	if st.GetLastBackupTime() != nil {
		backup = progress.Round(now.Sub(st.GetLastBackupTime().AsTime())).String() + " ago"
	}
	t := newTable("server", "")
	t.add("version", st.GetVersion())
	t.add("up for", progress.Round(now.Sub(st.GetStartTime().AsTime())).String())
	t.add("writes", writes)
	t.add("data", byteWords(st.GetDataBytes())+", "+byteWords(st.GetFreeBytes())+" free")
	t.add("last backup", backup)
	for _, p := range st.GetProblems() {
		t.add("problem", fold(p, 80))
	}
	if err := t.write(a.stdout); err != nil {
		return err
	}
	if len(st.GetSites()) == 0 {
		_, err := fmt.Fprintln(a.stdout, "\nThere is no site yet. Create one with: vitrine sites create shop")
		return err
	}
	fmt.Fprintln(a.stdout)
	sites := newTable("site", ">products", ">campaigns", ">stored up to", ">learned up to", ">behind by")
	for _, s := range st.GetSites() {
		sites.add(s.GetSite(), progress.Thousands(s.GetProductCount()), progress.Thousands(s.GetCampaignCount()),
			progress.Thousands(s.GetStoredSequence()), progress.Thousands(s.GetLearnedSequence()),
			progress.Round(s.GetLearnerLag().AsDuration()).String())
	}
	return sites.write(a.stdout)
}

// byteWords writes a size as people read it: 512 B, 1.5 MiB.
func byteWords(n int64) string {
	const units = "KMGTPE"
	if n < 1024 {
		return strconv.FormatInt(n, 10) + " B"
	}
	size, unit := float64(n)/1024, 0
	for size >= 1024 && unit+1 < len(units) {
		size /= 1024
		unit++
	}
	return fmt.Sprintf("%.1f %ciB", size, units[unit])
}
