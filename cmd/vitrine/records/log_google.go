package records

import (
	"encoding/json"
	"fmt"
	"strings"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// googleRetail reads the user events that Vertex AI Search for commerce (Google
// Retail) takes and exports: JSON Lines of google.cloud.retail.v2.UserEvent.
// What it has beyond products, order and search is passed over.
type googleRetail struct{}

func googleRetailBegins(head []byte) bool { return has(topKeys(head), "eventType", "visitorId") }

type googleUserEvent struct {
	EventType      string   `json:"eventType"`
	VisitorID      string   `json:"visitorId"`
	EventTime      string   `json:"eventTime"`
	SearchQuery    string   `json:"searchQuery"`
	PageCategories []string `json:"pageCategories"`
	UserInfo       struct {
		UserID string `json:"userId"`
	} `json:"userInfo"`
	ProductDetails []struct {
		Product struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		} `json:"product"`
		Quantity json.RawMessage `json:"quantity"`
	} `json:"productDetails"`
	PurchaseTransaction *struct {
		ID           string      `json:"id"`
		Revenue      json.Number `json:"revenue"`
		CurrencyCode string      `json:"currencyCode"`
	} `json:"purchaseTransaction"`
}

func googleType(name string) vitrinev1.EventType {
	return map[string]vitrinev1.EventType{
		"detail-page-view":        vitrinev1.EventType_EVENT_TYPE_PRODUCT_VIEWED,
		"add-to-cart":             vitrinev1.EventType_EVENT_TYPE_PRODUCT_ADDED,
		"remove-from-cart":        vitrinev1.EventType_EVENT_TYPE_PRODUCT_REMOVED,
		"purchase-complete":       vitrinev1.EventType_EVENT_TYPE_ORDER_COMPLETED,
		"shopping-cart-page-view": vitrinev1.EventType_EVENT_TYPE_CART_VIEWED,
		"category-page-view":      vitrinev1.EventType_EVENT_TYPE_PRODUCT_LIST_VIEWED,
		"search":                  vitrinev1.EventType_EVENT_TYPE_PRODUCTS_SEARCHED,
		"home-page-view":          vitrinev1.EventType_EVENT_TYPE_HOME_VIEWED,
		"promotion-offered":       vitrinev1.EventType_EVENT_TYPE_PROMOTION_VIEWED,
		"add-to-list":             vitrinev1.EventType_EVENT_TYPE_PRODUCT_ADDED_TO_WISHLIST,
	}[name]
}

func (googleRetail) read(line []byte) ([]*vitrinev1.Event, string, error) {
	var g googleUserEvent
	if err := json.Unmarshal(line, &g); err != nil {
		return nil, "", badJSON(err)
	}
	kind := googleType(g.EventType)
	switch {
	case g.EventType == "":
		return nil, "", fmt.Errorf("eventType: is missing")
	case kind == 0:
		return nil, "events of type " + shorten(g.EventType), nil
	}
	e := &vitrinev1.Event{
		Type: kind, Visitor: &vitrinev1.VisitorKey{DeviceId: g.VisitorID, PersonId: g.UserInfo.UserID},
		SearchQuery: g.SearchQuery, Categories: g.PageCategories, // their attribution token means nothing here
	}
	if g.EventTime != "" {
		at, err := plainTimes.parse(g.EventTime)
		if err != nil {
			return nil, "", fmt.Errorf("eventTime: %w", err)
		}
		e.Time = timestampOf(at)
	}
	for i, d := range g.ProductDetails {
		id := d.Product.ID
		if id == "" { // the resource name ends in it
			id = d.Product.Name[strings.LastIndex(d.Product.Name, "/")+1:]
		}
		if id == "" {
			return nil, "", fmt.Errorf("productDetails[%d].product.id: is missing", i)
		}
		n, err := googleQuantity(d.Quantity)
		if err != nil {
			return nil, "", fmt.Errorf("productDetails[%d].quantity: %w", i, err)
		}
		e.Items = append(e.Items, &vitrinev1.EventItem{ProductId: id, Quantity: n})
	}
	// A search that lists its results says nothing of these products yet.
	if kind == vitrinev1.EventType_EVENT_TYPE_PRODUCTS_SEARCHED || kind == vitrinev1.EventType_EVENT_TYPE_PRODUCT_LIST_VIEWED {
		e.Items = nil
	}
	if p := g.PurchaseTransaction; p != nil && p.ID != "" {
		e.Order = &vitrinev1.Order{Id: p.ID}
		if p.Revenue != "" && p.CurrencyCode != "" {
			m, err := parsePrice(p.Revenue.String(), p.CurrencyCode)
			if err != nil {
				return nil, "", fmt.Errorf("purchaseTransaction.revenue: %w", err)
			}
			e.Order.Revenue = m
		}
	}
	return []*vitrinev1.Event{e}, "", nil
}

// googleQuantity takes 3, "3" and {"value":3}, as clients write an Int32Value.
func googleQuantity(raw json.RawMessage) (int32, error) {
	if len(raw) > 0 && raw[0] == '{' {
		var w struct {
			Value json.RawMessage `json:"value"`
		}
		if err := json.Unmarshal(raw, &w); err != nil {
			return 0, badJSON(err)
		}
		raw = w.Value
	}
	return quantityOf(raw)
}

// quantityOf reads how many; 0, which means one, when it is not told.
func quantityOf(raw json.RawMessage) (int32, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return 0, nil
	}
	s, _ := scalar(raw)
	n, err := parseWhole(s)
	if err != nil || n < 0 || n > 1_000_000 {
		return 0, fmt.Errorf("%q, must be a whole number up to 1,000,000", shorten(string(raw)))
	}
	return int32(n), nil
}
