package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

func newCampaignsImportCommand(a *app, r *remote, w *whose) *cobra.Command {
	var full bool
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Create or change campaigns and creatives from a file",
		Long: `Create the campaigns and creatives of a file, or change those that are there.

Each line is one as JSON, a Campaign or a Creative of the API, told by its name (the
second stands in one line, too):

  {"name": "campaigns/spring", "targeting": "'category/shoes' in visitor.interests"}
  {"name": "campaigns/shoes", "goal": {"metric": "GOAL_METRIC_CLICKS", "amount": 500}, "budget": {"units": 100},
   "bid": {"charge": "CHARGE_CLICK", "amount": {"nanos": 200000000}}, "endTime": "2030-06-01T00:00:00Z"}
  {"name": "campaigns/spring/creatives/red", "format": "banner", "size": {"width": 300, "height": 250}}

What a line does not say of a campaign or creative that is there is cleared. A
campaign stands before its creatives. A bad line is reported with its number and
reason, and the others are taken. With --full, what the file does not have is
removed. - is stdin.`,
		Example: `  vitrine campaigns import campaigns.jsonl --site shop
  vitrine campaigns import campaigns.jsonl --site shop --full
  vitrine campaigns show spring --site shop | vitrine campaigns import - --site other`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := records.Open(args[0], a.stdin)
			if err != nil {
				return err
			}
			defer in.Close() //nolint:errcheck // only read from
			return r.withCampaigns(cmd.Context(), func(ctx context.Context, c pb.CampaignServiceClient) error {
				return a.importCampaigns(ctx, in, c, w.name(), full)
			})
		},
	}
	cmd.Flags().BoolVar(&full, "full", false, "remove the campaigns and creatives that the file does not have")
	return cmd
}

// campaignBatch is how many lines go in one message.
const campaignBatch = 500

// importCampaigns sends a batch of lines after another, of which each is stored as a
// whole but for its bad lines.
func (a *app) importCampaigns(ctx context.Context, in *records.Input, c pb.CampaignServiceClient, site string, full bool) error {
	stream, err := c.ImportCampaigns(ctx)
	if err != nil {
		return err
	}
	run := &campaignsImport{app: a, in: in, stream: stream, site: site, next: &pb.ImportCampaignsRequest{Parent: site}}
	if full {
		run.next.Mode = pb.ImportMode_IMPORT_MODE_FULL
	}
	for {
		raw, line, err := in.Line()
		if errors.Is(err, io.EOF) {
			break
		}
		var unreadable *records.LineError
		if err != nil && !errors.As(err, &unreadable) {
			return err
		}
		if err == nil && len(bytes.TrimSpace(raw)) == 0 {
			continue
		}
		if err := run.add(raw, line, err); err != nil {
			return err
		}
	}
	if run.bad > 0 && full {
		return fmt.Errorf("%d lines can't be read, so nothing is removed: mend them and import the file again", run.bad)
	}
	return run.end()
}

// campaignsImport is an import under way.
type campaignsImport struct {
	*app
	in     *records.Input
	stream pb.CampaignService_ImportCampaignsClient
	site   string

	next                 *pb.ImportCampaignsRequest
	campaigns, creatives []records.Position // of the lines in next
	sent                 []records.Position // of the lines sent, in the server's order
	last                 *pb.ImportCampaignsResponse
	bad                  int
}

// add takes a line, or tells what is wrong with it.
func (run *campaignsImport) add(raw []byte, line int, err error) error {
	at := records.Position{Path: run.in.Path(), Line: line}
	if err == nil {
		err = run.read(raw, at)
	}
	if err != nil {
		var told *records.LineError
		if !errors.As(err, &told) {
			err = &records.LineError{At: at, Reason: err.Error()}
		}
		run.bad++
		fmt.Fprintln(run.stderr, err)
		return nil
	}
	if len(run.campaigns)+len(run.creatives) < campaignBatch {
		return nil
	}
	return run.send()
}

// read puts a line's campaign or creative into the next message.
func (run *campaignsImport) read(raw []byte, at records.Position) error {
	name, err := nameIn(raw, run.site)
	if err != nil {
		return err
	}
	if strings.Contains(name, "/creatives/") {
		m := &pb.Creative{}
		if err := readJSON(raw, m); err != nil {
			return err
		}
		m.Name = name
		run.next.Creatives = append(run.next.Creatives, m)
		run.creatives = append(run.creatives, at)
		return nil
	}
	m := &pb.Campaign{}
	if err := readJSON(raw, m); err != nil {
		return err
	}
	m.Name = name
	run.next.Campaigns = append(run.next.Campaigns, m)
	run.campaigns = append(run.campaigns, at)
	return nil
}

// send sends the next message and waits for its report.
func (run *campaignsImport) send() error {
	run.sent = append(append(run.sent, run.campaigns...), run.creatives...)
	if err := run.stream.Send(run.next); err != nil && !errors.Is(err, io.EOF) { // Recv has the reason
		return err
	}
	run.campaigns, run.creatives, run.next = run.campaigns[:0], run.creatives[:0], &pb.ImportCampaignsRequest{}
	return run.report()
}

// report prints what the server found wrong.
func (run *campaignsImport) report() error {
	report, err := run.stream.Recv()
	if err != nil {
		return err
	}
	run.last = report
	for _, e := range report.GetErrors() {
		fmt.Fprintln(run.stderr, &records.LineError{At: run.sent[e.GetIndex()], Reason: e.GetReason()})
	}
	return nil
}

// end sends the rest and sums up.
func (run *campaignsImport) end() error {
	if err := run.send(); err != nil {
		return err
	}
	if err := run.stream.CloseSend(); err != nil {
		return err
	}
	for {
		if err := run.report(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
	}
	run.bad += int(run.last.GetRejected())
	removed := ""
	if n := run.last.GetDeleted(); n > 0 {
		removed = fmt.Sprintf(", %d removed", n)
	}
	fmt.Fprintf(run.stdout, "%d created, %d changed%s, %d bad lines\n", run.last.GetCreated(), run.last.GetChanged(), removed, run.bad)
	if run.bad > 0 {
		return fmt.Errorf("%d lines were not taken: mend them and import the file again", run.bad)
	}
	return nil
}

// nameIn reads the name of a line's campaign or creative, as one of the site's: a
// file of another site's, or of none, is taken as well.
func nameIn(raw []byte, site string) (string, error) {
	var m struct{ Name string }
	if err := json.Unmarshal(raw, &m); err != nil {
		return "", fmt.Errorf("no JSON object with a name: %w", err)
	}
	at := strings.Index(m.Name, "campaigns/")
	if at < 0 {
		return "", fmt.Errorf("name %q: campaigns/{campaign} or campaigns/{campaign}/creatives/{creative} is wanted", m.Name)
	}
	return site + "/" + m.Name[at:], nil
}

// readJSON reads a message of the contract.
func readJSON(raw []byte, m proto.Message) error {
	if err := protojson.Unmarshal(raw, m); err != nil {
		text := strings.ReplaceAll(err.Error(), "\u00a0", " ") // protojson varies its blanks on purpose
		return errors.New(strings.TrimPrefix(text, "proto: "))
	}
	return nil
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
