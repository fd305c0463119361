package bench

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

var noon = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)

func smallShop(seed uint64) *shop {
	return newShop("shop", seed, Sizes{Products: 1000, Visitors: 300, Creatives: 400, History: 4, Skew: 0.8}, noon)
}

// written is everything that is sent for a shop, in order.
func written(t *testing.T, seed uint64) (all []string) {
	t.Helper()
	s := smallShop(seed)
	text := func(m proto.Message) {
		b, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(b))
	}
	for n := range s.Products {
		text(s.product(n))
	}
	for n := range s.campaigns() {
		text(s.campaign(n))
	}
	for n := range s.Creatives {
		text(s.creative(n))
	}
	m := newEventMaker(s)
	if err := m.history(noon, func(kind int, f filling) error {
		all = append(all, string(m.add(nil, kind, f)))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for worker := range 3 {
		r := s.rng(aWorker, worker)
		for range 100 {
			all = append(all, fmt.Sprint(s.visitor(r), kind(r)))
		}
	}
	return all
}

func TestTheSameSeedGivesTheSame(t *testing.T) {
	first := written(t, 7)
	if again := written(t, 7); !slices.Equal(first, again) {
		t.Error("the same seed gave another shop")
	}
	if other := written(t, 8); slices.Equal(first, other) {
		t.Error("another seed gave the same shop")
	}
}

func TestAProductFollowsFromItsNumber(t *testing.T) {
	a, b := smallShop(7), smallShop(7)
	for n := range a.Products {
		a.product(n)
	}
	if !proto.Equal(a.product(17), b.product(17)) {
		t.Error("what was made before changes what is made now")
	}
}

func TestLinesHoldTheProductsThatAreLookedFor(t *testing.T) {
	s := smallShop(7)
	r := rand.New(rand.NewPCG(1, 1))
	for line := range s.lines {
		category := ""
		for range 50 {
			n := s.inLine(r, line)
			if n < 0 || n >= s.Products {
				t.Fatalf("line %d has product %d of %d", line, n, s.Products)
			}
			if c := s.product(n).GetCategories()[0]; category != "" && c != category {
				t.Fatalf("line %d has products of %s and of %s", line, category, c)
			} else {
				category = c
			}
		}
	}
}

func TestHistoryIsInOrderOfTimeAndOfThePast(t *testing.T) {
	s := smallShop(7)
	events, last := 0, int64(0)
	who := map[int]bool{}
	err := newEventMaker(s).history(noon, func(_ int, f filling) error {
		if f.id != uint64(events) {
			t.Fatalf("event %d has the id %d", events, f.id)
		}
		// Within a visit half a minute passes between two events, and visits of
		// others begin meanwhile.
		if f.time < last-3600 || f.time > noon.Unix() || f.time < noon.Add(-span).Unix() {
			t.Fatalf("event %d is of %v, one before of %v", events, f.time, last)
		}
		who[f.visitor], last = true, f.time
		events++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(who) != s.Visitors {
		t.Errorf("%d of %d visitors have a history", len(who), s.Visitors)
	}
	if average := float64(events) / float64(s.Visitors); average < 3.5 || average > 4.5 { // of the seed
		t.Errorf("%.2f events a visitor, want about 4", average)
	}
}

func TestZipf(t *testing.T) {
	const n, draws = 1000, 200_000
	share := func(exponent float64) float64 { // of the first ten in all draws
		r := rand.New(rand.NewPCG(1, 1))
		first := 0
		for range draws {
			k := zipf(r, n, exponent)
			if k < 0 || k >= n {
				t.Fatalf("rank %d of %d", k, n)
			}
			if k < 10 {
				first++
			}
		}
		return float64(first) / draws
	}
	for _, c := range []struct{ exponent, want float64 }{
		{0, 0.010},   // 10 / 1000
		{1, 0.347},   // ln 11 / ln 1001
		{0.8, 0.206}, // (11^0.2 - 1) / (1001^0.2 - 1)
	} {
		if got := share(c.exponent); got < c.want-0.005 || got > c.want+0.005 {
			t.Errorf("exponent %v: the first ten have %.3f, want %.3f", c.exponent, got, c.want)
		}
	}
}

func TestScatterLosesNobody(t *testing.T) {
	for _, n := range []int{1, 2, 100, 9973, 65536} {
		seen := make([]bool, n)
		for rank := range n {
			seen[scatter(rank, n)] = true
		}
		if slices.Contains(seen, false) {
			t.Errorf("of %d not all are met", n)
		}
	}
}

// What is filled into a stencil is what the message would have been.
func TestStencilsAreTheMessages(t *testing.T) {
	for _, k := range eventKinds {
		want := eventLike(k.kind)
		cut := newStencil(want)
		got := cut.append([]byte("before"), filling{visitor: 4711, product: 815, country: "FR", id: 0xabc, time: noon.Unix()})
		want.Visitor.DeviceId = "v00004711"
		want.Items[0].ProductId, want.Id, want.Context.Place.Country = "p0000815", "0000000000000abc", "FR"
		want.Time = timestamppb.New(noon)
		var event pb.Event
		if err := proto.Unmarshal(got[len("before"):], &event); err != nil {
			t.Fatal(err)
		}
		if !proto.Equal(&event, want) {
			t.Errorf("got %v, want %v", &event, want)
		}
	}
}
