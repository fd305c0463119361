package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// newCampaignsCommand is `vitrine campaigns` and what can be done with them.
func newCampaignsCommand(a *app) *cobra.Command {
	r, w := &remote{}, &whose{}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "campaigns",
		Short: "List a shop's campaigns, or import, show, pause or delete some",
		Long: `List the campaigns of a shop: what advertisers and the shop's own marketers want
shown in its creative placements; what of their goals and budgets is reached, and how
they keep up with their plan. The API's reference (campaign_service.proto) tells what a
campaign may say.`,
		Example: `  vitrine campaigns --site shop
  vitrine campaigns import campaigns.jsonl --site shop
  echo '{"name": "campaigns/spring", "frequencyCaps": [{"limit": 3, "window": "86400s"}]}' |
    vitrine campaigns import - --site shop
  vitrine campaigns show spring --site shop
  vitrine campaigns pause spring --site shop`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.withCampaigns(cmd.Context(), func(ctx context.Context, c pb.CampaignServiceClient) error {
				return a.listCampaigns(ctx, c, w.name(), asJSON)
			})
		},
	}
	r.flags(a, cmd.PersistentFlags())
	w.siteFlag(cmd.PersistentFlags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "print them as JSON, one a line, as import takes them")
	of := func(use, short string, do func(context.Context, pb.CampaignServiceClient, string) error) *cobra.Command {
		return &cobra.Command{
			Use: use + " CAMPAIGN", Short: short, Example: "  vitrine campaigns " + use + " spring --site shop", Args: oneCampaign,
			RunE: func(cmd *cobra.Command, args []string) error {
				return r.withCampaigns(cmd.Context(), func(ctx context.Context, c pb.CampaignServiceClient) error {
					return do(ctx, c, w.name()+"/campaigns/"+args[0])
				})
			},
		}
	}
	remove := of("delete", "Delete a campaign with its creatives", func(ctx context.Context, c pb.CampaignServiceClient, name string) error {
		if _, err := c.DeleteCampaign(ctx, &pb.DeleteCampaignRequest{Name: name}); err != nil {
			return err
		}
		_, err := fmt.Fprintf(a.stdout, "deleted %s\n", name)
		return err
	})
	cmd.AddCommand(
		of("show", "Print a campaign and its creatives as JSON", a.showCampaign),
		of("pause", "Show nothing of a campaign until it is resumed", func(ctx context.Context, c pb.CampaignServiceClient, name string) error {
			return a.pauseCampaign(ctx, c, name, true)
		}),
		of("resume", "Show a paused campaign again", func(ctx context.Context, c pb.CampaignServiceClient, name string) error {
			return a.pauseCampaign(ctx, c, name, false)
		}),
		remove, newCampaignsImportCommand(a, r, w),
	)
	return cmd
}

func oneCampaign(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef("which campaign? One id is wanted; vitrine campaigns lists them")
	}
	return nil
}

// withCampaigns calls do with a client, and explains its error.
func (r *remote) withCampaigns(ctx context.Context, do func(context.Context, pb.CampaignServiceClient) error) error {
	conn, err := r.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	return r.explain(do(ctx, pb.NewCampaignServiceClient(conn)))
}

// eachCampaign calls do with the campaigns of a site.
func eachCampaign(ctx context.Context, c pb.CampaignServiceClient, site string, do func(*pb.Campaign) error) error {
	for req := (&pb.ListCampaignsRequest{Parent: site, PageSize: 1000}); ; {
		resp, err := c.ListCampaigns(ctx, req)
		if err != nil {
			return err
		}
		for _, m := range resp.GetCampaigns() {
			if err := do(m); err != nil {
				return err
			}
		}
		if req.PageToken = resp.GetNextPageToken(); req.PageToken == "" {
			return nil
		}
	}
}

// eachCreative calls do with the creatives of a campaign.
func eachCreative(ctx context.Context, c pb.CampaignServiceClient, campaign string, do func(*pb.Creative) error) error {
	for req := (&pb.ListCreativesRequest{Parent: campaign, PageSize: 1000}); ; {
		resp, err := c.ListCreatives(ctx, req)
		if err != nil {
			return err
		}
		for _, m := range resp.GetCreatives() {
			if err := do(m); err != nil {
				return err
			}
		}
		if req.PageToken = resp.GetNextPageToken(); req.PageToken == "" {
			return nil
		}
	}
}

func (a *app) listCampaigns(ctx context.Context, c pb.CampaignServiceClient, site string, asJSON bool) error {
	t := newTable("campaign", "name", "advertiser", "tier", ">worth", "goal", "reached", "pace", "flight", ">left", "where", "for", ">creatives")
	err := eachCampaign(ctx, c, site, func(m *pb.Campaign) error {
		if asJSON {
			return a.printLine(m)
		}
		creatives := 0
		if err := eachCreative(ctx, c, m.GetName(), func(*pb.Creative) error { creatives++; return nil }); err != nil {
			return err
		}
		t.add(lastPart(m.GetName()), m.GetDisplayName(), m.GetAdvertiser(), strings.ToLower(strings.TrimPrefix(m.GetTier().String(), "TIER_")),
			worthOf(m), goalOf(m), progressOf(m), paceOf(m), flightOf(m), timeLeft(m, time.Now()), placesOf(m), m.GetTargeting(), fmt.Sprint(creatives))
		return nil
	})
	switch {
	case err != nil || asJSON:
		return err
	case len(t.rows) == 0:
		_, err := fmt.Fprintf(a.stdout, "%s has no campaign yet. Import some with: vitrine campaigns import FILE --site %s\n", site, lastPart(site))
		return err
	}
	return t.write(a.stdout)
}

func flightOf(m *pb.Campaign) string {
	day := func(t interface{ AsTime() time.Time }) string { return t.AsTime().Format(time.DateOnly) }
	var text string
	switch from, to := m.GetStartTime(), m.GetEndTime(); {
	case from != nil && to != nil:
		text = day(from) + " to " + day(to)
	case from != nil:
		text = "from " + day(from)
	case to != nil:
		text = "until " + day(to)
	default:
		text = "always"
	}
	if len(m.GetDayParts()) > 0 {
		text += ", at times"
	}
	if m.GetPaused() {
		text += ", paused"
	}
	return text
}

func placesOf(m *pb.Campaign) string {
	var list []string
	for _, p := range m.GetPlaces() {
		list = append(list, strings.Trim(strings.Join([]string{p.GetCity(), p.GetRegion(), p.GetCountry()}, " "), " "))
	}
	for _, r := range m.GetCircles() {
		list = append(list, fmt.Sprintf("%g km around %.2f %.2f", r.GetRadiusKm(), r.GetCenter().GetLatitude(), r.GetCenter().GetLongitude()))
	}
	if all := len(list); all > 3 {
		list = append(list[:3], fmt.Sprintf("%d more", all-3))
	}
	return strings.Join(list, ", ")
}

func lastPart(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

func (a *app) showCampaign(ctx context.Context, c pb.CampaignServiceClient, name string) error {
	m, err := c.GetCampaign(ctx, &pb.GetCampaignRequest{Name: name})
	if err != nil {
		return err
	}
	if err := a.printLine(m); err != nil {
		return err
	}
	return eachCreative(ctx, c, name, func(m *pb.Creative) error { return a.printLine(m) })
}

// printLine writes a message as JSON in one line, the same each time.
func (a *app) printLine(m proto.Message) error {
	b, err := protojson.Marshal(m)
	if err != nil {
		return err
	}
	return json.NewEncoder(a.stdout).Encode(json.RawMessage(b)) // protojson varies its blanks on purpose
}

func (a *app) pauseCampaign(ctx context.Context, c pb.CampaignServiceClient, name string, paused bool) error {
	_, err := c.UpdateCampaign(ctx, &pb.UpdateCampaignRequest{
		Campaign: &pb.Campaign{Name: name, Paused: paused}, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"paused"}},
	})
	if err != nil {
		return err
	}
	state := map[bool]string{true: "paused", false: "resumed"}[paused]
	_, err = fmt.Fprintf(a.stdout, "%s %s\n", state, name)
	return err
}

// newCreativesCommand is `vitrine creatives`.
func newCreativesCommand(a *app) *cobra.Command {
	r, w := &remote{}, &whose{}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "creatives [CAMPAIGN]",
		Short: "List the creatives of a shop, or of one of its campaigns",
		Example: `  vitrine creatives --site shop
  vitrine creatives spring --site shop --json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.withCampaigns(cmd.Context(), func(ctx context.Context, c pb.CampaignServiceClient) error {
				return a.listCreatives(ctx, c, w.name(), args, asJSON)
			})
		},
	}
	r.flags(a, cmd.Flags())
	w.siteFlag(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "print them as JSON, one a line, as vitrine campaigns import takes them")
	return cmd
}

func (a *app) listCreatives(ctx context.Context, c pb.CampaignServiceClient, site string, of []string, asJSON bool) error {
	t := newTable("campaign", "creative", "name", "format", ">size", "attributes", "leads to", "")
	add := func(m *pb.Creative) error {
		if asJSON {
			return a.printLine(m)
		}
		size, state := "", ""
		if s := m.GetSize(); s != nil {
			size = fmt.Sprintf("%d x %d", s.GetWidth(), s.GetHeight())
		}
		if m.GetPaused() {
			state = "paused"
		}
		var attributes []string
		for _, k := range sortedKeys(m.GetAttributes()) {
			attributes = append(attributes, k+" "+m.GetAttributes()[k])
		}
		parts := strings.Split(m.GetName(), "/")
		t.add(parts[3], parts[5], m.GetDisplayName(), m.GetFormat(), size, strings.Join(attributes, ", "), m.GetLandingUrl(), state)
		return nil
	}
	var err error
	if len(of) == 1 {
		err = eachCreative(ctx, c, site+"/campaigns/"+of[0], add)
	} else {
		err = eachCampaign(ctx, c, site, func(m *pb.Campaign) error { return eachCreative(ctx, c, m.GetName(), add) })
	}
	switch {
	case err != nil || asJSON:
		return err
	case len(t.rows) == 0:
		_, err := fmt.Fprintf(a.stdout, "There are no creatives yet. Import some with: vitrine campaigns import FILE --site %s\n", lastPart(site))
		return err
	}
	return t.write(a.stdout)
}
