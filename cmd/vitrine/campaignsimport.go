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
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

func newCampaignsImportCommand(a *app, r *remote, w *whose) *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE",
		Short: "Create or change campaigns and creatives from a file",
		Long: `Create the campaigns and creatives of a file, or change those that are there.

Each line is one as JSON, a Campaign or a Creative of the API, told by its name:

  {"name": "campaigns/spring", "targeting": "'category/shoes' in visitor.interests"}
  {"name": "campaigns/spring/creatives/red", "format": "banner", "size": {"width": 300, "height": 250}}

What a line does not say of a campaign or creative that is there is cleared. A bad
line is reported with its number and reason, and the others are taken. - is stdin.`,
		Example: `  vitrine campaigns import campaigns.jsonl --site shop
  vitrine campaigns show spring --site shop | vitrine campaigns import - --site other`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := records.Open(args[0], a.stdin)
			if err != nil {
				return err
			}
			defer in.Close() //nolint:errcheck // only read from
			return r.withCampaigns(cmd.Context(), func(ctx context.Context, c pb.CampaignServiceClient) error {
				return a.importCampaigns(ctx, in, c, w.name())
			})
		},
	}
}

// importCampaigns takes a line after another. Only what no other line can mend ends
// it.
func (a *app) importCampaigns(ctx context.Context, in *records.Input, c pb.CampaignServiceClient, site string) error {
	created, changed, bad := 0, 0, 0
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
		var isNew bool
		if err == nil {
			isNew, err = importCampaign(ctx, c, site, raw)
			if err != nil {
				switch status.Code(err) {
				case codes.Unavailable, codes.DeadlineExceeded, codes.Canceled, codes.Unimplemented:
					return err
				}
				err = &records.LineError{At: records.Position{Path: in.Path(), Line: line}, Reason: reason(err)}
			}
		}
		switch {
		case err != nil:
			bad++
			fmt.Fprintln(a.stderr, err)
		case isNew:
			created++
		default:
			changed++
		}
	}
	fmt.Fprintf(a.stdout, "%d created, %d changed, %d bad lines\n", created, changed, bad)
	if bad > 0 {
		return fmt.Errorf("%d lines were not taken: mend them and import the file again", bad)
	}
	return nil
}

// reason is what was wrong, in one line.
func reason(err error) string {
	text := (&remote{}).explain(err).Error()
	text = strings.TrimPrefix(text, "the server refused the request:\n  ")
	return strings.Join(strings.Fields(text), " ")
}

// importCampaign creates or changes what a line tells of, and reports which.
func importCampaign(ctx context.Context, c pb.CampaignServiceClient, site string, raw []byte) (created bool, err error) {
	name, err := nameIn(raw, site)
	if err != nil {
		return false, err
	}
	parent, id, ok := strings.Cut(name, "/creatives/")
	if ok {
		m := &pb.Creative{}
		if err := readJSON(raw, m); err != nil {
			return false, err
		}
		m.Name, m.Etag = name, ""
		if _, err = c.UpdateCreative(ctx, &pb.UpdateCreativeRequest{Creative: m}); status.Code(err) != codes.NotFound {
			return false, err
		}
		_, err = c.CreateCreative(ctx, &pb.CreateCreativeRequest{Parent: parent, CreativeId: id, Creative: m})
		return err == nil, err
	}
	m := &pb.Campaign{}
	if err := readJSON(raw, m); err != nil {
		return false, err
	}
	m.Name, m.Etag = name, ""
	if _, err = c.UpdateCampaign(ctx, &pb.UpdateCampaignRequest{Campaign: m}); status.Code(err) != codes.NotFound {
		return false, err
	}
	_, err = c.CreateCampaign(ctx, &pb.CreateCampaignRequest{Parent: site, CampaignId: lastPart(name), Campaign: m})
	return err == nil, err
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
