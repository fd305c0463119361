package docstest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// page is one Markdown file, as far as something in it can be wrong.
type page struct {
	path    string // in the repository
	blocks  []block
	links   []link
	spans   []span
	anchors map[string]bool
}

// block is a fenced block with what the comments above it say of it, or a comment that
// is one itself: setup.
type block struct {
	line     int
	language string
	text     string
	notes    map[string]string // by their first word
}

// link is where a link or a picture leads.
type link struct {
	line   int
	target string
}

// span is `code` within a line.
type span struct {
	line int
	text string
}

const (
	commentBegins = "<!-- docs:"
	// setup is the language of a comment that is run and not shown.
	setup = "setup"
)

// noteWords are what a comment may say of the block below it, with whether more has to
// follow the word.
var noteWords = map[string]bool{
	"skip":   true,  // is not run, because
	"shown":  true,  // is text that nothing can check: a picture, a formula, a measurement by
	"with":   true,  // is run with changes: old => new; old => new
	"file":   true,  // is the content of this file
	"is":     true,  // is JSON or YAML of this kind
	"given":  true,  // Go statements, or lines of YAML, that stand before it
	"output": false, // is what the block before it prints; "numbers vary"
}

// pages reads all Markdown files of the repository, those not committed yet included.
func pages(t *testing.T, root string) []*page {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "*.md")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	var all []*page
	for _, path := range strings.Fields(string(out)) {
		source, err := os.ReadFile(filepath.Join(root, path))
		if os.IsNotExist(err) { // deleted, and not committed yet
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		p, err := parse(path, source)
		if err != nil {
			t.Error(err)
			continue
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		t.Fatal("no Markdown in the repository")
	}
	return all
}

// parse reads one page.
func parse(path string, source []byte) (*page, error) {
	p := &page{path: path, anchors: make(map[string]bool)}
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
	line := 0
	notes := make(map[string]string)
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		if at, ok := begins(n, source); ok {
			line = at
		}
		switch n := n.(type) {
		case *ast.HTMLBlock:
			raw := string(n.Lines().Value(source))
			if n.HasClosure() {
				raw += string(n.ClosureLine.Value(source))
			}
			word, rest, err := comment(raw)
			switch {
			case err != nil:
				return ast.WalkStop, fmt.Errorf("%s:%d: %w", path, line, err)
			case word == setup:
				p.blocks = append(p.blocks, block{line, setup, rest, nil})
			case word != "":
				notes[word] = rest
			}
		case *ast.FencedCodeBlock:
			p.blocks = append(p.blocks, block{line, string(n.Language(source)), string(n.Lines().Value(source)), notes})
			notes = make(map[string]string)
		case *ast.Heading:
			p.anchor(string(n.Lines().Value(source)))
		case *ast.Link:
			p.links = append(p.links, link{line, string(n.Destination)})
		case *ast.Image:
			p.links = append(p.links, link{line, string(n.Destination)})
		case *ast.CodeSpan:
			var s strings.Builder
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				if t, ok := c.(*ast.Text); ok {
					s.Write(t.Value(source))
				}
			}
			p.spans = append(p.spans, span{line, s.String()})
		}
		return ast.WalkContinue, nil
	})
	if err == nil && len(notes) > 0 {
		err = fmt.Errorf("%s: a comment for the docs test without a block below it: %v", path, notes)
	}
	return p, err
}

// begins is the line a block begins in.
func begins(n ast.Node, source []byte) (int, bool) {
	if n.Type() != ast.TypeBlock || n.Lines() == nil || n.Lines().Len() == 0 {
		return 0, false
	}
	return 1 + strings.Count(string(source[:n.Lines().At(0).Start]), "\n"), true
}

// comment takes a comment for the test apart; the word is empty for any other.
func comment(raw string) (word, rest string, err error) {
	raw, ok := strings.CutPrefix(strings.TrimSpace(raw), commentBegins)
	if !ok {
		return "", "", nil
	}
	raw, ok = strings.CutSuffix(raw, "-->")
	if !ok {
		return "", "", fmt.Errorf("a comment for the docs test ends in its own block, with -->")
	}
	raw = strings.TrimSpace(raw)
	word, rest = raw, ""
	if i := strings.IndexFunc(raw, unicode.IsSpace); i >= 0 {
		word, rest = raw[:i], strings.TrimSpace(raw[i:])
	}
	needs, known := noteWords[word]
	switch {
	case word == setup && rest != "":
	case !known:
		return "", "", fmt.Errorf("the docs test knows no %q", word)
	case needs && rest == "":
		return "", "", fmt.Errorf("%q says too little: what, or why?", word)
	}
	return word, rest, nil
}

// anchor notes what a heading can be linked by, as the usual hosts make it.
func (p *page) anchor(heading string) {
	id := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
			return unicode.ToLower(r)
		case r == ' ':
			return '-'
		}
		return -1
	}, strings.TrimSpace(heading))
	for unique, n := id, 1; ; n++ {
		if !p.anchors[unique] {
			p.anchors[unique] = true
			return
		}
		unique = fmt.Sprintf("%s-%d", id, n)
	}
}
