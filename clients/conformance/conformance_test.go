package main

import (
	"strings"
	"testing"
)

// The Go client needs nothing that a machine which builds Vitrine has not; make
// test-conformance plays the scenarios with the others, too.
func TestGoClient(t *testing.T) {
	var out, stderr strings.Builder
	if err := run(t.Context(), []string{"--clients", "go", "--all", "--quick", "--parallel", "8"}, &out, &stderr); err != nil {
		t.Errorf("%v\n%s%s", err, stderr.String(), out.String())
	}
}

func TestMismatch(t *testing.T) {
	object := func(fields ...any) map[string]any {
		m := map[string]any{}
		for i := 0; i < len(fields); i += 2 {
			m[fields[i].(string)] = fields[i+1]
		}
		return m
	}
	for _, c := range []struct {
		name      string
		want, got any
		why       string
	}{
		{"the same number", 3, 3.0, ""},
		{"another", 3, 4.0, "x is 4: want 3"},
		{"none", 3, nil, "x is absent: want 3"},
		{"at least", ">=3", 3.0, ""},
		{"less", ">=3", 2.0, "x is 2: want >=3"},
		{"below", "<3", 3.0, "x is 3: want <3"},
		{"within", "2..5", 5.0, ""},
		{"beyond", "2..5", 6.0, "x is 6: want 2..5"},
		{"any", "any", "something", ""},
		{"not any", "any", nil, "x is absent: want any"},
		{"absent", "absent", nil, ""},
		{"not absent", "absent", "UNAVAILABLE", "x is UNAVAILABLE: want absent"},
		{"an id", "uuidv7", "01935f2e-0c5a-7abc-8def-0123456789ab", ""},
		{"an id of another version", "uuidv7", "01935f2e-0c5a-4abc-8def-0123456789ab", "x is 01935f2e-0c5a-4abc-8def-0123456789ab: want uuidv7"},
		{"fields beyond those named", object("a", 1), object("a", 1.0, "b", 2.0), ""},
		{"a field that is wrong", object("a", object("b", 1)), object("a", object("b", 2.0)), "x.a.b is 2: want 1"},
		{"a list", []any{"a", "b"}, []any{"a", "b"}, ""},
		{"a longer list", []any{"a"}, []any{"a", "b"}, "x is [a b]: want [a]"},
		{"another order", []any{"a", "b"}, []any{"b", "a"}, "x[0] is b: want a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if why := mismatch("x", c.want, c.got); why != c.why {
				t.Errorf("%q: want %q", why, c.why)
			}
		})
	}
}
