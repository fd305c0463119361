package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/vitrine-io/vitrine/cmd/vitrine/demo"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// The columns that sentences are folded into: with ids of usual length the table
// is 115 columns wide.
const (
	titleWidth = 40
	whyWidth   = 42
)

// leastShare is the share of the score below which a reason would be shown as
// 0 %, and is left out.
const leastShare = 0.005

// decideFlags are what `vitrine decide` was told.
type decideFlags struct {
	remote     remote
	who        whose
	placements []string
	count      int32
	filter     string
	exclude    []string
	page       string
	product    string
	category   string
	search     string
	session    []string
	explain    string
	locale     string
	country    string
	city       string
	device     string
	dryRun     bool
	json       bool
}

// newDecideCommand is `vitrine decide`.
func newDecideCommand(a *app) *cobra.Command {
	f := &decideFlags{}
	cmd := &cobra.Command{
		Use:   "decide",
		Short: "Ask a running server what to show a visitor, and why",
		Long: `Ask a running server what to show a visitor on one page, and why.

Without consent nothing about the visitor is read. The default, --consent none,
sends no signal, and the site's own policy decides what that means; with the
usual policy (opt-in) say --consent granted to see a personal page.`,
		Example: `  vitrine decide --site demo --visitor v1 --consent granted
  vitrine decide --site demo --visitor v1 --page product --product P105 --placement product
  vitrine decide --site demo --filter "product.price.amount < 50.0 && 'running' in product.categories"
  vitrine decide --site demo --session P105,P271 --explain full
  vitrine decide --site shop --placement banner --country FR --device phone --explain full`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.decide(cmd.Context(), f) },
	}
	fs := cmd.Flags()
	f.remote.flags(a, fs)
	f.who.flags(fs)
	fs.StringSliceVar(&f.placements, "placement", []string{"home"}, "the `placements` to fill")
	fs.Int32Var(&f.count, "count", 0, "how `many` products or creatives; 0: as many as the placement is set up for")
	fs.StringVar(&f.filter, "filter", "", "a CEL `expression` that every product must pass")
	fs.StringSliceVar(&f.exclude, "exclude", nil, "product `ids` to leave out")
	fs.StringVar(&f.page, "page", "", "the kind of `page`: home, product, category, search, cart, checkout, order-confirmation, email, other; by default what --product, --category or --search imply")
	fs.StringVar(&f.product, "product", "", "the product `id` that the page shows")
	fs.StringVar(&f.category, "category", "", "the category `path` that the page shows")
	fs.StringVar(&f.search, "search", "", "the `words` searched for")
	fs.StringSliceVar(&f.session, "session", nil, "product `ids` looked at in this session, oldest first: decide from these alone, and store nothing")
	fs.StringVar(&f.explain, "explain", "reasons", "how much to `explain`: reasons, full (with what was left out), none")
	fs.StringVar(&f.locale, "locale", "", "language `tag` of the reasons; by default the site's")
	fs.StringVar(&f.country, "country", "", "ISO 3166-1 `code` of where the visitor is, such as FR")
	fs.StringVar(&f.city, "city", "", "the `name` of the city they are in")
	fs.StringVar(&f.device, "device", "", "the `kind` of device: desktop, phone, tablet, tv")
	fs.BoolVar(&f.dryRun, "dry-run", false, "answer without keeping a record of the decision")
	fs.BoolVar(&f.json, "json", false, "print the answer as JSON")
	return cmd
}

func (a *app) decide(ctx context.Context, f *decideFlags) error {
	req, err := f.request()
	if err != nil {
		return err
	}
	conn, err := f.remote.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, f.remote.timeout)
	defer cancel()
	resp, err := pb.NewDecisionServiceClient(conn).Decide(ctx, req)
	if err != nil {
		return f.remote.explain(err)
	}
	if f.json {
		_, err := fmt.Fprintln(a.stdout, protojson.Format(resp))
		return err
	}
	var left []string
	for _, p := range resp.GetPlacements() {
		for _, r := range p.GetRejected() {
			left = append(left, r.GetId())
		}
	}
	names := titles(ctx, pb.NewCatalogServiceClient(conn), f.who.name(), left)
	ads, err := shelfOf(ctx, pb.NewCampaignServiceClient(conn), f.who.name(), resp)
	if err != nil {
		return f.remote.explain(err)
	}
	return printDecision(a.stdout, resp, names, func(p *pb.PlacementResult) *table { return ads.whyTable(p, req.GetContext()) }, f.hint(resp))
}

// request is what the flags ask for.
func (f *decideFlags) request() (*pb.DecideRequest, error) {
	consent, err := f.who.signals()
	if err != nil {
		return nil, err
	}
	page, err := f.pageType()
	if err != nil {
		return nil, err
	}
	explain, ok := map[string]pb.Explain{
		"reasons": pb.Explain_EXPLAIN_REASONS, "full": pb.Explain_EXPLAIN_FULL, "none": pb.Explain_EXPLAIN_NONE,
	}[f.explain]
	if !ok {
		return nil, usagef("--explain %q: one of reasons, full, none is wanted", f.explain)
	}
	device, ok := pb.DeviceType_value["DEVICE_TYPE_"+strings.ToUpper(f.device)]
	if f.device != "" && (!ok || device == 0) {
		return nil, usagef("--device %q: one of desktop, phone, tablet, tv is wanted", f.device)
	}
	req := &pb.DecideRequest{
		Site:    f.who.name(),
		Visitor: f.who.key(),
		Consent: consent,
		Context: &pb.PageContext{
			PageType: page, ProductId: f.product, Category: f.category, SearchQuery: f.search, Locale: f.locale,
			Device: pb.DeviceType(device), Place: f.place(),
		},
		DryRun:          f.dryRun,
		Explain:         explain,
		IncludeProducts: true,
	}
	for _, p := range f.placements {
		req.Placements = append(req.Placements, &pb.PlacementRequest{Placement: p, Count: f.count, Filter: f.filter, ExcludeIds: f.exclude})
	}
	for _, id := range f.session {
		req.SessionEvents = append(req.SessionEvents, &pb.Event{
			Type: pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, Items: []*pb.EventItem{{ProductId: id}},
		})
	}
	return req, nil
}

// place is --country and --city; nil for neither.
func (f *decideFlags) place() *pb.Place {
	if f.country == "" && f.city == "" {
		return nil
	}
	return &pb.Place{Country: f.country, City: f.city}
}

// pageType is --page, or what the other flags imply.
func (f *decideFlags) pageType() (pb.PageType, error) {
	switch {
	case f.page != "":
	case f.product != "":
		return pb.PageType_PAGE_TYPE_PRODUCT, nil
	case f.category != "":
		return pb.PageType_PAGE_TYPE_CATEGORY, nil
	case f.search != "":
		return pb.PageType_PAGE_TYPE_SEARCH, nil
	default:
		return pb.PageType_PAGE_TYPE_HOME, nil
	}
	return parsePage(f.page)
}

// parsePage reads a kind of page as --page takes it.
func parsePage(page string) (pb.PageType, error) {
	name := "PAGE_TYPE_" + strings.ToUpper(strings.ReplaceAll(page, "-", "_"))
	if n, ok := pb.PageType_value[name]; ok && n != 0 {
		return pb.PageType(n), nil
	}
	return 0, usagef("--page %q: one of home, product, category, search, cart, checkout, order-confirmation, email, other is wanted", page)
}

// hint says what would make the page more personal, if something obvious would.
func (f *decideFlags) hint(resp *pb.DecideResponse) string {
	if resp.GetMode() != pb.DecisionMode_DECISION_MODE_CONTEXTUAL {
		return ""
	}
	switch {
	case f.who.visitor == "":
		return "Nobody in particular was asked about: name a visitor with --visitor."
	case f.who.gpc:
		return "The Global Privacy Control signal refuses personalization: the page is anybody's."
	case f.who.consent == "none":
		return "No profile was read: either there is none yet (vitrine track makes one), or the site\nwants consent first: --consent granted."
	case f.who.consent == "granted":
		return "Nothing is stored of this visitor yet; try: vitrine track --visitor " + f.who.visitor + " --consent granted view PRODUCT"
	}
	return ""
}

// printDecision writes the page for people: a table for each placement, of creatives
// that were left out the one that why makes.
func printDecision(w io.Writer, resp *pb.DecideResponse, names map[string]string, why func(*pb.PlacementResult) *table, hint string) error {
	var b strings.Builder
	for i, p := range resp.GetPlacements() {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s: %s, %s mode\n\n", p.GetPlacement(), itemCount(p), enumWords(resp.GetMode().String(), "DECISION_MODE_"))
		items := itemTable
		if showsCreatives(p) {
			items = creativeTable
		}
		if err := items(p).write(&b); err != nil {
			return err
		}
		if reason := p.GetNoFillReason(); reason != pb.NoFillReason_NO_FILL_REASON_UNSPECIFIED {
			fmt.Fprintf(&b, "\nNo more: %s.\n", noFill[reason])
		}
		if len(p.GetRejected()) == 0 {
			continue
		}
		t := leftOutTable(p, names)
		if showsCreatives(p) {
			t = why(p)
			b.WriteString("\nWhy these, and why not the others:\n")
		} else {
			b.WriteString("\nLeft out:\n")
		}
		if err := t.write(&b); err != nil {
			return err
		}
	}
	read := make([]string, len(resp.GetDataClasses()))
	for i, c := range resp.GetDataClasses() {
		read[i] = enumWords(c.String(), "DATA_CLASS_")
	}
	fmt.Fprintf(&b, "\nread:     %s\n", strings.Join(read, ", "))
	if resp.GetDecision() != "" {
		fmt.Fprintf(&b, "decision: %s\n", resp.GetDecision())
	} else {
		b.WriteString("decision: not kept\n")
	}
	if hint != "" {
		fmt.Fprintf(&b, "\n%s\n", hint)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func leftOutTable(p *pb.PlacementResult, names map[string]string) *table {
	t := newTable("product", "title", ">score", "why")
	for _, r := range p.GetRejected() {
		t.add(r.GetId(), names[r.GetId()], score(r.GetScore()), enumWords(r.GetRejection().String(), "REJECTION_"))
	}
	return t
}

func itemTable(p *pb.PlacementResult) *table {
	t := newTable(">#", "product", "title", ">price", ">score", "why")
	for i, it := range p.GetItems() {
		product := it.GetProduct()
		id, title := product.GetProductId(), product.GetProduct().GetTitle()
		t.add(fmt.Sprint(i+1), id, fold(title, titleWidth), demo.Price(product.GetProduct().GetPrice()), score(it.GetScore()), whyShown(it))
	}
	return t
}

// whyShown are an item's reasons, a line each.
func whyShown(it *pb.DecidedItem) string {
	var why []string
	for _, r := range it.GetReasons() {
		if r.GetShare() < leastShare {
			continue
		}
		text := strings.ReplaceAll(fold(r.GetText(), whyWidth), "\n", "\n     ")
		why = append(why, fmt.Sprintf("%3.0f%% %s", math.Round(100*r.GetShare()), text))
	}
	return strings.Join(why, "\n")
}

// noFill says in words why a placement is not full.
var noFill = map[pb.NoFillReason]string{
	pb.NoFillReason_NO_FILL_REASON_NO_CANDIDATES:   "the site has nothing to show of this kind",
	pb.NoFillReason_NO_FILL_REASON_FILTERED:        "the filter let too few through",
	pb.NoFillReason_NO_FILL_REASON_UNAVAILABLE:     "too few are in stock and within their dates",
	pb.NoFillReason_NO_FILL_REASON_EXCLUDED:        "the rest was bought, is in the cart, was seen, or was to be left out",
	pb.NoFillReason_NO_FILL_REASON_SHOWN_ELSEWHERE: "the rest stands elsewhere on this page",
	pb.NoFillReason_NO_FILL_REASON_CAPPED:          "every creative was shown often enough",
	pb.NoFillReason_NO_FILL_REASON_BUDGET:          "every campaign's budget is spent or ahead of its pace",
	pb.NoFillReason_NO_FILL_REASON_TARGETING:       "no creative's targeting fits",
}

// enumWords writes an enum's name for people: DECISION_MODE_PROFILE is
// "profile".
func enumWords(name, prefix string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(name, prefix), "_", " "))
}

func score(s float64) string { return fmt.Sprintf("%.3f", s) }
