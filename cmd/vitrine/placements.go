package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// placementsCommand is what the commands about placements share.
type placementsCommand struct {
	*app
	remote remote
	whose  whose
}

// newPlacementsCommand is `vitrine placements` and what can be done with them.
func newPlacementsCommand(a *app) *cobra.Command {
	c := &placementsCommand{app: a}
	asJSON := false
	cmd := &cobra.Command{
		Use:   "placements",
		Short: "List a shop's placements, or create, change, show or delete some",
		Long: `List the placements of a shop: where something is shown, and by which rules. A change
holds for the very next page. The API's reference (placement_service.proto) tells what a
placement may say, and docs/placements.md what it makes of it.`,
		Example: `  vitrine placements --site shop
  echo '{"name": "placements/banner", "count": 1, "creatives": {"formats": ["banner"]}}' |
    vitrine placements apply - --site shop
  vitrine placements show home --site shop`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.with(cmd.Context(), func(ctx context.Context, client pb.PlacementServiceClient) error {
				return c.list(ctx, client, asJSON)
			})
		},
	}
	c.remote.flags(a, cmd.PersistentFlags())
	c.whose.siteFlag(cmd.PersistentFlags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "print them as JSON, one a line, as apply takes them")
	cmd.AddCommand(c.apply(), c.show(), c.remove())
	return cmd
}

// with calls do with a client, and explains its error.
func (c *placementsCommand) with(ctx context.Context, do func(context.Context, pb.PlacementServiceClient) error) error {
	conn, err := c.remote.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, c.remote.timeout)
	defer cancel()
	return c.remote.explain(do(ctx, pb.NewPlacementServiceClient(conn)))
}

func onePlacement(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef("which placement? One id is wanted; vitrine placements lists them")
	}
	return nil
}

func (c *placementsCommand) list(ctx context.Context, client pb.PlacementServiceClient, asJSON bool) error {
	t := newTable("placement", "name", "page", ">items", "shows")
	for req := (&pb.ListPlacementsRequest{Parent: c.whose.name(), PageSize: 1000}); ; {
		resp, err := client.ListPlacements(ctx, req)
		if err != nil {
			return err
		}
		for _, m := range resp.GetPlacements() {
			if asJSON {
				if err := c.printLine(m); err != nil {
					return err
				}
				continue
			}
			count := m.GetCount()
			if count == 0 {
				count = 12 // what the contract says of 0
			}
			t.add(lastPart(m.GetName()), m.GetDisplayName(), word(m.GetPageType().String(), "PAGE_TYPE_"), fmt.Sprint(count), filledWith(m))
		}
		if req.PageToken = resp.GetNextPageToken(); req.PageToken == "" {
			break
		}
	}
	if asJSON {
		return nil
	}
	return t.write(c.stdout)
}

// word is an enum's value for people; empty where nothing is stated.
func word(value, prefix string) string {
	value = strings.TrimPrefix(value, prefix)
	if value == "UNSPECIFIED" {
		return ""
	}
	return strings.ToLower(strings.ReplaceAll(value, "_", " "))
}

// filledWith says what a placement is filled with.
func filledWith(m *pb.Placement) string {
	if rules := m.GetCreatives(); rules != nil {
		return strings.TrimSuffix("creatives: "+strings.Join(rules.GetFormats(), ", "), ": ")
	}
	strategy := word(m.GetProducts().GetStrategy().String(), "STRATEGY_")
	if strategy == "" {
		strategy = "for you" // the default
	}
	return "products: " + strategy
}

func (c *placementsCommand) apply() *cobra.Command {
	return &cobra.Command{
		Use:   "apply FILE",
		Short: "Create placements from a file, or change those that are there",
		Long: `Create the placements of a file, or change those that are there.

Each is a Placement of the API as JSON, told by its name:

  {"name": "placements/home", "count": 12, "products": {"strategy": "STRATEGY_FOR_YOU"}}
  {"name": "placements/banner", "count": 1, "creatives": {"formats": ["banner"]}}

What one that is there had and the file does not say is cleared. The first that is
refused ends it: those before it are stored. - is stdin.`,
		Example: `  vitrine placements apply placements.jsonl --site shop
  vitrine placements show home --site shop | vitrine placements apply - --site other`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := records.Open(args[0], c.stdin)
			if err != nil {
				return err
			}
			defer in.Close() //nolint:errcheck // only read from
			var text []byte
			for {
				line, _, err := in.Line()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					return err
				}
				text = append(append(text, line...), '\n')
			}
			return c.with(cmd.Context(), func(ctx context.Context, client pb.PlacementServiceClient) error {
				return c.applyAll(ctx, client, args[0], text)
			})
		},
	}
}

// applyAll stores one placement after another.
func (c *placementsCommand) applyAll(ctx context.Context, client pb.PlacementServiceClient, file string, text []byte) error {
	for dec := json.NewDecoder(bytes.NewReader(text)); ; {
		var raw json.RawMessage
		err := dec.Decode(&raw)
		if errors.Is(err, io.EOF) {
			return nil
		}
		line := 1 + bytes.Count(text[:dec.InputOffset()], []byte("\n"))
		if err != nil {
			return fmt.Errorf("%s:%d: %w", file, line, err)
		}
		m := &pb.Placement{}
		if err := readJSON(raw, m); err != nil {
			return fmt.Errorf("%s:%d: %w", file, line, err)
		}
		at := strings.Index(m.GetName(), "placements/")
		if at < 0 {
			return fmt.Errorf("%s:%d: name %q: placements/{placement} is wanted", file, line, m.GetName())
		}
		m.Name, m.Etag = c.whose.name()+"/"+m.GetName()[at:], ""
		if err := c.applyOne(ctx, client, m); err != nil {
			fmt.Fprintf(c.stderr, "%s:%d: %s was not taken\n", file, line, m.GetName())
			return err
		}
	}
}

// applyOne changes a placement, or creates it where there is none.
func (c *placementsCommand) applyOne(ctx context.Context, client pb.PlacementServiceClient, m *pb.Placement) error {
	done := "changed"
	_, err := client.UpdatePlacement(ctx, &pb.UpdatePlacementRequest{Placement: m})
	if status.Code(err) == codes.NotFound {
		done = "created"
		_, err = client.CreatePlacement(ctx, &pb.CreatePlacementRequest{
			Parent: c.whose.name(), PlacementId: lastPart(m.GetName()), Placement: m,
		})
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.stdout, "%s %s\n", done, m.GetName())
	return err
}

func (c *placementsCommand) show() *cobra.Command {
	return &cobra.Command{
		Use: "show PLACEMENT", Short: "Print a placement as JSON", Example: "  vitrine placements show home --site shop", Args: onePlacement,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.with(cmd.Context(), func(ctx context.Context, client pb.PlacementServiceClient) error {
				m, err := client.GetPlacement(ctx, &pb.GetPlacementRequest{Name: c.whose.name() + "/placements/" + args[0]})
				if err != nil {
					return err
				}
				return c.printLine(m)
			})
		},
	}
}

func (c *placementsCommand) remove() *cobra.Command {
	return &cobra.Command{
		Use: "delete PLACEMENT", Short: "Delete a placement; decisions that name it are refused from then on",
		Example: "  vitrine placements delete banner --site shop", Args: onePlacement,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.with(cmd.Context(), func(ctx context.Context, client pb.PlacementServiceClient) error {
				name := c.whose.name() + "/placements/" + args[0]
				if _, err := client.DeletePlacement(ctx, &pb.DeletePlacementRequest{Name: name}); err != nil {
					return err
				}
				_, err := fmt.Fprintf(c.stdout, "deleted %s\n", name)
				return err
			})
		},
	}
}
