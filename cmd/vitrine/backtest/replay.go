package backtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/vitrine-io/vitrine/cmd/vitrine/feed"
	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// clickGap lies between two clicks of a session without times: 30 s, so that a
// session stays one.
const clickGap = 30 * time.Second

// boughtWindow is the longest that the API takes: nothing bought comes back.
const boughtWindow = 5 * 365 * 24 * time.Hour

// placement is the one placement that is asked for.
const placement = "backtest"

// Options say how to replay a log.
type Options struct {
	Site     string        // id of the site to create
	End      time.Time     // when the log ends
	Move     bool          // move logs that tell times to End, too: the server's clock is the machine's
	Span     time.Duration // what sessions without times are spread over
	Online   bool          // go on learning during the test
	K        int           // products to ask for; DefaultK when 0
	Curve    int           // points of the learning curve; 0: none while train is loaded
	InFlight int           // decisions asked for at a time
	Seed     uint64        // of the intervals
	// Rules are those of the placement that is asked for, over what a backtest
	// measures otherwise. Nil: none.
	Rules *vitrinev1.ProductRules
	// Products hands out the catalogue. Nil: the bare ids of the log.
	Products feed.Next[*vitrinev1.Product]
	Display  *progress.Display
}

// replay is a log on its way through the API.
type replay struct {
	Options
	log       *Log
	sites     vitrinev1.SiteServiceClient
	places    vitrinev1.PlacementServiceClient
	catalog   vitrinev1.CatalogServiceClient
	events    vitrinev1.EventServiceClient
	decisions vitrinev1.DecisionServiceClient
	result    *Result
	// categories of the products, as numbers, by product id
	categories map[string][]int32
}

// Run replays the log over conn and measures. It creates the site, and leaves
// it there.
func Run(ctx context.Context, conn grpc.ClientConnInterface, log *Log, o Options) (*Result, error) {
	r := newReplay(conn, log, o)
	if err := r.run(ctx); err != nil {
		return nil, err
	}
	return r.result, nil
}

func newReplay(conn grpc.ClientConnInterface, log *Log, o Options) *replay {
	if o.K == 0 {
		o.K = DefaultK
	}
	return &replay{
		Options: o, log: log, categories: map[string][]int32{},
		sites:     vitrinev1.NewSiteServiceClient(conn),
		places:    vitrinev1.NewPlacementServiceClient(conn),
		catalog:   vitrinev1.NewCatalogServiceClient(conn),
		events:    vitrinev1.NewEventServiceClient(conn),
		decisions: vitrinev1.NewDecisionServiceClient(conn),
		result: &Result{
			TrainSessions: len(log.Train), TrainEvents: events(log.Train),
			TestSessions: len(log.Test), Online: o.Online, K: o.K,
		},
	}
}

func (r *replay) run(ctx context.Context) error {
	r.setTimes()
	for _, step := range r.steps() {
		if err := step(ctx); err != nil {
			return err
		}
	}
	r.result.PeakMemory = peakMemory()
	return nil
}

// steps are what a replay consists of.
func (r *replay) steps() []func(context.Context) error {
	if r.log.Lasting() && r.Online {
		return []func(context.Context) error{r.open, r.loadProducts, r.inTime}
	}
	return []func(context.Context) error{r.open, r.loadProducts, r.train, r.test}
}

// setTimes gives every click a time. Test sessions without times go on at the
// pace of the train sessions.
func (r *replay) setTimes() {
	if r.log.Lasting() {
		r.setLifeTimes()
		return
	}
	r.log.SetTimes(r.End, r.Span)
	end := lastTime(r.log.Train)
	if !r.Move {
		return
	}
	latest := end
	if r.Online {
		latest = max(end, lastTime(r.log.Test))
	}
	by := r.End.Sub(time.UnixMilli(latest))
	shift(r.log.Train, by)
	shift(r.log.Test, by)
}

// judge turns the outcomes into the figures of the result, those of the floors,
// which need no server, among them.
func (r *replay) judge(t *tester) {
	g := newJudge(r.log.Test, r.K)
	if r.log.Lasting() {
		r.judgeLasting(t, g)
		return
	}
	g.ranker(&r.result.All, t.outcomes)
	r.result.Slices = g.slices(sessionCounts(r.log.Train, len(r.log.Products)), t.outcomes)
	r.result.Lists = t.lists.figures(g, t.outcomes, r.result.Products)
	f := newFloors(r.log.Train, len(r.log.Products), r.K)
	g.ranker(&r.result.Popular, outcomes(r.log.Test, f.popular))
	g.ranker(&r.result.PopularInSession, outcomes(r.log.Test, f.inSession))
	g.fill(r.Seed)
	r.result.Ranks = g.ranks(r.log.Products, t.outcomes)
	r.result.Ranks.Cuts = g.cuts(slicings(sessionCounts(r.log.Train, len(r.log.Products))), false)
}

// open creates the site, and in it a placement that shows what is to be measured.
func (r *replay) open(ctx context.Context) error {
	_, err := r.sites.CreateSite(ctx, &vitrinev1.CreateSiteRequest{SiteId: r.Site, Site: &vitrinev1.Site{
		DisplayName: "Backtest", ConsentPolicy: vitrinev1.ConsentPolicy_CONSENT_POLICY_OPT_OUT,
	}})
	if err != nil {
		return fmt.Errorf("create the site: %w", err)
	}
	_, err = r.places.CreatePlacement(ctx, &vitrinev1.CreatePlacementRequest{
		Parent: r.siteName(), PlacementId: placement,
		Placement: &vitrinev1.Placement{
			PageType: vitrinev1.PageType_PAGE_TYPE_HOME, Count: int32(r.K),
			Rules: &vitrinev1.Placement_Products{Products: r.rules(r.Rules)},
		},
	})
	if err != nil {
		return fmt.Errorf("create the placement: %w", err)
	}
	return nil
}

// rules are those of a placement that shows the ranking alone, in its order: what
// comes back is learned, nothing is left out.
func rules() *vitrinev1.ProductRules {
	return &vitrinev1.ProductRules{
		ExcludeBought: vitrinev1.Toggle_TOGGLE_OFF, ExcludeInCart: vitrinev1.Toggle_TOGGLE_OFF,
		RepeatPolicy: vitrinev1.RepeatPolicy_REPEAT_POLICY_LEARNED,
		Diversity:    vitrinev1.DiversityLevel_DIVERSITY_LEVEL_OFF, Rotate: vitrinev1.Toggle_TOGGLE_OFF,
	}
}

// rules are these with those that were asked for laid over them. The next product
// of a lasting visitor is one that they do not have.
func (r *replay) rules(asked *vitrinev1.ProductRules) *vitrinev1.ProductRules {
	all := rules()
	if r.log.each == LastProduct {
		all.ExcludeBought, all.BoughtWindow = vitrinev1.Toggle_TOGGLE_ON, durationpb.New(boughtWindow)
	}
	if asked != nil {
		proto.Merge(all, asked)
	}
	return all
}

func (r *replay) siteName() string { return "sites/" + r.Site }

func (r *replay) loadProducts(ctx context.Context) error {
	next := r.Products
	if next == nil {
		next = r.bareProducts()
	}
	next = r.noteCategories(next)
	phase := r.Display.Phase("products", "products")
	report, err := feed.Products(ctx, r.catalog, r.siteName(), false, next, refuse, func(p feed.ProductsReport) {
		phase.Set(p.Received, p.Received, int64(len(r.log.Products)))
	})
	if err != nil {
		return fmt.Errorf("load the products: %w", err)
	}
	phase.Set(report.Received, report.Received, report.Received)
	phase.End()
	r.result.Products = int(report.Stored + report.Unchanged)
	return nil
}

// bareProducts hands out the ids of the log: the catalogue of whoever gave none.
func (r *replay) bareProducts() feed.Next[*vitrinev1.Product] {
	i := 0
	return func() (records.Record[*vitrinev1.Product], error) {
		if i == len(r.log.Products) {
			return records.Record[*vitrinev1.Product]{}, io.EOF
		}
		id := r.log.Products[i]
		i++
		return records.Record[*vitrinev1.Product]{
			At: records.Position{Path: "product " + id, Line: i}, Message: &vitrinev1.Product{Name: id},
		}, nil
	}
}

// noteCategories keeps what the products' categories are, for the calibration.
func (r *replay) noteCategories(next feed.Next[*vitrinev1.Product]) feed.Next[*vitrinev1.Product] {
	known := map[string]int32{}
	return func() (records.Record[*vitrinev1.Product], error) {
		rec, err := next()
		if err != nil {
			return rec, err
		}
		var own []int32
		for _, path := range rec.Message.GetCategories() {
			if _, ok := known[path]; !ok {
				known[path] = int32(len(known))
			}
			own = append(own, known[path])
		}
		if len(own) > 0 {
			r.categories[rec.Message.GetName()] = own
		}
		return rec, nil
	}
}

// refuse ends the replay at the first record that the server does not take:
// figures over a part of the log would pass for figures over the whole.
func refuse(e *records.LineError) error { return e }

// train loads the sessions as events, in the order of their times, and waits
// until the site has learned from all of them.
func (r *replay) train(ctx context.Context) error {
	total, parts := r.result.TrainEvents, max(1, r.Curve)
	phase := r.Display.Phase("train", "events")
	defer phase.End()
	next := newMerger(r.log).next
	var acknowledged, took time.Duration
	for i := range parts {
		done := total * i / parts
		n := total*(i+1)/parts - done
		if n == 0 {
			continue // fewer events than points
		}
		var now int64
		report, err := r.load(ctx, upTo(next, n, &now), phase, int64(done), int64(n))
		if err != nil {
			return err
		}
		acknowledged, took = acknowledged+report.Acknowledged, took+report.Took
		if r.Curve > 0 {
			if err := r.probe(ctx, done+n, now); err != nil {
				return err
			}
		}
	}
	r.result.EventsPerSecond = float64(total) / acknowledged.Seconds()
	r.result.LearnedPerSecond = float64(total) / took.Seconds()
	return nil
}

// load sends n events, or any number for -1, behind the done ones before, and waits
// until the site has learned from them.
func (r *replay) load(ctx context.Context, next feed.Next[*vitrinev1.Event], phase *progress.Phase, done, n int64) (feed.EventsReport, error) {
	total := int64(r.result.TrainEvents)
	var learn *progress.Phase // once everything is stored, and not all of it learned from
	report, err := feed.Events(ctx, r.events, r.siteName(), next, refuse, func(e feed.EventsReport) {
		phase.Set(done+e.Received, done+e.Received, total)
		if learn == nil && done+e.Received == total && e.Learned < e.Stored {
			phase.End()
			learn = r.Display.Phase("learn", "events")
		}
		if learn != nil {
			learn.Set(e.Learned, e.Learned, e.Stored)
		}
	})
	if learn != nil {
		learn.End()
	}
	switch {
	case err != nil:
		return report, fmt.Errorf("load the train sessions: %w", err)
	case n < 0 && report.Stored != report.Received, n >= 0 && report.Stored != n:
		return report, fmt.Errorf("the server stored %d of the %d train events (%d duplicates, %d without consent, %d invalid)",
			report.Stored, max(n, report.Received), report.Duplicates, report.NoConsent, report.Invalid)
	case report.Learned != report.Stored:
		return report, errors.New("the server ended the import before it had learned from all of it")
	}
	return report, nil
}
