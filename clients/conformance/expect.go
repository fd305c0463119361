package main

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What scenarios expect of a value: itself, or one of
//
//	any             there is one
//	absent          there is none, or null
//	uuidv7          a UUID of version 7
//	">=3" "<500"    a number so large (also <=, >)
//	"2..5"          a number from 2 to 5
//
// A mapping expects this of each of its fields, and nothing of others; a list of all its
// elements.
var uuidv7 = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// mismatch says how got is not what is wanted; nothing if it is.
func mismatch(path string, want, got any) string {
	switch want := want.(type) {
	case map[string]any:
		fields, ok := got.(map[string]any)
		if !ok && got != nil {
			return fmt.Sprintf("%s is %v: want an object", path, brief(got))
		}
		for _, field := range slices.Sorted(maps.Keys(want)) {
			if why := mismatch(strings.TrimPrefix(path+"."+field, "."), want[field], fields[field]); why != "" {
				return why
			}
		}
		return ""
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return fmt.Sprintf("%s is %s: want %s", path, brief(got), brief(want))
		}
		for i := range want {
			if why := mismatch(fmt.Sprintf("%s[%d]", path, i), want[i], list[i]); why != "" {
				return why
			}
		}
		return ""
	case string:
		if rule := ruleNamed(want); rule != nil {
			if !rule(got) {
				return fmt.Sprintf("%s is %s: want %s", path, brief(got), want)
			}
			return ""
		}
	}
	if a, ok := number(want); ok {
		if b, ok := number(got); ok && a == b {
			return ""
		}
	} else if reflect.DeepEqual(want, got) {
		return ""
	}
	return fmt.Sprintf("%s is %s: want %s", path, brief(got), brief(want))
}

var (
	comparison = regexp.MustCompile(`^(>=|<=|>|<)(-?[0-9.]+)$`)
	span       = regexp.MustCompile(`^([0-9.]+)\.\.([0-9.]+)$`)
)

// ruleNamed is the rule that a string stands for; nil if it stands for itself.
func ruleNamed(s string) func(got any) bool {
	switch s {
	case "any":
		return func(got any) bool { return got != nil && got != "" }
	case "absent":
		return func(got any) bool { return got == nil }
	case "uuidv7":
		return func(got any) bool {
			id, ok := got.(string)
			return ok && uuidv7.MatchString(id)
		}
	}
	if m := span.FindStringSubmatch(s); m != nil {
		from, errFrom := strconv.ParseFloat(m[1], 64)
		to, errTo := strconv.ParseFloat(m[2], 64)
		if errFrom != nil || errTo != nil {
			return nil
		}
		return func(got any) bool {
			n, ok := number(got)
			return ok && from <= n && n <= to
		}
	}
	m := comparison.FindStringSubmatch(s)
	if m == nil {
		return nil
	}
	bound, err := strconv.ParseFloat(m[2], 64)
	if err != nil {
		return nil
	}
	return func(got any) bool {
		n, ok := number(got)
		switch m[1] {
		case ">=":
			return ok && n >= bound
		case "<=":
			return ok && n <= bound
		case ">":
			return ok && n > bound
		}
		return ok && n < bound
	}
}

// breakerTries and breakerPause are the contract's: five failures in a row, then one
// call in 250 ms.
const (
	breakerTries = 5
	breakerPause = 250 * time.Millisecond
)

// wrongAttempts compares the attempts that came with those wanted; methods that are not
// named may not come at all. "breaker" stands for as many as a client's breaker lets
// through that sees nothing but failures.
func wrongAttempts(want map[string]any, c came) string {
	for _, method := range methods {
		expected, named := want[method]
		switch {
		case !named:
			expected = 0
		case expected == "breaker":
			expected = fmt.Sprintf("%d..%d", breakerTries, breakerTries+int(c.during/breakerPause)+1)
		}
		if why := mismatch("attempts."+method, expected, c.attempts[method]); why != "" {
			return why
		}
	}
	return ""
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// brief is a value in few words.
func brief(v any) string {
	if v == nil {
		return "absent"
	}
	s := fmt.Sprint(v)
	if len(s) > 300 {
		s = s[:300] + "…"
	}
	return s
}

// ids spells out a list of ids in which "e-1..e-30" stands for thirty of them.
func ids(list []string) (all []string) {
	for _, s := range list {
		m := numbered.FindStringSubmatch(s)
		if m == nil || m[1] != m[3] {
			all = append(all, s)
			continue
		}
		from, errFrom := strconv.Atoi(m[2])
		to, errTo := strconv.Atoi(m[4])
		if errFrom != nil || errTo != nil {
			all = append(all, s)
			continue
		}
		for i := from; i <= to; i++ {
			all = append(all, m[1]+strconv.Itoa(i))
		}
	}
	return all
}

var numbered = regexp.MustCompile(`^(.*-)(\d+)\.\.(.*-)(\d+)$`)

// wrongIDs compares what is stored with what shall be, in this order.
func wrongIDs(path string, want, got []string) string {
	want = ids(want)
	if len(want) != len(got) {
		return fmt.Sprintf("%s has %d: want %d (has %s, want %s)", path, len(got), len(want), brief(got), brief(want))
	}
	for i := range want {
		if why := mismatch(fmt.Sprintf("%s[%d]", path, i), want[i], got[i]); why != "" {
			return why
		}
	}
	return ""
}
