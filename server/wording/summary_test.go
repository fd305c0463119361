package wording

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestShippedSummaries(t *testing.T) {
	l, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range l.Tags() {
		if l.summaries[tag] == nil {
			t.Errorf("%s has reasons and no summary", tag)
		}
	}
	fill := Fill{List: "lamps", Count: "3", First: "1 March", Last: "2 March"}
	for locale, want := range map[string]string{
		"en": "You are interested in lamps.", "fr-CA": "Vous vous intéressez à : lamps.", "xx": "You are interested in lamps.",
	} {
		if got := l.SummaryOf(locale).Say("interests", fill); got != want {
			t.Errorf("%s: %s", locale, got)
		}
	}
}

func TestFaultySummariesAreTold(t *testing.T) {
	_, err := readSummaries(fstest.MapFS{"visitor/de.yaml": {Data: []byte("known: Profil\nnonsense: x\n")}})
	for _, want := range []string{"visitor/de.yaml", "known must have {first}", "interests is missing", "nonsense is no message", "no visitor/en.yaml"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %q", err, want)
		}
	}
}
