// Command protoc-gen-markdown writes the reference manual: docs/reference.md, from the
// contract and its comments alone. buf runs it as a plugin (buf.gen.yaml), for all files
// at once.
package main

import (
	"fmt"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/pluginpb"
)

func main() {
	protogen.Options{}.Run(func(p *protogen.Plugin) error {
		p.SupportedFeatures = uint64(pluginpb.CodeGeneratorResponse_FEATURE_PROTO3_OPTIONAL)
		write(p.NewGeneratedFile("reference.md", ""), p.Files)
		return nil
	})
}

// page is what the reference is written to.
type page interface{ P(v ...any) }

// write writes services first, as that is how one begins, then what they take and give.
func write(g page, files []*protogen.File) {
	g.P("# Reference")
	g.P()
	g.P("The API `vitrine.v1`, made of the comments in [proto/vitrine/v1](../proto/vitrine/v1) by `make generate`. Over HTTP the paths are as given ([json.md](json.md)); errors are in [errors.md](errors.md).")
	g.P()
	for _, f := range files {
		for _, s := range f.Services {
			if f.Generate {
				g.P("- [", s.GoName, "](#", anchor(s.GoName), "): ", sentence(s.Comments.Leading))
			}
		}
	}
	for _, f := range files {
		for _, s := range f.Services {
			if f.Generate {
				service(g, s)
			}
		}
	}
	for _, f := range files {
		if f.Generate {
			messages(g, f.Messages)
			for _, e := range f.Enums {
				enum(g, e)
			}
		}
	}
}

func service(g page, s *protogen.Service) {
	g.P("\n## ", s.GoName, "\n")
	g.P(text(s.Comments.Leading))
	g.P("\n| method | over HTTP | takes | gives | |")
	g.P("|---|---|---|---|---|")
	for _, m := range s.Methods {
		g.P("| ", m.GoName, " | ", path(m), " | ", stream(m.Desc.IsStreamingClient()), typeLink(m.Input), " | ", stream(m.Desc.IsStreamingServer()), typeLink(m.Output), " | ", cell(m.Comments.Leading), " |")
	}
}

// path is a method's way over HTTP.
func path(m *protogen.Method) string {
	rule, _ := proto.GetExtension(m.Desc.Options(), annotations.E_Http).(*annotations.HttpRule)
	for verb, at := range map[string]string{
		"GET": rule.GetGet(), "POST": rule.GetPost(), "PATCH": rule.GetPatch(), "PUT": rule.GetPut(), "DELETE": rule.GetDelete(),
	} {
		if at != "" {
			return "`" + verb + " " + at + "`"
		}
	}
	return ""
}

func stream(is bool) string {
	if is {
		return "stream of "
	}
	return ""
}

func messages(g page, all []*protogen.Message) {
	for _, m := range all {
		if m.Desc.IsMapEntry() {
			continue
		}
		g.P("\n## ", m.GoIdent.GoName, "\n")
		g.P(text(m.Comments.Leading))
		if len(m.Fields) > 0 {
			g.P("\n| field | type | |")
			g.P("|---|---|---|")
		}
		for _, f := range m.Fields {
			about := cell(f.Comments.Leading)
			if o := f.Oneof; o != nil && !o.Desc.IsSynthetic() {
				about = "One of `" + string(o.Desc.Name()) + "`. " + about
			}
			g.P("| `", string(f.Desc.Name()), "` | ", kind(f), " | ", about, " |")
		}
		messages(g, m.Messages)
		for _, e := range m.Enums {
			enum(g, e)
		}
	}
}

func enum(g page, e *protogen.Enum) {
	g.P("\n## ", e.GoIdent.GoName, "\n")
	g.P(text(e.Comments.Leading))
	g.P("\n| value | |")
	g.P("|---|---|")
	for _, v := range e.Values {
		g.P("| `", string(v.Desc.Name()), "` | ", cell(v.Comments.Leading), " |")
	}
}

// kind is a field's type, as a link where this page has it.
func kind(f *protogen.Field) string {
	switch {
	case f.Desc.IsMap():
		return "map of " + kind(f.Message.Fields[0]) + " to " + kind(f.Message.Fields[1])
	case f.Desc.IsList():
		return "list of " + one(f)
	}
	return one(f)
}

func one(f *protogen.Field) string {
	switch {
	case f.Message != nil:
		return typeLink(f.Message)
	case f.Enum != nil:
		return fmt.Sprintf("[%s](#%s)", f.Enum.GoIdent.GoName, anchor(f.Enum.GoIdent.GoName))
	}
	return f.Desc.Kind().String()
}

func typeLink(m *protogen.Message) string {
	if name := m.Desc.FullName(); m.Desc.ParentFile().Package() != "vitrine.v1" {
		return "`" + string(name) + "`"
	}
	return fmt.Sprintf("[%s](#%s)", m.GoIdent.GoName, anchor(m.GoIdent.GoName))
}

func anchor(name string) string { return strings.ToLower(name) }

// text is a comment as it stands.
func text(c protogen.Comments) string {
	lines := strings.Split(strings.TrimSpace(string(c)), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(line, " ")
	}
	return strings.Join(lines, "\n")
}

// cell is a comment in a table: one line.
func cell(c protogen.Comments) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(string(c)), " "), "|", `\|`)
}

// sentence is the first one of a comment.
func sentence(c protogen.Comments) string {
	first, _, _ := strings.Cut(cell(c), ". ")
	return strings.TrimSuffix(first, ".") + "."
}
