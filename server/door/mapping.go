// Package door is the HTTP side of the API: JSON as the annotations in the contract map
// it (google.api.http), and gRPC-Web. It knows no service. Every call goes on to the gRPC
// server itself, with its caller's key, deadline and trace, so that whatever holds there
// holds here.
package door

import (
	"fmt"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// mapping is one way to call a method over HTTP.
type mapping struct {
	method   protoreflect.MethodDescriptor
	verb     string // GET, POST
	template string // of the path: /v1/{name=sites/*/products/*}
	// body is the request's field that the body holds: "*" for all of the request but
	// what stands in the path, "" for nothing. In a stream of requests each line is an
	// element of the field, or with "*" a request.
	body string
	// response is the answer's field that alone is answered with; "" for the answer.
	response string
}

// mappings are those of all of a service's methods. It fails where a method has none.
func mappings(service protoreflect.ServiceDescriptor) ([]mapping, error) {
	var all []mapping
	methods := service.Methods()
	for i := range methods.Len() {
		m := methods.Get(i)
		rule, _ := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
		if rule == nil {
			return nil, fmt.Errorf("%s has no google.api.http option", m.FullName())
		}
		for _, r := range append([]*annotations.HttpRule{rule}, rule.GetAdditionalBindings()...) {
			one := mapping{method: m, body: r.GetBody(), response: r.GetResponseBody()}
			switch pattern := r.GetPattern().(type) {
			case *annotations.HttpRule_Get:
				one.verb, one.template = "GET", pattern.Get
			case *annotations.HttpRule_Post:
				one.verb, one.template = "POST", pattern.Post
			case *annotations.HttpRule_Patch:
				one.verb, one.template = "PATCH", pattern.Patch
			case *annotations.HttpRule_Put:
				one.verb, one.template = "PUT", pattern.Put
			case *annotations.HttpRule_Delete:
				one.verb, one.template = "DELETE", pattern.Delete
			default:
				return nil, fmt.Errorf("%s: an HTTP method is needed, such as get or post", m.FullName())
			}
			all = append(all, one)
		}
	}
	return all, nil
}
