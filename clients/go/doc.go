// Package vitrine is the Go client of Vitrine, for a shop's backend: it asks
// what to show and tells what visitors do. Neither ever makes a page wait for
// long, and neither breaks it.
//
//	shop, err := vitrine.New("localhost:7654", vitrine.Options{Site: "demo", Insecure: true})
//	if err != nil {
//		log.Fatal(err)
//	}
//	defer shop.Close(context.Background())
//
//	visitor := vitrine.Visitor{DeviceID: cookie, Consent: vitrine.Granted(vitrine.Personalization, vitrine.Measurement)}
//	shop.Track(vitrine.ProductViewed(visitor, "trail-runner-42"))
//	page := shop.Decide(ctx, visitor, "home", bestsellers...)
//	for _, item := range page.Items("home") {
//		render(item.ProductID, item.Reason)
//	}
//
// # Deciding
//
// Decide answers within Options.DecideTimeout, 50 ms by default. When Vitrine
// does not answer by then, refuses, or is not there, the page consists of the
// caller's own fallback products; Page.Fallback says so and Page.Err says why.
// After five failures in a row calls fall back at once, without asking, but for
// one in 250 ms that tries again.
//
// # Tracking
//
// Track returns at once and delivers in the background, in the order of the
// calls: what has gathered while one batch was under way makes the next, so an
// event leaves at once when traffic is low and costs little when it is high.
// What fails for a passing reason is sent again under the same ids, which
// Vitrine counts once. Waiting events are bounded in number and bytes; one that
// can't be kept, or that Vitrine refuses, is handed to Options.OnDrop with the
// reason, and counted in Stats. Nothing is lost silently.
//
// A decision is sure to have an event in it once the event is acknowledged:
// call TrackNow, or Flush, where that matters.
//
// # Consent
//
// Events and decisions carry the visitor's consent. Without it Vitrine stores
// nothing of the event, which is not an error, and decides by the page alone.
//
// Everything else that Vitrine offers is reached through the generated clients
// of package vitrinev1 over Conn.
package vitrine
