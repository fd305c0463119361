package delivery

import (
	"bytes"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

// Whatever bytes a ledger is read from, it doesn't panic; and what it takes it writes
// again as one that reads the same.
func FuzzRestore(f *testing.F) {
	l := New()
	l.Learn(&scoring.Event{Type: scoring.CreativeServed, Time: time.Unix(1_770_000_000, 0), Served: []scoring.Served{
		{Campaign: "c", Creative: "x", Token: 7, Terms: &scoring.Terms{Share: 1}},
	}})
	whole := l.AppendTo(nil)
	for n := range len(whole) + 1 { // cut off anywhere
		f.Add(whole[:n])
	}
	f.Add(New().AppendTo(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		l := New()
		if _, err := l.Restore(b); err != nil {
			return
		}
		written := l.AppendTo(nil)
		again := New()
		if rest, err := again.Restore(written); err != nil || len(rest) > 0 {
			t.Fatalf("%v, %d bytes left", err, len(rest))
		}
		if !bytes.Equal(again.AppendTo(nil), written) {
			t.Error("written otherwise once it was read")
		}
	})
}
