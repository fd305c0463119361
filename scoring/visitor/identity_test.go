package visitor

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/scoring"
)

// link makes the two events that link a device, or unlink it.
func link(kind scoring.EventType, minute int, person scoring.PersonID, device scoring.VisitorID) (ofDevice, ofPerson *scoring.Event) {
	under := func(v scoring.VisitorID) *scoring.Event {
		return &scoring.Event{
			Type: kind, Visitor: v, Time: noon.Add(time.Duration(minute) * time.Minute), Link: &scoring.Link{Person: person, Device: device},
		}
	}
	return under(device), under(PersonKey(person))
}

func TestLinking(t *testing.T) {
	aTablet, aAlice := link(scoring.VisitorLinked, 1, "alice", "tablet")
	_, aPhone := link(scoring.VisitorLinked, 2, "alice", "phone")
	uTablet, uAlice := link(scoring.VisitorUnlinked, 3, "alice", "tablet")
	t.Run("the device knows its person", func(t *testing.T) {
		if p := fold(aTablet); p.Person() != "alice" || p.Empty() {
			t.Errorf("got %q", p.Person())
		}
	})
	t.Run("the person has their devices in the order of linking", func(t *testing.T) {
		if got := fmt.Sprint(fold(aAlice, aPhone, aAlice).Devices()); got != "[tablet phone]" {
			t.Errorf("got %v", got)
		}
		if got := fmt.Sprint(fold(aAlice, aPhone, uAlice).Devices()); got != "[phone]" {
			t.Errorf("unlinked: got %v", got)
		}
	})
	t.Run("who was never seen is so again", func(t *testing.T) {
		if p := fold(aTablet, uTablet); !p.Empty() {
			t.Errorf("got %+v", p)
		}
		if p := fold(aAlice, uAlice); !p.Empty() {
			t.Errorf("got %+v", p)
		}
	})
	t.Run("another person's unlinking changes nothing", func(t *testing.T) {
		other, _ := link(scoring.VisitorUnlinked, 3, "bob", "tablet")
		if p := fold(aTablet, other); p.Person() != "alice" {
			t.Errorf("got %q", p.Person())
		}
	})
	t.Run("the first seen is the first event, not the link", func(t *testing.T) {
		p := fold(aTablet, event(scoring.ProductViewed, 10, "a"))
		if want := noon.Add(10 * time.Minute); !p.FirstSeen.Equal(want) || p.Events != 1 {
			t.Errorf("first seen %v after %d events, want %v", p.FirstSeen, p.Events, want)
		}
		if p.Returning(noon.Add(11 * time.Minute)) {
			t.Error("a visitor of the first visit returned")
		}
	})
}

// Whatever happens to a device while it is linked, and whoever it is linked to and taken
// from meanwhile, in the end it is as if it had never been.
func TestUnlinkedIsAsNeverLinked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var plain, device *Profile
		for _, e := range rapid.SliceOfN(eventGen(), 1, 30).Draw(t, "events") {
			if e.Link != nil {
				e.Visitor = e.Link.Device // told of this device
				device = Apply(device, e)
				continue
			}
			plain, device = Apply(plain, e), Apply(device, e)
		}
		if p := device.Person(); p != "" {
			off, _ := link(scoring.VisitorUnlinked, 0, p, "d")
			device = Apply(device, off)
		}
		if plain.Empty() && device.Empty() {
			return
		}
		got := *device
		if got.Identity != nil { // whom it was linked to is remembered, and shown to nobody
			got.Identity = nil
			if len(device.Attributes()) > 0 {
				got.Identity = &Identity{Attributes: device.Attributes()}
			}
		}
		if !alike(&got, plain) {
			t.Fatalf("got\n%+v\nwant\n%+v", &got, plain)
		}
	})
}

func TestShared(t *testing.T) {
	day := 24 * 60
	sign := func(minute int, person scoring.PersonID) *scoring.Event {
		e, _ := link(scoring.VisitorLinked, minute, person, "tablet")
		return e
	}
	off, _ := link(scoring.VisitorUnlinked, 3, "carol", "tablet")
	for _, test := range []struct {
		name string
		p    *Profile
		day  int
		want bool
	}{
		{"two persons", fold(sign(0, "alice"), sign(1, "bob"), sign(2, "alice")), 1, false},
		{"three persons", fold(sign(0, "alice"), sign(1, "bob"), sign(2, "carol")), 1, true},
		{"three persons, the first 91 days ago", fold(sign(0, "alice"), sign(1, "bob"), sign(2, "carol")), 91, false},
		{"three persons in more than 90 days", fold(sign(0, "alice"), sign(1, "bob"), sign(91*day, "carol")), 91, false},
		{"linked to nobody any more", fold(sign(0, "alice"), sign(1, "bob"), sign(2, "carol"), off), 1, false},
		{"nobody known", nil, 1, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.p.Shared(3, noon.Add(time.Duration(test.day)*24*time.Hour)); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestDescribing(t *testing.T) {
	told := func(minute int, of map[string]string) *scoring.Event {
		return &scoring.Event{Type: scoring.VisitorDescribed, Time: noon.Add(time.Duration(minute) * time.Minute), Attributes: of}
	}
	p := fold(told(0, map[string]string{"tier": "gold", "plan": "monthly"}), told(1, map[string]string{"plan": "", "since": "2019"}))
	want := []Attribute{{"since", "2019", noon.Add(time.Minute)}, {"tier", "gold", noon}}
	if got := p.Attributes(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	t.Run("the oldest make room", func(t *testing.T) {
		many := map[string]string{}
		for k := range MaxAttributes {
			many[fmt.Sprint("key", k)] = "v"
		}
		p := fold(told(0, map[string]string{"tier": "gold"}), told(1, many))
		if got := p.Attributes(); len(got) != MaxAttributes || got[0].Key != "key0" {
			t.Errorf("got %v", got)
		}
	})
}

func TestThisVisit(t *testing.T) {
	shoe := []scoring.FacetID{scoring.Facet{Kind: scoring.FacetBrand, Value: "Falk"}.ID()}
	facets := func(id scoring.ProductID) []scoring.FacetID {
		if id == "shoe" {
			return shoe
		}
		return nil
	}
	p := fold(
		event(scoring.ProductViewed, 0, "tent"), event(scoring.ProductAdded, 1, "tent"), // somebody else
		event(scoring.ProductViewed, 40, "shoe"), event(scoring.ProductAdded, 50, "shoe"),
	)
	v := ThisVisit(p, noon.Add(55*time.Minute), facets)
	if len(v.Touches) != 2 || v.Touches[0].Product != "shoe" || len(v.Cart) != 1 || v.Cart[0].Product != "shoe" {
		t.Errorf("touches %v, cart %v", v.Touches, v.Cart)
	}
	// 1 for the view, 3 for the cart, a third of a half-life and a sixth ago.
	if got := v.Interests.AppendAt(nil, noon.Add(50*time.Minute)); len(got) != 1 || got[0].Facet != shoe[0] || got[0].Weight[2] < 3.99 {
		t.Errorf("interests %v", got)
	}
	if v := ThisVisit(p, noon.Add(3*time.Hour), facets); len(v.Touches)+len(v.Cart)+v.Interests.Len() != 0 {
		t.Errorf("a visit that begins knows %+v", v)
	}
}
