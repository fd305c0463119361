package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/emptypb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/decide"
	"github.com/vitrine-io/vitrine/store"
)

// products is CatalogService.
type products struct {
	pb.UnimplementedCatalogServiceServer
	*Server
}

// CreateProduct implements CatalogService.
func (s *products) CreateProduct(ctx context.Context, req *pb.CreateProductRequest) (*pb.Product, error) {
	var v violations
	s.rules.check(&v, "", req)
	checkID(&v, "product_id", req.GetProductId())
	if err := v.err(); err != nil {
		return nil, s.fail("CreateProduct", err)
	}
	st, err := s.sites.get(siteOf(req.GetParent()))
	if err != nil {
		return nil, s.fail("CreateProduct", err)
	}
	id := scoring.ProductID(req.GetProductId())
	p := productFromProto(&v, "product.", req.GetProduct(), id, st.info.Currency, s.wallTime())
	if err := v.err(); err != nil {
		return nil, s.fail("CreateProduct", err)
	}
	st.write.Lock()
	defer st.write.Unlock()
	if _, err := st.product(id); err == nil {
		return nil, s.fail("CreateProduct", about(productName(st.id, id), errExists))
	}
	if err := s.putProducts(ctx, st, []scoring.Product{p}); err != nil {
		return nil, s.fail("CreateProduct", err)
	}
	return s.currentProduct(st, id)
}

// GetProduct implements CatalogService.
func (s *products) GetProduct(_ context.Context, req *pb.GetProductRequest) (*pb.Product, error) {
	st, id, err := s.productOf("name", req.GetName())
	if err != nil {
		return nil, s.fail("GetProduct", err)
	}
	return s.currentProduct(st, id)
}

// BatchGetProducts implements CatalogService.
func (s *products) BatchGetProducts(_ context.Context, req *pb.BatchGetProductsRequest) (*pb.BatchGetProductsResponse, error) {
	var v violations
	s.rules.check(&v, "", req)
	if err := v.err(); err != nil {
		return nil, s.fail("BatchGetProducts", err)
	}
	st, err := s.sites.get(siteOf(req.GetParent()))
	if err != nil {
		return nil, s.fail("BatchGetProducts", err)
	}
	resp := &pb.BatchGetProductsResponse{}
	var missing []error
	for i, name := range req.GetNames() {
		field := fmt.Sprintf("names[%d]", i)
		site, id := splitName(&v, field, name, "products")
		if site != "" && site != st.id {
			v.add(field, "is of site %q, must be of parent %q", site, st.id)
		}
		p, err := st.product(scoring.ProductID(id))
		if err != nil {
			missing = append(missing, err)
			continue
		}
		resp.Products = append(resp.Products, productToProto(st.id, p))
	}
	if err := v.err(); err != nil {
		return nil, s.fail("BatchGetProducts", err)
	}
	if len(missing) > 0 {
		return nil, s.fail("BatchGetProducts", notFound(missing))
	}
	return resp, nil
}

// ListProducts implements CatalogService.
func (s *products) ListProducts(ctx context.Context, req *pb.ListProductsRequest) (*pb.ListProductsResponse, error) {
	var v violations
	s.rules.check(&v, "", req)
	after := pageAfter(&v, req.GetPageToken())
	passes := s.bindFilter(&v, "filter", req.GetFilter(), &scoring.Context{})
	if err := v.err(); err != nil {
		return nil, s.fail("ListProducts", err)
	}
	st, err := s.sites.get(siteOf(req.GetParent()))
	if err != nil {
		return nil, s.fail("ListProducts", err)
	}
	resp := &pb.ListProductsResponse{}
	size, last := pageSize(req.GetPageSize()), ""
	err = s.store.EachProduct(ctx, st.id, scoring.ProductID(after), func(p scoring.Product) bool {
		if ctx.Err() != nil {
			return false
		}
		if passes != nil && !passes.Passes(&p) {
			return true
		}
		if len(resp.Products) == size {
			resp.NextPageToken = pageToken(last)
			return false
		}
		last = string(p.ID)
		resp.Products = append(resp.Products, productToProto(st.id, &p))
		return true
	})
	if err = errors.Join(err, ctx.Err()); err != nil {
		return nil, s.fail("ListProducts", err)
	}
	return resp, nil
}

// UpdateProduct implements CatalogService.
func (s *products) UpdateProduct(ctx context.Context, req *pb.UpdateProductRequest) (*pb.Product, error) {
	var v violations
	s.rules.check(&v, "", req)
	if err := v.err(); err != nil {
		return nil, s.fail("UpdateProduct", err)
	}
	st, id, err := s.productOf("product.name", req.GetProduct().GetName())
	if err != nil {
		return nil, s.fail("UpdateProduct", err)
	}
	st.write.Lock()
	defer st.write.Unlock()
	old, err := st.product(id)
	switch {
	case err == nil && stale(req.GetProduct().GetEtag(), old.Revision):
		return nil, s.fail("UpdateProduct", about(productName(st.id, id), errStale))
	case err != nil && !req.GetAllowMissing():
		return nil, s.fail("UpdateProduct", err)
	case err != nil:
		old = &scoring.Product{ID: id}
	}
	merged := productToProto(st.id, old)
	applyMask(&v, req.GetUpdateMask(), merged, req.GetProduct())
	s.rules.check(&v, "product.", merged)
	p := productFromProto(&v, "product.", merged, id, st.info.Currency, s.wallTime())
	if err := v.err(); err != nil {
		return nil, s.fail("UpdateProduct", err)
	}
	if err := s.putProducts(ctx, st, []scoring.Product{p}); err != nil {
		return nil, s.fail("UpdateProduct", err)
	}
	return s.currentProduct(st, id)
}

// DeleteProduct implements CatalogService.
func (s *products) DeleteProduct(ctx context.Context, req *pb.DeleteProductRequest) (*emptypb.Empty, error) {
	var v violations
	s.rules.check(&v, "", req)
	if err := v.err(); err != nil {
		return nil, s.fail("DeleteProduct", err)
	}
	st, id, err := s.productOf("name", req.GetName())
	if err != nil {
		return nil, s.fail("DeleteProduct", err)
	}
	st.write.Lock()
	defer st.write.Unlock()
	old, err := st.product(id)
	if err != nil {
		return nil, s.fail("DeleteProduct", err)
	}
	if stale(req.GetEtag(), old.Revision) {
		return nil, s.fail("DeleteProduct", about(productName(st.id, id), errStale))
	}
	if err := s.deleteProducts(ctx, st, []scoring.ProductID{id}); err != nil {
		return nil, s.fail("DeleteProduct", err)
	}
	return &emptypb.Empty{}, nil
}

// productOf reads `sites/{site}/products/{product}` and finds the site.
func (s *products) productOf(field, name string) (*site, scoring.ProductID, error) {
	var v violations
	siteID, id := splitName(&v, field, name, "products")
	if err := v.err(); err != nil {
		return nil, "", err
	}
	st, err := s.sites.get(siteID)
	return st, scoring.ProductID(id), err
}

// currentProduct is the product as it stands in the catalogue.
func (s *products) currentProduct(st *site, id scoring.ProductID) (*pb.Product, error) {
	p, err := st.product(id)
	if err != nil {
		return nil, s.fail("GetProduct", err)
	}
	return productToProto(st.id, p), nil
}

// putProducts makes products durable, then visible to decisions. The caller
// holds write.
func (s *products) putProducts(ctx context.Context, st *site, list []scoring.Product) error {
	if err := s.controlProducts(ctx, st, scoring.ProductRestored, st.comeBack(list)); err != nil {
		return err
	}
	written, err := s.store.PutProducts(ctx, st.id, list)
	if err != nil {
		return about(siteName(st.id), err)
	}
	for i := range written {
		st.products.Put(&written[i])
	}
	return nil
}

// deleteProducts has what was learned of products forgotten in time, and removes
// them from the disk, then from decisions. The caller holds write.
func (s *products) deleteProducts(ctx context.Context, st *site, ids []scoring.ProductID) error {
	if err := s.controlProducts(ctx, st, scoring.ProductDeleted, ids); err != nil {
		return err
	}
	if _, err := s.store.DeleteProducts(ctx, st.id, ids); err != nil {
		return about(siteName(st.id), err)
	}
	for _, id := range ids {
		st.products.Delete(id)
	}
	return nil
}

// bindFilter compiles a filter expression; nil when it is empty.
func (s *Server) bindFilter(v *violations, field, expression string, context *scoring.Context) decide.Filter {
	if expression == "" {
		return nil
	}
	program, err := s.filters.Compile(expression)
	if err != nil {
		v.add(field, "%v", err)
		return nil
	}
	return program.Bind(context)
}

// notFound joins what is missing into one error.
func notFound(missing []error) error {
	if len(missing) == 1 {
		return missing[0]
	}
	names := ""
	for i, err := range missing {
		var named *namedError
		if errors.As(err, &named) {
			if i > 0 {
				names += ", "
			}
			names += named.name
		}
	}
	return about(names, store.ErrNotFound)
}

// wallTime is the machine's time, for when a record was changed.
func (s *Server) wallTime() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
