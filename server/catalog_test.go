package server_test

import (
	"fmt"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

func TestProductLife(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	ctx := t.Context()
	shoe := &pb.Product{
		Title: "Trail Runner", Categories: []string{"shoes/trail"}, Brand: "Falk", Tags: []string{"light"},
		Price: &pb.Money{Units: 89, Nanos: 500_000_000}, Attributes: map[string]string{"colour": "red"},
		Numbers: map[string]float64{"rating": 4.5}, Stock: proto.Int64(3), Url: "https://shop.example/p/1",
	}
	created, err := s.catalog.CreateProduct(ctx, &pb.CreateProductRequest{Parent: "sites/shop", ProductId: "1", Product: shoe})
	must(t, err)
	if created.GetName() != "sites/shop/products/1" || created.GetPrice().GetCurrencyCode() != "EUR" || created.GetEtag() == "" {
		t.Errorf("created %v", created)
	}
	_, err = s.catalog.CreateProduct(ctx, &pb.CreateProductRequest{Parent: "sites/shop", ProductId: "1", Product: shoe})
	wantCode(t, err, codes.AlreadyExists)

	updated, err := s.catalog.UpdateProduct(ctx, &pb.UpdateProductRequest{
		Product:    &pb.Product{Name: created.GetName(), Brand: "Nordtuch", Etag: created.GetEtag()},
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"brand", "stock"}},
	})
	must(t, err)
	if updated.GetBrand() != "Nordtuch" || updated.Stock != nil || updated.GetTitle() != "Trail Runner" {
		t.Errorf("after a masked update: %v", updated)
	}
	_, err = s.catalog.UpdateProduct(ctx, &pb.UpdateProductRequest{Product: created})
	wantCode(t, err, codes.Aborted)
	_, err = s.catalog.DeleteProduct(ctx, &pb.DeleteProductRequest{Name: created.GetName(), Etag: created.GetEtag()})
	wantCode(t, err, codes.Aborted)

	s.restart()
	kept, err := s.catalog.GetProduct(ctx, &pb.GetProductRequest{Name: created.GetName()})
	must(t, err)
	if !proto.Equal(kept, updated) {
		t.Errorf("after a restart %v, want %v", kept, updated)
	}
	_, err = s.catalog.DeleteProduct(ctx, &pb.DeleteProductRequest{Name: created.GetName(), Etag: updated.GetEtag()})
	must(t, err)
	_, err = s.catalog.GetProduct(ctx, &pb.GetProductRequest{Name: created.GetName()})
	wantCode(t, err, codes.NotFound)
	_, err = s.catalog.UpdateProduct(ctx, &pb.UpdateProductRequest{Product: kept, AllowMissing: true})
	wantCode(t, err, codes.OK)
}

// Stock, price and removal count in the very next decision.
func TestCatalogueChangesCountAtOnce(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	has := func(id string) bool {
		for _, shown := range ids(s.home("shop", "v", 30)) {
			if shown == id {
				return true
			}
		}
		return false
	}
	if !has("shoe-1") || !has("tent-1") || !has("lamp-1") {
		t.Fatal("a page of thirty does not show the thirty products")
	}
	for _, change := range []*pb.Product{
		{Name: "sites/shop/products/shoe-1", Stock: proto.Int64(0)},
		{Name: "sites/shop/products/tent-1", Availability: pb.Availability_AVAILABILITY_OUT_OF_STOCK},
	} {
		_, err := s.catalog.UpdateProduct(t.Context(), &pb.UpdateProductRequest{
			Product: change, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"stock", "availability"}},
		})
		must(t, err)
	}
	_, err := s.catalog.DeleteProduct(t.Context(), &pb.DeleteProductRequest{Name: "sites/shop/products/lamp-1"})
	must(t, err)
	if has("shoe-1") || has("tent-1") || has("lamp-1") {
		t.Errorf("sold out, unavailable or removed, and still on the page: %v", ids(s.home("shop", "v", 30)))
	}
	page := s.home("shop", "v", 30, func(r *pb.DecideRequest) {
		r.Placements[0].Filter = "product.price.amount < 50 && 'trail' in product.categories"
	})
	if got := len(ids(page)); got != 2 { // shoe-0 at 20 and shoe-2 at 40
		t.Errorf("%d products pass the filter, want 2: %v", got, ids(page))
	}
	if page.GetPlacements()[0].GetNoFillReason() != pb.NoFillReason_NO_FILL_REASON_FILTERED {
		t.Errorf("no-fill reason %v, want FILTERED", page.GetPlacements()[0].GetNoFillReason())
	}
}

func TestListProductsInPages(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	var got []string
	for token := ""; ; {
		resp, err := s.catalog.ListProducts(t.Context(), &pb.ListProductsRequest{
			Parent: "sites/shop", PageSize: 4, PageToken: token, Filter: "product.brand == 'Lumo'",
		})
		must(t, err)
		for _, p := range resp.GetProducts() {
			got = append(got, p.GetName())
		}
		if token = resp.GetNextPageToken(); token == "" {
			break
		}
	}
	if len(got) != 10 || got[0] != "sites/shop/products/lamp-0" || got[9] != "sites/shop/products/lamp-9" {
		t.Errorf("listed %v", got)
	}
	batch, err := s.catalog.BatchGetProducts(t.Context(), &pb.BatchGetProductsRequest{Parent: "sites/shop", Names: []string{got[3], got[1]}})
	must(t, err)
	if batch.GetProducts()[0].GetName() != got[3] || batch.GetProducts()[1].GetName() != got[1] {
		t.Errorf("batch in the order %v", batch.GetProducts())
	}
	_, err = s.catalog.BatchGetProducts(t.Context(), &pb.BatchGetProductsRequest{Parent: "sites/shop", Names: []string{got[3], got[1] + "x"}})
	wantCode(t, err, codes.NotFound)
}

func TestImportProducts(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	run := func(mode pb.ImportMode, list ...*pb.Product) *pb.ImportProductsResponse {
		t.Helper()
		stream, err := s.catalog.ImportProducts(t.Context())
		must(t, err)
		must(t, stream.Send(&pb.ImportProductsRequest{Parent: "sites/shop", Mode: mode, Products: list}))
		must(t, stream.CloseSend())
		var last *pb.ImportProductsResponse
		var errs []*pb.ImportError
		for {
			resp, err := stream.Recv()
			if err != nil {
				last.Errors = errs
				return last
			}
			last, errs = resp, append(errs, resp.GetErrors()...)
		}
	}
	product := func(id string, price int64) *pb.Product {
		return &pb.Product{Name: "sites/shop/products/" + id, Price: &pb.Money{Units: price}}
	}
	first := run(pb.ImportMode_IMPORT_MODE_INCREMENTAL, product("a", 1), product("b", -1), product("c", 3), product("d/e", 4))
	if first.GetReceived() != 4 || first.GetStored() != 2 || first.GetRejected() != 2 {
		t.Errorf("first import %v", first)
	}
	if e := first.GetErrors(); len(e) != 2 || e[0].GetIndex() != 1 || e[0].GetId() != "sites/shop/products/b" {
		t.Errorf("errors %v", e)
	}
	second := run(pb.ImportMode_IMPORT_MODE_INCREMENTAL, product("c", 3), product("d", 4))
	if second.GetUnchanged() != 1 || second.GetStored() != 1 || second.GetDeleted() != 0 {
		t.Errorf("second import %v", second)
	}
	full := run(pb.ImportMode_IMPORT_MODE_FULL, product("a", 2), product("c", -3)) // c is bad, but still sold
	if full.GetStored() != 1 || full.GetDeleted() != 1 || full.GetRejected() != 1 {
		t.Errorf("full import %v", full)
	}
	list, err := s.catalog.ListProducts(t.Context(), &pb.ListProductsRequest{Parent: "sites/shop"})
	must(t, err)
	if got := fmt.Sprint(len(list.GetProducts()), list.GetProducts()[0].GetPrice().GetUnits()); got != "2 2" {
		t.Errorf("left over: %v", list.GetProducts())
	}
}

func TestSitesShareNothing(t *testing.T) {
	s := openShop(t)
	s.create("one")
	s.create("two")
	s.sell("one", smallRange()...)
	e := viewed("v", "shoe-1")
	s.track("one", e)
	if got := s.track("two", e); got != pb.EventStatus_EVENT_STATUS_STORED {
		t.Errorf("the same event id in another site: %v", got)
	}
	if got := ids(s.home("two", "v", 5)); len(got) != 0 {
		t.Errorf("a site without products shows %v", got)
	}
	if reason := s.home("two", "v", 5).GetPlacements()[0].GetNoFillReason(); reason != pb.NoFillReason_NO_FILL_REASON_NO_CANDIDATES {
		t.Errorf("no-fill reason %v", reason)
	}
	page := s.home("one", "v", 3)
	token := page.GetPlacements()[0].GetItems()[0].GetAttributionToken()
	foreign := viewed("v", "shoe-1")
	foreign.AttributionToken = token
	_, err := s.events.TrackEvent(t.Context(), &pb.TrackEventRequest{Site: "sites/two", Event: foreign})
	wantViolation(t, err, "event.attribution_token", "for this site")
	_, err = s.sites.DeleteSite(t.Context(), &pb.DeleteSiteRequest{Name: "sites/one"})
	must(t, err)
	_, err = s.decisions.GetDecision(t.Context(), &pb.GetDecisionRequest{Name: page.GetDecision()})
	wantCode(t, err, codes.NotFound)
	s.create("one")
	if got := ids(s.home("one", "v", 5)); len(got) != 0 {
		t.Errorf("a site opened anew shows %v", got)
	}
	_, err = s.visitors.GetVisitor(t.Context(), &pb.GetVisitorRequest{Name: "sites/one/visitors/v"})
	wantCode(t, err, codes.NotFound)
	left, err := s.sites.ListSites(t.Context(), &pb.ListSitesRequest{PageSize: 1})
	must(t, err)
	if len(left.GetSites()) != 1 || left.GetNextPageToken() == "" {
		t.Errorf("first page of sites %v", left)
	}
}
