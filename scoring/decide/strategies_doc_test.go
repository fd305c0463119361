package decide

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vitrine-io/vitrine/scoring"
)

// docs/strategies.md says of each strategy what the table says, in the same words.
func TestStrategiesAreDocumented(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "strategies.md"))
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for part := range strings.SplitSeq(string(b), "\n## ") {
		name, text, _ := strings.Cut(part, "\n")
		sections[strings.ToLower(name)] = text
	}
	points := startingPoints()
	for _, s := range strategies() {
		text, ok := sections[s.name]
		if !ok {
			t.Errorf("there is no section %s", strings.ToUpper(s.name))
			continue
		}
		for _, line := range []string{
			"- Starts from: " + points[s.start].words + ".",
			"- Asks: " + sourcesInWords(points[s.start].sources) + ".",
			"- Shows: " + onlyInWords(&s) + ".",
			"- Too few: " + shortInWords(&s) + ".",
			"- Weights: " + weightsInWords(s.weights) + ".",
			"- Settles: " + settledInWords(s.rules) + ".",
		} {
			if !strings.Contains(text, line+"\n") {
				t.Errorf("%s lacks the line\n%s", strings.ToUpper(s.name), line)
			}
		}
		delete(sections, s.name)
	}
	for name := range sections {
		if strings.Contains(name, "_") {
			t.Errorf("the section %s is of no strategy", name)
		}
	}
}

func sourcesInWords(list []source) string {
	if len(list) == len(sources()) {
		return "all sources"
	}
	var words []string
	for _, x := range list {
		words = append(words, x.name())
	}
	return strings.Join(words, ", ")
}

func onlyInWords(s *strategy) string {
	if s.only == "" {
		return "any product"
	}
	return s.only
}

func shortInWords(s *strategy) string {
	if s.strict {
		return "the placement stays short"
	}
	return "the placement fills up"
}

func weightsInWords(list []weighting) string {
	var words []string
	for k := 0; k < len(list); k++ {
		if own := len(ownProductsAside); k+own <= len(list) && slices.Equal(list[k:k+own], ownProductsAside) {
			words = append(words, "own products aside")
			k += own - 1
			continue
		}
		w := list[k]
		name := "`" + w.feature + "`"
		if w.feature == everyFeature {
			name = "all"
		}
		switch {
		case w.times == 0 && w.plus == 0:
			name += " off"
		case w.times == 0:
			name += fmt.Sprintf(" at %v", w.plus)
		case w.times != 1:
			name += fmt.Sprintf(" times %v", w.times)
		}
		if w.times != 0 && w.plus != 0 {
			name += fmt.Sprintf(" plus %v", w.plus)
		}
		words = append(words, name)
	}
	if words == nil {
		return "as they are"
	}
	return strings.Join(words, ", ")
}

// settledInWords names the rules of the placement that a strategy settles: those
// that come out the same however they are set.
func settledInWords(rules func(scoring.ProductRules) scoring.ProductRules) string {
	if rules == nil {
		return "nothing"
	}
	a := rules(scoring.ProductRules{})
	b := rules(scoring.ProductRules{
		ShowBought: true, ShowInCart: true, RepeatPolicy: scoring.RepeatExclude, Diversity: scoring.DiversityHigh,
		NoRotation: true, Calibrate: true, Explore: 3,
	})
	var words []string
	for _, c := range []struct {
		name    string
		settled bool
	}{
		{"exclude_bought", a.ShowBought == b.ShowBought},
		{"exclude_in_cart", a.ShowInCart == b.ShowInCart},
		{"repeat_policy", a.RepeatPolicy == b.RepeatPolicy},
		{"diversity", a.Diversity == b.Diversity},
		{"rotate", a.NoRotation == b.NoRotation},
		{"calibrate", a.Calibrate == b.Calibrate},
		{"exploration_count", a.Explore == b.Explore},
	} {
		if c.settled {
			words = append(words, "`"+c.name+"`")
		}
	}
	return strings.Join(words, ", ")
}
