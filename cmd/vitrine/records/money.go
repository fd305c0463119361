package records

import (
	"fmt"
	"strconv"
	"strings"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// maxUnits is what the API takes: a thousand billion.
const maxUnits = 1_000_000_000_000

// parseMoney reads a decimal number such as "12.50", "-3" or "1.2e3" without
// the detour of floating point. More than nine decimals are rounded, half away
// from zero. NaN and infinities are no amounts.
func parseMoney(s, currency string) (*vitrinev1.Money, error) {
	if err := checkCurrency(currency); err != nil {
		return nil, err
	}
	text := strings.TrimSpace(s)
	bad := fmt.Errorf("%q is no amount: a decimal number such as 12.50 is", shorten(s))
	neg := strings.HasPrefix(text, "-")
	text = strings.TrimPrefix(strings.TrimPrefix(text, "-"), "+")
	exp := 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		n, err := strconv.Atoi(text[i+1:])
		if err != nil || n < -30 || n > 30 {
			return nil, bad
		}
		text, exp = text[:i], n
	}
	whole, frac, _ := strings.Cut(text, ".")
	if whole+frac == "" || len(whole) > 40 || !allDigits(whole) || !allDigits(frac) {
		return nil, bad
	}
	for ; exp > 0; exp-- { // move the point to the right
		if frac == "" {
			frac = "0"
		}
		whole, frac = whole+frac[:1], frac[1:]
	}
	for ; exp < 0; exp++ { // and to the left
		if whole == "" {
			whole = "0"
		}
		whole, frac = whole[:len(whole)-1], whole[len(whole)-1:]+frac
	}
	whole = strings.TrimLeft(whole, "0")
	if len(whole) > 13 {
		return nil, fmt.Errorf("%q is too large: at most %d", shorten(s), int64(maxUnits))
	}
	var units int64
	if whole != "" {
		units, _ = strconv.ParseInt(whole, 10, 64)
	}
	for len(frac) < 10 {
		frac += "0"
	}
	nanos, _ := strconv.ParseInt(frac[:9], 10, 64)
	if frac[9] >= '5' {
		nanos++
	}
	if nanos == 1_000_000_000 {
		units, nanos = units+1, 0
	}
	if units > maxUnits || units == maxUnits && nanos > 0 {
		return nil, fmt.Errorf("%q is too large: at most %d", shorten(s), int64(maxUnits))
	}
	if neg {
		units, nanos = -units, -nanos
	}
	return &vitrinev1.Money{CurrencyCode: currency, Units: units, Nanos: int32(nanos)}, nil
}

// parsePrice is parseMoney for what must not be negative.
func parsePrice(s, currency string) (*vitrinev1.Money, error) {
	m, err := parseMoney(s, currency)
	if err == nil && (m.Units < 0 || m.Nanos < 0) {
		return nil, fmt.Errorf("%q is negative", shorten(s))
	}
	return m, err
}

func checkCurrency(code string) error {
	if code == "" {
		return nil
	}
	ok := len(code) == 3
	for i := 0; ok && i < len(code); i++ {
		ok = 'A' <= code[i] && code[i] <= 'Z'
	}
	if !ok {
		return fmt.Errorf("currency %q is no ISO 4217 code such as EUR", shorten(code))
	}
	return nil
}

// times returns price x n, rounded to the billionth.
func times(m *vitrinev1.Money, n int32) (units, nanos int64) {
	nanos = int64(m.GetNanos()) * int64(n)
	return m.GetUnits()*int64(n) + nanos/1_000_000_000, nanos % 1_000_000_000
}

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// shorten keeps what stands in an error message readable.
func shorten(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && s[cut]&0xc0 == 0x80 {
		cut--
	}
	return s[:cut] + "..."
}
