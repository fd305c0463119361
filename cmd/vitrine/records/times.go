package records

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// timeLayouts are tried in turn when no format is given.
var timeLayouts = []string{
	time.RFC3339Nano,
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04",
	"2006-01-02",
}

// timeFormat reads times as text or numbers.
type timeFormat struct {
	unit    float64 // seconds a number counts in; 0 for text
	layouts []string
	zone    *time.Location // of times that name none
}

// newTimeFormat takes "" (RFC 3339 and its relatives), "unix" (seconds, with
// decimals if need be), "unix_ms", or a pattern in the letters of strftime.
func newTimeFormat(format, zone string) (timeFormat, error) {
	f := timeFormat{zone: time.UTC}
	if zone != "" {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			return f, fmt.Errorf("time_zone %q is not known: an IANA name such as Europe/Paris is wanted", zone)
		}
		f.zone = loc
	}
	switch format {
	case "":
		f.layouts = timeLayouts
	case "unix":
		f.unit = 1
	case "unix_ms":
		f.unit = 1e-3
	default:
		layout, err := strftime(format)
		if err != nil {
			return f, err
		}
		f.layouts = []string{layout}
	}
	return f, nil
}

func (f timeFormat) parse(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	if f.unit != 0 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return time.Time{}, fmt.Errorf("%q is no number of seconds or milliseconds", shorten(s))
		}
		return unixTime(v * f.unit)
	}
	for _, layout := range f.layouts {
		if t, err := time.ParseInLocation(layout, s, f.zone); err == nil {
			return sendable(t)
		}
	}
	if len(f.layouts) == 1 {
		return time.Time{}, fmt.Errorf("%q does not fit time_format", shorten(s))
	}
	return time.Time{}, fmt.Errorf("%q is no time such as 2026-03-01T12:00:00Z or 2026-03-01 12:00", shorten(s))
}

// unixTime takes seconds since 1970.
func unixTime(seconds float64) (time.Time, error) {
	if !(math.Abs(seconds) < 253402300800) {
		return time.Time{}, fmt.Errorf("%v is no time: seconds since 1970, or milliseconds with time_format unix_ms", seconds)
	}
	whole, frac := math.Modf(seconds)
	// A float of this size is exact to the microsecond at best.
	return sendable(time.Unix(int64(whole), int64(math.Round(frac*1e6))*1000).UTC())
}

// sendable refuses years that have no protobuf form.
func sendable(t time.Time) (time.Time, error) {
	if year := t.UTC().Year(); year < 1 || year > 9999 {
		return time.Time{}, fmt.Errorf("a time of the year %d can't be sent: 1 to 9999 are wanted", year)
	}
	return t, nil
}

// strftime turns %Y-%m-%d %H:%M:%S into the layout that package time wants.
func strftime(format string) (string, error) {
	letters := map[byte]string{
		'Y': "2006", 'y': "06", 'm': "01", 'd': "02", 'e': "_2", 'j': "002",
		'H': "15", 'I': "03", 'M': "04", 'S': "05", 'p': "PM", 'f': "000000",
		'b': "Jan", 'B': "January", 'a': "Mon", 'A': "Monday",
		'z': "-0700", 'Z': "MST", 'T': "15:04:05", 'F': "2006-01-02", 'D': "01/02/06", '%': "%",
	}
	var out strings.Builder
	dated := false
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			out.WriteByte(format[i])
			continue
		}
		i++
		if i == len(format) {
			return "", fmt.Errorf("time_format %q ends in %%", format)
		}
		if strings.IndexByte("-", format[i]) >= 0 && i+1 < len(format) { // %-d: without leading zero
			i++
			short, ok := map[byte]string{'m': "1", 'd': "2", 'I': "3"}[format[i]]
			if !ok {
				return "", fmt.Errorf("time_format %q: %%-%c is not known", format, format[i])
			}
			out.WriteString(short)
			continue
		}
		layout, ok := letters[format[i]]
		if !ok {
			return "", fmt.Errorf("time_format %q: %%%c is not known; use %%Y %%m %%d %%H %%M %%S, or unix, or unix_ms", format, format[i])
		}
		dated = dated || strings.IndexByte("YyFD", format[i]) >= 0
		out.WriteString(layout)
	}
	if !dated {
		return "", fmt.Errorf("time_format %q names no year: use %%Y %%m %%d %%H %%M %%S, or unix, or unix_ms", format)
	}
	return out.String(), nil
}
