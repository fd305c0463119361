// Package model learns from the journal, event by event, what all visitors of a
// site do: which products go together, which are popular, which are on the rise.
package model

import (
	"io"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// Model is what one site has learned. Learn, Save and Load are for one
// goroutine at a time; everything else may run beside them without a lock.
type Model struct{}

// New returns a model that knows nothing yet.
func New(products *catalog.Catalog) *Model { return &Model{} }

// Learn folds in one event. Events come in the order of the journal: the same
// order gives the same model.
func (m *Model) Learn(e *scoring.Event) { panic("unbuilt") }

// Save writes everything learned, with a format version.
func (m *Model) Save(w io.Writer) error { panic("unbuilt") }

// Load replaces what was learned by what Save wrote. On an error the model is
// as New made it.
func (m *Model) Load(r io.Reader) error { panic("unbuilt") }
