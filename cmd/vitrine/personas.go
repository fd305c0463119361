package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// newPersonasCommand is `vitrine personas`.
func newPersonasCommand(a *app) *cobra.Command {
	var r remote
	var w whose
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "personas",
		Short: "The typical profiles among a shop's visitors, and what they made of campaigns",
		Long: `The typical profiles among a shop's visitors, found in what they care for over weeks and
months: which part of the visitors resembles each, its leading interests, and what
those who resemble it made of campaigns. Segments and targeting may ask for one:
visitor.persona == 'p1'. docs/visitors.md says how they are found.`,
		Example: `  vitrine personas --site shop
  vitrine personas --site shop --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			conn, err := r.dial()
			if err != nil {
				return err
			}
			defer conn.Close()
			ctx, cancel := context.WithTimeout(cmd.Context(), r.timeout)
			defer cancel()
			resp, err := pb.NewSegmentServiceClient(conn).ListPersonas(ctx, &pb.ListPersonasRequest{Parent: w.name()})
			if err != nil {
				return r.explain(err)
			}
			if asJSON {
				b, err := protojson.MarshalOptions{Multiline: true, Indent: "  "}.Marshal(resp)
				fmt.Fprintf(a.stdout, "%s\n", b)
				return err
			}
			return printPersonas(a.stdout, resp)
		},
	}
	r.flags(a, cmd.Flags())
	w.siteFlag(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

// shownInterests and shownCampaigns are how many of a persona's are printed.
const (
	shownInterests = 5
	shownCampaigns = 3
)

func printPersonas(w io.Writer, m *pb.ListPersonasResponse) error {
	if len(m.GetPersonas()) == 0 {
		_, err := fmt.Fprintln(w, "none yet: it takes a hundred visitors who turned to products")
		return err
	}
	t := newTable("persona", "name", ">share %", "leading interests", "clicks / impressions, orders")
	for _, p := range m.GetPersonas() {
		var interests, responses []string
		for _, in := range p.GetInterests()[:min(len(p.GetInterests()), shownInterests)] {
			interests = append(interests, fmt.Sprintf("%s %.2f", in.GetFacet().GetValue(), in.GetWeight()))
		}
		for _, r := range p.GetResponses()[:min(len(p.GetResponses()), shownCampaigns)] {
			responses = append(responses, fmt.Sprintf("%s %d / %d, %d", lastPart(r.GetCampaign()), r.GetClicks(), r.GetImpressions(), r.GetConversions()))
		}
		t.add(lastPart(p.GetName()), p.GetDisplayName(), fmt.Sprintf("%.1f", 100*p.GetShare()), strings.Join(interests, ", "), strings.Join(responses, "; "))
	}
	return t.write(w)
}
