package filter

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// The functions of a visitor.
const (
	callTimes    = "times"
	callProducts = "products"
	callSpent    = "spent_within"
	callAllows   = "allows"
	callDays     = "days"
)

// callCost is what one of them counts for in CEL's units: a microsecond's work in the
// fullest history.
const callCost = 50

// maxWindow bounds how far back a window reaches: no history is kept for longer.
const maxWindow = 10 * 365 * 24 * time.Hour

// actions are the words for what visitors do.
var actions = map[string]visitor.EventTypes{
	"viewed":       visitor.EventTypesOf(scoring.ProductViewed),
	"clicked":      visitor.EventTypesOf(scoring.ProductClicked),
	"added":        visitor.EventTypesOf(scoring.ProductAdded),
	"removed":      visitor.EventTypesOf(scoring.ProductRemoved),
	"bought":       visitor.EventTypesOf(scoring.OrderCompleted),
	"returned":     visitor.EventTypesOf(scoring.OrderRefunded, scoring.OrderCancelled),
	"wishlisted":   visitor.EventTypesOf(scoring.ProductWishlisted),
	"unwishlisted": visitor.EventTypesOf(scoring.ProductUnwishlisted),
	"shared":       visitor.EventTypesOf(scoring.ProductShared),
	"dismissed":    visitor.EventTypesOf(scoring.Dismissed),
	"searched":     visitor.EventTypesOf(scoring.ProductsSearched),
	"listed":       visitor.EventTypesOf(scoring.ProductListViewed),
	"visited":      visitor.EventTypesOf(scoring.PageViewed, scoring.HomeViewed),
	"checked_out":  visitor.EventTypesOf(scoring.CheckoutStarted),
	"ad_clicked":   visitor.EventTypesOf(scoring.CreativeClicked, scoring.PromotionClicked),
	"email_opened": visitor.EventTypesOf(scoring.EmailOpened, scoring.EmailLinkClicked),
}

// purposeNames are the words for what visitors allow.
var purposeNames = map[string]scoring.Purpose{
	"products":    scoring.PurposeProducts,
	"creatives":   scoring.PurposeCreatives,
	"measurement": scoring.PurposeMeasurement,
	"messages":    scoring.PurposeMessages,
	"profile":     scoring.PurposeProfile,
}

// facetKinds are the kinds of facets by their names.
var facetKinds = map[string]scoring.FacetKind{
	"category": scoring.FacetCategory, "brand": scoring.FacetBrand, "tag": scoring.FacetTag,
	"price_band": scoring.FacetPriceBand, "attribute": scoring.FacetAttribute,
}

// asks are the calls of an expression made ready: their arguments are written in it.
type asks struct {
	deeds   map[[3]string]ask
	windows map[string]time.Duration
}

// ask is what `times` and `products` are asked.
type ask struct {
	visitor.Deeds
	window time.Duration
}

// behaviour declares the functions.
func behaviour() cel.EnvOption {
	of := cel.ObjectType(visitorType)
	counted := func(count func(*visitor.History, *visitor.Deeds, time.Time) int64) cel.OverloadOpt {
		return cel.FunctionBinding(func(args ...ref.Val) ref.Val {
			v := args[0].Value().(*Visitor)
			q, ok := v.asks.deeds[[3]string{string(args[1].(types.String)), string(args[2].(types.String)), string(args[3].(types.String))}]
			if !ok {
				return types.NewErr("it asks for what is not written in it")
			}
			return types.Int(count(v.history(), &q.Deeds, v.Now.Add(-q.window)))
		})
	}
	three := []*cel.Type{of, cel.StringType, cel.StringType, cel.StringType}
	return cel.Lib(functions{[]cel.EnvOption{
		cel.Function(callTimes, cel.MemberOverload("visitor_times", three, cel.IntType, counted((*visitor.History).Times))),
		cel.Function(callProducts, cel.MemberOverload("visitor_products", three, cel.IntType, counted((*visitor.History).Products))),
		cel.Function(callSpent, cel.MemberOverload("visitor_spent_within", []*cel.Type{of, cel.StringType}, cel.DoubleType,
			cel.BinaryBinding(func(on, window ref.Val) ref.Val {
				v := on.Value().(*Visitor)
				return types.Double(amount(v.history().SpentAfter(v.Now.Add(-v.asks.windows[string(window.(types.String))]))))
			}))),
		cel.Function(callAllows, cel.MemberOverload("visitor_allows", []*cel.Type{of, cel.StringType}, cel.BoolType,
			cel.BinaryBinding(func(on, purpose ref.Val) ref.Val {
				v := on.Value().(*Visitor)
				return types.Bool(v.Profile != nil && v.Allowed.Has(purposeNames[string(purpose.(types.String))]))
			}))),
		cel.Function(callDays, cel.Overload("days_int", []*cel.Type{cel.IntType}, cel.DurationType,
			cel.UnaryBinding(func(n ref.Val) ref.Val {
				days := int64(n.(types.Int))
				if days < 0 || days > int64(maxWindow/(24*time.Hour)) {
					return types.NewErr("%d days are out of bounds", days)
				}
				return types.Duration{Duration: time.Duration(days) * 24 * time.Hour}
			}))),
	}})
}

// functions is a library of them.
type functions struct{ options []cel.EnvOption }

// CompileOptions implements cel.Library.
func (f functions) CompileOptions() []cel.EnvOption { return f.options }

// ProgramOptions implements cel.Library.
func (functions) ProgramOptions() []cel.ProgramOption { return nil }

// adapter hands visitors to functions.
type adapter struct{ types.Adapter }

// NativeToValue implements types.Adapter.
func (a adapter) NativeToValue(value any) ref.Val {
	if v, ok := value.(*Visitor); ok {
		return visitorValue{v}
	}
	return a.Adapter.NativeToValue(value)
}

// visitorValue is a visitor as functions get it.
type visitorValue struct{ visitor *Visitor }

// ConvertToNative implements ref.Val.
func (visitorValue) ConvertToNative(t reflect.Type) (any, error) {
	return nil, fmt.Errorf("a visitor can't be made a %v", t)
}

// ConvertToType implements ref.Val.
func (visitorValue) ConvertToType(t ref.Type) ref.Val {
	return types.NewErr("a visitor can't be made a %s", t.TypeName())
}

// Equal implements ref.Val.
func (v visitorValue) Equal(other ref.Val) ref.Val { return types.Bool(v == other) }

// Type implements ref.Val.
func (visitorValue) Type() ref.Type { return visitorObject }

// Value implements ref.Val.
func (v visitorValue) Value() any { return v.visitor }

var visitorObject = types.NewObjectType(visitorType)

// read makes a call's arguments ready. It returns what is wrong, with which of them, and
// what to do about it; nothing is wrong when message is empty.
func (a *asks) read(call ast.CallExpr) (at int, message, next string) {
	args := make([]string, len(call.Args()))
	for i, arg := range call.Args() {
		s, ok := arg.AsLiteral().(types.String)
		if arg.Kind() != ast.LiteralKind || !ok {
			return i, call.FunctionName() + " takes text in quotes", "write what is meant as it is, as in visitor.times('viewed', 'category/shoes', '7d')"
		}
		args[i] = string(s)
	}
	switch call.FunctionName() {
	case callAllows:
		if _, ok := purposeNames[args[0]]; !ok {
			return 0, fmt.Sprintf("there is no purpose %q", args[0]), "the purposes are " + strings.Join(sortedNames(purposeNames), ", ")
		}
		return 0, "", ""
	case callSpent:
		window, err := parseWindow(args[0])
		if err != nil {
			return 0, err.Error(), windowsAre
		}
		a.windows[args[0]] = window
		return 0, "", ""
	}
	q := ask{}
	var ok bool
	if q.Types, ok = actions[args[0]]; !ok {
		return 0, fmt.Sprintf("nobody can have %q", args[0]), "the actions are " + strings.Join(sortedNames(actions), ", ")
	}
	var err error
	if q.Product, q.Facet, err = parseWhat(args[1]); err != nil {
		return 1, err.Error(), "what is meant is a facet such as 'category/shoes/running', 'brand/Falk', 'tag/gift', 'price_band/22-46 EUR' or 'attribute/colour/red', or 'product/ID', or '' for anything"
	}
	if q.window, err = parseWindow(args[2]); err != nil {
		return 2, err.Error(), windowsAre
	}
	a.deeds[[3]string(args)] = q
	return 0, "", ""
}

const windowsAre = "a window is a number of m, h, d or w, such as '30m', '12h', '7d' or '8w'"

// parseWindow reads how far back is looked.
func parseWindow(s string) (time.Duration, error) {
	units := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	if len(s) < 2 || units[s[len(s)-1]] == 0 {
		return 0, fmt.Errorf("%q is no window", s)
	}
	n, err := strconv.ParseUint(s[:len(s)-1], 10, 32)
	unit := units[s[len(s)-1]]
	if err != nil || n == 0 {
		return 0, fmt.Errorf("%q is no window", s)
	}
	if n > uint64(maxWindow/unit) {
		return 0, fmt.Errorf("%q is longer than ten years", s)
	}
	return time.Duration(n) * unit, nil
}

// parseWhat reads what a deed was about: a facet, a product, or anything.
func parseWhat(s string) (scoring.ProductID, scoring.FacetID, error) {
	if s == "" {
		return "", 0, nil
	}
	kind, value, _ := strings.Cut(s, "/")
	if value == "" {
		return "", 0, fmt.Errorf("%q is no kind and value", s)
	}
	if kind == "product" {
		return scoring.ProductID(value), 0, nil
	}
	f := scoring.Facet{Kind: facetKinds[kind], Value: value}
	switch f.Kind {
	case 0:
		return "", 0, fmt.Errorf("%q is no kind of facet", kind)
	case scoring.FacetCategory:
		f.Value = strings.Trim(value, "/")
	case scoring.FacetAttribute:
		var ok bool
		if f.Key, f.Value, ok = strings.Cut(value, "/"); !ok || f.Value == "" {
			return "", 0, fmt.Errorf("%q has no value of the attribute", s)
		}
	}
	return "", f.ID(), nil
}
