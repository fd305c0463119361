package wording

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/vitrine-io/vitrine/scoring"
)

// Every language that is shipped has every message, with its placeholders: reading
// them checks it. So has every kind of reason a message.
func TestEveryLanguageHasEveryMessage(t *testing.T) {
	languages, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	if got := languages.Tags(); !slices.Equal(got, []string{"en", "fr"}) {
		t.Errorf("languages %v, want English and French", got)
	}
	for _, tag := range languages.Tags() {
		l := languages.Of(tag)
		for kind := scoring.ReasonViewedTogether; int(kind) < kinds; kind++ {
			for _, did := range []scoring.EventType{0, scoring.ProductViewed, scoring.ProductAdded, scoring.OrderCompleted, scoring.ProductShared} {
				r := &scoring.Reason{Kind: kind, Did: did}
				for _, name := range []string{"", "Falk 7"} {
					said := l.Sentence(r, name, false)
					if said == "" || strings.ContainsAny(said, "{}") || said != strings.TrimSpace(said) {
						t.Errorf("%s: reason %d (%q, %d) is worded %q", tag, kind, name, did, said)
					}
				}
			}
		}
	}
}

func TestSentences(t *testing.T) {
	languages, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		locales []string
		reason  scoring.Reason
		name    string
		price   bool
		want    string
	}{
		{[]string{"en"}, scoring.Reason{Kind: scoring.ReasonViewedTogether, Did: scoring.ProductViewed}, "Falk 7", false, "Because you looked at Falk 7"},
		{[]string{"en"}, scoring.Reason{Kind: scoring.ReasonViewedTogether, Did: scoring.ProductAdded}, "Falk 7", false, "Because Falk 7 is in your cart"},
		{[]string{"en"}, scoring.Reason{Kind: scoring.ReasonViewedTogether}, "Falk 7", false, "Others who looked at what you looked at liked this"},
		{[]string{"en"}, scoring.Reason{Kind: scoring.ReasonInterest}, "20-40 EUR", true, "In the price range you look at: 20-40 EUR"},
		{[]string{"en"}, scoring.Reason{Kind: scoring.ReasonInterest}, "", false, "It fits what you look at"},
		{[]string{"en"}, scoring.Reason{Kind: scoring.ReasonSearched}, "red {name}", false, "Because you searched for “red {name}”"},
		{[]string{"en"}, scoring.Reason{Kind: scoring.ReasonRestock}, "Wax", false, "Time to restock?"},
		{[]string{"fr-CA"}, scoring.Reason{Kind: scoring.ReasonTrending}, "", false, "Très demandé en ce moment"},
		{[]string{"FR_fr"}, scoring.Reason{Kind: scoring.ReasonTrending}, "", false, "Très demandé en ce moment"},
		{[]string{"", "fr"}, scoring.Reason{Kind: scoring.ReasonTrending}, "", false, "Très demandé en ce moment"},
		{[]string{"de-AT", "fr"}, scoring.Reason{Kind: scoring.ReasonTrending}, "", false, "Très demandé en ce moment"},
		{[]string{"de", "nl"}, scoring.Reason{Kind: scoring.ReasonTrending}, "", false, "In demand right now"},
		{[]string{"frr"}, scoring.Reason{Kind: scoring.ReasonTrending}, "", false, "In demand right now"}, // North Frisian
		{nil, scoring.Reason{Kind: scoring.ReasonTrending}, "", false, "In demand right now"},
	} {
		if got := languages.Of(c.locales...).Sentence(&c.reason, c.name, c.price); got != c.want {
			t.Errorf("%v, %+v: %q, want %q", c.locales, c.reason, got, c.want)
		}
	}
}

// A language with a region stands before the one without.
func TestRegionsOfALanguage(t *testing.T) {
	en := file(t, "en.yaml")
	languages, err := Read(fstest.MapFS{
		"en.yaml": {Data: en}, "pt.yaml": {Data: en},
		"pt-br.yaml": {Data: []byte(strings.Replace(string(en), "In demand right now", "Em alta", 1))},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := &scoring.Reason{Kind: scoring.ReasonTrending}
	for locale, want := range map[string]string{"pt-BR": "Em alta", "pt-BR-x-a": "Em alta", "pt-PT": "In demand right now"} {
		if got := languages.Of(locale).Sentence(r, "", false); got != want {
			t.Errorf("%s: %q, want %q", locale, got, want)
		}
	}
}

// What is wrong with a file is said, all of it.
func TestBadMessageFiles(t *testing.T) {
	en := string(file(t, "en.yaml"))
	bad := strings.NewReplacer(
		"trending: In demand right now\n", "",
		"similar.named: Similar to {name}", "similar.named: Similar to that",
		"in_cart: It is in your cart", `in_cart: "{name} is in your cart"`,
		"new: New in this shop", "new: New in this shop\nnouveau: Nouveau",
	).Replace(en)
	_, err := Read(fstest.MapFS{"en.yaml": {Data: []byte(en)}, "de.yaml": {Data: []byte(bad)}, "xx.yaml": {Data: []byte("a: [")}})
	if err == nil {
		t.Fatal("it was read")
	}
	for _, want := range []string{
		"de.yaml: ", "trending is missing", "similar.named has {name} 0 times, must have it once",
		"in_cart has {name}, but nothing can be named there", "nouveau is no message", "xx.yaml: ",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in\n%v", want, err)
		}
	}
	if _, err := Read(fstest.MapFS{"fr.yaml": {Data: []byte(en)}}); err == nil || !strings.Contains(err.Error(), "there is no en.yaml") {
		t.Errorf("without English: %v", err)
	}
}

func file(t *testing.T, name string) []byte {
	t.Helper()
	text, err := fs.ReadFile(shipped, name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Whatever a message file holds, reading it does no harm, and what passes has every
// sentence.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"en.yaml", "fr.yaml"} {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("a: [b\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := parse(text)
		if err != nil {
			return
		}
		for _, m := range messages() {
			s := l.sentences[m.kind][m.form]
			if s.before+s.after == "" && m.form == bare {
				t.Errorf("%s is empty", m.id)
			}
		}
	})
}
