package server_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/model"
	"github.com/vitrine-io/vitrine/server"
	"github.com/vitrine-io/vitrine/store"
	"github.com/vitrine-io/vitrine/store/boltstore"
)

var replayDecisions = flag.Int("replay.decisions", 300, "how many decisions TestReplay compares, each byte for byte")

// One journal gives one state and one set of answers, bit for bit: learned from
// while eight callers write it, again from its beginning, or from a snapshot on;
// on one core or on eight, while others ask, and in whatever order the products
// come. make test-replay compares 10,000 decisions.
func TestReplay(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(8))
	b := newBazaar(t, t.TempDir())
	b.start()
	b.open()
	var middle string
	for n := range periods {
		b.trade(n)
		b.manage(n)
		if n == periods/2 {
			b.restart()
			middle = t.TempDir()
			must(t, os.CopyFS(middle, os.DirFS(filepath.Join(b.dir, "snapshots"))))
		}
	}
	b.learnedAll()
	want := b.answers()
	compare(t, b.answers(), want)
	b.stop()
	wantState := b.state()
	t.Logf("%d events, %d decisions, %d bytes of learned state", b.sent.Load(), len(want), len(wantState))

	for _, c := range []struct {
		name  string
		cores int
		from  func(dir string) // makes the folder
	}{
		{"replayed on one core", 1, func(dir string) {
			must(t, os.CopyFS(dir, os.DirFS(b.dir)))
			must(t, os.RemoveAll(filepath.Join(dir, "snapshots")))
		}},
		{"replayed on eight cores into a new folder", 8, func(dir string) { b.rewrite(dir) }},
		{"a snapshot of the middle and the rest of the journal", 2, func(dir string) {
			must(t, os.CopyFS(dir, os.DirFS(b.dir)))
			must(t, os.RemoveAll(filepath.Join(dir, "snapshots")))
			must(t, os.CopyFS(filepath.Join(dir, "snapshots"), os.DirFS(middle)))
		}},
		{"the last snapshot", 8, func(dir string) { must(t, os.CopyFS(dir, os.DirFS(b.dir))) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(c.cores))
			again := newBazaar(t, filepath.Join(t.TempDir(), "data"))
			again.began = b.began
			c.from(again.dir)
			again.start()
			again.learnedAll()
			got := again.answers()
			again.stop()
			if !bytes.Equal(again.state(), wantState) {
				t.Error("the learned state differs")
			}
			compare(t, got, want)
		})
	}
}

// compare fails when answers differ in a byte.
func compare(t *testing.T, got, want [][]byte) {
	t.Helper()
	differ := 0
	for k := range want {
		if bytes.Equal(got[k], want[k]) {
			continue
		}
		if differ++; differ <= 3 {
			t.Errorf("decision %d differs: %s", k, firstDifference(answer(t, got[k]), answer(t, want[k])))
		}
	}
	if differ > 0 {
		t.Errorf("%d of %d decisions differ", differ, len(want))
	}
}

// firstDifference shows where two answers first differ, in the expected one.
func firstDifference(got, want *pb.DecideResponse) string {
	a, b := strings.Split(prototext.Format(got), "\n"), strings.Split(prototext.Format(want), "\n")
	for k := range min(len(a), len(b)) {
		if x, y := strings.Join(strings.Fields(a[k]), " "), strings.Join(strings.Fields(b[k]), " "); x != y {
			return fmt.Sprintf("%s, want %s, in line %d of\n%s", x, y, k+1, strings.Join(b[max(0, k-12):min(len(b), k+5)], "\n"))
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(a), len(b))
}

func answer(t *testing.T, b []byte) *pb.DecideResponse {
	t.Helper()
	m := &pb.DecideResponse{}
	must(t, proto.Unmarshal(b, m))
	return m
}

func newBazaar(t *testing.T, dir string) *bazaar {
	chance := &chance{}
	chance.begin(1)
	s := &shop{t: t, dir: dir, clock: &server.EventClock{}, chance: chance, snapshotEvery: 200 * time.Millisecond}
	return &bazaar{shop: s, chance: chance, seed: 7, visits: max(4, *replayDecisions/600), began: time.Now().Add(-(periods + 2) * period).Truncate(time.Hour)}
}

// chance is made of a seed, and any number of goroutines may draw from it.
type chance struct {
	mu sync.Mutex
	of *rand.ChaCha8
}

func (c *chance) begin(seed byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of = rand.NewChaCha8([32]byte{seed})
}

func (c *chance) Read(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.of.Read(p)
}

// manage is what the shop does after a period: products go and come back, weights
// are reset, visitors erased.
func (b *bazaar) manage(n int) {
	b.t.Helper()
	ctx := b.t.Context()
	for k := range 5 {
		_, err := b.catalog.DeleteProduct(ctx, &pb.DeleteProductRequest{Name: fmt.Sprintf("sites/shop/products/p%03d", n*20+k)})
		must(b.t, err)
	}
	if n > 0 { // one of them comes back, with other facets
		_, err := b.catalog.CreateProduct(ctx, &pb.CreateProductRequest{
			Parent: "sites/shop", ProductId: fmt.Sprintf("p%03d", n*20-20), Product: &pb.Product{Title: "Back again", Brand: "brand 1"},
		})
		must(b.t, err)
	}
	weights := pb.NewRankingServiceClient(b.conn)
	switch n {
	case 2:
		_, err := weights.ResetWeights(ctx, &pb.ResetWeightsRequest{Name: "sites/shop/placements/strategy-1/weights"})
		must(b.t, err)
	case 4:
		_, err := weights.ResetWeights(ctx, &pb.ResetWeightsRequest{Name: "sites/shop"})
		must(b.t, err)
	case 8:
		_, err := weights.FreezeWeights(ctx, &pb.FreezeWeightsRequest{Name: "sites/shop/placements/strategy-2/weights"})
		must(b.t, err)
	}
	who := scoring.VisitorID(fmt.Sprint("v1-", n))
	_, err := b.store.Append(ctx, "shop", []scoring.Event{{
		ID: scoring.EventID(fmt.Sprint("erased-", n)), Type: scoring.VisitorErased, Time: b.clock.Now().UTC(),
		Control: &scoring.Control{Visitor: model.VisitorHash(who), Person: model.PersonHash("person")},
	}})
	must(b.t, err)
}

// learnedAll waits until the whole journal is learned from, asking meanwhile.
func (b *bazaar) learnedAll() {
	b.t.Helper()
	head, err := b.store.Head(b.t.Context(), "shop")
	must(b.t, err)
	rng := rand.New(rand.NewPCG(3, 1))
	for b.learned() < float64(head) {
		_, err := b.decisions.Decide(b.t.Context(), b.page(rng))
		must(b.t, err)
	}
}

// learned is the number of the event that the learner has reached.
func (b *bazaar) learned() float64 {
	families, err := b.registry.Gather()
	if err != nil {
		b.t.Error(err)
	}
	for _, f := range families {
		if f.GetName() == "vitrine_learned_sequence" {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	return math.Inf(1)
}

// answers asks for many pages, most by several callers at a time, and the draws of
// explorations and creatives one by one from the same chance.
func (b *bazaar) answers() [][]byte {
	b.t.Helper()
	list := make([][]byte, *replayDecisions)
	ask := func(k int, placement string) error {
		req := b.page(rand.New(rand.NewPCG(11, uint64(k))))
		if placement != "" {
			req.Placements = []*pb.PlacementRequest{{Placement: placement}}
		}
		resp, err := b.decisions.Decide(b.t.Context(), req)
		if err == nil {
			list[k], err = proto.MarshalOptions{Deterministic: true}.Marshal(resp)
		}
		return err
	}
	const explores = 10 // one in so many
	var g errgroup.Group
	for w := range bazaarWorkers {
		g.Go(func() error {
			for k := w; k < len(list); k += bazaarWorkers {
				if k%explores != 0 {
					if err := ask(k, ""); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
	must(b.t, g.Wait())
	b.chance.begin(9)
	for k := 0; k < len(list); k += explores {
		must(b.t, ask(k, []string{"explores", "banner"}[k/explores%2]))
	}
	return list
}

// state is what the shop has learned, as it was saved. The server must be stopped.
func (b *bazaar) state() (state []byte) {
	b.t.Helper()
	st, err := boltstore.Open(b.dir, boltstore.Options{})
	must(b.t, err)
	defer func() { must(b.t, st.Close()) }()
	_, err = st.LoadSnapshot(b.t.Context(), "shop", "model", func(r io.Reader) (err error) {
		state, err = io.ReadAll(r)
		return err
	})
	must(b.t, err)
	return state
}

// rewrite makes a new folder from the journal of this one: event by event, in
// pieces of any size, on a catalogue that came in another order.
func (b *bazaar) rewrite(dir string) {
	t := b.t
	t.Helper()
	from, err := boltstore.Open(b.dir, boltstore.Options{})
	must(t, err)
	defer func() { must(t, from.Close()) }()
	to, err := boltstore.Open(dir, boltstore.Options{})
	must(t, err)
	defer func() { must(t, to.Close()) }()
	sites, err := from.Sites(t.Context())
	must(t, err)
	_, err = to.CreateSite(t.Context(), sites[0])
	must(t, err)
	var products []scoring.Product
	must(t, from.EachProduct(t.Context(), "shop", "", func(p scoring.Product) bool {
		products = append(products, p)
		return true
	}))
	slices.Reverse(products)
	_, err = to.PutProducts(t.Context(), "shop", products)
	must(t, err)
	placements, err := from.Placements(t.Context(), "shop")
	must(t, err)
	for _, p := range placements {
		_, err := to.PutPlacement(t.Context(), "shop", p)
		must(t, err)
	}
	campaigns, err := from.Campaigns(t.Context(), "shop")
	must(t, err)
	creatives, err := from.Creatives(t.Context(), "shop")
	must(t, err)
	must(t, to.PutCampaigns(t.Context(), "shop", campaigns, creatives))
	head, err := from.Head(t.Context(), "shop")
	must(t, err)
	rng := rand.New(rand.NewPCG(1, 1))
	whole := errors.New("to the end")
	err = from.Follow(context.Background(), "shop", 0, func(entries []store.Entry) error {
		for at := 0; at < len(entries); {
			n := min(1+rng.IntN(500), len(entries)-at)
			var events []scoring.Event
			for _, e := range entries[at : at+n] {
				events = append(events, e.Event)
			}
			if _, err := to.Append(t.Context(), "shop", events); err != nil {
				return err
			}
			at += n
		}
		if entries[len(entries)-1].Seq == head {
			return whole
		}
		return nil
	})
	if !errors.Is(err, whole) {
		t.Fatal(err)
	}
}
