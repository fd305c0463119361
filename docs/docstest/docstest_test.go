package docstest

import "testing"

func TestOutputLooksLike(t *testing.T) {
	for _, test := range []struct {
		name, shown, printed string
		vary, want           bool
	}{
		{"the same", "a  b\nc\n", "a b\nc\n", false, true},
		{"another word", "a b", "a c", false, false},
		{"a line more", "a", "a\nb", false, false},
		{"any lines", "a\n...\nd", "a\nb\nc\nd", false, true},
		{"no line", "a\n...\nb", "a\nb", false, true},
		{"anything in a line", "id ... is there", "id 01hx is there", false, true},
		{"another number", "3 of 1,024 (0.3 %)", "17 of 9 (99.12 %)", false, false},
		{"numbers vary", "3 of 1,024 (0.3 %)", "17 of 9 (99.12 %)", true, true},
		{"words don't", "3 shoes", "3 tents", true, false},
	} {
		if got := looksLike(test.shown, test.printed, test.vary) == nil; got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestCommentsForTheTest(t *testing.T) {
	for _, test := range []struct {
		name, page string
		ok         bool
	}{
		{"a skip without a reason", "<!-- docs: skip -->\n```sh\nls\n```\n", false},
		{"a word that is none", "<!-- docs: skpi for fun -->\n```sh\nls\n```\n", false},
		{"without a block", "<!-- docs: output -->\n", false},
		{"with text behind it", "<!-- docs: output --> and more\n```text\nx\n```\n", false},
		{"two above a block", "<!-- docs: with a => b -->\n<!-- docs: skip why -->\n```sh\nls\n```\n", true},
	} {
		if _, err := parse("page.md", []byte(test.page)); (err == nil) != test.ok {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	p, err := parse("page.md", []byte("# A *b* c\n\n# A *b* c\n\n<!-- docs: setup\nls\n-->\n<!-- docs: with a => b -->\n<!-- docs: output numbers vary -->\n```text\nx\n```\n"))
	if err != nil {
		t.Fatal(err)
	}
	if !p.anchors["a-b-c"] || !p.anchors["a-b-c-1"] {
		t.Errorf("anchors %v", p.anchors)
	}
	if len(p.blocks) != 2 || p.blocks[0].language != setup || p.blocks[0].text != "ls" || p.blocks[1].notes["output"] != "numbers vary" || p.blocks[1].line != 11 {
		t.Errorf("blocks %+v", p.blocks)
	}
}
