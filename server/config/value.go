package config

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// value is a setting as the file, the environment and flags see it.
type value interface {
	// set takes what YAML parsed (string, bool, int, float64, nil ...) or the
	// text of a variable or flag. The error says what the type allows.
	set(v any) error
	// text is the value as set takes it.
	text() string
	// json is the value for machines.
	json() any
	// kind names the type in help texts.
	kind() string
}

type (
	stringValue   string
	listValue     []string
	boolValue     bool
	intValue      int
	sizeValue     int
	shareValue    float64
	durationValue time.Duration
)

func (p *stringValue) set(v any) error {
	switch v := v.(type) {
	case string:
		*p = stringValue(v)
	case nil:
		*p = ""
	default:
		return errors.New("must be text; put it in quotes")
	}
	return nil
}
func (p *stringValue) text() string { return string(*p) }
func (p *stringValue) json() any    { return string(*p) }
func (p *stringValue) kind() string { return "text" }

func (p *listValue) set(v any) error {
	*p = nil
	switch v := v.(type) {
	case string:
		for part := range strings.SplitSeq(v, ",") {
			if part = strings.TrimSpace(part); part != "" {
				*p = append(*p, part)
			}
		}
	case []any:
		for _, part := range v {
			text, ok := part.(string)
			if !ok {
				return errors.New("must be a list of texts")
			}
			*p = append(*p, text)
		}
	case nil:
	default:
		return errors.New("must be a list of texts, or one with commas")
	}
	return nil
}
func (p *listValue) text() string { return strings.Join(*p, ",") }
func (p *listValue) json() any    { return append([]string{}, *p...) }
func (p *listValue) kind() string { return "list" }

func (p *boolValue) set(v any) error {
	b, err := strconv.ParseBool(fmt.Sprint(v))
	if err != nil {
		return errors.New("must be true or false")
	}
	*p = boolValue(b)
	return nil
}
func (p *boolValue) text() string { return strconv.FormatBool(bool(*p)) }
func (p *boolValue) json() any    { return bool(*p) }
func (p *boolValue) kind() string { return "bool" }

func (p *shareValue) set(v any) error {
	f, err := strconv.ParseFloat(fmt.Sprint(v), 64)
	if err != nil || math.IsNaN(f) {
		return errors.New("must be a number, such as 0.01")
	}
	*p = shareValue(f)
	return nil
}
func (p *shareValue) text() string { return strconv.FormatFloat(float64(*p), 'g', -1, 64) }
func (p *shareValue) json() any    { return float64(*p) }
func (p *shareValue) kind() string { return "number" }

func (p *intValue) set(v any) error {
	n, err := strconv.Atoi(strings.ReplaceAll(fmt.Sprint(v), "_", ""))
	if err != nil {
		return errors.New("must be a whole number")
	}
	*p = intValue(n)
	return nil
}
func (p *intValue) text() string { return strconv.Itoa(int(*p)) }
func (p *intValue) json() any    { return int(*p) }
func (p *intValue) kind() string { return "number" }

func (p *sizeValue) set(v any) error {
	n, err := parseSize(fmt.Sprint(v))
	if err != nil {
		return err
	}
	*p = sizeValue(n)
	return nil
}
func (p *sizeValue) text() string { return formatSize(int(*p)) }
func (p *sizeValue) json() any    { return int(*p) }
func (p *sizeValue) kind() string { return "size" }

func (p *durationValue) set(v any) error {
	d, err := ParseDuration(fmt.Sprint(v))
	if err != nil {
		return err
	}
	*p = durationValue(d)
	return nil
}
func (p *durationValue) text() string { return FormatDuration(time.Duration(*p)) }
func (p *durationValue) json() any    { return p.text() }
func (p *durationValue) kind() string { return "duration" }

var errDuration = errors.New("must be a duration with its unit, such as 500ms, 90s, 24h, 1d12h or 30d")

// ParseDuration reads what time.ParseDuration does, and days: "30d", "1d12h".
// A day has 24 hours. It never returns a negative duration.
func ParseDuration(s string) (time.Duration, error) {
	s = strings.TrimSpace(s)
	var days time.Duration
	if head, rest, found := strings.Cut(s, "d"); found {
		n, err := strconv.ParseFloat(head, 64)
		if err != nil || !(n >= 0 && n <= math.MaxInt64/float64(day)-1) {
			return 0, errDuration
		}
		days, s = time.Duration(n*float64(day)), rest
		if s == "" {
			return days, nil
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 || days+d < 0 {
		return 0, errDuration
	}
	return days + d, nil
}

// FormatDuration writes d the short way: "30d", "24h", "1m30s". ParseDuration
// reads it back to the same duration.
func FormatDuration(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	if d >= 2*day && d%day == 0 {
		return strconv.FormatInt(int64(d/day), 10) + "d"
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// sizeUnits run from the largest down; sizes are shown in the largest that
// divides them.
func sizeUnits() []struct {
	name string
	n    int
} {
	return []struct {
		name string
		n    int
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}
}

func parseSize(s string) (int, error) {
	errSize := errors.New("must be a number of bytes, such as 16777216 or 16MiB")
	factor := 1
	s = strings.TrimSpace(s)
	for _, u := range sizeUnits() {
		if head, found := strings.CutSuffix(s, u.name); found {
			s, factor = strings.TrimSpace(head), u.n
			break
		}
	}
	n, err := strconv.Atoi(strings.ReplaceAll(s, "_", ""))
	if err != nil || n < 0 || n > math.MaxInt/factor {
		return 0, errSize
	}
	return n * factor, nil
}

func formatSize(n int) string {
	for _, u := range sizeUnits() {
		if n != 0 && n%u.n == 0 && u.n > 1 {
			return strconv.Itoa(n/u.n) + u.name
		}
	}
	return strconv.Itoa(n)
}
