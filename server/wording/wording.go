// Package wording writes the sentences of reasons in the visitor's language, from
// one message file a language: NAME.yaml, where NAME is a language tag in lower
// case, such as fr or pt-br.
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

	"github.com/vitrine-io/vitrine/scoring"
)

// Default is the language where no other that is asked for is known.
const Default = "en"

// placeholder stands in a message for what is behind the reason.
const placeholder = "{name}"

//go:embed *.yaml
var shipped embed.FS

// Shipped returns the languages that Vitrine comes with.
func Shipped() (*Languages, error) {
	l, err := Read(shipped)
	if err != nil {
		return nil, err
	}
	l.summaries, err = readSummaries(shippedSummaries)
	return l, err
}

// Read reads every message file in a folder. It fails when a file lacks a
// message, has one that is none, or one with its placeholder missing or out of place: the
// error tells all that is wrong.
func Read(folder fs.FS) (*Languages, error) {
	files, err := fs.Glob(folder, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("wording: %w", err)
	}
	l := &Languages{byTag: make(map[string]*Language, len(files))}
	var faults []error
	for _, file := range files {
		text, err := fs.ReadFile(folder, file)
		if err != nil {
			return nil, fmt.Errorf("wording: %w", err)
		}
		language, err := parse(text)
		if err != nil {
			faults = append(faults, fmt.Errorf("wording: %s: %w", file, err))
			continue
		}
		l.byTag[strings.TrimSuffix(path.Base(file), ".yaml")] = language
	}
	if l.byTag[Default] == nil && len(faults) == 0 {
		faults = append(faults, fmt.Errorf("wording: there is no %s.yaml", Default))
	}
	return l, errors.Join(faults...)
}

// Languages are those that reasons can be worded in. They may be used by any
// number of goroutines.
type Languages struct {
	byTag     map[string]*Language
	summaries map[string]Summary
}

// Tags lists the languages in alphabetical order.
func (l *Languages) Tags() []string { return slices.Sorted(maps.Keys(l.byTag)) }

// Of is the language of the first of the locales (BCP 47 tags, such as fr-CA)
// that is known as it is or without its last parts, as fr is for fr-CA; else
// English.
func (l *Languages) Of(locales ...string) *Language { return l.byTag[l.tagOf(locales...)] }

func (l *Languages) tagOf(locales ...string) string {
	for _, locale := range locales {
		tag := strings.ToLower(strings.ReplaceAll(locale, "_", "-"))
		for tag != "" {
			if l.byTag[tag] != nil {
				return tag
			}
			tag = tag[:max(0, strings.LastIndexByte(tag, '-'))]
		}
	}
	return Default
}

// Language words reasons.
type Language struct{ sentences [kinds][forms]sentence }

// sentence is a message cut at its placeholder.
type sentence struct{ before, after string }

// Sentence words a reason. name is how the visitor knows what is behind it, empty
// when nothing can be named; price says that it is a price band.
func (l *Language) Sentence(r *scoring.Reason, name string, price bool) string {
	if int(r.Kind) >= kinds {
		return ""
	}
	said, form := &l.sentences[r.Kind], formOf(r, price)
	s := &said[form]
	if form == bare || name == "" || *s == (sentence{}) {
		return said[bare].before
	}
	return s.before + name + s.after
}

// parse reads a message file.
func parse(text []byte) (*Language, error) {
	var file map[string]string
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	l := &Language{}
	var faults []error
	for _, m := range messages() {
		words := strings.TrimSpace(file[m.id])
		delete(file, m.id)
		switch n := strings.Count(words, placeholder); {
		case words == "":
			faults = append(faults, fmt.Errorf("%s is missing", m.id))
		case m.form != bare && n != 1:
			faults = append(faults, fmt.Errorf("%s has %s %d times, must have it once", m.id, placeholder, n))
		case m.form == bare && n != 0:
			faults = append(faults, fmt.Errorf("%s has %s, but nothing can be named there", m.id, placeholder))
		}
		s := &l.sentences[m.kind][m.form]
		s.before, s.after, _ = strings.Cut(words, placeholder)
	}
	for _, id := range slices.Sorted(maps.Keys(file)) {
		faults = append(faults, fmt.Errorf("%s is no message", id))
	}
	return l, errors.Join(faults...)
}
