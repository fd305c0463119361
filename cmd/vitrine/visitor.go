package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/vitrine-io/vitrine/cmd/vitrine/demo"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// interestsShown is how many interests `vitrine visitor show` prints; --json has all.
const interestsShown = 16

// newVisitorCommand is `vitrine visitor`.
func newVisitorCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "visitor",
		Short: "What is known of a visitor, and what they allow",
		Long: `What a running server knows of a visitor, and what the visitor may have done about
it: see it, allow or refuse it, carry it away, have it forgotten.

A visitor is a device, named by its id, or a person with all their devices, named
person:ID.`,
		Example: `  vitrine visitor show --site demo trail-runner
  vitrine visitor consent --site demo trail-runner --refuse advertising
  vitrine visitor link --site demo person:c-1042 trail-runner tent-camper
  vitrine visitor export --site demo trail-runner > trail-runner.jsonl
  vitrine visitor erase --site demo trail-runner`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newVisitorShowCommand(a), newVisitorConsentCommand(a), newVisitorLinkCommand(a), newVisitorUnlinkCommand(a),
		newVisitorExportCommand(a), newVisitorEraseCommand(a))
	return cmd
}

// visitorName is the resource name of a visitor of a site as people write it: a device's
// id, person:ID, or the whole name.
func (w *whose) visitorName(arg string) string {
	if strings.HasPrefix(arg, "sites/") {
		return arg
	}
	if person, ok := strings.CutPrefix(arg, "person:"); ok {
		return w.name() + "/persons/" + person
	}
	return w.name() + "/visitors/" + arg
}

// oneVisitor wants the visitor that a command is about.
func oneVisitor(example string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usagef("which visitor? For instance: %s", example)
		}
		return nil
	}
}

// newVisitorShowCommand is `vitrine visitor show`.
func newVisitorShowCommand(a *app) *cobra.Command {
	var r remote
	var who whose
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show VISITOR",
		Short: "Show what is known of a visitor",
		Example: `  vitrine visitor show --site demo trail-runner
  vitrine visitor show --site demo person:c-1042 --json`,
		Args: oneVisitor("vitrine visitor show v1"),
		RunE: func(cmd *cobra.Command, args []string) error {
			conn, err := r.dial()
			if err != nil {
				return err
			}
			defer conn.Close()
			ctx, cancel := context.WithTimeout(cmd.Context(), r.timeout)
			defer cancel()
			v, err := pb.NewVisitorServiceClient(conn).GetVisitor(ctx, &pb.GetVisitorRequest{Name: who.visitorName(args[0])})
			if status.Code(err) == codes.NotFound {
				return fmt.Errorf("%w\nNothing is stored under this id. An event with consent changes that:\nvitrine track --site %s --visitor %s --consent granted view PRODUCT", r.explain(err), who.site, args[0])
			}
			if err != nil {
				return r.explain(err)
			}
			if asJSON {
				_, err := fmt.Fprintln(a.stdout, protojson.Format(v))
				return err
			}
			names := titles(ctx, pb.NewCatalogServiceClient(conn), who.name(), productsOf(v))
			return printVisitor(a.stdout, v, names, time.Now())
		},
	}
	r.flags(a, cmd.Flags())
	who.siteFlag(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the profile as JSON")
	return cmd
}

// productsOf lists the products that a profile names.
func productsOf(v *pb.Visitor) []string {
	var ids []string
	for _, t := range v.GetTouches() {
		ids = append(ids, t.GetProductId())
	}
	for _, c := range v.GetCart() {
		ids = append(ids, c.GetProductId())
	}
	for _, p := range v.GetPurchases() {
		ids = append(ids, p.GetProductId())
	}
	for _, b := range boughtAgain(v) {
		ids = append(ids, b.GetProductId())
	}
	for _, s := range v.GetShown() {
		ids = append(ids, s.GetProductId())
	}
	return ids
}

// printVisitor writes a profile for people.
func printVisitor(w io.Writer, v *pb.Visitor, names map[string]string, now time.Time) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d events", v.GetName(), v.GetEventCount())
	if v.GetEventCount() > 0 {
		fmt.Fprintf(&b, ", first seen %s, last %s", ago(now, v.GetFirstSeenTime().AsTime()), ago(now, v.GetLastSeenTime().AsTime()))
	}
	b.WriteString("\n")
	printIdentity(&b, v)
	if len(v.GetSummary()) > 0 {
		b.WriteString("\nIn words\n\n")
	}
	for _, sentence := range v.GetSummary() {
		b.WriteString("  " + strings.ReplaceAll(fold(sentence, 90), "\n", "\n  ") + "\n")
	}
	sections := []struct {
		title string
		rows  int
		table *table
	}{
		{"Interests", len(v.GetInterests()), interestTable(v)},
		{"Recent touches", len(v.GetTouches()), touchTable(v, names, now)},
		{"In the cart", len(v.GetCart()), cartTable(v, names, now)},
		{"Bought", len(v.GetPurchases()), purchaseTable(v, names, now)},
		{"Bought again and again", len(boughtAgain(v)), habitTable(v, names, now)},
		{"Seen and left alone", len(v.GetShown()), shownTable(v, names, now)},
		{"What they allow", len(v.GetConsents()), consentTable(v.GetConsents(), now)},
	}
	for _, s := range sections {
		if s.rows == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s\n\n", s.title)
		if err := s.table.write(&b); err != nil {
			return err
		}
	}
	if hidden := len(v.GetInterests()) - interestsShown; hidden > 0 {
		fmt.Fprintf(&b, "\n%d weaker interests are not shown; --json has them.\n", hidden)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func interestTable(v *pb.Visitor) *table {
	t := newTable("kind", "interest", ">30 min", ">7 days", ">90 days", "")
	shown := v.GetInterests()[:min(len(v.GetInterests()), interestsShown)]
	most := 0.0
	for _, in := range shown {
		most = max(most, in.GetLongTerm())
	}
	for _, in := range shown {
		name := in.GetFacet().GetValue()
		if key := in.GetFacet().GetKey(); key != "" {
			name = key + ": " + name
		}
		t.add(enumWords(in.GetFacet().GetKind().String(), "FACET_KIND_"), name,
			fmt.Sprintf("%.2f", in.GetShortTerm()), fmt.Sprintf("%.2f", in.GetMidTerm()), fmt.Sprintf("%.2f", in.GetLongTerm()),
			bar(in.GetLongTerm(), most))
	}
	return t
}

// bar draws a share of a whole, twenty columns wide.
func bar(part, whole float64) string {
	const width, eighths = 20, "▏▎▍▌▋▊▉"
	if whole <= 0 || part <= 0 {
		return ""
	}
	n := int(part/whole*width*8 + 0.5)
	s := strings.Repeat("█", n/8)
	if rest := n % 8; rest > 0 {
		s += string([]rune(eighths)[rest-1])
	}
	return s
}

func touchTable(v *pb.Visitor, names map[string]string, now time.Time) *table {
	t := newTable("when", "what", "product", "title")
	for _, touch := range v.GetTouches() {
		t.add(ago(now, touch.GetTime().AsTime()), enumWords(touch.GetType().String(), "EVENT_TYPE_"), touch.GetProductId(), names[touch.GetProductId()])
	}
	return t
}

func cartTable(v *pb.Visitor, names map[string]string, now time.Time) *table {
	t := newTable("when", ">pieces", "product", "title")
	for _, c := range v.GetCart() {
		t.add(ago(now, c.GetTime().AsTime()), fmt.Sprint(c.GetQuantity()), c.GetProductId(), names[c.GetProductId()])
	}
	return t
}

func purchaseTable(v *pb.Visitor, names map[string]string, now time.Time) *table {
	t := newTable("when", "order", ">pieces", ">price", "product", "title")
	for _, p := range v.GetPurchases() {
		t.add(ago(now, p.GetTime().AsTime()), p.GetOrderId(), fmt.Sprint(p.GetQuantity()), demo.Price(p.GetPrice()), p.GetProductId(), names[p.GetProductId()])
	}
	return t
}

// habitsPrinted is how many habits `vitrine visitor` prints; --json has all.
const habitsPrinted = 16

// boughtAgain are the products bought on more than one occasion that are printed,
// what is bought most first.
func boughtAgain(v *pb.Visitor) []*pb.BoughtProduct {
	var list []*pb.BoughtProduct
	for _, b := range v.GetBought() {
		if b.GetTimes() > 1 {
			list = append(list, b)
		}
	}
	slices.SortStableFunc(list, func(a, b *pb.BoughtProduct) int { return cmp.Compare(b.GetLately(), a.GetLately()) })
	return list[:min(len(list), habitsPrinted)]
}

func habitTable(v *pb.Visitor, names map[string]string, now time.Time) *table {
	t := newTable("last", ">times", "product", "title")
	for _, b := range boughtAgain(v) {
		t.add(ago(now, b.GetLastTime().AsTime()), fmt.Sprint(b.GetTimes()), b.GetProductId(), names[b.GetProductId()])
	}
	return t
}

func shownTable(v *pb.Visitor, names map[string]string, now time.Time) *table {
	t := newTable("when", ">times", "product", "title")
	for _, s := range v.GetShown() {
		t.add(ago(now, s.GetTime().AsTime()), fmt.Sprintf("%.1f", s.GetTimes()), s.GetProductId(), names[s.GetProductId()])
	}
	return t
}

// ago writes how long before now a moment was, in its largest unit.
func ago(now, at time.Time) string {
	d := now.Sub(at)
	switch {
	case d < time.Minute:
		return "just now"
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	default:
		return fmt.Sprintf("%d days ago", int(d.Hours()/24))
	}
}
