package visitor

import (
	"reflect"
	"time"
)

// Empty reports whether p says nothing of its visitor, who then counts as never
// seen: nothing but when it began may be set, and whom it was linked to once.
func (p *Profile) Empty() bool {
	if p == nil {
		return true
	}
	if p.Events > 0 || len(p.Touches) > 0 {
		return false // as nearly always: no need to look at the rest
	}
	rest := *p
	rest.FirstSeen, rest.LastSeen = time.Time{}, time.Time{}
	rest.touched, rest.History.tip = nil, nil
	if rest.Identity.empty() {
		rest.Identity = nil
	}
	return saysNothing(reflect.ValueOf(rest))
}

// saysNothing is whether v is zero, but that a list or a map may be there if nothing
// is in it.
func saysNothing(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map:
		return v.Len() == 0
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return v.IsZero()
		}
		for i := range v.NumField() {
			if !saysNothing(v.Field(i)) {
				return false
			}
		}
		return true
	}
	return v.IsZero()
}
