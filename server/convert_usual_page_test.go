package server

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// What is taken for usual keeps the contract's rules, whichever field has a value at the
// edge of what is allowed, or beyond.
func TestUsualPagesKeepTheRules(t *testing.T) {
	t.Parallel()
	r, err := newRules(&pb.DecideRequest{})
	if err != nil {
		t.Fatal(err)
	}
	request := func() *pb.DecideRequest {
		return &pb.DecideRequest{
			Site: "sites/shop", Visitor: &pb.VisitorKey{DeviceId: "d"}, ContactBlob: []byte("blob"),
			Consent:    &pb.Consent{Purposes: []*pb.PurposeConsent{{Purpose: pb.Purpose_PURPOSE_PERSONALIZATION, Granted: true}}},
			Context:    &pb.PageContext{PageType: pb.PageType_PAGE_TYPE_PRODUCT, ProductId: "p", Locale: "en-GB", Place: &pb.Place{Country: "FR"}},
			Placements: []*pb.PlacementRequest{{Placement: "home", Count: 20, ExcludeIds: []string{"p1"}}},
		}
	}
	if !usualPage(request()) {
		t.Error("not usual: a plain request")
	}
	tried, kept := 0, 0
	eachEdge(request(), func(path string, change func(m protoreflect.Message)) {
		m := request()
		change(m.ProtoReflect())
		tried++
		if !usualPage(m) {
			return
		}
		kept++
		var v violations
		if r.check(&v, "", m); len(v) > 0 {
			t.Errorf("%s: %v, taken for usual", path, v)
		}
	})
	if tried < 500 || kept < 100 {
		t.Errorf("tried %d edges, of which %d keep the rules: too few to tell", tried, kept)
	}
}

// eachEdge calls try with changes of one field each, of a message and of the messages in
// it, of which it has all that are worth a look.
func eachEdge(m proto.Message, try func(path string, change func(protoreflect.Message))) {
	var walk func(path string, d protoreflect.MessageDescriptor, reach func(protoreflect.Message) protoreflect.Message, deep int)
	walk = func(path string, d protoreflect.MessageDescriptor, reach func(protoreflect.Message) protoreflect.Message, deep int) {
		for i := range d.Fields().Len() {
			f := d.Fields().Get(i)
			at := path + string(f.Name())
			if f.IsMap() {
				try(at, func(m protoreflect.Message) {
					reach(m).Mutable(f).Map().Set(protoreflect.ValueOfString("").MapKey(), protoreflect.ValueOfString(strings.Repeat("x", 2000)))
				})
				continue
			}
			for _, value := range edgesOf(f) {
				try(at, func(m protoreflect.Message) {
					if f.IsList() {
						reach(m).Mutable(f).List().Append(value)
						return
					}
					reach(m).Set(f, value)
				})
			}
			if f.IsList() {
				for _, n := range []int{0, 1, 16, 17, 20, 21, 100, 101, 500, 501} {
					try(at, func(m protoreflect.Message) {
						m = reach(m)
						var one protoreflect.Value
						if list := m.Get(f).List(); list.Len() > 0 {
							one = list.Get(0)
						} else {
							one = list.NewElement()
						}
						list := m.NewField(f)
						for range n {
							list.List().Append(one)
						}
						m.Set(f, list)
					})
				}
			}
			if f.Message() != nil && deep < 3 {
				walk(at+".", f.Message(), func(m protoreflect.Message) protoreflect.Message {
					m = reach(m)
					if !f.IsList() {
						return m.Mutable(f).Message()
					}
					list := m.Mutable(f).List()
					if list.Len() == 0 {
						list.AppendMutable()
					}
					return list.Get(0).Message()
				}, deep+1)
			}
		}
	}
	walk("", m.ProtoReflect().Descriptor(), func(m protoreflect.Message) protoreflect.Message { return m }, 0)
}

// edgesOf are values of a field at the edges of the rules that the contract has.
func edgesOf(f protoreflect.FieldDescriptor) (values []protoreflect.Value) {
	switch f.Kind() {
	case protoreflect.StringKind:
		for _, s := range []string{"", "A", "/", "sites/", "sites/A", "sites/a/b", "shop", "DE", "de"} {
			values = append(values, protoreflect.ValueOfString(s))
		}
		for _, n := range []int{2, 16, 17, 35, 36, 63, 64, 128, 129, 256, 257, 512, 513, 1024, 1025, 2048, 2049, 4096, 4097} {
			values = append(values, protoreflect.ValueOfString(strings.Repeat("x", n)), protoreflect.ValueOfString("sites/"+strings.Repeat("x", n)))
		}
	case protoreflect.BytesKind:
		for _, n := range []int{0, 1, 512, 1024, 1025, 5000} {
			values = append(values, protoreflect.ValueOfBytes(make([]byte, n)))
		}
	case protoreflect.Int32Kind:
		for _, n := range []int32{-1 << 31, -1, 0, 1, 100, 101, 1<<31 - 1} {
			values = append(values, protoreflect.ValueOfInt32(n))
		}
	case protoreflect.EnumKind:
		for n := protoreflect.EnumNumber(-1); n < 40; n++ {
			values = append(values, protoreflect.ValueOfEnum(n))
		}
	case protoreflect.DoubleKind:
		for _, x := range []float64{-1000, -180, -90, 0, 90, 180, 1000} {
			values = append(values, protoreflect.ValueOfFloat64(x))
		}
	}
	return values
}
