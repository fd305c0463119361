package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// newCompactCommand is `vitrine compact`.
func newCompactCommand(a *app) *cobra.Command {
	var r remote
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "compact",
		Short: "Rewrite a running server's data without what was deleted",
		Long: `Rewrite the data files of a running server without what was deleted. After it no byte
of an erased visitor is in any of them, and the room is the disk's again. Decisions are
answered meanwhile; events wait while their file is copied. It needs as much free room
as the files take. A crash leaves the old files or the new ones.`,
		Example: `  vitrine compact
  vitrine compact --target 10.0.0.5:7654 --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			conn, err := r.dial()
			if err != nil {
				return err
			}
			defer conn.Close()
			stream, err := pb.NewAdminServiceClient(conn).Compact(cmd.Context(), &pb.CompactRequest{})
			if err != nil {
				return r.explain(err)
			}
			display := progress.New(a.stderr, a.bars())
			defer display.Close()
			phase := display.Phase("compact", "bytes")
			var last *pb.CompactResponse
			for {
				resp, err := stream.Recv()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					return r.explain(err)
				}
				last = resp
				phase.Set(resp.GetDoneBytes(), resp.GetDoneBytes(), resp.GetTotalBytes())
			}
			phase.End()
			if asJSON {
				_, err := fmt.Fprintln(a.stdout, protojson.Format(last))
				return err
			}
			_, err = fmt.Fprintf(a.stdout, "%s bytes became %s\n", progress.Thousands(last.GetTotalBytes()), progress.Thousands(last.GetSizeBytes()))
			return err
		},
	}
	r.reach(a, cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "print what became of the files as JSON")
	return cmd
}
