package door

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The document has every way to call a method, by a name of its own, and nothing else.
func TestTheDocumentIsTheDoor(t *testing.T) {
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string                    `json:"operationId"`
			Responses   map[string]map[string]any `json:"responses"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(document, &doc); err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`\{[a-zA-Z]+\}`)
	told, ids := map[string]bool{}, map[string]bool{}
	for path, item := range doc.Paths {
		for verb, operation := range item {
			told[strings.ToUpper(verb)+" "+names.ReplaceAllString(path, "*")] = true
			if ids[operation.OperationID] {
				t.Errorf("%s is the id of two operations", operation.OperationID)
			}
			ids[operation.OperationID] = true
			if operation.Responses["default"] == nil {
				t.Errorf("%s %s says nothing of problems", verb, path)
			}
		}
	}
	answered := map[string]bool{}
	for _, some := range routes(t) {
		for _, r := range some {
			way := r.verb + " /" + strings.Join(r.segments, "/")
			if r.action != "" {
				way += ":" + r.action
			}
			answered[way] = true
		}
	}
	if !maps.Equal(told, answered) {
		t.Errorf("told    %q\nanswered %q", slices.Sorted(maps.Keys(told)), slices.Sorted(maps.Keys(answered)))
	}
}
