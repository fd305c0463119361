package filter

import (
	"strings"

	"cel.dev/cel-go/checker"
	"cel.dev/cel-go/common/operators"

	"github.com/vitrine-io/vitrine/scoring"
)

// The most that the API takes of each field: the sizes that costs are estimated
// with. The .proto files have the same numbers.
const (
	maxID         = 128
	maxTitle      = 512
	maxURL        = 2048
	maxPaths      = 8
	maxLevels     = 8
	maxPath       = 512
	maxTags       = 32
	maxTag        = 128
	maxAttributes = 32 // of a product or page, and numbers of a product
	maxName       = 64 // of an attribute or number
	maxAttribute  = 256
	maxPageValue  = 1024 // an attribute of the page
	maxPageText   = 512  // a category or search query
	maxPlace      = 128
	maxEnum       = 32

	maxInterests       = 64 // of a visitor, as interest.MaxFacets
	maxFacetName       = 64 + 512
	maxVisitorProducts = 128
	maxSegments        = 250 // of a site
	maxSegmentID       = 63
)

// sizes estimates how large the values of the variables can be. Paths are those
// of checker.AstNode: "product", "attributes", then "@keys" or "@values".
type sizes struct{}

// EstimateSize implements checker.CostEstimator.
func (sizes) EstimateSize(node checker.AstNode) *checker.SizeEstimate {
	path := node.Path()
	if len(path) > 2 && path[1] == "attributes" && path[2] != "@keys" {
		path = []string{path[0], path[1], "@values"} // product.attributes.colour
	}
	var most uint64
	switch strings.Join(path, ".") {
	case "product.title":
		most = maxTitle
	case "product.url":
		most = maxURL
	case "product.id", "product.brand", "product.group_id", "context.product_id":
		most = maxID
	case "visitor.interests":
		most = maxInterests
	case "visitor.interests.@keys":
		most = maxFacetName
	case "visitor.cart", "visitor.viewed", "visitor.bought":
		most = maxVisitorProducts
	case "visitor.cart.@items", "visitor.viewed.@items", "visitor.bought.@items":
		most = maxID
	case "visitor.segments":
		most = maxSegments
	case "visitor.segments.@items":
		most = maxSegmentID
	case "visitor.attributes":
		most = maxAttributes
	case "visitor.attributes.@keys":
		most = maxName
	case "visitor.attributes.@values":
		most = maxAttribute
	case "product.categories":
		most = 2 * maxPaths * maxLevels
	case "product.categories.@items":
		most = maxPath
	case "product.tags":
		most = maxTags
	case "product.tags.@items":
		most = maxTag
	case "product.attributes", "product.numbers", "context.attributes":
		most = maxAttributes
	case "product.attributes.@keys", "product.numbers.@keys", "context.attributes.@keys":
		most = maxName
	case "product.attributes.@values":
		most = maxAttribute
	case "context.attributes.@values":
		most = maxPageValue
	case "context.category", "context.search_query", "context.source", "context.medium", "context.campaign":
		most = maxPageText
	case "context.referrer":
		most = maxURL
	case "context.country", "context.region", "context.city", "context.locale":
		most = maxPlace
	case "visitor.country", "visitor.region", "visitor.city", "visitor.device", "visitor.channel":
		most = maxEnum
	case "context.page_type", "context.device", "context.channel",
		"product.availability", "product.price.currency", "product.list_price.currency":
		most = maxEnum
	default:
		if len(path) != 3 || path[1] != "first_source" && path[1] != "last_source" {
			return nil
		}
		most = maxEnum
	}
	return &checker.SizeEstimate{Max: most}
}

// EstimateCallCost implements checker.CostEstimator: beside those of our functions, and of
// looking for a segment, which works out one rule, CEL's own costs hold.
func (sizes) EstimateCallCost(function, _ string, _ *checker.AstNode, args []checker.AstNode) *checker.CallEstimate {
	most := uint64(callCost)
	switch {
	case function == callTimes || function == callProducts || function == callSpent:
	case function == operators.In && len(args) == 2 && strings.Join(args[1].Path(), ".") == "visitor.segments":
		most = 2 * callCost
	default:
		return nil
	}
	return &checker.CallEstimate{CostEstimate: checker.CostEstimate{Min: 1, Max: most}}
}

// usualProduct reports whether the estimate holds for a product.
func usualProduct(p *scoring.Product) bool {
	if len(p.ID) > maxID || len(p.Brand) > maxID || len(p.GroupID) > maxID ||
		len(p.Title) > maxTitle || len(p.URL) > maxURL ||
		len(p.Categories) > maxPaths || len(p.Tags) > maxTags || len(p.Numbers) > maxAttributes {
		return false
	}
	for _, path := range p.Categories {
		if len(path) > maxPath || strings.Count(path, "/") >= maxLevels {
			return false
		}
	}
	for _, tag := range p.Tags {
		if len(tag) > maxTag {
			return false
		}
	}
	for name := range p.Numbers {
		if len(name) > maxName {
			return false
		}
	}
	return usualAttributes(p.Attributes, maxAttribute)
}

// usualContext reports whether the estimate holds for a page.
func usualContext(c *scoring.Context) bool {
	return len(c.Product) <= maxID && len(c.Category) <= maxPageText && len(c.SearchQuery) <= maxPageText &&
		len(c.Referrer) <= maxURL && len(c.Source) <= maxPageText && len(c.Medium) <= maxPageText && len(c.Campaign) <= maxPageText &&
		len(c.Country) <= maxPlace && len(c.Region) <= maxPlace && len(c.City) <= maxPlace && len(c.Locale) <= maxPlace &&
		usualAttributes(c.Attributes, maxPageValue)
}

func usualAttributes(attributes map[string]string, most int) bool {
	if len(attributes) > maxAttributes {
		return false
	}
	for name, value := range attributes {
		if len(name) > maxName || len(value) > most {
			return false
		}
	}
	return true
}
