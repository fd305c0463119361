package filter_test

import (
	"fmt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/server/filter"
)

func ExampleCompiler() {
	compiler := filter.New(filter.Options{})
	program, err := compiler.Compile(`product.price.amount < 100 && 'running' in product.categories`)
	if err != nil {
		fmt.Println(err)
		return
	}
	onPage := program.Bind(&scoring.Context{PageType: scoring.PageHome})
	fmt.Println(onPage.Passes(&scoring.Product{
		ID: "sku-1", Categories: []string{"shoes/running/trail"}, Price: &scoring.Money{Currency: "EUR", Nanos: 89_900_000_000},
	}))
	fmt.Println(onPage.Passes(&scoring.Product{ID: "sku-2", Categories: []string{"shoes/running"}})) // without a price

	_, err = compiler.Compile(`product.colour == 'red' `)
	fmt.Println(err.Error()[:75])
	// Output:
	// true
	// false
	// filter does not compile at line 1, column 8: undefined field 'colour'; prod
}
