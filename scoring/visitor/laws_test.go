package visitor

import (
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/contact"
)

// eventGen draws events of every type, late ones too, about few products with
// ids from 1 to 128 bytes.
func eventGen() *rapid.Generator[*scoring.Event] {
	return rapid.Custom(func(t *rapid.T) *scoring.Event {
		long := rapid.SampledFrom([]int{0, 0, 0, 8, 36, 127}).Draw(t, "long")
		e := &scoring.Event{
			Type: scoring.EventType(rapid.IntRange(1, int(scoring.Custom)).Draw(t, "type")),
			Time: noon.Add(time.Duration(rapid.Int64Range(-1e15, 1e16).Draw(t, "time"))),
		}
		if e.Type == scoring.ProductsSearched {
			e.SearchQuery = rapid.String().Draw(t, "words")
		}
		if rapid.Bool().Draw(t, "order") {
			e.Order = &scoring.Order{ID: scoring.OrderID(rapid.StringMatching(`o[0-3]`).Draw(t, "id"))}
		}
		if rapid.IntRange(0, 3).Draw(t, "served") == 0 {
			e.Type = scoring.CreativeServed
			for range rapid.IntRange(1, 30).Draw(t, "creatives") {
				e.Served = append(e.Served, scoring.Served{
					Campaign: "c", Creative: scoring.CreativeID(rapid.StringMatching(`[a-z]{1,2}`).Draw(t, "creative")), Channel: scoring.ChannelWeb,
					Keep: time.Duration(rapid.Int64Range(0, int64(scoring.MaxCapWindow)).Draw(t, "keep")),
				})
			}
			return e
		}
		if rapid.IntRange(0, 3).Draw(t, "identity") == 0 {
			return identityGen(t, e)
		}
		if rapid.IntRange(0, 3).Draw(t, "ad") == 0 {
			e.Type = rapid.SampledFrom([]scoring.EventType{scoring.CreativeViewed, scoring.CreativeClicked, e.Type}).Draw(t, "response")
			e.Ad = &scoring.AdShown{Campaign: "c", Creative: scoring.CreativeID(rapid.StringMatching(`[x-z]`).Draw(t, "creative")), Token: 1}
		}
		for range rapid.IntRange(0, 12).Draw(t, "items") {
			it := scoring.EventItem{
				Product:  scoring.ProductID(rapid.StringMatching(`[a-z]`).Draw(t, "product") + strings.Repeat("x", long)),
				Quantity: rapid.Int32Range(0, 5).Draw(t, "quantity"),
			}
			if rapid.Bool().Draw(t, "priced") {
				it.Price = &scoring.Money{Currency: "EUR", Nanos: rapid.Int64().Draw(t, "nanos")}
			}
			for range rapid.IntRange(0, 6).Draw(t, "facets") {
				kind := scoring.FacetKind(rapid.IntRange(1, 5).Draw(t, "kind"))
				value := rapid.StringMatching(`[a-z]{1,2}`).Draw(t, "value")
				it.Facets = append(it.Facets, scoring.Facet{Kind: kind, Value: value}.ID())
			}
			e.Items = append(e.Items, it)
		}
		return e
	})
}

// identityGen makes the event one of those that tell who somebody is.
func identityGen(t *rapid.T, e *scoring.Event) *scoring.Event {
	e.Type = rapid.SampledFrom([]scoring.EventType{scoring.VisitorLinked, scoring.VisitorUnlinked, scoring.VisitorDescribed}).Draw(t, "what")
	if e.Type == scoring.VisitorDescribed {
		e.Attributes = rapid.MapOfN(rapid.StringMatching(`[a-z]{1,64}`), rapid.StringMatching(`[a-z]{0,200}`), 1, 32).Draw(t, "attributes")
		return e
	}
	e.Link = &scoring.Link{
		Person: scoring.PersonID(rapid.StringMatching(`[a-z]{1,128}`).Draw(t, "person")),
		Device: scoring.VisitorID(rapid.StringMatching(`[a-z]{1,128}`).Draw(t, "device")),
	}
	if e.Visitor = e.Link.Device; rapid.Bool().Draw(t, "of the person") {
		e.Visitor = PersonKey(e.Link.Person)
	}
	return e
}

// alike compares all that profiles say, and not in whose memory.
func alike(a, b *Profile) bool {
	bare := func(p Profile) Profile {
		p.History = *p.History.whole()
		p.touched, p.History.tip = nil, nil
		return p
	}
	return reflect.DeepEqual(bare(*a), bare(*b))
}

func record(t *rapid.T, p *Profile) []byte {
	b, err := p.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestApplyLaws(t *testing.T) {
	t.Run("a record holds every bit, within its bound", rapid.MakeCheck(func(t *rapid.T) {
		var p, through *Profile
		for _, e := range rapid.SliceOfN(eventGen(), 1, 40).Draw(t, "events") {
			p = Apply(p, e)
			through = Apply(through, e)
			b := record(t, through)
			if own := through.size(); len(b) > MaxRecord || own > MaxBytes || own > through.atMost() {
				t.Fatalf("a record of %d bytes, foreseen %d, and contacts and ads of %d", own, through.atMost(), len(b)-own)
			}
			bounded := *through
			bounded.Contacts, bounded.Ads, bounded.Consents, bounded.Identity, bounded.History = contact.Log{}, Ads{}, nil, nil, History{}
			if n := len(record(t, &bounded)); n != through.size() {
				t.Fatalf("%d bytes measured, %d written", through.size(), n)
			}
			through = new(Profile)
			if err := through.UnmarshalBinary(b); err != nil {
				t.Fatal(err)
			}
			if !alike(p, through) {
				t.Fatalf("kept in memory\n%+v\nand on disk\n%+v", p, through)
			}
			if string(record(t, p)) != string(b) {
				t.Fatal("the record differs")
			}
		}
	}))
	t.Run("what was handed out never changes, whatever is made of it", rapid.MakeCheck(func(t *rapid.T) {
		made, records := []*Profile{nil}, [][]byte{nil}
		for _, e := range rapid.SliceOfN(eventGen(), 1, 60).Draw(t, "events") {
			of := len(made) - 1
			if rapid.IntRange(0, 3).Draw(t, "another") == 0 {
				of = rapid.IntRange(0, of).Draw(t, "of")
			}
			next := Apply(made[of], e)
			if again := Apply(made[of], e); !alike(again, next) {
				t.Fatalf("at first\n%+v\nand then\n%+v", next, again)
			}
			made, records = append(made, next), append(records, record(t, next))
		}
		for k, p := range made[1:] {
			if string(record(t, p)) != string(records[k+1]) {
				t.Fatalf("the profile after %d events changed", k+1)
			}
		}
	}))
	t.Run("apply leaves the old profile alone", rapid.MakeCheck(func(t *rapid.T) {
		var p *Profile
		for _, e := range rapid.SliceOfN(eventGen(), 1, 20).Draw(t, "events") {
			var before []byte
			if p != nil {
				before = record(t, p)
			}
			next := Apply(p, e)
			if p != nil && string(record(t, p)) != string(before) {
				t.Fatal("the profile changed")
			}
			p = next
		}
	}))
	t.Run("the lists stay sorted and bounded", rapid.MakeCheck(func(t *rapid.T) {
		var p *Profile
		for _, e := range rapid.SliceOfN(eventGen(), 1, 40).Draw(t, "events") {
			p = Apply(p, e)
		}
		if len(p.Touches) > MaxTouches || len(p.Cart) > MaxCart || len(p.Purchases) > MaxPurchases {
			t.Fatalf("%d touches, %d in the cart, %d purchases", len(p.Touches), len(p.Cart), len(p.Purchases))
		}
		for i := 1; i < len(p.Touches); i++ {
			if p.Touches[i].Time.Before(p.Touches[i-1].Time) {
				t.Fatal("touches out of order")
			}
		}
		for _, b := range p.Purchases {
			if b.Quantity < 1 {
				t.Fatalf("a purchase of %d", b.Quantity)
			}
		}
		for _, c := range p.Cart {
			if c.Quantity < 1 {
				t.Fatalf("%d in the cart", c.Quantity)
			}
		}
	}))
}

func TestUnmarshalRefuses(t *testing.T) {
	good, _ := fold(event(scoring.ProductViewed, 0, "a")).AppendBinary(nil)
	for _, test := range []struct {
		name string
		b    []byte
		want error
	}{
		{"nothing", nil, ErrCorrupt},
		{"a later version", append([]byte{version + 1}, good[1:]...), ErrVersion},
		{"a cut record", good[:len(good)-1], ErrCorrupt},
		{"more than a record", append(append([]byte{}, good...), 0), ErrCorrupt},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := Profile{Events: 7}
			if err := p.UnmarshalBinary(test.b); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if p.Events != 7 {
				t.Error("the profile changed")
			}
		})
	}
}

func FuzzUnmarshal(f *testing.F) {
	for _, p := range []*Profile{
		fold(event(scoring.ProductViewed, 0, "a", "b")),
		fold(event(scoring.ProductAdded, 0, "a"), order(scoring.OrderCompleted, 1, "o", "a", "b")),
	} {
		b, _ := p.AppendBinary(nil)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var p Profile
		if p.UnmarshalBinary(b) != nil {
			return
		}
		first, _ := p.AppendBinary(nil)
		var again Profile
		if len(first) > MaxRecord { // a wasteful record may decode to what needs no more than another wasteful one
			return
		}
		if err := again.UnmarshalBinary(first); err != nil {
			t.Fatalf("%x decodes, but not its own record %x: %v", b, first, err)
		}
		if second, _ := again.AppendBinary(nil); string(first) != string(second) {
			t.Fatalf("%x and %x", first, second)
		}
		Apply(&p, event(scoring.OrderCompleted, 3, "a"))
	})
}

// Goroutines that go on from one profile at the same moment get a profile each.
func TestApplyBesideOthers(t *testing.T) {
	var p *Profile
	for i := range 40 {
		p = Apply(p, event(scoring.ProductViewed, i, "a"))
	}
	for i := 40; i < 140; i++ {
		var wg sync.WaitGroup
		made := make([]*Profile, 4)
		for g := range made {
			wg.Go(func() { made[g] = Apply(p, event(scoring.ProductViewed, i, scoring.ProductID(rune('b'+g)))) })
		}
		wg.Wait()
		for g, next := range made {
			last := next.Touches[len(next.Touches)-1].Product
			if want := scoring.ProductID(rune('b' + g)); last != want || next.History.Times(&Deeds{Types: viewed, Product: want}, noon) == 0 {
				t.Fatalf("of %q: %+v", want, next)
			}
		}
		p = made[i%len(made)]
	}
}

// BenchmarkApply folds product views into a full profile: a minute apart, or each other
// one an hour late.
func BenchmarkApply(b *testing.B) {
	events := make([]*scoring.Event, 256)
	for i := range events {
		id := scoring.ProductID("sku-" + string(rune('a'+i%26)) + string(rune('a'+i/26)))
		events[i] = event(scoring.ProductViewed, i, id)
		for f := range 6 {
			events[i].Items[0].Facets = append(events[i].Items[0].Facets,
				scoring.Facet{Kind: scoring.FacetTag, Value: string(rune('a' + (i*7+f*f)%60))}.ID())
		}
	}
	for _, late := range []bool{false, true} {
		b.Run(map[bool]string{false: "visitor=warm", true: "visitor=warm, late"}[late], func(b *testing.B) {
			var p *Profile
			i := 0
			apply := func() {
				e := *events[i*7919%len(events)]
				e.Time = noon.Add(time.Duration(i) * time.Minute)
				if late && i%2 == 1 {
					e.Time = e.Time.Add(-time.Hour)
				}
				p = Apply(p, &e)
				i++
			}
			for range 1000 {
				apply()
			}
			b.ReportAllocs()
			for b.Loop() {
				apply()
			}
		})
	}
}
