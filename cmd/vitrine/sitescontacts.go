package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// newSitesContactsCommand sets how much a shop's visitors are advertised to.
func newSitesContactsCommand(a *app, r *remote) *cobra.Command {
	var budgets []string
	var purchase, dismissal string
	cmd := &cobra.Command{
		Use:   "contacts ID",
		Short: "Set how much a shop's visitors are advertised to",
		Long: `Set the contact policy of a shop, in the place of the one it had: budgets of creatives
and delivered e-mails a visitor, by channel, within a sliding window, and how long
a visitor is left alone after a purchase, and by a campaign after waving one of its
creatives away. Without a flag there are no bounds.`,
		Example: `  vitrine sites contacts shop --budget web,app:10/24h --budget email:2/7d --budget all:40/30d
  vitrine sites contacts shop --budget all:20/7d --after-purchase 3d --after-dismissal 14d
  vitrine sites contacts shop`,
		Args: oneSite,
		RunE: func(cmd *cobra.Command, args []string) error {
			policy, err := contactPolicy(budgets, purchase, dismissal)
			if err != nil {
				return err
			}
			return r.withSites(cmd.Context(), func(ctx context.Context, c pb.SiteServiceClient) error {
				site, err := c.UpdateSite(ctx, &pb.UpdateSiteRequest{
					Site:       &pb.Site{Name: "sites/" + args[0], ContactPolicy: policy},
					UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"contact_policy"}},
				})
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(a.stdout, "%s: %s\n", site.GetName(), contactWords(site.GetContactPolicy()))
				return err
			})
		},
	}
	fs := cmd.Flags()
	fs.StringArrayVar(&budgets, "budget", nil, "`CHANNELS:TIMES/WINDOW`, such as web,app:10/24h or all:40/30d; may be given again")
	fs.StringVar(&purchase, "after-purchase", "", "show nothing for this `long` after an order, such as 3d")
	fs.StringVar(&dismissal, "after-dismissal", "", "let a campaign rest for this `long` after one of its creatives was waved away")
	return cmd
}

// contactPolicy makes a policy of the flags; nil when none is given.
func contactPolicy(budgets []string, purchase, dismissal string) (*pb.ContactPolicy, error) {
	if len(budgets) == 0 && purchase == "" && dismissal == "" {
		return nil, nil
	}
	p := &pb.ContactPolicy{}
	for _, text := range budgets {
		b, err := contactBudget(text)
		if err != nil {
			return nil, err
		}
		p.Budgets = append(p.Budgets, b)
	}
	for _, rest := range []struct {
		flag, text string
		to         **durationpb.Duration
	}{{"--after-purchase", purchase, &p.PurchaseCoolDown}, {"--after-dismissal", dismissal, &p.DismissalCoolDown}} {
		if rest.text == "" {
			continue
		}
		d, ok := longTime(rest.text)
		if !ok {
			return nil, usagef("%s %q: a time such as 90m, 12h or 3d is wanted", rest.flag, rest.text)
		}
		*rest.to = durationpb.New(d)
	}
	return p, nil
}

// contactBudget reads "web,app:10/24h".
func contactBudget(text string) (*pb.ContactBudget, error) {
	wrong := usagef("--budget %q: CHANNELS:TIMES/WINDOW is wanted, such as web,app:10/24h or all:40/30d", text)
	channels, rest, ok := strings.Cut(text, ":")
	times, window, also := strings.Cut(rest, "/")
	limit, err := strconv.ParseInt(times, 10, 32)
	d, isTime := longTime(window)
	if !ok || !also || err != nil || !isTime {
		return nil, wrong
	}
	b := &pb.ContactBudget{Limit: int32(limit), Window: durationpb.New(d)}
	if channels == "all" {
		return b, nil
	}
	for _, name := range strings.Split(channels, ",") {
		c, ok := pb.Channel_value["CHANNEL_"+strings.ToUpper(name)]
		if !ok || c == 0 {
			return nil, usagef("--budget %q: %q is no channel: all, web, app, email, social, store, call_center are", text, name)
		}
		b.Channels = append(b.Channels, pb.Channel(c))
	}
	return b, nil
}

// longTime reads a duration, which may be in days.
func longTime(s string) (time.Duration, bool) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		return time.Duration(n) * 24 * time.Hour, err == nil
	}
	d, err := time.ParseDuration(s)
	return d, err == nil
}

// contactWords says what a policy allows: "at most 10 in 24h on web, app".
func contactWords(p *pb.ContactPolicy) string {
	var parts []string
	for _, b := range p.GetBudgets() {
		var names []string
		for _, c := range b.GetChannels() {
			names = append(names, enumWords(c.String(), "CHANNEL_"))
		}
		on := ""
		if len(names) > 0 {
			on = " on " + strings.Join(names, ", ")
		}
		parts = append(parts, fmt.Sprintf("at most %d in %s%s", b.GetLimit(), longTimeWords(b.GetWindow()), on))
	}
	if d := p.GetPurchaseCoolDown(); d != nil {
		parts = append(parts, "none for "+longTimeWords(d)+" after a purchase")
	}
	if d := p.GetDismissalCoolDown(); d != nil {
		parts = append(parts, "a campaign rests for "+longTimeWords(d)+" after a dismissal")
	}
	if len(parts) == 0 {
		return "no bounds"
	}
	return strings.Join(parts, "; ")
}

// longTimeWords writes what longTime reads: "3d", "12h", "90m".
func longTimeWords(m *durationpb.Duration) string {
	d := m.AsDuration()
	switch {
	case d >= 48*time.Hour && d%(24*time.Hour) == 0:
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return d.String()
}

// capWords says what caps allow: "3 in 24h by campaign".
func capWords(caps []*pb.FrequencyCap) string {
	var parts []string
	for _, c := range caps {
		parts = append(parts, fmt.Sprintf("%d in %s by %s", c.GetLimit(), longTimeWords(c.GetWindow()), enumWords(c.GetScope().String(), "CAP_SCOPE_")))
	}
	return strings.Join(parts, ", ")
}
