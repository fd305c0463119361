package wording

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed visitor/*.yaml
var shippedSummaries embed.FS

// summaryMessages are the sentences that tell a visitor what is known of them, with
// what each must have filled in.
var summaryMessages = map[string][]string{
	"known": {"{first}", "{last}", "{count}"}, "interests": {"{list}"}, "declined": {"{list}"},
	"viewed": {"{list}"}, "cart": {"{list}"}, "bought": {"{list}"}, "searched": {"{list}"},
	"first_source": {"{first}"}, "last_source": {"{last}"}, "segments": {"{list}"}, "intent": {"{count}"}, "told": {"{list}"},
	"devices": {"{count}"}, "shared": nil, "contacts": {"{count}"}, "decisions": {"{count}", "{last}"},
	"allowed": {"{list}"}, "refused": {"{list}"}, "by_visit": nil,
	"purpose.profile": nil, "purpose.personalization": nil, "purpose.advertising": nil,
	"purpose.measurement": nil, "purpose.messages": nil,
}

// Summary words what is known of a visitor, for the visitor to read.
type Summary map[string]string

// Fill is what stands for the placeholders of a sentence.
type Fill struct{ List, Count, First, Last string }

// Say is the sentence of that id, filled in.
func (s Summary) Say(id string, f Fill) string {
	return strings.NewReplacer("{list}", f.List, "{count}", f.Count, "{first}", f.First, "{last}", f.Last).Replace(s[id])
}

// readSummaries reads visitor/NAME.yaml of a folder, as Read does with the reasons.
func readSummaries(folder fs.FS) (map[string]Summary, error) {
	files, err := fs.Glob(folder, "visitor/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("wording: %w", err)
	}
	all := make(map[string]Summary, len(files))
	var faults []error
	for _, file := range files {
		text, err := fs.ReadFile(folder, file)
		if err != nil {
			return nil, fmt.Errorf("wording: %w", err)
		}
		s := Summary{}
		if err := errors.Join(yaml.Unmarshal(text, &s), s.check()); err != nil {
			faults = append(faults, fmt.Errorf("wording: %s: %w", file, err))
		}
		all[strings.TrimSuffix(path.Base(file), ".yaml")] = s
	}
	if all[Default] == nil {
		faults = append(faults, fmt.Errorf("wording: there is no visitor/%s.yaml", Default))
	}
	return all, errors.Join(faults...)
}

// check finds messages that are missing, too many, or without what must be filled in.
func (s Summary) check() error {
	var faults []error
	for _, id := range slices.Sorted(maps.Keys(summaryMessages)) {
		if strings.TrimSpace(s[id]) == "" {
			faults = append(faults, fmt.Errorf("%s is missing", id))
			continue
		}
		for _, mark := range summaryMessages[id] {
			if !strings.Contains(s[id], mark) {
				faults = append(faults, fmt.Errorf("%s must have %s", id, mark))
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s)) {
		if _, known := summaryMessages[id]; !known {
			faults = append(faults, fmt.Errorf("%s is no message", id))
		}
	}
	return errors.Join(faults...)
}

// SummaryOf is the summary in the language that Of finds.
func (l *Languages) SummaryOf(locales ...string) Summary { return l.summaries[l.tagOf(locales...)] }
