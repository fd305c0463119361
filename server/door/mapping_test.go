package door

import (
	"regexp"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// services are those of the contract, as its files declare them.
func services() (all []protoreflect.ServiceDescriptor) {
	for _, file := range []protoreflect.FileDescriptor{
		pb.File_vitrine_v1_admin_service_proto, pb.File_vitrine_v1_campaign_service_proto, pb.File_vitrine_v1_catalog_service_proto,
		pb.File_vitrine_v1_decision_service_proto, pb.File_vitrine_v1_event_service_proto, pb.File_vitrine_v1_placement_service_proto,
		pb.File_vitrine_v1_ranking_service_proto, pb.File_vitrine_v1_segment_service_proto, pb.File_vitrine_v1_site_service_proto,
		pb.File_vitrine_v1_visitor_service_proto,
	} {
		for i := range file.Services().Len() {
			all = append(all, file.Services().Get(i))
		}
	}
	return all
}

// at finds the field at a path such as product.name.
func at(m protoreflect.MessageDescriptor, path string) protoreflect.FieldDescriptor {
	first, rest, deeper := strings.Cut(path, ".")
	f := m.Fields().ByName(protoreflect.Name(first))
	if f == nil || !deeper {
		return f
	}
	return at(f.Message(), rest)
}

var braces = regexp.MustCompile(`\{([a-z_.]+)(=[^}]*)?\}`)

// Every method can be called over HTTP, in a way of its own, with nothing left out.
func TestEveryMethodHasAMapping(t *testing.T) {
	taken := map[string]protoreflect.FullName{}
	for _, service := range services() {
		all, err := mappings(service)
		if err != nil {
			t.Error(err)
		}
		for _, m := range all {
			name, input := m.method.FullName(), m.method.Input()
			way := m.verb + " " + braces.ReplaceAllString(m.template, "{$2}")
			if other, found := taken[way]; found {
				t.Errorf("%s is %s, as %s is", name, way, other)
			}
			taken[way] = name
			if !strings.HasPrefix(m.template, "/v1/") {
				t.Errorf("%s: %s is outside of /v1", name, m.template)
			}
			for _, found := range braces.FindAllStringSubmatch(m.template, -1) {
				if f := at(input, found[1]); f == nil || f.Kind() != protoreflect.StringKind {
					t.Errorf("%s: %s names no text of %s", name, found[1], input.Name())
				}
			}
			if m.body != "" && m.body != "*" {
				f := at(input, m.body)
				if f == nil || f.Message() == nil || f.IsList() != m.method.IsStreamingClient() {
					t.Errorf("%s: the body can't be %q", name, m.body)
				}
			}
			if hasBody := m.body != ""; hasBody != (m.verb == "POST" || m.verb == "PATCH") {
				t.Errorf("%s is a %s with the body %q", name, m.verb, m.body)
			}
			if m.response != "" {
				if f := at(m.method.Output(), m.response); f == nil || !m.method.IsStreamingServer() {
					t.Errorf("%s can't answer with %q", name, m.response)
				}
			}
		}
	}
	if len(taken) < 59 {
		t.Errorf("%d mappings: services are left out", len(taken))
	}
}
