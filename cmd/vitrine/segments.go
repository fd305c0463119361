package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// segmentsCommand is what the commands about segments share.
type segmentsCommand struct {
	*app
	remote remote
	whose  whose
	asJSON bool
}

// newSegmentsCommand is `vitrine segments` and what can be done with them.
func newSegmentsCommand(a *app) *cobra.Command {
	c := &segmentsCommand{app: a}
	cmd := &cobra.Command{
		Use:   "segments",
		Short: "Groups of a shop's visitors by what they did: list, show, create, preview, members",
		Long: `Group the visitors of a shop by what they did: what they viewed and bought within a
time, what they spent, where they came from, what lies in their cart. Who is in a
segment is worked out when it is asked: there is nothing to wait for.

A rule is an expression in CEL over visitor; docs/segments.md lists all that it may ask.`,
		Example: `  vitrine segments list --site shop
  vitrine segments preview --site shop --rule "visitor.spent_within('90d') > 500.0"
  vitrine segments create big-spenders --site shop --name "Big spenders" --rule "visitor.spent_within('90d') > 500.0"
  vitrine segments members abandoned-carts --site shop --contactable --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.remote.flags(a, cmd.PersistentFlags())
	c.whose.siteFlag(cmd.PersistentFlags())
	cmd.AddCommand(c.list(), c.show(), c.create(), c.update(), c.remove(), c.preview(), c.members())
	return cmd
}

// with calls do with a client, and explains its error.
func (c *segmentsCommand) with(ctx context.Context, do func(context.Context, pb.SegmentServiceClient) error) error {
	conn, err := c.remote.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, c.remote.timeout)
	defer cancel()
	return c.remote.explain(do(ctx, pb.NewSegmentServiceClient(conn)))
}

func (c *segmentsCommand) segment(id string) string { return c.whose.name() + "/segments/" + id }

func (c *segmentsCommand) jsonFlag(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().BoolVar(&c.asJSON, "json", false, "print as JSON, one a line")
	return cmd
}

func oneSegment(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef("which segment? One id is wanted; vitrine segments list lists them")
	}
	return nil
}

func (c *segmentsCommand) list() *cobra.Command {
	return c.jsonFlag(&cobra.Command{
		Use: "list", Short: "List a shop's segments, those built in among them", Example: "  vitrine segments list --site shop", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.with(cmd.Context(), func(ctx context.Context, client pb.SegmentServiceClient) error {
				t := newTable("segment", "name", "rule", "")
				for req := (&pb.ListSegmentsRequest{Parent: c.whose.name(), PageSize: 1000}); ; {
					resp, err := client.ListSegments(ctx, req)
					if err != nil {
						return err
					}
					for _, m := range resp.GetSegments() {
						if c.asJSON {
							if err := c.printLine(m); err != nil {
								return err
							}
							continue
						}
						t.add(lastPart(m.GetName()), m.GetDisplayName(), m.GetRule(), map[bool]string{true: "built in"}[m.GetBuiltIn()])
					}
					if req.PageToken = resp.GetNextPageToken(); req.PageToken == "" {
						break
					}
				}
				if c.asJSON {
					return nil
				}
				return t.write(c.stdout)
			})
		},
	})
}

func (c *segmentsCommand) show() *cobra.Command {
	return &cobra.Command{
		Use: "show SEGMENT", Short: "Print a segment as JSON", Example: "  vitrine segments show buyers --site shop", Args: oneSegment,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.with(cmd.Context(), func(ctx context.Context, client pb.SegmentServiceClient) error {
				m, err := client.GetSegment(ctx, &pb.GetSegmentRequest{Name: c.segment(args[0])})
				if err != nil {
					return err
				}
				return c.printLine(m)
			})
		},
	}
}

// ruleFlags are what a segment is made of.
type ruleFlags struct{ name, rule, file string }

func (f *ruleFlags) add(cmd *cobra.Command, named bool) {
	if named {
		cmd.Flags().StringVar(&f.name, "name", "", "a `name` for people")
	}
	cmd.Flags().StringVar(&f.rule, "rule", "", "who is in it, an `expression` in CEL over visitor")
	cmd.Flags().StringVar(&f.file, "rule-file", "", "read the rule from a `file`")
}

// read is the rule; empty if none is given.
func (f *ruleFlags) read() (string, error) {
	switch {
	case f.file == "":
		return f.rule, nil
	case f.rule != "":
		return "", usagef("--rule and --rule-file: one of them is wanted")
	}
	b, err := os.ReadFile(f.file)
	return strings.TrimSpace(string(b)), err
}

func (f *ruleFlags) must() (string, error) {
	rule, err := f.read()
	if err == nil && rule == "" {
		err = usagef("which rule? Say --rule or --rule-file; docs/segments.md lists what it may ask")
	}
	return rule, err
}

func (c *segmentsCommand) create() *cobra.Command {
	f := &ruleFlags{}
	cmd := &cobra.Command{
		Use: "create SEGMENT", Short: "Create a segment", Args: oneSegment,
		Example: `  vitrine segments create shoe-shoppers --site shop --name "Looking for shoes" \
    --rule "visitor.times('viewed', 'category/shoes', '7d') >= 3 && visitor.times('bought', 'category/shoes', '7d') == 0"`,
		RunE: func(cmd *cobra.Command, args []string) error {
			rule, err := f.must()
			if err != nil {
				return err
			}
			return c.with(cmd.Context(), func(ctx context.Context, client pb.SegmentServiceClient) error {
				m, err := client.CreateSegment(ctx, &pb.CreateSegmentRequest{
					Parent: c.whose.name(), SegmentId: args[0], Segment: &pb.Segment{DisplayName: f.name, Rule: rule},
				})
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(c.stdout, "created %s\n", m.GetName())
				return err
			})
		},
	}
	f.add(cmd, true)
	return cmd
}

func (c *segmentsCommand) update() *cobra.Command {
	f := &ruleFlags{}
	cmd := &cobra.Command{
		Use: "update SEGMENT", Short: "Change a segment's rule or name", Args: oneSegment,
		Example: `  vitrine segments update big-spenders --site shop --rule "visitor.spent_within('90d') > 800.0"`,
		RunE: func(cmd *cobra.Command, args []string) error {
			rule, err := f.read()
			if err != nil {
				return err
			}
			mask := &fieldmaskpb.FieldMask{}
			if rule != "" {
				mask.Paths = append(mask.Paths, "rule")
			}
			if cmd.Flags().Changed("name") {
				mask.Paths = append(mask.Paths, "display_name")
			}
			if len(mask.GetPaths()) == 0 {
				return usagef("change what? Say --rule, --rule-file or --name")
			}
			return c.with(cmd.Context(), func(ctx context.Context, client pb.SegmentServiceClient) error {
				m, err := client.UpdateSegment(ctx, &pb.UpdateSegmentRequest{
					Segment: &pb.Segment{Name: c.segment(args[0]), DisplayName: f.name, Rule: rule}, UpdateMask: mask,
				})
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(c.stdout, "changed %s\n", m.GetName())
				return err
			})
		},
	}
	f.add(cmd, true)
	return cmd
}

func (c *segmentsCommand) remove() *cobra.Command {
	return &cobra.Command{
		Use: "delete SEGMENT", Short: "Delete a segment that no campaign is for", Example: "  vitrine segments delete big-spenders --site shop", Args: oneSegment,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.with(cmd.Context(), func(ctx context.Context, client pb.SegmentServiceClient) error {
				if _, err := client.DeleteSegment(ctx, &pb.DeleteSegmentRequest{Name: c.segment(args[0])}); err != nil {
					return err
				}
				_, err := fmt.Fprintf(c.stdout, "deleted %s\n", c.segment(args[0]))
				return err
			})
		},
	}
}

func (c *segmentsCommand) preview() *cobra.Command {
	f := &ruleFlags{}
	cmd := c.jsonFlag(&cobra.Command{
		Use: "preview", Short: "Count who would be in a segment with that rule", Args: cobra.NoArgs,
		Example: `  vitrine segments preview --site shop --rule "visitor.orders > 0 && visitor.since_order > days(90)"`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			rule, err := f.must()
			if err != nil {
				return err
			}
			return c.with(cmd.Context(), func(ctx context.Context, client pb.SegmentServiceClient) error {
				m, err := client.PreviewSegment(ctx, &pb.PreviewSegmentRequest{Site: c.whose.name(), Rule: rule})
				if err != nil {
					return err
				}
				if c.asJSON {
					return c.printLine(m)
				}
				share := 0.0
				if m.GetVisitors() > 0 {
					share = 100 * float64(m.GetMembers()) / float64(m.GetVisitors())
				}
				_, err = fmt.Fprintf(c.stdout, "%d of %d visitors (%.1f %%) would be in it, %d of them allow messages\n",
					m.GetMembers(), m.GetVisitors(), share, m.GetContactable())
				return err
			})
		},
	})
	f.add(cmd, false)
	return cmd
}

func (c *segmentsCommand) members() *cobra.Command {
	req := &pb.ListSegmentMembersRequest{}
	most := 0
	cmd := c.jsonFlag(&cobra.Command{
		Use: "members SEGMENT", Short: "List who is in a segment, with what lies in their carts", Args: oneSegment,
		Long: `List who is in a segment now: persons first, then devices that are linked to nobody, in
the order of their ids. Begun again with --after and the last name received it goes on
from there.`,
		Example: `  vitrine segments members abandoned-carts --site shop
  vitrine segments members abandoned-carts --site shop --contactable --json --timeout 10m`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.with(cmd.Context(), func(ctx context.Context, client pb.SegmentServiceClient) error {
				req.Name = c.segment(args[0])
				if req.After != "" && !strings.HasPrefix(req.GetAfter(), "sites/") {
					req.After = c.whose.name() + "/" + req.GetAfter()
				}
				return c.printMembers(ctx, client, req, most)
			})
		},
	})
	cmd.Flags().BoolVar(&req.ContactableOnly, "contactable", false, "only those who allow to be written to")
	cmd.Flags().StringVar(&req.After, "after", "", "begin after this member: the `name` of the last one received")
	cmd.Flags().IntVar(&most, "limit", 0, "end after so `many`; 0: all")
	return cmd
}

func (c *segmentsCommand) printMembers(ctx context.Context, client pb.SegmentServiceClient, req *pb.ListSegmentMembersRequest, most int) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := client.ListSegmentMembers(ctx, req)
	if err != nil {
		return err
	}
	t := newTable("member", "messages", "last seen", "cart", ">worth", ">for")
	n := 0
	for ; most == 0 || n < most; n++ {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if c.asJSON {
			if err := c.printLine(m); err != nil {
				return err
			}
			continue
		}
		var cart []string
		for _, item := range m.GetCart() {
			cart = append(cart, fmt.Sprintf("%d %s", item.GetQuantity(), item.GetProductId()))
		}
		worth, age := "", ""
		if v := m.GetCartValue(); v != nil {
			worth = fmt.Sprintf("%.2f %s", float64(v.GetUnits())+float64(v.GetNanos())/1e9, v.GetCurrencyCode())
		}
		if m.GetCartAge() != nil {
			age = m.GetCartAge().AsDuration().Truncate(time.Minute).String()
		}
		parts := strings.SplitN(m.GetName(), "/", 3)
		t.add(parts[len(parts)-1], map[bool]string{true: "allowed"}[m.GetContactable()], m.GetLastSeenTime().AsTime().Format(time.DateTime),
			strings.Join(cart, ", "), worth, strings.TrimSuffix(age, "0s"))
	}
	switch {
	case c.asJSON:
		return nil
	case n == 0:
		_, err := fmt.Fprintln(c.stdout, "Nobody is in it now.")
		return err
	}
	return t.write(c.stdout)
}
