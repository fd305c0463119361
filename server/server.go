// Package server answers the API: it converts, checks consent, reads the
// visitor, decides, records and explains; and it folds the journal into what
// each shop has learned.
package server

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring/decide"
	"github.com/vitrine-io/vitrine/server/auth"
	"github.com/vitrine-io/vitrine/server/filter"
	"github.com/vitrine-io/vitrine/server/trace"
	"github.com/vitrine-io/vitrine/server/wording"
	"github.com/vitrine-io/vitrine/store"
)

// Options are what a Server is made of.
type Options struct {
	Store    store.Store // stays the caller's to close, after Close
	Clock    Clock       // of decisions; SystemClock when nil
	Chance   io.Reader   // that ids, and with them draws, are made of; crypto/rand's when nil
	Filters  *filter.Compiler
	Log      *slog.Logger
	Registry prometheus.Registerer // where metrics are registered; none when nil
	// PublicURL is where visitors reach Beacons, without a slash at its end: creatives'
	// impression and click URLs begin with it. Empty: none are handed out.
	PublicURL string
	// SnapshotEvery is how often what was learned is saved while events come
	// in; 5 minutes when 0. It is always saved on Close.
	SnapshotEvery time.Duration
	// Version is what GetStatus tells of the program, such as `0.6.0`.
	Version string
	// Traced says that calls may have a span in their context.
	Traced bool
	// Draining is closed when the server begins to shut down; streams without
	// an end of their own then end. Never, when nil.
	Draining <-chan struct{}
}

// Server holds the services over one store.
type Server struct {
	store         store.Store
	clock         Clock
	chance        io.Reader
	filters       *filter.Compiler
	log           *slog.Logger
	metrics       *metrics
	rules         *rules
	tokens        *tokens
	blobs         *blobs
	beacons       *beacons
	keys          *auth.Keyring
	answers       answers
	rooms         sync.Pool // of *decide.Room
	languages     *wording.Languages
	builtIn       segments
	sites         *sites
	snapshotEvery time.Duration
	version       string
	traced        bool
	started       time.Time
	draining      <-chan struct{}
	lastBackup    atomic.Pointer[time.Time]       // as of when the last one is that was read to its end
	lessonsLate   time.Duration                   // how late learning may be before it is spared lessons
	ablation      atomic.Pointer[decide.Ablation] // nil: decisions leave nothing out
}

// Ablate makes all decisions from now on do without something, or, with nil, with
// everything again. It is for measuring what that brings, on what a server has
// learned; the API has no way to it.
func (s *Server) Ablate(a *decide.Ablation) { s.ablation.Store(a) }

// New reads every site into memory and resumes learning. The services answer
// once they are registered with Register.
func New(ctx context.Context, o Options) (*Server, error) {
	s := &Server{
		store: o.Store, clock: o.Clock, chance: o.Chance, filters: o.Filters, log: o.Log,
		sites: newSites(), snapshotEvery: o.SnapshotEvery, draining: o.Draining,
		version: o.Version, traced: o.Traced, started: time.Now(), lessonsLate: lessonsLate,
	}
	if s.clock == nil {
		s.clock = SystemClock{}
	}
	if s.chance == nil {
		s.chance = rand.Reader
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.snapshotEvery == 0 {
		s.snapshotEvery = 5 * time.Minute
	}
	if o.Registry == nil {
		o.Registry = prometheus.NewRegistry()
	}
	s.metrics = newMetrics(o.Registry)
	watchStore(o.Registry, s.store.Health)
	watchBackups(o.Registry, s.lastBackup.Load)
	o.Registry.MustRegister(newLagCollector(s))
	var err error
	if s.rules, err = newRules(
		&pb.DecideRequest{}, &pb.TrackEventRequest{}, &pb.TrackEventsRequest{}, &pb.Event{}, &pb.Product{},
	); err != nil {
		return nil, err
	}
	if s.languages, err = wording.Shipped(); err != nil {
		return nil, err
	}
	if s.builtIn, err = s.builtInSegments(); err != nil {
		return nil, err
	}
	key, err := o.Store.Secret(ctx, "attribution", 32)
	if err != nil {
		return nil, fmt.Errorf("server: read the key of attribution tokens: %w", err)
	}
	s.tokens = &tokens{key: key}
	if key, err = o.Store.Secret(ctx, "contacts", 32); err != nil {
		return nil, fmt.Errorf("server: read the key of contact blobs: %w", err)
	}
	s.blobs = &blobs{key, s.chance}
	if key, err = o.Store.Secret(ctx, "beacons", 32); err != nil {
		return nil, fmt.Errorf("server: read the key of impression and click URLs: %w", err)
	}
	s.beacons = &beacons{base: o.PublicURL, key: key}
	if s.keys, err = auth.Open(ctx, o.Store, nil); err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	infos, err := o.Store.Sites(ctx)
	if err != nil {
		return nil, fmt.Errorf("server: read the sites: %w", err)
	}
	for _, info := range infos {
		st, err := s.openSite(ctx, info)
		if err != nil {
			s.Close()
			return nil, err
		}
		st.learner.start()
		s.sites.set(st.id, st)
	}
	return s, nil
}

// steps are those of a call's trace; nil, which does nothing, unless it has one.
func (s *Server) steps(ctx context.Context) *trace.Steps {
	if !s.traced {
		return nil
	}
	return trace.StepsOf(ctx)
}

// Register registers the services.
func (s *Server) Register(r grpc.ServiceRegistrar) {
	r = strictRegistrar{r, s}
	pb.RegisterDecisionServiceServer(r, &decisions{Server: s})
	pb.RegisterEventServiceServer(r, &events{Server: s})
	pb.RegisterVisitorServiceServer(r, &visitors{Server: s})
	pb.RegisterCatalogServiceServer(r, &products{Server: s})
	pb.RegisterPlacementServiceServer(r, &placements{Server: s})
	pb.RegisterCampaignServiceServer(r, &campaigns{Server: s})
	pb.RegisterSegmentServiceServer(r, &segmentAdmin{Server: s})
	pb.RegisterRankingServiceServer(r, &rankings{Server: s})
	pb.RegisterSiteServiceServer(r, &siteAdmin{Server: s})
	pb.RegisterAdminServiceServer(r, &admin{Server: s})
}

// Close stops learning and saves what was learned. Call it when no request is
// under way any more; then close the store.
func (s *Server) Close() {
	for _, st := range s.sites.all() {
		st.learner.close()
	}
}
