package vitrine_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"google.golang.org/grpc/status"

	vitrine "github.com/vitrine-io/vitrine/clients/go"
	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// The common case: fill the home page for a visitor. The bestsellers stand in
// when Vitrine gives no answer within 50 ms.
func ExampleClient_Decide() {
	address, stop := startVitrine()
	defer stop()
	shop, err := vitrine.New(address, vitrine.Options{Site: "demo", Insecure: true, DecideTimeout: patience})
	if err != nil {
		log.Fatal(err)
	}
	defer shop.Close(context.Background())

	visitor := vitrine.Visitor{DeviceID: "cookie-1", Consent: vitrine.Granted(vitrine.Personalization, vitrine.Measurement)}
	page := shop.Decide(context.Background(), visitor, "home", "bestseller-1", "bestseller-2")
	for _, item := range page.Items("home") {
		fmt.Printf("%s: %s\n", item.ProductID, item.Reason)
	}
	// Output:
	// gaiters-7: Because you looked at Trail Runner
	// socks-2: Popular in running
}

// Nothing listens here: the page shows the caller's own products.
func ExampleClient_Decide_fallback() {
	shop, err := vitrine.New("127.0.0.1:1", vitrine.Options{Site: "demo", Insecure: true})
	if err != nil {
		log.Fatal(err)
	}
	defer shop.Close(context.Background())

	page := shop.Decide(context.Background(), vitrine.Visitor{}, "home", "bestseller-1", "bestseller-2")
	fmt.Println(page.Fallback, page.Products("home"))
	// Output: true [bestseller-1 bestseller-2]
}

// A product page with two placements, filled together so that nothing stands on
// it twice.
func ExampleClient_DecidePage() {
	address, stop := startVitrine()
	defer stop()
	shop, err := vitrine.New(address, vitrine.Options{Site: "demo", Insecure: true, DecideTimeout: patience})
	if err != nil {
		log.Fatal(err)
	}
	defer shop.Close(context.Background())

	page := shop.DecidePage(context.Background(), &vitrinev1.DecideRequest{
		Visitor: &vitrinev1.VisitorKey{DeviceId: "cookie-1"},
		Consent: vitrine.Granted(vitrine.Personalization, vitrine.Measurement),
		Context: &vitrinev1.PageContext{PageType: vitrinev1.PageType_PAGE_TYPE_PRODUCT, ProductId: "trail-runner-42"},
		Placements: []*vitrinev1.PlacementRequest{
			{Placement: "home", Count: 1},
			{Placement: "footer", Count: 4, Filter: "product.price.amount < 20.0"},
		},
	}, map[string][]string{"home": {"bestseller-1"}})
	fmt.Println(page.Products("home"), page.Products("footer"))
	// Output: [gaiters-7] []
}

// Track returns at once; Close delivers what is still on its way.
func ExampleClient_Track() {
	address, stop := startVitrine()
	defer stop()
	shop, err := vitrine.New(address, vitrine.Options{
		Site:     "demo",
		Insecure: true,
		OnDrop:   func(d vitrine.Drop) { fmt.Printf("lost %v: %s: %v\n", d.Event.GetType(), d.Reason, d.Err) },
	})
	if err != nil {
		log.Fatal(err)
	}
	visitor := vitrine.Visitor{DeviceID: "cookie-1", Consent: vitrine.Granted(vitrine.Personalization, vitrine.Measurement)}
	shop.Track(vitrine.ProductViewed(visitor, "trail-runner-42"))
	shop.Track(vitrine.ProductAdded(visitor, vitrine.Line("trail-runner-42", 1, vitrine.Cents("EUR", 8995))))
	shop.Track(vitrine.ProductViewed(visitor, ""))

	if err := shop.Close(context.Background()); err != nil {
		log.Fatal(err)
	}
	fmt.Println("stored", shop.Stats().Stored)
	// Output:
	// lost EVENT_TYPE_PRODUCT_VIEWED: invalid: vitrine: invalid event: items[0].product_id: must have at least 1 character
	// stored 2
}

// An order should be on disk before the shop goes on.
func ExampleClient_TrackNow() {
	address, stop := startVitrine()
	defer stop()
	shop, err := vitrine.New(address, vitrine.Options{Site: "demo", Insecure: true})
	if err != nil {
		log.Fatal(err)
	}
	defer shop.Close(context.Background())

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	visitor := vitrine.Visitor{DeviceID: "cookie-1", PersonID: "customer-17", Consent: vitrine.Granted(vitrine.Personalization, vitrine.Measurement)}
	order := vitrine.OrderCompleted(visitor, "order-1001", vitrine.Cents("EUR", 7559),
		vitrine.Line("trail-runner-42", 1, vitrine.Cents("EUR", 8995)))
	order.Id = "order-1001" // the shop's own key: sent again, the order counts once
	status, err := shop.TrackNow(ctx, order)
	fmt.Println(status, err)
	// Output: EVENT_STATUS_STORED <nil>
}

// Every other service is called through its generated client.
func ExampleClient_Conn() {
	address, stop := startVitrine()
	defer stop()
	shop, err := vitrine.New(address, vitrine.Options{Site: "demo", Insecure: true})
	if err != nil {
		log.Fatal(err)
	}
	defer shop.Close(context.Background())

	_, err = vitrinev1.NewVisitorServiceClient(shop.Conn()).GetVisitor(context.Background(),
		&vitrinev1.GetVisitorRequest{Name: "sites/demo/visitors/nobody"})
	fmt.Println(status.Code(err))
	// Output: NotFound
}
