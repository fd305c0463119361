package model

import "io"

// Save writes everything learned, with a format version.
func (m *Model) Save(w io.Writer) error { panic("unbuilt") }

// Load replaces what was learned by what Save wrote. On an error the model is
// as New made it.
func (m *Model) Load(r io.Reader) error { panic("unbuilt") }
