package door

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// route is a mapping, ready to be matched and called.
type route struct {
	mapping
	wire     string // /vitrine.v1.CatalogService/GetProduct
	in, out  protoreflect.MessageType
	segments []string                     // of the path; "*" for any one
	action   string                       // behind the last segment's colon: import
	vars     []variable                   // of the path
	element  protoreflect.FieldDescriptor // of the request, that the body is or has a line for; nil: the request
	answer   protoreflect.FieldDescriptor // of the answer, that the body is; nil: the answer
}

// variable is a field of the request that stands in the path, as some of its segments.
type variable struct {
	field    string // product.name
	from, to int
}

// router finds the route of a request.
type router map[int][]*route // by the number of segments

// newRouter has a route for every mapping of the services.
func newRouter(services []string) (router, error) {
	routes := make(router)
	for _, name := range services {
		found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(name))
		if err != nil {
			return nil, fmt.Errorf("service %s: %w", name, err)
		}
		service, ok := found.(protoreflect.ServiceDescriptor)
		if !ok {
			return nil, fmt.Errorf("%s is no service", name)
		}
		all, err := mappings(service)
		if err != nil {
			return nil, err
		}
		for _, m := range all {
			r, err := newRoute(m)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", m.method.FullName(), err)
			}
			routes[len(r.segments)] = append(routes[len(r.segments)], r)
		}
	}
	for _, some := range routes {
		// An action is tried before an id, which may have a colon, too.
		slices.SortStableFunc(some, func(a, b *route) int { return -cmp.Compare(len(a.action), len(b.action)) })
	}
	return routes, nil
}

func newRoute(m mapping) (*route, error) {
	rt := &route{mapping: m, wire: fmt.Sprintf("/%s/%s", m.method.Parent().FullName(), m.method.Name())}
	var err error
	if rt.in, err = protoregistry.GlobalTypes.FindMessageByName(m.method.Input().FullName()); err != nil {
		return nil, err
	}
	if rt.out, err = protoregistry.GlobalTypes.FindMessageByName(m.method.Output().FullName()); err != nil {
		return nil, err
	}
	if m.body != "" && m.body != "*" {
		if rt.element = m.method.Input().Fields().ByName(protoreflect.Name(m.body)); rt.element == nil {
			return nil, fmt.Errorf("no field %q for the body", m.body)
		}
	}
	if m.response != "" {
		if rt.answer = m.method.Output().Fields().ByName(protoreflect.Name(m.response)); rt.answer == nil {
			return nil, fmt.Errorf("no field %q to answer with", m.response)
		}
	}
	// Variables have slashes in them, and so are cut out before the path is split.
	rest := strings.TrimPrefix(m.template, "/")
	if i := strings.LastIndexByte(rest, ':'); i >= 0 {
		rest, rt.action = rest[:i], rest[i+1:]
	}
	for rest != "" {
		part, after := rest, ""
		if strings.HasPrefix(rest, "{") {
			inside, behind, found := strings.Cut(rest[1:], "}")
			field, pattern, named := strings.Cut(inside, "=")
			if !found || !named {
				return nil, fmt.Errorf("path %s: a variable is written {field=pattern}", m.template)
			}
			n := strings.Count(pattern, "/") + 1
			rt.vars = append(rt.vars, variable{field, len(rt.segments), len(rt.segments) + n})
			part, after = pattern, strings.TrimPrefix(behind, "/")
		} else if i := strings.IndexByte(rest, '/'); i >= 0 {
			part, after = rest[:i], rest[i+1:]
		}
		rt.segments = append(rt.segments, strings.Split(part, "/")...)
		rest = after
	}
	return rt, nil
}

// match finds the route for a method of HTTP and a path as it was sent, and the values
// of the route's variables. Without one it returns the methods of HTTP that the path can
// be asked by: none if there is no such path.
func (rs router) match(verb, path string) (found *route, values, allowed []string) {
	rest, rooted := strings.CutPrefix(path, "/")
	if !rooted {
		return nil, nil, nil
	}
	segments := strings.Split(rest, "/")
	for _, r := range rs[len(segments)] {
		values, ok := r.values(segments)
		switch {
		case !ok:
		case r.verb == verb:
			return r, values, nil
		case !slices.Contains(allowed, r.verb):
			allowed = append(allowed, r.verb)
		}
	}
	slices.Sort(allowed)
	return nil, nil, allowed
}

// values are those of the route's variables, if the path is the route's.
func (rt *route) values(segments []string) ([]string, bool) {
	last := len(segments) - 1
	if rt.action != "" {
		before, found := strings.CutSuffix(segments[last], ":"+rt.action)
		if !found {
			return nil, false
		}
		segments = slices.Clone(segments)
		segments[last] = before
	}
	for i, want := range rt.segments {
		if segments[i] == "" || want != "*" && want != segments[i] {
			return nil, false
		}
	}
	values := make([]string, len(rt.vars))
	for i, v := range rt.vars {
		parts := make([]string, 0, v.to-v.from)
		for _, segment := range segments[v.from:v.to] {
			part, err := url.PathUnescape(segment)
			if err != nil || strings.Contains(part, "/") { // no id has a slash
				return nil, false
			}
			parts = append(parts, part)
		}
		values[i] = strings.Join(parts, "/")
	}
	return values, true
}
