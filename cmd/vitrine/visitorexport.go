package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// newVisitorExportCommand is `vitrine visitor export`.
func newVisitorExportCommand(a *app) *cobra.Command {
	var r remote
	var who whose
	cmd := &cobra.Command{
		Use:   "export VISITOR",
		Short: "Write out everything that is kept of a visitor",
		Long: `Write out everything that is kept of a visitor as JSON Lines, for them to carry away:
the profile, every event, every decision. docs/visitors.md has the schema. The events
are taken back by: vitrine import events`,
		Example: `  vitrine visitor export --site shop v-81f3 > v-81f3.jsonl
  vitrine import events v-81f3.jsonl --site other --consent granted`,
		Args: oneVisitor("vitrine visitor export v1"),
		RunE: func(cmd *cobra.Command, args []string) error {
			conn, err := r.dial()
			if err != nil {
				return err
			}
			defer conn.Close()
			ctx, cancel := context.WithTimeout(cmd.Context(), r.timeout)
			defer cancel()
			stream, err := pb.NewVisitorServiceClient(conn).ExportVisitor(ctx, &pb.ExportVisitorRequest{Name: who.visitorName(args[0])})
			if err != nil {
				return r.explain(err)
			}
			out := bufio.NewWriter(a.stdout)
			for {
				resp, err := stream.Recv()
				if errors.Is(err, io.EOF) {
					return out.Flush()
				}
				if err != nil {
					return errors.Join(r.explain(err), out.Flush())
				}
				for _, line := range resp.GetLines() {
					if _, err := fmt.Fprintln(out, line); err != nil {
						return err
					}
				}
			}
		},
	}
	r.flags(a, cmd.Flags())
	who.siteFlag(cmd.Flags())
	return cmd
}
