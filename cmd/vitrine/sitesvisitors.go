package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// newSitesVisitorsCommand sets how a shop treats what it knows of its visitors.
func newSitesVisitorsCommand(a *app, r *remote) *cobra.Command {
	policy := &pb.VisitorPolicy{}
	cmd := &cobra.Command{
		Use:   "visitors ID",
		Short: "Set how a shop treats what it knows of its visitors",
		Long: `Set the visitor policy of a shop, in the place of the one it had: categories that,
with all below them, enter no profile, no target and no reason; how many devices a
person may have; and how many persons make a device a shared one, which stands for
none of them. It holds from the very next call.`,
		Example: `  vitrine sites visitors shop --sensitive health/intimate,religion
  vitrine sites visitors shop --max-devices 10 --shared-persons 4
  vitrine sites visitors shop`,
		Args: oneSite,
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.withSites(cmd.Context(), func(ctx context.Context, c pb.SiteServiceClient) error {
				site, err := c.UpdateSite(ctx, &pb.UpdateSiteRequest{
					Site:       &pb.Site{Name: "sites/" + args[0], VisitorPolicy: policy},
					UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"visitor_policy"}},
				})
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(a.stdout, "%s: %s\n", site.GetName(), visitorPolicyWords(site.GetVisitorPolicy()))
				return err
			})
		},
	}
	fs := cmd.Flags()
	fs.StringSliceVar(&policy.SensitiveCategories, "sensitive", nil, "`categories` that say nothing of a visitor, with all below them")
	fs.Int32Var(&policy.MaxDevices, "max-devices", 0, "devices of a person, at most: `n` from 1 to 100; 0: 16")
	fs.Int32Var(&policy.SharedDevicePersons, "shared-persons", 0, "persons within 90 days that make a device a shared one: `n` from 2 to 100; 0: 3")
	return cmd
}

// visitorPolicyWords puts a policy into words.
func visitorPolicyWords(p *pb.VisitorPolicy) string {
	words := []string{"no sensitive categories"}
	if list := p.GetSensitiveCategories(); len(list) > 0 {
		words[0] = "sensitive: " + strings.Join(list, ", ")
	}
	devices, persons := p.GetMaxDevices(), p.GetSharedDevicePersons()
	if devices == 0 {
		devices = 16
	}
	if persons == 0 {
		persons = 3
	}
	return strings.Join(append(words, fmt.Sprintf("%d devices a person", devices), fmt.Sprintf("shared from %d persons on", persons)), "; ")
}
