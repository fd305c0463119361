package server

import (
	"context"
	"fmt"
	"reflect"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
)

// ImportProducts implements CatalogService.
func (s *products) ImportProducts(stream pb.CatalogService_ImportProductsServer) error {
	return runImport(s.Server, "ImportProducts", stream, s.beginProductImport)
}

// productImport is an import under way.
type productImport struct {
	*products
	site      *site
	mentioned map[scoring.ProductID]bool // of a full import; nil for an incremental one
	counts    pb.ImportProductsResponse
	errors    []*pb.ImportError // since the last report
}

func (s *products) beginProductImport(first *pb.ImportProductsRequest) (bulkImport[pb.ImportProductsRequest, pb.ImportProductsResponse], error) {
	st, err := s.importInto(first.GetParent(), &pb.ImportProductsRequest{Parent: first.GetParent(), Mode: first.GetMode()})
	if err != nil {
		return nil, err
	}
	run := &productImport{products: s, site: st}
	if first.GetMode() == pb.ImportMode_IMPORT_MODE_FULL {
		run.mentioned = map[scoring.ProductID]bool{}
	}
	return run, nil
}

// batch stores one message's products, the good ones in one transaction.
func (run *productImport) batch(ctx context.Context, req *pb.ImportProductsRequest) error {
	var v violations
	if n := len(req.GetProducts()); n > maxBatch {
		v.add("products", "has %d items, must have at most %d", n, maxBatch)
	}
	run.site.isStill(&v, req.GetParent())
	if err := v.err(); err != nil {
		return err
	}
	run.site.write.Lock()
	defer run.site.write.Unlock()
	changed := make([]scoring.Product, 0, len(req.GetProducts()))
	for _, m := range req.GetProducts() {
		p, err := run.convert(m)
		if err != nil {
			run.counts.Rejected++
			run.errors = append(run.errors, &pb.ImportError{Index: run.counts.Received, Id: clip(m.GetName()), Reason: err.Error()})
			run.counts.Received++
			continue
		}
		run.counts.Received++
		if old, err := run.site.product(p.ID); err == nil && sameProduct(*old, p) {
			run.counts.Unchanged++
			continue
		}
		changed = append(changed, p)
	}
	if len(changed) == 0 {
		return nil
	}
	if err := run.putProducts(ctx, run.site, changed); err != nil {
		return err
	}
	run.counts.Stored += int64(len(changed))
	return nil
}

// convert checks one product. Even a bad one counts as mentioned, so that a
// full import does not take what stands for it away.
func (run *productImport) convert(m *pb.Product) (scoring.Product, error) {
	var v violations
	siteID, id := splitName(&v, "name", m.GetName(), "products")
	if siteID != "" && siteID != run.site.id {
		v.add("name", "is of site %q, must be of %q", siteID, run.site.id)
	} else if run.mentioned != nil && id != "" {
		run.mentioned[scoring.ProductID(id)] = true
	}
	run.rules.check(&v, "", m)
	p := productFromProto(&v, "", m, scoring.ProductID(id), run.site.info.Currency, run.wallTime())
	return p, v.err()
}

// removeRest takes away what a full import did not mention.
func (run *productImport) removeRest(ctx context.Context) error {
	run.site.write.Lock()
	defer run.site.write.Unlock()
	var rest []scoring.ProductID
	err := run.store.EachProduct(ctx, run.site.id, "", func(p scoring.Product) bool {
		if !run.mentioned[p.ID] {
			rest = append(rest, p.ID)
		}
		return true
	})
	if err != nil {
		return fmt.Errorf("full import: find what is no longer sold: %w", about(siteName(run.site.id), err))
	}
	if len(rest) == 0 {
		return nil
	}
	if err := run.deleteProducts(ctx, run.site, rest); err != nil {
		return err
	}
	run.counts.Deleted = int64(len(rest))
	return nil
}

func (run *productImport) isFull() bool { return run.mentioned != nil }

// report is the progress so far, with the errors since the last report.
func (run *productImport) report() *pb.ImportProductsResponse {
	report := &pb.ImportProductsResponse{
		Received: run.counts.GetReceived(), Stored: run.counts.GetStored(), Unchanged: run.counts.GetUnchanged(),
		Rejected: run.counts.GetRejected(), Deleted: run.counts.GetDeleted(), Errors: run.errors,
	}
	run.errors = nil
	return report
}

// sameProduct reports whether a and b differ in nothing but their revision.
func sameProduct(a, b scoring.Product) bool {
	a.Revision, a.UpdatedAt = b.Revision, b.UpdatedAt
	return reflect.DeepEqual(normal(a), normal(b))
}

// normal makes absent and empty collections the same.
func normal(p scoring.Product) scoring.Product {
	if len(p.Categories) == 0 {
		p.Categories = nil
	}
	if len(p.Tags) == 0 {
		p.Tags = nil
	}
	if len(p.Attributes) == 0 {
		p.Attributes = nil
	}
	if len(p.Numbers) == 0 {
		p.Numbers = nil
	}
	return p
}
