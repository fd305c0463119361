package server_test

import (
	"context"
	"testing"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/server"
	"github.com/vitrine-io/vitrine/store"
	"github.com/vitrine-io/vitrine/store/boltstore"
)

// journal reads what the site's journal holds. The server must be stopped.
func (s *shop) journal(site scoring.SiteID) (events []scoring.Event) {
	s.t.Helper()
	st, err := boltstore.Open(s.dir, boltstore.Options{})
	must(s.t, err)
	defer st.Close()
	head, err := st.Head(s.t.Context(), site)
	must(s.t, err)
	if head == 0 {
		return nil
	}
	ctx, cancel := context.WithCancel(s.t.Context())
	defer cancel()
	must(s.t, st.Follow(ctx, site, 0, func(entries []store.Entry) error {
		for _, e := range entries {
			events = append(events, e.Event)
		}
		if entries[len(entries)-1].Seq >= head {
			cancel()
		}
		return nil
	}))
	return events
}

// controls are the control entries of a journal: type and products.
func controls(events []scoring.Event) (list []scoring.EventType, products []scoring.ProductID) {
	for _, e := range events {
		if e.Type.Control() {
			list = append(list, e.Type)
			for _, it := range e.Items {
				products = append(products, it.Product)
			}
		}
	}
	return list, products
}

// A product that is deleted, and one that comes back, stand in the journal, so
// that what is learned of them is forgotten or kept at the same place each time.
func TestDeletedProductsStandInTheJournal(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	s.track("shop", viewed("v", "shoe-1"))
	_, err := s.catalog.DeleteProduct(t.Context(), &pb.DeleteProductRequest{Name: "sites/shop/products/shoe-1"})
	must(t, err)
	_, err = s.catalog.CreateProduct(t.Context(), &pb.CreateProductRequest{
		Parent: "sites/shop", ProductId: "shoe-1", Product: &pb.Product{Title: "back again"},
	})
	must(t, err)
	_, err = s.catalog.CreateProduct(t.Context(), &pb.CreateProductRequest{
		Parent: "sites/shop", ProductId: "never-seen", Product: &pb.Product{Title: "new"},
	})
	must(t, err)
	if _, err = s.catalog.DeleteProduct(t.Context(), &pb.DeleteProductRequest{Name: "sites/shop/products/nobody"}); err == nil {
		t.Error("a product that is not there was deleted")
	}
	s.stop()
	kinds, products := controls(s.journal("shop"))
	s.start()
	if len(kinds) != 2 || kinds[0] != scoring.ProductDeleted || kinds[1] != scoring.ProductRestored ||
		products[0] != "shoe-1" || products[1] != "shoe-1" {
		t.Errorf("control entries %v about %v, want shoe-1 deleted and restored", kinds, products)
	}
	if visitor, err := s.visitors.GetVisitor(t.Context(), &pb.GetVisitorRequest{Name: "sites/shop/visitors/v"}); err != nil || visitor.GetEventCount() != 1 {
		t.Errorf("the visitor has %d events (%v), want their own", visitor.GetEventCount(), err)
	}
}

// A full import that leaves products out has them forgotten, and the learner gets
// past control entries after a restart, too.
func TestFullImportForgetsTheRest(t *testing.T) {
	clock := &server.EventClock{}
	s := &shop{t: t, dir: t.TempDir(), clock: clock}
	s.start()
	t.Cleanup(func() { s.stop() })
	s.create("shop")
	s.sell("shop", smallRange()...)
	s.importViews("shop", [][]string{{"shoe-1", "shoe-2", "lamp-3"}, {"shoe-1", "shoe-2"}})
	stream, err := s.catalog.ImportProducts(t.Context())
	must(t, err)
	must(t, stream.Send(&pb.ImportProductsRequest{
		Parent: "sites/shop", Mode: pb.ImportMode_IMPORT_MODE_FULL,
		Products: []*pb.Product{{Name: "sites/shop/products/shoe-1", Title: "the only one"}},
	}))
	must(t, stream.CloseSend())
	for {
		if _, err := stream.Recv(); err != nil {
			break
		}
	}
	s.restart()
	s.importEvents("shop", []*pb.Event{viewed("late", "shoe-1")})
	s.stop()
	kinds, products := controls(s.journal("shop"))
	s.start()
	if len(kinds) != 1 || kinds[0] != scoring.ProductDeleted || len(products) != 29 {
		t.Errorf("control entries %v about %d products, want one about 29", kinds, len(products))
	}
}

func TestClientsSendNoControlEntries(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	for _, kind := range []scoring.EventType{scoring.WeightsReset, scoring.ProductDeleted, scoring.VisitorErased} {
		for _, number := range []pb.EventType{pb.EventType(kind), pb.EventType(kind) + 256} {
			e := event("v", number, "shoe-1")
			_, err := s.events.TrackEvent(t.Context(), &pb.TrackEventRequest{Site: "sites/shop", Event: e})
			wantViolation(t, err, "event.type", "")
			resp, err := s.events.TrackEvents(t.Context(), &pb.TrackEventsRequest{Site: "sites/shop", Events: []*pb.Event{e}})
			must(t, err)
			if got := resp.GetResults()[0].GetStatus(); got != pb.EventStatus_EVENT_STATUS_INVALID {
				t.Errorf("type %d: %v, want INVALID", number, got)
			}
		}
	}
}
