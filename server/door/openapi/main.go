// Command openapi finishes the OpenAPI document that protoc-gen-openapi makes of the
// contract: what the annotations don't say, the door does all the same. It reads the
// document and an image of the contract, and writes the finished document as JSON.
//
//	go run ./server/door/openapi openapi.yaml contract.binpb > server/door/openapi.json
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "openapi:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: openapi DOCUMENT IMAGE")
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	// The plugin makes the plural's singular by itself, and this one wrong.
	text = []byte(strings.ReplaceAll(string(text), "creatif", "creative"))
	var doc object
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	image, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	var files descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(image, &files); err != nil {
		return fmt.Errorf("%s: %w", args[1], err)
	}
	finish(doc, methods(&files))
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	return encoder.Encode(doc)
}

type object = map[string]any

// methods are those of all services, by the ids that the plugin gives them.
func methods(files *descriptorpb.FileDescriptorSet) map[string]*descriptorpb.MethodDescriptorProto {
	all := make(map[string]*descriptorpb.MethodDescriptorProto)
	for _, file := range files.GetFile() {
		for _, service := range file.GetService() {
			for _, m := range service.GetMethod() {
				all[service.GetName()+"_"+m.GetName()] = m
			}
		}
	}
	return all
}

func finish(doc object, all map[string]*descriptorpb.MethodDescriptorProto) {
	tidy(doc)
	info := at(doc, "info")
	info["description"] = "Vitrine over HTTP. The guide is docs/json.md, the reference of every field the contract, proto/vitrine/v1."
	info["license"] = object{"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"}
	doc["servers"] = []any{object{"url": "/"}}
	doc["security"] = []any{object{"key": []any{}}}
	components := at(doc, "components")
	components["securitySchemes"] = object{"key": object{"type": "http", "scheme": "bearer", "description": "An API key: vk_..."}}
	at(components, "schemas")["Problem"] = problem()
	components["responses"] = object{"Problem": object{
		"description": "Why it was not done (RFC 9457).",
		"content":     object{"application/problem+json": object{"schema": reference("schemas/Problem")}},
	}}
	seen := make(map[string]int)
	for _, path := range slices.Sorted(maps.Keys(at(doc, "paths"))) {
		item := at(doc, "paths", path)
		for _, verb := range slices.Sorted(maps.Keys(item)) {
			operation := at(item, verb)
			id, _ := operation["operationId"].(string)
			finishOperation(operation, verb, all[id])
			// A method that can be called in several ways has several operations.
			_, name, _ := strings.Cut(id, "_")
			if seen[id]++; seen[id] > 1 {
				name = fmt.Sprint(name, seen[id])
			}
			operation["operationId"] = name
		}
	}
}

// finishOperation says how the operation is answered, with lines or else with an ETag.
func finishOperation(operation object, verb string, m *descriptorpb.MethodDescriptorProto) {
	responses := at(operation, "responses")
	responses["default"] = reference("responses/Problem")
	ok := at(responses, "200")
	content := at(ok, "content")
	if len(content) == 0 { // google.protobuf.Empty
		content["application/json"] = object{"schema": object{"type": "object"}}
	}
	if m.GetClientStreaming() {
		body := at(operation, "requestBody")
		asLines(at(body, "content"))
		body["description"] = "One of these a line."
	}
	rule, _ := proto.GetExtension(m.GetOptions(), annotations.E_Http).(*annotations.HttpRule)
	switch {
	case m.GetServerStreaming() && rule.GetResponseBody() != "":
		ok["content"] = object{"application/jsonl": object{"schema": object{"type": "object"}}}
	case m.GetServerStreaming():
		asLines(content)
		ok["description"] = `One of these a line; after a failure the last line is {"error": Problem}.`
	case verb == "get":
		ok["headers"] = object{"ETag": object{"schema": object{"type": "string"}}}
		responses["304"] = object{"description": "It is as If-None-Match has it."}
		header(operation, "If-None-Match", "The ETag of an answer before.")
	case verb == "patch", verb == "delete":
		header(operation, "If-Match", "The ETag of an answer before: 412 if it has changed since. Not for deleting sites and segments.")
	}
}

// header adds an optional header to an operation's parameters.
func header(operation object, name, description string) {
	parameters, _ := operation["parameters"].([]any)
	operation["parameters"] = append(parameters, object{
		"name": name, "in": "header", "description": description, "schema": object{"type": "string"},
	})
}

// asLines turns content of JSON into lines of it.
func asLines(content object) {
	content["application/jsonl"] = content["application/json"]
	delete(content, "application/json")
}

func problem() object {
	text := object{"type": "string"}
	return object{
		"type": "object", "required": []any{"type", "title", "status", "detail", "code"},
		"properties": object{
			"type": text, "title": text, "detail": text,
			"status":     object{"type": "integer"},
			"code":       object{"type": "string", "description": "The gRPC code's name, such as INVALID_ARGUMENT."},
			"retryDelay": object{"type": "string", "description": `When to try again, such as "0.150s".`},
			"line":       object{"type": "integer", "description": "Of the body, from 1, in a stream of lines."},
			"violations": object{"type": "array", "items": object{
				"type":       "object",
				"properties": object{"field": text, "description": text},
			}},
		},
	}
}

func reference(to string) object { return object{"$ref": "#/components/" + to} }

// at is the object at a path of members; those that are missing are made.
func at(o object, path ...string) object {
	for _, name := range path {
		next, _ := o[name].(object)
		if next == nil {
			next = object{}
			o[name] = next
		}
		o = next
	}
	return o
}

// tidy takes the space from the beginning of lines, which comments have there.
func tidy(value any) {
	switch v := value.(type) {
	case object:
		for name, member := range v {
			if text, ok := member.(string); ok {
				v[name] = strings.ReplaceAll(text, "\n ", "\n")
			}
			tidy(member)
		}
	case []any:
		for _, element := range v {
			tidy(element)
		}
	}
}
