package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/vitrine-io/vitrine"

// direction says what the files of a part of the house may import. Paths are
// relative to the module's root; a path stands for everything below it, and
// parts are tried in order: the first that a file lies in counts.
type direction struct {
	part  string // folder, or a pattern of file names such as server/convert_*.go
	tests bool   // speaks of the tests in it, else of the rest
	ours  []string
	// theirs are prefixes of other modules' packages, beyond the standard
	// library. nil allows all of them but those in never.
	theirs, never []string
	because       string
}

// The arrows of the house point inward.
var directions = []direction{
	{
		part: "scoring", ours: []string{"scoring"},
		theirs:  []string{"github.com/cespare/xxhash", "github.com/fxamacker/cbor", "gonum.org/v1/gonum"},
		because: "scoring is pure: it knows neither the wire, nor the disk, nor anything else of ours",
	},
	{
		part: "scoring", tests: true, ours: []string{"scoring"},
		because: "scoring can be tested with nothing else of ours",
	},
	{
		part: "proto", ours: []string{"proto"},
		theirs:  []string{"google.golang.org/grpc", "google.golang.org/protobuf", "google.golang.org/genproto", "buf.build/gen/go"},
		because: "the contract is generated and knows nothing of what stands behind it",
	},
	{
		part: "store", ours: []string{"scoring", "store"},
		never:   []string{"google.golang.org/grpc", "google.golang.org/protobuf"},
		because: "a store keeps the domain's own types, whoever asks and over whatever wire",
	},
	{
		part: "store", tests: true, ours: []string{"scoring", "store"},
		because: "a store can be tested without a server",
	},
	{
		part: "clients", ours: []string{"clients", "proto"},
		because: "a client is built by others, from the contract alone",
	},
	{
		part: "clients", tests: true, ours: []string{"clients", "proto"},
		because: "a client is tested against the contract, not against our server",
	},
	{
		part: "server/*.go", ours: []string{"scoring", "store", "proto", "server"},
		never:   []string{"go.etcd.io/bbolt", module + "/store/"},
		because: "the services know a store by its interfaces alone",
	},
	{
		part: "server", ours: []string{"scoring", "store", "server"},
		never:   []string{"go.etcd.io/bbolt", module + "/store/"},
		because: "proto types stop at the server's door: package server itself",
	},
	{
		part: "server", tests: true, ours: []string{"scoring", "store", "proto", "server"},
		because: "the server's tests may run on a real store",
	},
	{
		part: "cmd", ours: []string{"scoring", "store", "proto", "server", "clients", "cmd"},
		because: "the binary wires everything",
	},
	{
		part: "cmd", tests: true, ours: []string{"scoring", "store", "proto", "server", "clients", "cmd"},
		because: "the binary wires everything",
	},
	{
		part: "docs", ours: []string{"clients", "proto"},
		because: "an example is what others copy: it has the client and the contract",
	},
	{
		part: "docs", tests: true, ours: []string{"scoring", "store", "proto", "server", "clients", "cmd"},
		because: "what the documentation says is tried on the whole",
	},
}

// doors are the files of package server that may handle proto types, and why.
var doors = map[string]string{
	"convert*.go":    "between proto and domain types",
	"service*.go":    "the services",
	"event_batch.go": "the part that the event service's methods share",
	"consent.go":     "from the signals on the wire to what they allow",
	"errors.go":      "to the field violations on the wire",
	"server.go":      "registers the services",
	"metrics.go":     "counts outcomes under their names in the contract",
}

func TestImportsPointInward(t *testing.T) {
	root := filepath.Join("..", "..")
	for _, file := range goFiles(t, root) {
		d, found := directionOf(file)
		if !found {
			t.Errorf("%s stands in no part of the house: say in directions what it may import", file)
			continue
		}
		for _, imported := range imports(t, filepath.Join(root, file)) {
			if why := d.forbids(imported); why != "" {
				t.Errorf("%s imports %s: %s (%s)", file, imported, why, d.because)
			}
		}
	}
}

func TestProtoStopsAtTheServersDoor(t *testing.T) {
	root := filepath.Join("..", "..")
	for _, file := range goFiles(t, root) {
		if path.Dir(file) != "server" || strings.HasSuffix(file, "_test.go") {
			continue
		}
		patterns := slices.Sorted(maps.Keys(doors))
		if slices.ContainsFunc(patterns, func(p string) bool { return matches(t, p, path.Base(file)) }) {
			continue
		}
		for _, imported := range imports(t, filepath.Join(root, file)) {
			if within(imported, module+"/proto") {
				t.Errorf("%s imports %s: in package server only %s may", file, imported, strings.Join(patterns, ", "))
			}
		}
	}
}

// The rules themselves: what they are there to forbid, they forbid.
func TestDirections(t *testing.T) {
	for _, c := range []struct {
		file, imports string
		allowed       bool
	}{
		{"scoring/page.go", module + "/scoring/interest", true},
		{"scoring/page.go", module + "/store", false},
		{"scoring/interest/vector.go", module + "/proto/vitrine/v1", false},
		{"scoring/page.go", "google.golang.org/grpc/codes", false},
		{"scoring/page.go", "go.etcd.io/bbolt", false},
		{"scoring/page.go", "math", true},
		{"store/boltstore/file.go", module + "/scoring", true},
		{"store/boltstore/file.go", "go.etcd.io/bbolt", true},
		{"store/boltstore/file.go", module + "/server", false},
		{"store/boltstore/file.go", "google.golang.org/protobuf/proto", false},
		{"server/service_event.go", module + "/store", true},
		{"server/service_event.go", module + "/store/boltstore", false},
		{"server/service_event_test.go", module + "/store/boltstore", true},
		{"server/filter/filter.go", module + "/proto/vitrine/v1", false},
		{"clients/go/client.go", module + "/proto/vitrine/v1", true},
		{"clients/go/client.go", module + "/scoring", false},
		{"clients/go/client_test.go", module + "/server", false},
		{"proto/vitrine/v1/event.pb.go", module + "/scoring", false},
		{"cmd/vitrine/main.go", module + "/store/boltstore", true},
	} {
		d, found := directionOf(c.file)
		if !found {
			t.Errorf("%s stands in no part of the house", c.file)
			continue
		}
		if why := d.forbids(c.imports); (why == "") != c.allowed {
			t.Errorf("%s importing %s: %q, want allowed %v", c.file, c.imports, why, c.allowed)
		}
	}
}

func directionOf(file string) (direction, bool) {
	tests := strings.HasSuffix(file, "_test.go")
	for _, d := range directions {
		if d.tests != tests {
			continue
		}
		if ok, _ := path.Match(d.part, file); ok || within(file, d.part) {
			return d, true
		}
	}
	return direction{}, false
}

// forbids says why a file of this part may not import the package, or "".
func (d direction) forbids(imported string) string {
	for _, prefix := range d.never {
		if strings.HasPrefix(imported, prefix) {
			return "never " + prefix
		}
	}
	if within(imported, module) {
		for _, part := range d.ours {
			if within(imported, module+"/"+part) {
				return ""
			}
		}
		return "of ours only " + strings.Join(d.ours, ", ")
	}
	first, _, _ := strings.Cut(imported, "/")
	if standard := !strings.Contains(first, "."); standard || d.theirs == nil {
		return ""
	}
	for _, prefix := range d.theirs {
		if strings.HasPrefix(imported, prefix) {
			return ""
		}
	}
	return "of other modules only " + strings.Join(d.theirs, ", ")
}

func within(name, folder string) bool { return name == folder || strings.HasPrefix(name, folder+"/") }

func matches(t *testing.T, pattern, name string) bool {
	t.Helper()
	ok, err := path.Match(pattern, name)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

// goFiles lists the module's Go files, those of hidden folders and of testdata
// left out.
func goFiles(t *testing.T, root string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := strings.HasPrefix(entry.Name(), ".") && name != root
		if entry.IsDir() && (hidden || entry.Name() == "testdata") {
			return filepath.SkipDir
		}
		if strings.HasSuffix(name, ".go") {
			relative, err := filepath.Rel(root, name)
			if err != nil {
				return err
			}
			files = append(files, filepath.ToSlash(relative))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 50 {
		t.Fatalf("only %d Go files found below %s", len(files), root)
	}
	return files
}

func imports(t *testing.T, file string) (paths []string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, imported)
	}
	return paths
}
