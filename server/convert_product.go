package server

import (
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
)

// maxCategoryLevels bounds the depth of a category path.
const maxCategoryLevels = 8

// availabilities by the numbers of the wire contract.
var availabilities = map[pb.Availability]scoring.Availability{
	pb.Availability_AVAILABILITY_UNSPECIFIED:  scoring.InStock,
	pb.Availability_AVAILABILITY_IN_STOCK:     scoring.InStock,
	pb.Availability_AVAILABILITY_OUT_OF_STOCK: scoring.OutOfStock,
	pb.Availability_AVAILABILITY_PREORDER:     scoring.Preorder,
	pb.Availability_AVAILABILITY_BACKORDER:    scoring.Backorder,
}

var availabilityNumbers = map[scoring.Availability]pb.Availability{
	scoring.InStock:    pb.Availability_AVAILABILITY_IN_STOCK,
	scoring.OutOfStock: pb.Availability_AVAILABILITY_OUT_OF_STOCK,
	scoring.Preorder:   pb.Availability_AVAILABILITY_PREORDER,
	scoring.Backorder:  pb.Availability_AVAILABILITY_BACKORDER,
}

// productFromProto converts a product that the contract's rules have checked,
// and checks what they can't say. now is its time of update.
func productFromProto(v *violations, field string, m *pb.Product, id scoring.ProductID, currency string, now time.Time) scoring.Product {
	p := scoring.Product{
		ID:           id,
		Title:        m.GetTitle(),
		Brand:        m.GetBrand(),
		Tags:         m.GetTags(),
		Price:        priceFromProto(v, field+"price", m.GetPrice(), currency),
		ListPrice:    priceFromProto(v, field+"list_price", m.GetListPrice(), currency),
		Availability: availabilities[m.GetAvailability()],
		Stock:        m.Stock,
		Attributes:   m.GetAttributes(),
		Numbers:      m.GetNumbers(),
		GroupID:      m.GetGroupId(),
		URL:          m.GetUrl(),
		ImageURL:     m.GetImageUrl(),
		AvailableAt:  timeFromProto(v, field+"available_time", m.GetAvailableTime()),
		ExpiresAt:    timeFromProto(v, field+"expire_time", m.GetExpireTime()),
		Sensitive:    m.GetSensitive(),
		UpdatedAt:    now,
	}
	for i, path := range m.GetCategories() {
		levels := scoring.CategoryLevels(path)
		switch {
		case len(levels) == 0:
			v.add(fmt.Sprintf("%scategories[%d]", field, i), "is %q, must name at least one level", clip(path))
		case len(levels) > maxCategoryLevels:
			v.add(fmt.Sprintf("%scategories[%d]", field, i), "has %d levels, must have at most %d", len(levels), maxCategoryLevels)
		default:
			p.Categories = append(p.Categories, levels[len(levels)-1])
		}
	}
	return p
}

func productToProto(site scoring.SiteID, p *scoring.Product) *pb.Product {
	return &pb.Product{
		Name:          productName(site, p.ID),
		Title:         p.Title,
		Categories:    p.Categories,
		Brand:         p.Brand,
		Tags:          p.Tags,
		Price:         moneyToProto(p.Price),
		ListPrice:     moneyToProto(p.ListPrice),
		Availability:  availabilityNumbers[p.Availability],
		Stock:         p.Stock,
		Attributes:    p.Attributes,
		Numbers:       p.Numbers,
		GroupId:       p.GroupID,
		Url:           p.URL,
		ImageUrl:      p.ImageURL,
		AvailableTime: timeToProto(p.AvailableAt),
		ExpireTime:    timeToProto(p.ExpiresAt),
		Sensitive:     p.Sensitive,
		Etag:          etagOf(p.Revision),
		UpdateTime:    timeToProto(p.UpdatedAt),
	}
}

// maxUnits bounds amounts so that billionths of a unit fit 64 bits.
const maxUnits = 9_000_000_000

// priceFromProto is moneyFromProto for what can't be negative.
func priceFromProto(v *violations, field string, m *pb.Money, currency string) *scoring.Money {
	money := moneyFromProto(v, field, m, currency)
	if money != nil && money.Nanos < 0 {
		v.add(field, "is negative, must be 0 or more")
	}
	return money
}

// moneyFromProto converts an amount; nil stays nil. currency stands in where
// the amount names none.
func moneyFromProto(v *violations, field string, m *pb.Money, currency string) *scoring.Money {
	if m == nil {
		return nil
	}
	units, nanos := m.GetUnits(), int64(m.GetNanos())
	if units > maxUnits || units < -maxUnits {
		v.add(field+".units", "is %d, must be within ±%d", units, int64(maxUnits))
		return nil
	}
	if units > 0 && nanos < 0 || units < 0 && nanos > 0 {
		v.add(field+".nanos", "is %d beside %d units, must have the same sign", nanos, units)
		return nil
	}
	if m.GetCurrencyCode() != "" {
		currency = m.GetCurrencyCode()
	}
	return &scoring.Money{Currency: strings.ToUpper(currency), Nanos: units*1e9 + nanos}
}

func moneyToProto(m *scoring.Money) *pb.Money {
	if m == nil {
		return nil
	}
	return &pb.Money{CurrencyCode: m.Currency, Units: m.Nanos / 1e9, Nanos: int32(m.Nanos % 1e9)}
}

// timeFromProto converts a time; the zero time stands for an absent one.
func timeFromProto(v *violations, field string, m *timestamppb.Timestamp) time.Time {
	if m == nil {
		return time.Time{}
	}
	if err := m.CheckValid(); err != nil {
		v.add(field, "must be between the years 1 and 9999")
		return time.Time{}
	}
	return m.AsTime().Truncate(time.Microsecond)
}

func timeToProto(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}
