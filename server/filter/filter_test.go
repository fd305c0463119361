package filter

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"cel.dev/cel-go/common/types"
	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/scoring"
)

func money(amount float64) *scoring.Money {
	return &scoring.Money{Currency: "EUR", Nanos: int64(math.Round(amount * 1e9))}
}

func shoe() *scoring.Product {
	stock := int64(3)
	return &scoring.Product{
		ID: "sku-1", Title: "Trail Runner 2", Brand: "Acme", GroupID: "trail-runner", URL: "https://shop.example/p/1",
		Categories: []string{"shoes/running/trail", "sale"}, Tags: []string{"waterproof", "gift"},
		Price: money(89.90), ListPrice: money(120), Stock: &stock,
		Attributes: map[string]string{"colour": "red", "size": "42"},
		Numbers:    map[string]float64{"rating": 4.5, "margin": 0.3},
	}
}

func TestPasses(t *testing.T) {
	bare := &scoring.Product{ID: "sku-2", Availability: scoring.Preorder}
	page := &scoring.Context{
		PageType: scoring.PageProduct, Product: "sku-9", Category: "shoes", SearchQuery: "red shoes",
		Country: "DE", Region: "BY", City: "München", Device: scoring.DevicePhone, Channel: scoring.ChannelApp,
		Locale: "de-DE", Attributes: map[string]string{"store": "waterproof"},
	}
	for _, test := range []struct {
		expr       string
		shoe, bare bool
	}{
		{"", true, true},
		{"true", true, true},
		{"false", false, false},
		{`product.price.amount < 100 && 'running' in product.categories`, true, false},
		{`product.price.amount < 89.9`, false, false},
		{`product.price.amount <= 89.9`, true, false},
		{`product.price.currency == 'EUR'`, true, false},
		{`product.list_price.amount > product.price.amount`, true, false},
		// What is missing makes neither a comparison nor its opposite true ...
		{`product.price.amount > 100`, false, false},
		{`!(product.price.amount > 100)`, true, false},
		{`product.attributes.material == 'wool'`, false, false},
		{`product.attributes.material != 'wool'`, false, false},
		// ... unless the rest decides, or it was asked for.
		{`product.price.amount > 100 || product.id.startsWith('sku')`, true, true},
		{`!has(product.price)`, false, true},
		{`has(product.price) && has(product.attributes.colour) && has(product.numbers.rating)`, true, false},
		{`!has(product.price) || product.price.amount < 100`, true, true},
		{`'shoes' in product.categories`, true, false},
		{`'shoes/running' in product.categories`, true, false},
		{`'shoes/running/trail' in product.categories`, true, false},
		{`'trail' in product.categories`, true, false},
		{`'sale' in product.categories`, true, false},
		{`'running/trail' in product.categories`, false, false},
		{`'run' in product.categories`, false, false},
		{`'' in product.categories`, false, false},
		{`product.categories.exists(c, c.startsWith('shoes/'))`, true, false},
		{`product.categories.all(c, c != 'toys')`, true, true},
		{`size(product.categories) == 6`, true, false}, // shoes, shoes/running, running, shoes/running/trail, trail, sale
		{`product.categories[0] == 'shoes'`, true, false},
		{`'gift' in product.tags`, true, false},
		{`product.tags.exists_one(t, t == 'gift')`, true, false},
		{`product.brand in ['Acme', 'Other']`, true, false},
		{`product.title.contains('Runner') && product.title.matches('^Trail .*[0-9]$')`, true, false},
		{`product.group_id == 'trail-runner' && product.url.endsWith('/1')`, true, false},
		{`product.stock == 3`, true, false},
		{`product.stock == -1`, false, true},
		{`product.stock >= 2 || product.stock < 0`, true, true},
		{`product.availability == 'in_stock'`, true, false},
		{`product.availability == 'preorder'`, false, true},
		{`product.attributes.colour == 'red'`, true, false},
		{`product.attributes['colour'] == 'red'`, true, false},
		{`'colour' in product.attributes`, true, false},
		{`product.attributes.exists(k, product.attributes[k] == '42')`, true, false},
		{`product.numbers.rating > 4`, true, false},
		{`product.numbers['margin'] * 100.0 >= 30.0`, true, false},
		{`product.price.amount / product.list_price.amount < 0.8`, true, false},
		{`size(product.numbers) == 2`, true, false},
		{`context.page_type == 'product' && context.product_id != product.id`, true, true},
		{`context.category in product.categories`, true, false},
		{`context.search_query.contains(product.attributes.colour)`, true, false},
		{`context.country == 'DE' && context.region == 'BY' && context.city == 'München'`, true, true},
		{`context.device == 'phone' && context.channel == 'app' && context.locale == 'de-DE'`, true, true},
		{`context.attributes.store in product.tags`, true, false},
		{`context.attributes.nothing in product.tags`, false, false},
		{`context.device == 'desktop'`, false, false},
		{`dyn(product) == 1`, false, false}, // products are not values
		{`size([context]) == 1`, false, false},
		{`product.stock / 0 == 1`, false, false},
		{`product.tags.exists(context, context == 'gift')`, true, false},
	} {
		program, err := New(Options{}).Compile(test.expr)
		if err != nil {
			t.Errorf("%s: %v", test.expr, err)
			continue
		}
		filter := program.Bind(page)
		for range 2 { // evaluated, then remembered
			if got := filter.Passes(shoe()); got != test.shoe {
				t.Errorf("%s: %v for the shoe, want %v", test.expr, got, test.shoe)
			}
			if got := filter.Passes(bare); got != test.bare {
				t.Errorf("%s: %v for the bare product, want %v", test.expr, got, test.bare)
			}
		}
		program.Bind(nil).Passes(bare)
	}
}

func TestRefused(t *testing.T) {
	for _, test := range []struct {
		name, expr string
		kind       error
		want       []string
	}{
		{"syntax", `product.price.amount <`, ErrInvalid, []string{"at line 1, column 23"}},
		{"second line", "true &&\nproduct.prise.amount < 1", ErrInvalid, []string{"at line 2, column 8", "undefined field 'prise'", "price, stock"}},
		{"unknown variable", `colour == 'red'`, ErrInvalid, []string{"'colour'", "the variables are product and context"}},
		{"text without quotes", `product.brand == Acme`, ErrInvalid, []string{"text stands in quotes"}},
		{"types", `product.brand < 7`, ErrInvalid, []string{"no matching overload"}},
		{"whole number", `product.numbers.rating == 4`, ErrInvalid, []string{"write 4.0"}},
		{"not a condition", `product.brand`, ErrInvalid, []string{"type string, must give true or false"}},
		{"no type at all", `dyn(product.brand)`, ErrInvalid, []string{"must give true or false"}},
		{"regular expression", `product.title.matches('(')`, ErrInvalid, []string{"column 23", "missing closing )", "RE2"}},
		{"huge regular expression", `product.title.matches('(a{500}){2}')`, ErrInvalid, []string{"column 23", "repeats too much"}},
		{"huge class", `product.title.matches('(a|b|[^x]{900})')`, ErrInvalid, []string{"repeats too much"}},
		{"a field as regular expression", `matches(product.title, product.brand)`, ErrInvalid, []string{"in quotes", "contains"}},
		{"product as a value", `product == product`, ErrTooCostly, nil},
		{"message", `Money{amount: 1.0} == product.price`, ErrInvalid, []string{"builds a message"}},
		{"list building", `product.tags.map(x, x + x).size() > 1`, ErrInvalid, []string{"undeclared reference"}},
		{"unknown macro", `product.tags.filter(x, x == 'a').size() > 1`, ErrInvalid, nil},
		{"too long", `product.brand == '` + strings.Repeat("x", 5000) + `'`, ErrInvalid, []string{"at most 4096", "tag"}},
		{"too deep", strings.Repeat("(", 1000) + "true" + strings.Repeat(")", 1000), ErrInvalid, nil},
		{"nested loops", `product.tags.exists(a, product.tags.exists(b, product.tags.exists(c, a == b && b == c)))`, ErrTooCostly, []string{"more than the 5000 allowed", "nest no loops"}},
		{"loop over a loop", `product.categories.exists(a, product.categories.exists(b, a.contains(b)))`, ErrTooCostly, nil},
		{"endless", `product.tags.exists(a, (dyn(a) + dyn(a)).contains(dyn(a)))`, ErrTooCostly, nil},
		{"concatenation", strings.Repeat("product.url + ", 40) + "'' == ''", ErrTooCostly, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := New(Options{})
			_, err := c.Compile(test.expr)
			var refused *Error
			if !errors.As(err, &refused) || !errors.Is(err, test.kind) {
				t.Fatalf("got %v, want an Error that is %v", err, test.kind)
			}
			t.Log(err)
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("%q is more than one line", err)
			}
			if _, again := c.Compile(test.expr); again == nil || again.Error() != err.Error() {
				t.Errorf("the second time: %v", again)
			}
		})
	}
}

func TestCompiledOnce(t *testing.T) {
	c := New(Options{Expressions: 2})
	first, err := c.Compile("product.stock > 1")
	if err != nil {
		t.Fatal(err)
	}
	if second, _ := c.Compile("product.stock > 1"); second != first {
		t.Error("compiled twice")
	}
	for i := range 2 {
		if _, err := c.Compile(fmt.Sprintf("product.stock > 1%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	if second, _ := c.Compile("product.stock > 1"); second == first {
		t.Error("still there after two others, want it to have made room")
	}
}

// Values larger than the API takes are watched while they are judged.
func TestLargeValuesStopAtTheLimit(t *testing.T) {
	c := New(Options{CostLimit: 500})
	program, err := c.Compile(`product.tags.all(x, x != 'end')`)
	if err != nil {
		t.Fatal(err)
	}
	product := shoe()
	if !program.Bind(nil).Passes(product) {
		t.Error("a usual product does not pass")
	}
	product = shoe()
	product.Tags = make([]string, 10_000)
	if program.Bind(nil).Passes(product) {
		t.Error("10,000 tags pass, want the cost limit to end it")
	}
	program, err = c.Compile(`context.search_query.contains('xx') || product.stock == 3`)
	if err != nil {
		t.Fatal(err)
	}
	if program.Bind(&scoring.Context{SearchQuery: strings.Repeat("x", 1<<20)}).Passes(shoe()) {
		t.Error("a query of a megabyte passes, want the cost limit to end it")
	}
}

// Each page's judgements are its own.
func TestContextIsNotMixedUp(t *testing.T) {
	program, err := New(Options{}).Compile(`product.attributes.colour == context.attributes.colour && context.country == 'DE'`)
	if err != nil {
		t.Fatal(err)
	}
	product := shoe()
	for range 2 {
		for _, test := range []struct {
			country, colour string
			want            bool
		}{{"DE", "red", true}, {"DE", "blue", false}, {"FR", "red", false}, {"", "red", false}} {
			page := &scoring.Context{Country: test.country, Attributes: map[string]string{"colour": test.colour}}
			if got := program.Bind(page).Passes(product); got != test.want {
				t.Errorf("%+v: %v, want %v", test, got, test.want)
			}
		}
	}
}

func TestRememberedByManyAtOnce(t *testing.T) {
	program, err := New(Options{Judgements: 4096}).Compile(`product.stock >= 500`)
	if err != nil {
		t.Fatal(err)
	}
	products := make([]*scoring.Product, 10_000)
	for i := range products {
		stock := int64(i % 1000)
		products[i] = &scoring.Product{Stock: &stock}
	}
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			filter := program.Bind(nil)
			for range 3 {
				for _, p := range products {
					if got := filter.Passes(p); got != (*p.Stock >= 500) {
						t.Errorf("stock %d: %v", *p.Stock, got)
					}
				}
			}
		})
	}
	workers.Wait()
	if slots := len(program.always.known.table.Load().slots); slots > 4096 {
		t.Errorf("%d slots, want at most the 4096 allowed", slots)
	}
}

// Looking a category up gives what the list of levels holds.
func TestCategoryLookupEqualsList(t *testing.T) {
	part := rapid.SampledFrom([]string{"a", "b", "a b", "", " ", "shoes", "/"})
	rapid.Check(t, func(t *rapid.T) {
		var paths []string
		for range rapid.IntRange(0, 4).Draw(t, "paths") {
			paths = append(paths, strings.Join(rapid.SliceOfN(part, 0, 5).Draw(t, "parts"), "/"))
		}
		c := categories{&scoring.Product{Categories: paths}}
		levels := c.levels()
		wanted := strings.Join(rapid.SliceOfN(part, 0, 3).Draw(t, "wanted"), "/")
		if len(levels) > 0 && rapid.Bool().Draw(t, "hit") {
			wanted = rapid.SampledFrom(levels).Draw(t, "level")
		}
		in := false
		for _, level := range levels {
			in = in || level == wanted
		}
		if got := c.Contains(types.String(wanted)); got != types.Bool(in) {
			t.Fatalf("%q in %q: %v, the list is %q", wanted, paths, got, levels)
		}
	})
}

func FuzzCompile(f *testing.F) {
	for _, seed := range []string{
		`product.price.amount < 100 && 'running' in product.categories`,
		`product.tags.exists(t, t.matches('a+b')) || context.attributes["x"] != ''`,
		`{1: product}[1] == dyn(context)`, `[product, product][0].brand`, `timestamp('2020-01-01T00:00:00Z').getHours() > size(b'\x00')`,
		`type(product) == type(context)`, `product.categories + product.tags == [] ? has(product.price.amount) : duration('1s') > duration('1ms')`,
		"\x00", "((((((((", "product.categories == product.categories",
	} {
		f.Add(seed)
	}
	c := New(Options{Expressions: 16})
	f.Fuzz(func(t *testing.T, expr string) {
		program, err := c.Compile(expr)
		if err != nil {
			var refused *Error
			if !errors.As(err, &refused) {
				t.Fatalf("%q: %T", expr, err)
			}
			return
		}
		program.Bind(nil).Passes(shoe())
		program.Bind(&scoring.Context{Country: "DE"}).Passes(&scoring.Product{})
	})
}

func BenchmarkPasses(b *testing.B) {
	products := make([]*scoring.Product, 1000)
	for i := range products {
		products[i] = shoe()
	}
	for _, bench := range []struct {
		name, expr string
		forget     bool
	}{
		{"remembered", `product.price.amount < 100 && 'running' in product.categories`, false},
		{"remembered/on page", `product.price.amount < 100 && context.country == 'DE'`, false},
		{"evaluated", `product.price.amount < 100 && 'running' in product.categories`, true},
		{"evaluated/attribute", `product.attributes.colour in ['red', 'blue', 'green']`, true},
	} {
		b.Run(bench.name, func(b *testing.B) {
			program, err := New(Options{}).Compile(bench.expr)
			if err != nil {
				b.Fatal(err)
			}
			page := &scoring.Context{Country: "DE"}
			filter := program.Bind(page)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				p := products[i%len(products)]
				if i++; bench.forget {
					filter.judge(p)
				} else {
					filter.Passes(p)
				}
			}
		})
	}
	b.Run("bind/on page", func(b *testing.B) {
		program, err := New(Options{}).Compile(`context.country == 'DE'`)
		if err != nil {
			b.Fatal(err)
		}
		page := &scoring.Context{Country: "DE"}
		b.ReportAllocs()
		for b.Loop() {
			program.Bind(page)
		}
	})
}

func BenchmarkCompile(b *testing.B) {
	c := New(Options{Expressions: 1})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := c.Compile(fmt.Sprintf("product.price.amount < %d && 'running' in product.categories", i)); err != nil {
			b.Fatal(err)
		}
	}
}
