package privacy

import (
	"fmt"
	"strings"
	"testing"
)

// words writes an answer as one letter a purpose: profile, personalization, advertising,
// measurement, direct contact; y, n, or - for silence.
func (a Answer) words() string {
	var b strings.Builder
	for _, w := range a {
		b.WriteByte("-yn"[w])
	}
	return b.String()
}

func TestTCF(t *testing.T) {
	for _, test := range []struct {
		name, s, want string
	}{
		// From the IAB's specifications of TCF and of GPP.
		{"purposes 2 and 10 alone", "COtybn4PA_zT4KjACBENAPCIAEBAAECAAIAAAAAAAAAA.IFoEUQQgAIQwgIwQABAEAAAAOIAACAIAAAAQAIAgEAACEAAAAAgAQBAAAAAAAGBAAgAAAAAAAFAAECAAAgAAQARAEQAAAAAJAAIAAgAAAYQEAAAQmAgBC3ZAYzUw", "nnnnn"},
		{"none", "CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA", "nnnnn"},
		{"all", string(tcf(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)), "yyyyn"},
		{"content without advertising", string(tcf(1, 5, 6)), "yynnn"},
		{"advertising without storage", string(tcf(2, 3, 4)), "nnnnn"},
		{"advertising", string(tcf(1, 3, 4)), "ynynn"},
		{"measurement", string(tcf(1, 8)), "nnnyn"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a, err := TCF(test.s)
			if err != nil {
				t.Fatal(err)
			}
			if got := a.words(); got != test.want {
				t.Errorf("%s: got %s, want %s", test.s, got, test.want)
			}
		})
	}
}

// bitString writes fields of so many bits each as base64url.
type bitString []byte

func (b *bitString) put(value, bits int) {
	for k := bits - 1; k >= 0; k-- {
		*b = append(*b, byte(value>>k&1))
	}
}

func (b bitString) base64() []byte {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	var out []byte
	for at := 0; at < len(b); at += 6 {
		n := 0
		for k := range 6 {
			n <<= 1
			if at+k < len(b) {
				n |= int(b[at+k])
			}
		}
		out = append(out, alphabet[n])
	}
	return out
}

// tcf is a core segment with consent to these purposes.
func tcf(purposes ...int) []byte {
	var b bitString
	b.put(2, 6)  // version
	b.put(0, 72) // created, updated
	b.put(7, 12) // platform
	b.put(1, 12) // its version
	b.put(0, 6)  // screen
	b.put(269, 12)
	b.put(150, 12) // vendor list
	b.put(2, 6)    // policy
	b.put(0, 2)    // service specific, stacks
	b.put(0, 12)   // special features
	for p := 1; p <= 24; p++ {
		on := 0
		for _, n := range purposes {
			if n == p {
				on = 1
			}
		}
		b.put(on, 1)
	}
	b.put(0, 24) // legitimate interests
	b.put(0, 13) // one purpose, publisher's country
	b.put(0, 34) // no vendors, as bit fields
	b.put(0, 12) // no restrictions
	b.put(0, 12)
	return b.base64()
}

// gpp is a string with these sections; ranges are of one number each.
func gpp(sections map[int]string) string {
	var b bitString
	b.put(3, 6)
	b.put(1, 6)
	b.put(len(sections), 12)
	var parts []string
	last := 0
	for id := 1; id < 100; id++ {
		s, ok := sections[id]
		if !ok {
			continue
		}
		b.put(0, 1)
		b.fibonacci(id - last)
		last = id
		parts = append(parts, s)
	}
	return strings.Join(append([]string{string(b.base64())}, parts...), "~")
}

// fibonacci writes a number as a sum of Fibonacci's, the smallest first, ended by a 1.
func (b *bitString) fibonacci(n int) {
	series := []int{1, 2}
	for series[len(series)-1] <= n {
		series = append(series, series[len(series)-1]+series[len(series)-2])
	}
	bits := make([]byte, 0, len(series))
	begun := false
	for k := len(series) - 1; k >= 0; k-- {
		on := byte(0)
		if series[k] <= n {
			n -= series[k]
			on, begun = 1, true
		}
		if begun {
			bits = append([]byte{on}, bits...)
		}
	}
	*b = append(append(*b, bits...), 1)
}

// us is an American section: notices all given, then the opt-outs, 1 for out and 2
// for not, and what follows left at 0.
func us(notices int, optOuts ...int) string {
	var b bitString
	b.put(1, 6)
	for range notices {
		b.put(1, 2)
	}
	for _, o := range optOuts {
		b.put(o, 2)
	}
	b.put(0, 40)
	return string(b.base64())
}

func TestGPP(t *testing.T) {
	gpc := func(sent int) string {
		var b bitString
		b.put(1, 2)
		b.put(sent, 1)
		return "." + string(b.base64())
	}
	tests := []struct{ name, s, want string }{
		// From the IAB's specification of GPP.
		{"Europe", "DBABMA~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA", "nnnnn"},
		{"Europe and US privacy", "DBACNY~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA~1YNN", "nnnnn"},
		{"Europe that allows all", gpp(map[int]string{2: string(tcf(1, 3, 4, 5, 6, 8))}), "yyyyn"},
		{"US privacy, not out", gpp(map[int]string{6: "1YNN"}), "-----"},
		{"US privacy, out of sale", gpp(map[int]string{6: "1YYN"}), "nnn--"},
		{"US privacy does not apply", gpp(map[int]string{6: "1---"}), "-----"},
		{"no section", gpp(nil), "-----"},
		{"a section of the future", gpp(map[int]string{7: us(6, 2, 2, 2), 42: "AAAA"}), "nnnnn"},
		{"the strictest of several", gpp(map[int]string{2: string(tcf(1, 3, 4, 5, 6, 8)), 8: us(3, 2, 1)}), "nnnyn"},
		{"national, nothing said", gpp(map[int]string{7: us(6, 0, 0, 0)}), "-----"},
		{"national with control", gpp(map[int]string{7: us(6, 2, 2, 2) + gpc(1)}), "nnn--"},
		{"national without control", gpp(map[int]string{7: us(6, 2, 2, 2) + gpc(0)}), "-----"},
	}
	for id, s := range optOuts {
		not := make([]int, s.optOuts)
		for k := range not {
			not[k] = 2
		}
		tests = append(tests, struct{ name, s, want string }{s.place + ", in", gpp(map[int]string{id: us(s.notices, not...)}), "-----"})
		for k := range not {
			out := append([]int(nil), not...)
			out[k] = 1
			tests = append(tests, struct{ name, s, want string }{fmt.Sprintf("%s, out of %d", s.place, k), gpp(map[int]string{id: us(s.notices, out...)}), "nnn--"})
		}
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, err := GPP(test.s)
			if err != nil {
				t.Fatal(err)
			}
			if got := a.words(); got != test.want {
				t.Errorf("%s: got %s, want %s", test.s, got, test.want)
			}
		})
	}
}

// Whoever sends what can't be read has refused, and is told why.
func TestMalformed(t *testing.T) {
	for _, test := range []struct {
		name string
		read func(string) (Answer, error)
		s    string
		want string
	}{
		{"TCF empty", TCF, "", "TCF"},
		{"TCF of version 1", TCF, "BONZt-1ONZt-1AHABBENAO-AAAAHCAEAASABmADYAOAAeA", ""},
		{"TCF cut short", TCF, "CPXxRfAPXxRf", "TCF"},
		{"TCF no base64", TCF, "C?XxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA", "TCF"},
		{"GPP empty", GPP, "", "GPP"},
		{"GPP no header", GPP, "CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA", "begin with \"D\""},
		{"GPP of version 2", GPP, "DCABMA~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA", "version 2"},
		{"GPP with a section too few", GPP, "DBACNY~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA", "1 sections"},
		{"GPP with a section too many", GPP, "DBABMA~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA~1YNN", "2 sections"},
		{"GPP with a broken section", GPP, "DBABMA~CPXx", "section 2: "},
		{"GPP with US privacy too long", GPP, gpp(map[int]string{6: "1YNNN"}), "section 6: "},
		{"GPP with a section cut short", GPP, gpp(map[int]string{7: "BA"}), "usnat: is cut short"},
		{"GPP of many sections", GPP, "DBABj_____", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			a, err := test.read(test.s)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
			if a != Refused() {
				t.Errorf("answers %s, want a refusal of everything", a.words())
			}
		})
	}
}

func FuzzStrings(f *testing.F) {
	for _, s := range []string{
		"COtybn4PA_zT4KjACBENAPCIAEBAAECAAIAAAAAAAAAA.IFoEUQQgAIQwgIwQABAEAAAAOIAACAIAAAAQAIAgEAACEAAAAAgAQBAAAAAAAGBAAgAAAAAAAFAAECAAAgAAQARAEQAAAAAJAAIAAgAAAYQEAAAQmAgBC3ZAYzUw",
		string(tcf(1, 5, 6)), "DBACNY~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA~1YNN", "DBABrGA~DSJgmkoZJSA.YA~BlgWEYCY.QA~BSFgmiU~bSFgmJQ.YA~BWJYJllA~bSFgmSZQ.YA",
		gpp(map[int]string{7: us(6, 1, 2, 0), 22: us(3, 2, 2)}), "", "D", "~", "1YNN",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, read := range []func(string) (Answer, error){TCF, GPP} {
			if a, err := read(s); err != nil && a != Refused() {
				t.Errorf("%q: %v, and yet answers %s", s, err, a.words())
			}
		}
	})
}
