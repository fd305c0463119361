package records

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// input opens a text as a file.
func input(t testing.TB, text string) *Input {
	t.Helper()
	in, err := Open("-", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func mapping(t testing.TB, text string) *Mapping {
	t.Helper()
	m, err := parseMapping("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// readAll returns the records and what was said of the bad lines.
func readAll[M proto.Message](t testing.TB, r Reader[M], err error) (all []Record[M], bad []string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for {
		rec, err := r.Next()
		var line *LineError
		switch {
		case errors.As(err, &line):
			bad = append(bad, line.Error())
		case errors.Is(err, io.EOF):
			return all, bad
		case err != nil:
			t.Fatal(err)
		default:
			all = append(all, rec)
		}
	}
}

// same compares a message with one written in protobuf's JSON.
func same[M proto.Message](t *testing.T, got M, want string) {
	t.Helper()
	m := got.ProtoReflect().New().Interface()
	if err := protojson.Unmarshal([]byte(want), m); err != nil {
		t.Fatalf("in the test: %v", err)
	}
	if !proto.Equal(got, m) {
		t.Errorf("got  %s\nwant %s", protojson.Format(got), protojson.Format(m))
	}
}

func sameLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func writeFile(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
