package tune

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"time"

	"github.com/vitrine-io/vitrine/cmd/vitrine/backtest"
	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/decide"
	"github.com/vitrine-io/vitrine/scoring/model"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/server"
)

// shop learns from a log and decides in this process, without a server between:
// tuning takes thousands of passes. It converts, learns and decides by the
// server's own code.
type shop struct {
	convert   *server.Converter
	products  *catalog.Catalog
	learned   *model.Model
	decider   *decide.Decider
	placement *scoring.Placement
	context   *scoring.Context
}

// newShop opens one with the catalogue; without one, with the bare ids of the log.
func newShop(log *backtest.Log, o *Options) (*shop, error) {
	convert, err := server.NewConverter()
	if err != nil {
		return nil, err
	}
	s := &shop{convert: convert, products: catalog.New()}
	s.learned = model.New(s.products)
	s.decider = decide.New(s.products, s.learned)
	if s.placement, err = convert.Placement(backtest.Placement(o.K), "tune", o.End); err != nil {
		return nil, err
	}
	if s.context, err = convert.Context(backtest.Context()); err != nil {
		return nil, err
	}
	if o.Products == nil {
		for _, id := range log.Products {
			s.products.Put(&scoring.Product{ID: scoring.ProductID(id), UpdatedAt: o.End})
		}
		return s, nil
	}
	return s, s.load(o)
}

// load reads the catalogue.
func (s *shop) load(o *Options) error {
	next, done, err := o.Products()
	if err != nil {
		return err
	}
	defer done()
	for {
		rec, err := next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		p, err := s.convert.Product(rec.Message, scoring.ProductID(path.Base(rec.Message.GetName())), o.End)
		if err != nil {
			return fmt.Errorf("%s: %w", rec.At, err)
		}
		s.products.Put(p)
	}
}

// page asks for the products to show a visitor.
func (s *shop) page(now time.Time, p *visitor.Profile, folded bool) *decide.Page {
	return &decide.Page{
		Now: now, Context: s.context, Visitor: visitor.Open[visitor.Products](visitor.Seal(p), scoring.AllPurposes), Folded: folded,
		Slots: []decide.Slot{{Placement: s.placement.ID, Rules: &s.placement.Products, Count: s.placement.Count}},
	}
}

// replay learns from the train sessions, in their order, and shows every step but
// the first of a session to look, before it is learned from.
func (s *shop) replay(ctx context.Context, log *backtest.Log, phase *progress.Phase, look func(n int, p *decide.Page, to scoring.ProductID)) error {
	total := int64(log.TrainEventCount())
	known := map[scoring.VisitorID]*visitor.Profile{}
	n, steps := int64(0), 0
	err := log.EachTrainEvent(func(_ int, last bool, m eventMessage) error {
		if n%256 == 0 {
			phase.Set(n, n, total)
			if ctx.Err() != nil {
				return errInterrupted
			}
		}
		n++
		e, err := s.convert.Event(m, s.products)
		if err != nil {
			return err
		}
		p := known[e.Visitor]
		if p != nil && e.Type == scoring.ProductViewed {
			look(steps, s.page(e.Time, p, true), e.Items[0].Product)
			steps++
		}
		s.learned.Learn(e)
		if known[e.Visitor] = visitor.Apply(p, e); last {
			delete(known, e.Visitor)
		}
		return nil
	})
	phase.Set(n, n, total)
	return err
}
