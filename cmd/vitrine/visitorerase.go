package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// newVisitorEraseCommand is `vitrine visitor erase`.
func newVisitorEraseCommand(a *app) *cobra.Command {
	var r remote
	var who whose
	var yes, asJSON bool
	cmd := &cobra.Command{
		Use:   "erase VISITOR",
		Short: "Forget a visitor",
		Long: `Forget a visitor: profile, events, decisions, links, and what was learned from them as
far as it can be told apart. It can't be undone. Of a person it erases all their devices.
The bytes are gone from the files after: vitrine compact`,
		Example: `  vitrine visitor export --site shop v-81f3 > v-81f3.jsonl
  vitrine visitor erase --site shop v-81f3
  vitrine visitor erase --site shop person:c-1042 --yes --json`,
		Args: oneVisitor("vitrine visitor erase v1"),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := who.visitorName(args[0])
			if !yes {
				if err := a.confirm(fmt.Sprintf("Erase %s for good? Type yes: ", name)); err != nil {
					return err
				}
			}
			conn, err := r.dial()
			if err != nil {
				return err
			}
			defer conn.Close()
			ctx, cancel := context.WithTimeout(cmd.Context(), r.timeout)
			defer cancel()
			receipt, err := pb.NewVisitorServiceClient(conn).EraseVisitor(ctx, &pb.EraseVisitorRequest{Name: name})
			if err != nil {
				return r.explain(err)
			}
			if asJSON {
				_, err := fmt.Fprintln(a.stdout, protojson.Format(receipt))
				return err
			}
			return printReceipt(a.stdout, name, receipt)
		},
	}
	r.flags(a, cmd.Flags())
	who.siteFlag(cmd.Flags())
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "don't ask")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the receipt as JSON")
	return cmd
}

// confirm asks on a terminal. Where nobody can be asked it wants --yes.
func (a *app) confirm(question string) error {
	if _, is := terminal(a.stderr); !is {
		return usagef("it can't be undone: say --yes")
	}
	fmt.Fprint(a.stderr, question)
	answer, err := bufio.NewReader(a.stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if strings.TrimSpace(answer) != "yes" {
		return errors.New("nothing was erased")
	}
	return nil
}

// printReceipt writes a receipt for people.
func printReceipt(w io.Writer, name string, m *pb.EraseVisitorResponse) error {
	t := newTable("erased", ">count")
	for _, row := range []struct {
		what string
		n    int64
	}{{"profiles", m.GetProfiles()}, {"events", m.GetEvents()}, {"decisions", m.GetDecisions()}, {"links", m.GetLinks()}} {
		t.add(row.what, progress.Thousands(row.n))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nat %s, position %d of the journal\n\n", name, m.GetTime().AsTime().Format(time.RFC3339), m.GetJournalPosition())
	if err := t.write(&b); err != nil {
		return err
	}
	b.WriteString("\nThe bytes are gone from the files after: vitrine compact\n")
	_, err := io.WriteString(w, b.String())
	return err
}
