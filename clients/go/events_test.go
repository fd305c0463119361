package vitrine

import (
	"testing"

	"buf.build/go/protovalidate"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// What the constructors make, the contract's own rules take.
func TestEventsKeepTheContract(t *testing.T) {
	shoes, price := Line("trail-runner-42", 2, Cents("EUR", 8995)), Cents("EUR", 17990)
	for want, event := range map[vitrinev1.EventType]*vitrinev1.Event{
		vitrinev1.EventType_EVENT_TYPE_HOME_VIEWED:         HomeViewed(ada),
		vitrinev1.EventType_EVENT_TYPE_PRODUCT_LIST_VIEWED: ProductListViewed(ada, "shoes/running"),
		vitrinev1.EventType_EVENT_TYPE_PRODUCTS_SEARCHED:   ProductsSearched(ada, "trail"),
		vitrinev1.EventType_EVENT_TYPE_PRODUCT_VIEWED:      ProductViewed(ada, "trail-runner-42"),
		vitrinev1.EventType_EVENT_TYPE_PRODUCT_CLICKED:     ItemClicked(ada, Item{ProductID: "socks-2", AttributionToken: "t"}),
		vitrinev1.EventType_EVENT_TYPE_PRODUCT_ADDED:       ProductAdded(ada, shoes),
		vitrinev1.EventType_EVENT_TYPE_PRODUCT_REMOVED:     ProductRemoved(ada, shoes),
		vitrinev1.EventType_EVENT_TYPE_CART_VIEWED:         CartViewed(ada, shoes),
		vitrinev1.EventType_EVENT_TYPE_ORDER_COMPLETED:     OrderCompleted(ada, "1001", price, shoes),
		vitrinev1.EventType_EVENT_TYPE_ORDER_REFUNDED:      OrderRefunded(ada, "1001", shoes),
		vitrinev1.EventType_EVENT_TYPE_ORDER_CANCELLED:     OrderCancelled(ada, "1001"),
		vitrinev1.EventType_EVENT_TYPE_DISMISSED:           NewEvent(ada, vitrinev1.EventType_EVENT_TYPE_DISMISSED, shoes),
	} {
		if event.GetType() != want || event.GetVisitor().GetDeviceId() != "ada" || event.GetConsent() == nil {
			t.Errorf("%v: want type %v with visitor and consent", event, want)
		}
		if err := protovalidate.Validate(identified(event)); err != nil {
			t.Errorf("%v: %v", want, err)
		}
	}
	if clicked := ItemClicked(ada, Item{AttributionToken: "t"}); clicked.GetType() != vitrinev1.EventType_EVENT_TYPE_CREATIVE_CLICKED || len(clicked.GetItems()) != 0 || clicked.GetAttributionToken() != "t" {
		t.Errorf("a creative's click %v: want its type and token, and no product", clicked)
	}
}

func TestCents(t *testing.T) {
	for cents, want := range map[int64]struct {
		units int64
		nanos int32
	}{
		1250: {12, 500_000_000},
		-5:   {0, -50_000_000}, // of one sign, as the contract wants it
		-199: {-1, -990_000_000},
	} {
		if got := Cents("EUR", cents); got.GetUnits() != want.units || got.GetNanos() != want.nanos || got.GetCurrencyCode() != "EUR" {
			t.Errorf("%d cents: %v, want %+v", cents, got, want)
		}
	}
}

func TestGranted(t *testing.T) {
	for _, p := range Granted(Personalization, Measurement).GetPurposes() {
		want := p.GetPurpose() == Personalization || p.GetPurpose() == Measurement
		if p.GetGranted() != want {
			t.Errorf("%v granted %v: want %v", p.GetPurpose(), p.GetGranted(), want)
		}
	}
	if got := len(Granted().GetPurposes()); got != 4 {
		t.Errorf("%d purposes answered: want all 4 refused", got)
	}
}

func TestGrantedProfileAlone(t *testing.T) {
	purposes := Granted(Profile).GetPurposes()
	if last := purposes[len(purposes)-1]; len(purposes) != 5 || last.GetPurpose() != Profile || !last.GetGranted() {
		t.Errorf("%v: want PROFILE granted, and four others refused", purposes)
	}
}
