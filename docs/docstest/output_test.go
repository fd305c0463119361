package docstest

import (
	"fmt"
	"regexp"
	"strings"
)

// anyNumber is a number as tables and messages write it, with the bar that may stand
// before a share.
var anyNumber = regexp.MustCompile(`[█▉▊▋▌▍▎▏]*[ ]*\b\d[\d.,:]*\d\b|[█▉▊▋▌▍▎▏]*[ ]*\b\d\b`)

// looksLike compares what was printed with what a page shows. A line "..." stands for
// any lines, "..." within one for anything; blanks count as one, and rules of any
// length are alike. Where numbers vary,
// any number stands for any other.
func looksLike(shown, printed string, numbersVary bool) error {
	want, got := plainLines(shown, numbersVary), plainLines(printed, numbersVary)
	if !match(want, got) {
		return fmt.Errorf("the page shows\n%s\nand the command prints\n%s", shown, printed)
	}
	return nil
}

func plainLines(s string, numbersVary bool) []string {
	var lines []string
	for line := range strings.SplitSeq(strings.Trim(s, "\n"), "\n") {
		if numbersVary {
			line = anyNumber.ReplaceAllString(line, "0")
		}
		line = strings.ReplaceAll(line, "─", "") // as long as the table is wide
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	return lines
}

// match matches line by line.
func match(want, got []string) bool {
	if len(want) == 0 {
		return len(got) == 0
	}
	if want[0] == "..." {
		for i := range len(got) + 1 {
			if match(want[1:], got[i:]) {
				return true
			}
		}
		return false
	}
	return len(got) > 0 && matchLine(want[0], got[0]) && match(want[1:], got[1:])
}

// matchLine matches one line, in which "..." stands for anything.
func matchLine(want, got string) bool {
	parts := strings.Split(want, "...")
	for i, part := range parts {
		parts[i] = regexp.QuoteMeta(part)
	}
	return regexp.MustCompile("^" + strings.Join(parts, ".*") + "$").MatchString(got)
}
