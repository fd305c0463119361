package backtest

import "testing"

// A part to hold out is refused, or is exactly one of a time, a share and the last thing
// of each visitor.
func FuzzHoldout(f *testing.F) {
	for _, seed := range []string{"", "1d", "36h", "0.5d", "-1d", "10%", "100%", "1e-322%", "NaN%", "0x1p-9%", "last-product", "last-order", "last", "99999d", "1e5d", "2562047h"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h, err := ParseHoldout(text)
		if err != nil {
			return
		}
		n := 0
		if h.Last != 0 {
			n++
		}
		if h.Share != 0 {
			n++
		}
		if h.Each != 0 {
			n++
		}
		if n > 1 || h.given() != (text != "") || h.Last < 0 || h.Share < 0 || h.Share >= 1 {
			t.Errorf("%q is read as %+v", text, h)
		}
	})
}
