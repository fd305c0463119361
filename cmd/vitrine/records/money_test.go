package records

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestParseMoney(t *testing.T) {
	for _, c := range []struct {
		text  string
		units int64
		nanos int32
	}{
		{"12.50", 12, 500_000_000},
		{" 3 ", 3, 0},
		{"-0.05", 0, -50_000_000},
		{".5", 0, 500_000_000},
		{"0.30000000000000004", 0, 300_000_000}, // what 0.1 + 0.2 prints as
		{"0.9999999999", 1, 0},                  // rounds up into the units
		{"1.2e3", 1200, 0},
		{"1234e-2", 12, 340_000_000},
		{"5e-1", 0, 500_000_000},
		{"1000000000000", 1_000_000_000_000, 0},
	} {
		m, err := parseMoney(c.text, "EUR")
		if err != nil || m.Units != c.units || m.Nanos != c.nanos || m.CurrencyCode != "EUR" {
			t.Errorf("%q: got %v, %v, want %d and %d", c.text, m, err, c.units, c.nanos)
		}
	}
	for _, text := range []string{
		"", "NaN", "nan", "Inf", "-Infinity", "1,5", "12.50 EUR", "0x10", "1e999999999", "--1", "1.2.3", ".", "e5",
		"1000000000000.01", "99999999999999999999", "1e30",
	} {
		if m, err := parseMoney(text, "EUR"); err == nil {
			t.Errorf("%q: got %v, want an error", text, m)
		}
	}
	if _, err := parseMoney("1", "Euro"); err == nil {
		t.Error("a currency that is no code passed")
	}
	if _, err := parsePrice("-0.01", "EUR"); err == nil {
		t.Error("a negative price passed")
	}
}

// No amount is further from the number than half a billionth.
func FuzzParseMoney(f *testing.F) {
	for _, s := range []string{"1", "-1.5", "1e9", "0.1e-8", "NaN", ".", "1e30", "00012.340"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := parseMoney(s, "")
		if err != nil {
			return
		}
		want, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if err != nil {
			t.Fatalf("%q was read as %v, and is no number: %v", s, m, err)
		}
		got := float64(m.Units) + float64(m.Nanos)/1e9
		if math.Abs(got-want) > 0.5e-9+1e-15*math.Abs(want)*4 {
			t.Errorf("%q was read as %v", s, got)
		}
		if m.Units > 0 && m.Nanos < 0 || m.Units < 0 && m.Nanos > 0 {
			t.Errorf("%q: units %d and nanos %d differ in sign", s, m.Units, m.Nanos)
		}
	})
}

func TestTimes(t *testing.T) {
	for _, c := range []struct{ format, zone, text, want string }{
		{"", "", "2026-03-01T12:00:00+02:00", "2026-03-01T10:00:00Z"},
		{"", "Europe/Paris", "2026-07-01 12:00", "2026-07-01T10:00:00Z"}, // summer time, UTC+2
		{"", "", "2026-03-01", "2026-03-01T00:00:00Z"},
		{"unix", "", "1592337718.5", "2020-06-16T20:01:58.5Z"},
		{"unix_ms", "", "1592337718500", "2020-06-16T20:01:58.5Z"},
		{"%d/%m/%Y %H:%M", "Europe/Paris", "01/12/2026 08:26", "2026-12-01T07:26:00Z"}, // winter, UTC+1
		{"%-m/%-d/%y %I:%M %p", "", "3/1/26 01:05 PM", "2026-03-01T13:05:00Z"},
	} {
		f, err := newTimeFormat(c.format, c.zone)
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.parse(c.text)
		if err != nil || got.UTC().Format(time.RFC3339Nano) != c.want {
			t.Errorf("%q as %q: got %v, %v, want %s", c.text, c.format, got.UTC(), err, c.want)
		}
	}
	for _, format := range []string{"%H:%M", "YYYY", "%Q %Y", "%Y %"} {
		if _, err := newTimeFormat(format, ""); err == nil {
			t.Errorf("format %q passed", format)
		}
	}
	if _, err := newTimeFormat("", "Mars/Olympus"); err == nil {
		t.Error("a time zone nobody knows passed")
	}
	f, _ := newTimeFormat("unix", "")
	for _, text := range []string{"NaN", "1e300", "noon", "-Inf"} {
		if at, err := f.parse(text); err == nil {
			t.Errorf("%q: got %v, want an error", text, at)
		}
	}
}
