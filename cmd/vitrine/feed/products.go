package feed

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// ProductsReport is how an import of products stands, or ended.
type ProductsReport struct {
	BadLines  int64 `json:"bad_lines"` // of the files; never sent
	Received  int64 `json:"received"`  // by the server
	Stored    int64 `json:"stored"`    // new or changed
	Unchanged int64 `json:"unchanged"`
	Rejected  int64 `json:"rejected"` // refused by the server
	Deleted   int64 `json:"deleted"`  // by a full import
	// KeptRest means that a full import removed nothing, because it did not see
	// everything.
	KeptRest bool `json:"kept_rest"`

	Took time.Duration `json:"-"`
}

// Products sends what next hands out, each with its bare id for a name, into
// the site, `sites/{site}`. A full import removes the products it did not
// mention, but only when every line of the files could be read: a line that is
// left out may stand for a product that is still sold. Otherwise as Events.
func Products(ctx context.Context, client vitrinev1.CatalogServiceClient, site string, full bool, next Next[*vitrinev1.Product], bad Bad, progress func(ProductsReport)) (ProductsReport, error) {
	call, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	start := time.Now()
	var report ProductsReport
	stream, err := client.ImportProducts(call)
	if err != nil {
		return report, err
	}
	p := &pump[*vitrinev1.Product, vitrinev1.ImportProductsRequest, vitrinev1.ImportProductsResponse]{
		bad: bad, stream: stream,
		received: (*vitrinev1.ImportProductsResponse).GetReceived,
	}
	sent := int64(0)
	p.next = func() (records.Record[*vitrinev1.Product], error) {
		rec, err := next()
		if err == nil {
			rec.Message.Name = site + "/products/" + rec.Message.Name
			sent++
		}
		return rec, err
	}
	first := true
	p.request = func(products []*vitrinev1.Product) *vitrinev1.ImportProductsRequest {
		req := &vitrinev1.ImportProductsRequest{Products: products}
		if first {
			first = false
			req.Parent, req.Mode = site, vitrinev1.ImportMode_IMPORT_MODE_INCREMENTAL
			if full {
				req.Mode = vitrinev1.ImportMode_IMPORT_MODE_FULL
			}
		}
		return req
	}
	keptRest := false
	settled := make(chan int64, 1) // products dealt with, the latest count
	err = p.run(ctx, cancel, func(res *vitrinev1.ImportProductsResponse) error {
		report.Received, report.Stored, report.Unchanged = res.Received, res.Stored, res.Unchanged
		report.Rejected, report.Deleted = res.Rejected, res.Deleted
		var failed error
		for _, e := range res.Errors {
			line := &records.LineError{At: p.place(e.GetIndex()), Reason: fmt.Sprintf("product %q: %s", e.GetId(), e.GetReason())}
			if err := p.tell(line); err != nil && failed == nil {
				failed = err
			}
		}
		if progress != nil {
			progress(report)
		}
		select {
		case <-settled:
		default:
		}
		settled <- res.Received
		return failed
	}, func(why error) error {
		p.mu.Lock()
		whole := why == nil && p.lines == 0
		p.mu.Unlock()
		if !full || whole && sent > 0 {
			return stream.CloseSend()
		}
		// Closing would tell the server that these were all. Breaking off removes
		// nothing; what was sent is dealt with first.
		keptRest = true
		if !errors.Is(why, errBroken) {
			awaitCount(settled, sent)
		}
		cancel()
		return nil
	})
	if keptRest && isCancelled(err) {
		err = nil // it was us
	}
	report.KeptRest, report.BadLines, report.Took = keptRest, p.lines, time.Since(start)
	return report, err
}

// awaitCount waits until the latest count is at least n, or patience ends.
func awaitCount(counts <-chan int64, n int64) {
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for got := int64(0); got < n; {
		select {
		case got = <-counts:
		case <-timeout.C:
			return
		}
	}
}
