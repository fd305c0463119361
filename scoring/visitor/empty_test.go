package visitor

import (
	"reflect"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

func TestAProfileThatSaysNothingIsEmpty(t *testing.T) {
	var none *Profile
	now := time.Unix(1_772_366_400, 0).UTC()
	for name, p := range map[string]*Profile{
		"none": none, "zero": {}, "only its times": {FirstSeen: now, LastSeen: now},
		"an empty list": {Cart: []CartItem{}},
	} {
		if !p.Empty() {
			t.Errorf("%s: is not empty", name)
		}
	}
	served := &scoring.Event{
		Type: scoring.CreativeServed, Visitor: "v", Time: now,
		Served: []scoring.Served{{Campaign: "c", Creative: "x", Keep: time.Hour}},
	}
	if Apply(nil, served).Empty() {
		t.Error("a profile with a contact is empty")
	}
}

// TestEveryPartOfAProfileCounts sets one field after the other.
func TestEveryPartOfAProfileCounts(t *testing.T) {
	for i := range reflect.TypeFor[Profile]().NumField() {
		p := &Profile{}
		field := reflect.ValueOf(p).Elem().Field(i)
		name := reflect.TypeFor[Profile]().Field(i).Name
		switch {
		case name == "FirstSeen" || name == "LastSeen" || field.Kind() == reflect.Func:
			continue
		case field.Type() == reflect.TypeFor[time.Time]():
			field.Set(reflect.ValueOf(time.Unix(1, 0)))
		case field.Kind() == reflect.Slice:
			field.Set(reflect.MakeSlice(field.Type(), 1, 1))
		case field.Kind() == reflect.String:
			field.SetString("x")
		case field.CanInt():
			field.SetInt(1)
		default:
			continue // of its own package's making: see above
		}
		if p.Empty() {
			t.Errorf("a profile with %s is empty", name)
		}
	}
}
