package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// purposesByName are the purposes as the command line has them, in its order.
var purposesByName = []struct {
	name    string
	purpose pb.Purpose
}{
	{"profile", pb.Purpose_PURPOSE_PROFILE},
	{"personalization", pb.Purpose_PURPOSE_PERSONALIZATION},
	{"advertising", pb.Purpose_PURPOSE_ADVERTISING},
	{"measurement", pb.Purpose_PURPOSE_MEASUREMENT},
	{"messages", pb.Purpose_PURPOSE_DIRECT_CONTACT},
}

// newVisitorConsentCommand is `vitrine visitor consent`.
func newVisitorConsentCommand(a *app) *cobra.Command {
	var r remote
	var who whose
	var grant, refuse []string
	var c pb.Consent
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "consent VISITOR",
		Short: "Store what a visitor allows; it holds from the very next call",
		Long: `Store what a visitor allows. It holds from the very next call on, until it is set
again; purposes that are not named stay as they were.

The purposes: profile (keep one; nothing is stored without), personalization
(choose products by it), advertising (choose creatives by it), measurement (tell
what came of what was shown), messages (e-mail and the like), or all. An answer for
personalization is one for the profile, where that is not named.`,
		Example: `  vitrine visitor consent v1 --grant all
  vitrine visitor consent v1 --refuse advertising,messages
  vitrine visitor consent person:c-1042 --gpc
  vitrine visitor consent v1 --tcf CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA`,
		Args: oneVisitor("vitrine visitor consent v1 --grant all"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := addPurposes(&c, "--grant", grant, true); err != nil {
				return err
			}
			if err := addPurposes(&c, "--refuse", refuse, false); err != nil {
				return err
			}
			conn, err := r.dial()
			if err != nil {
				return err
			}
			defer conn.Close()
			ctx, cancel := context.WithTimeout(cmd.Context(), r.timeout)
			defer cancel()
			resp, err := pb.NewVisitorServiceClient(conn).SetConsent(ctx, &pb.SetConsentRequest{Name: who.visitorName(args[0]), Consent: &c})
			if err != nil {
				return r.explain(err)
			}
			for _, n := range resp.GetNotices() {
				fmt.Fprintf(a.stderr, "%s %s\n", n.GetField(), n.GetDescription())
			}
			if asJSON {
				_, err := fmt.Fprintln(a.stdout, protojson.Format(resp))
				return err
			}
			return consentTable(resp.GetConsents(), time.Now()).write(a.stdout)
		},
	}
	r.flags(a, cmd.Flags())
	who.siteFlag(cmd.Flags())
	cmd.Flags().StringSliceVar(&grant, "grant", nil, "`purposes` that the visitor allows")
	cmd.Flags().StringSliceVar(&refuse, "refuse", nil, "`purposes` that they refuse")
	cmd.Flags().StringVar(&c.TcfString, "tcf", "", "an IAB TCF v2 `string`")
	cmd.Flags().StringVar(&c.GppString, "gpp", "", "an IAB GPP `string`")
	cmd.Flags().BoolVar(&c.GlobalPrivacyControl, "gpc", false, "the browser sends the Global Privacy Control signal")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the answers as JSON")
	return cmd
}

// addPurposes adds answers for purposes by name.
func addPurposes(c *pb.Consent, flag string, names []string, granted bool) error {
	for _, name := range names {
		known := []string{"all"}
		found := false
		for _, p := range purposesByName {
			known = append(known, p.name)
			if name == "all" || name == p.name {
				c.Purposes = append(c.Purposes, &pb.PurposeConsent{Purpose: p.purpose, Granted: granted})
				found = true
			}
		}
		if !found {
			return usagef("%s %q: one of %s is wanted", flag, name, strings.Join(known, ", "))
		}
	}
	return nil
}

// consentTable lists answers for people.
func consentTable(consents []*pb.StoredConsent, now time.Time) *table {
	t := newTable("purpose", "answer", "by", "when")
	for _, p := range purposesByName {
		for _, c := range consents {
			if c.GetPurpose() != p.purpose {
				continue
			}
			answer, when := "refused", ""
			if c.GetGranted() {
				answer = "allowed"
			}
			if c.GetTime() != nil {
				when = ago(now, c.GetTime().AsTime())
			}
			if c.GetSignal() == pb.ConsentSignal_CONSENT_SIGNAL_SITE_POLICY {
				answer += " unless a request says otherwise"
			}
			t.add(p.name, answer, enumWords(c.GetSignal().String(), "CONSENT_SIGNAL_"), when)
		}
	}
	return t
}
