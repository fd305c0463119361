package vitrine

import (
	"context"
	"testing"
	"time"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// What a request handler pays for an event, apart from its delivery.
func BenchmarkTrack(b *testing.B) {
	c := dial(b, "127.0.0.1:1", Options{MaxQueuedEvents: 1 << 30, MaxQueuedBytes: 1 << 40})
	event := ProductViewed(ada, "trail-runner-42")
	b.ReportAllocs()
	for b.Loop() {
		c.Track(event)
	}
}

// Events delivered over loopback, beside the same events sent one by one.
func BenchmarkDeliver(b *testing.B) {
	event := ProductViewed(ada, "trail-runner-42")
	for name, deliver := range map[string]func(*Client){
		"in the background": func(c *Client) {
			c.Track(event)
			if c.Stats().Queued > 5000 {
				_ = c.Flush(context.Background())
			}
		},
		"one by one": func(c *Client) { _, _ = c.TrackNow(context.Background(), event) },
	} {
		b.Run(name, func(b *testing.B) {
			address, _ := newShop().listen(b, "127.0.0.1:0")
			c := dial(b, address, Options{})
			b.ReportAllocs()
			for b.Loop() {
				deliver(c)
			}
			_ = c.Flush(context.Background())
		})
	}
}

// A page of 20 products over loopback, beside the bare stub and the fallback.
func BenchmarkDecide(b *testing.B) {
	s := newShop()
	s.decide = shows(make([]string, 20)...)
	address, stop := s.listen(b, "127.0.0.1:0")
	c := dial(b, address, Options{DecideTimeout: time.Minute})
	b.Run("stub", func(b *testing.B) {
		b.ReportAllocs()
		req := &vitrinev1.DecideRequest{Site: "sites/demo", Placements: []*vitrinev1.PlacementRequest{{Placement: "home"}}}
		for b.Loop() {
			_, _ = c.decisions.Decide(context.Background(), req)
		}
	})
	b.Run("client", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			c.Decide(context.Background(), ada, "home", bestsellers...)
		}
	})
	b.Run("fallback", func(b *testing.B) {
		stop()
		b.ReportAllocs()
		for b.Loop() {
			c.Decide(context.Background(), ada, "home", bestsellers...)
		}
	})
}
