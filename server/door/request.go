package door

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/grpc-ecosystem/grpc-gateway/v2/utilities"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// The media types of the door.
const (
	typeJSON   = "application/json"
	typeLines  = "application/jsonl"
	typeNDJSON = "application/x-ndjson" // another name of the same
)

// noFilter lets every field be set from the query: what may not is refused before.
var noFilter = utilities.NewDoubleArray(nil)

// mediaType refuses a body that does not say it is JSON: so no form of another site's
// page sends one. A request without a body needs no type.
func mediaType(r *http.Request, lines bool) error {
	sent := r.Header.Get("Content-Type")
	if sent == "" && r.ContentLength == 0 {
		return nil
	}
	name, _, err := mime.ParseMediaType(sent)
	wanted := typeJSON
	if lines {
		wanted = typeLines
		if name == typeLines || name == typeNDJSON {
			name = wanted
		}
	}
	if err == nil && (name == wanted || name == typeJSON) {
		return nil
	}
	p := newProblem(http.StatusUnsupportedMediaType, codes.InvalidArgument, "the body must be sent as Content-Type: "+wanted)
	p.header.Set("Accept-Post", wanted)
	return p
}

// readBody reads one message's JSON.
func (d *Door) readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(d.options.MaxMessageBytes)))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, d.tooLarge()
	case err != nil:
		return nil, newProblem(http.StatusBadRequest, codes.InvalidArgument, "the body broke off, or came too slowly")
	}
	return text, nil
}

func (d *Door) tooLarge() *problem {
	return tooLarge("a message has more than limits.max_message_bytes: send it in parts")
}

// request puts a method's request together: of the path's values, the query and the
// body.
func (rt *route) request(values []string, query url.Values, body []byte) (proto.Message, error) {
	m := rt.in.New()
	if err := rt.fromBody(m, body); err != nil {
		return nil, err
	}
	if err := rt.fromQuery(m, query); err != nil {
		return nil, err
	}
	if rt.verb == http.MethodPatch {
		rt.maskFrom(m, body)
	}
	return m.Interface(), rt.fromPath(m, values)
}

// fromBody reads the body into the request, or the part of it that the body is.
func (rt *route) fromBody(m protoreflect.Message, body []byte) error {
	switch {
	case rt.body == "" && len(body) > 0:
		return newProblem(http.StatusBadRequest, codes.InvalidArgument, "a "+rt.verb+" of this has no body")
	case len(body) == 0:
		return nil
	case rt.element != nil:
		m = m.Mutable(rt.element).Message()
	}
	if err := protojson.Unmarshal(body, m.Interface()); err != nil {
		return malformed(err, 0)
	}
	return nil
}

// fromQuery reads the query's parameters into fields of the request. None may be unknown,
// given twice in two spellings, or stand in the body or the path.
func (rt *route) fromQuery(m protoreflect.Message, query url.Values) error {
	if len(query) == 0 {
		return nil
	}
	var bad []violation
	seen := make(map[string]bool)
	for name := range query {
		path, ok := fieldPath(m.Descriptor(), name)
		first, _, _ := strings.Cut(path, ".")
		switch {
		case !ok:
			bad = append(bad, violation{name, "is no parameter of this request"})
		case rt.body == "*" || rt.element != nil && first == string(rt.element.Name()):
			bad = append(bad, violation{name, "belongs into the body"})
		case slices.ContainsFunc(rt.vars, func(v variable) bool { return v.field == path }):
			bad = append(bad, violation{name, "stands in the path"})
		case seen[path]:
			bad = append(bad, violation{name, "is given twice"})
		default:
			if err := runtime.PopulateQueryParameters(m.Interface(), url.Values{path: query[name]}, noFilter); err != nil {
				bad = append(bad, violation{path, "can't be read: " + err.Error()})
			}
		}
		seen[path] = true
	}
	if len(bad) > 0 {
		slices.SortFunc(bad, func(a, b violation) int { return strings.Compare(a.Field, b.Field) })
		return invalid(bad...)
	}
	return nil
}

// fieldPath is a path of fields in the contract's spelling: update_mask for updateMask.
func fieldPath(m protoreflect.MessageDescriptor, name string) (string, bool) {
	first, rest, deeper := strings.Cut(name, ".")
	f := m.Fields().ByName(protoreflect.Name(first))
	if f == nil {
		f = m.Fields().ByJSONName(first)
	}
	switch {
	case f == nil:
		return "", false
	case !deeper:
		return string(f.Name()), !f.IsMap()
	case f.Message() == nil || f.IsList() || f.IsMap():
		return "", false
	}
	path, ok := fieldPath(f.Message(), rest)
	return string(f.Name()) + "." + path, ok
}

// maskFrom says that an update without update_mask changes the fields in its body, and
// leaves the others as they are.
func (rt *route) maskFrom(m protoreflect.Message, body []byte) {
	field := m.Descriptor().Fields().ByName("update_mask")
	if field == nil || m.Has(field) || rt.element == nil {
		return
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return // there is no body
	}
	var paths []string
	for name := range members {
		switch path, ok := memberName(rt.element.Message(), name); {
		case !ok, path == "name", path == "etag", path == "update_time", path == "create_time":
		default:
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	mask := m.Mutable(field).Message()
	list := mask.Mutable(mask.Descriptor().Fields().ByName("paths")).List()
	for _, path := range paths {
		list.Append(protoreflect.ValueOfString(path))
	}
}

// memberName is the field of a member of a JSON object.
func memberName(m protoreflect.MessageDescriptor, name string) (string, bool) {
	f := m.Fields().ByName(protoreflect.Name(name))
	if f == nil {
		f = m.Fields().ByJSONName(name)
	}
	if f == nil {
		return "", false
	}
	return string(f.Name()), true
}

// fromPath sets the fields that stand in the path. A body that says otherwise is a
// mistake.
func (rt *route) fromPath(m protoreflect.Message, values []string) error {
	for i, v := range rt.vars {
		in, names := m, strings.Split(v.field, ".")
		for _, name := range names[:len(names)-1] {
			in = in.Mutable(in.Descriptor().Fields().ByName(protoreflect.Name(name))).Message()
		}
		f := in.Descriptor().Fields().ByName(protoreflect.Name(names[len(names)-1]))
		if said := in.Get(f).String(); said != "" && said != values[i] {
			return invalid(violation{v.field, "is another in the body than in the path"})
		}
		in.Set(f, protoreflect.ValueOfString(values[i]))
	}
	return nil
}
