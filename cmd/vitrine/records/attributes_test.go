package records

import (
	"strings"
	"testing"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

func products(t *testing.T, text string) ([]Record[*vitrinev1.Product], []string) {
	t.Helper()
	r, err := OpenProducts(input(t, text), nil, "")
	return readAll(t, r, err)
}

func TestProductsOfLists(t *testing.T) {
	all, bad := products(t, "{\"4\": [1, 2, 2],\n \"83\": [\"soap\"],\n \"5\": 7, \"4\": [3], \"6\": [null],\n \"9\": []}\n")
	sameLines(t, bad,
		`stdin:3: product "5": a list of ids is wanted, such as [1, 2]`,
		`stdin:3: product "4": stands twice`,
		`stdin:3: product "6": <nil> is no id of an attribute`,
	)
	if len(all) != 3 {
		t.Fatalf("%d products", len(all))
	}
	same(t, all[0].Message, `{"name":"4","tags":["1","2"]}`)
	same(t, all[1].Message, `{"name":"83","tags":["soap"]}`)
	same(t, all[2].Message, `{"name":"9"}`)
	if at := all[1].At.String(); at != "stdin:2" {
		t.Errorf("the second stands at %s", at)
	}
	for text, want := range map[string]string{
		`{"4": [1], "5": [`:     "stdin:1: no JSON object of products with lists of ids",
		"{\"4\": [1]}\n{\"5\":": "more than one object",
		"{\"4\": [1],\n 5}":     "stdin:2: no JSON",
	} {
		r, err := OpenProducts(input(t, text), nil, "")
		for err == nil {
			_, err = r.Next()
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
	t.Run("an object that begins with a product's field is a product", func(t *testing.T) {
		all, bad := products(t, `{"tags":["a"],"id":"x"}`)
		if len(all) != 1 || len(bad) != 0 || all[0].Message.Name != "x" {
			t.Errorf("got %v, %q", all, bad)
		}
	})
}

func TestProductsOfTriples(t *testing.T) {
	all, bad := products(t, "8944 0 41778\n8944 1 42599\n354 0 7\n8944 2 49107\n\n354 0 8\n354 3 1\n354 1\n8944 2 9\nx 0 1\n")
	sameLines(t, bad,
		"stdin:7: relation 3: 0 (category), 1 (seller) or 2 (brand)",
		"stdin:8: 2 columns, and item, relation and entity are wanted",
		"stdin:9: item 8944 has relation 2 already, or another of it",
		`stdin:10: item: "x" is no whole number`,
	)
	if len(all) != 2 {
		t.Fatalf("%d products", len(all))
	}
	same(t, all[0].Message, `{"name":"8944","categories":["41778"],"attributes":{"seller":"42599"},"brand":"49107"}`)
	same(t, all[1].Message, `{"name":"354","categories":["7","8"]}`)
}
