package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// newSitesCommand is `vitrine sites` and what can be done with them.
func newSitesCommand(a *app) *cobra.Command {
	r := &remote{}
	cmd := &cobra.Command{
		Use:   "sites",
		Short: "List the shops of a running server, or create, bound or delete one",
		Example: `  vitrine sites
  vitrine sites create shop
  vitrine sites contacts shop --budget web,app:10/24h`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.withSites(cmd.Context(), func(ctx context.Context, c pb.SiteServiceClient) error { return a.listSites(ctx, c) })
		},
	}
	r.flags(a, cmd.PersistentFlags())
	cmd.AddCommand(newSitesCreateCommand(a, r), newSitesContactsCommand(a, r), newSitesVisitorsCommand(a, r), newSitesDeleteCommand(a, r))
	return cmd
}

// withSites calls do with a client, and explains its error.
func (r *remote) withSites(ctx context.Context, do func(context.Context, pb.SiteServiceClient) error) error {
	conn, err := r.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	return r.explain(do(ctx, pb.NewSiteServiceClient(conn)))
}

func (a *app) listSites(ctx context.Context, c pb.SiteServiceClient) error {
	t := newTable("site", "name", "currency", "locale", "time zone", "without a consent signal", "contacts")
	for req := (&pb.ListSitesRequest{PageSize: 1000}); ; {
		resp, err := c.ListSites(ctx, req)
		if err != nil {
			return err
		}
		for _, s := range resp.GetSites() {
			policy := "nothing is stored"
			if s.GetConsentPolicy() == pb.ConsentPolicy_CONSENT_POLICY_OPT_OUT {
				policy = "everything is allowed"
			}
			t.add(s.GetName(), s.GetDisplayName(), s.GetCurrencyCode(), s.GetLocale(), s.GetTimeZone(), policy, contactWords(s.GetContactPolicy()))
		}
		if req.PageToken = resp.GetNextPageToken(); req.PageToken == "" {
			break
		}
	}
	if len(t.rows) == 0 {
		_, err := fmt.Fprintln(a.stdout, "There is no site yet. Create one with: vitrine sites create shop")
		return err
	}
	return t.write(a.stdout)
}

func newSitesCreateCommand(a *app, r *remote) *cobra.Command {
	site := &pb.Site{}
	var policy string
	cmd := &cobra.Command{
		Use:     "create ID",
		Short:   "Create an empty shop with one placement, home",
		Example: "  vitrine sites create shop --name 'The Shop' --currency EUR --time-zone Europe/Paris",
		Args:    oneSite,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch policy {
			case "opt-in":
				site.ConsentPolicy = pb.ConsentPolicy_CONSENT_POLICY_OPT_IN
			case "opt-out":
				site.ConsentPolicy = pb.ConsentPolicy_CONSENT_POLICY_OPT_OUT
			default:
				return usagef("--consent-policy %q: one of opt-in, opt-out is wanted", policy)
			}
			return r.withSites(cmd.Context(), func(ctx context.Context, c pb.SiteServiceClient) error {
				made, err := c.CreateSite(ctx, &pb.CreateSiteRequest{SiteId: args[0], Site: site})
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(a.stdout, "created %s\nnext: vitrine import products --site %s FILE\n", made.GetName(), args[0])
				return err
			})
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&site.DisplayName, "name", "", "the shop's `name`, for people")
	fs.StringVar(&site.CurrencyCode, "currency", "EUR", "ISO 4217 `code` of prices that name none")
	fs.StringVar(&site.Locale, "locale", "en", "language `tag` of the reasons")
	fs.StringVar(&site.TimeZone, "time-zone", "UTC", "IANA `name`, such as Europe/Paris")
	fs.StringVar(&policy, "consent-policy", "opt-in", "what no consent signal means: `opt-in` (store nothing) or opt-out")
	return cmd
}

func newSitesDeleteCommand(a *app, r *remote) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:     "delete ID",
		Short:   "Delete a shop with everything it holds",
		Example: "  vitrine sites delete shop --yes",
		Args:    oneSite,
		RunE: func(cmd *cobra.Command, args []string) error {
			if !yes {
				return usagef("this removes the products, visitors, events and decisions of %s for ever: say --yes", args[0])
			}
			return r.withSites(cmd.Context(), func(ctx context.Context, c pb.SiteServiceClient) error {
				if _, err := c.DeleteSite(ctx, &pb.DeleteSiteRequest{Name: "sites/" + args[0]}); err != nil {
					return err
				}
				_, err := fmt.Fprintf(a.stdout, "deleted sites/%s\n", args[0])
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "really delete it")
	return cmd
}

func oneSite(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef("which site? One id of lower-case letters, digits and hyphens is wanted")
	}
	return nil
}
