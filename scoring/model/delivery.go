package model

import (
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/delivery"
)

// deliveries counts what campaigns bring about. It knows creatives and no visitors.
type deliveries struct{ *delivery.Ledger }

// Deliveries is what campaigns have brought about. It is for any number of goroutines
// beside Learn.
func (m *Model) Deliveries() *delivery.Ledger { return m.deliveries.Ledger }

func (*deliveries) name() string { return "deliveries" }

func (d *deliveries) reset() {
	if d.Ledger == nil {
		d.Ledger = delivery.New()
	}
	d.Reset()
}

// forget implements section: creatives are no products.
func (*deliveries) forget(func(catalog.Index) bool) {}

func (d *deliveries) save(w *writer) { w.b = d.AppendTo(w.room()) }

func (d *deliveries) load(from *reader) {
	rest, err := d.Restore(from.B)
	from.B, from.Failed = rest, from.Failed || err != nil
}
