// Package docstest keeps the documentation true: it reads every Markdown file of the
// repository, and runs what stands in it.
//
// Blocks are run by their language, in the order of the page, in a shell and a folder of
// the page's own, against servers on ports of its own. What a reader does not see is
// said in comments above a block, each of its own:
//
//	<!-- docs: setup          commands that run here and are not shown
//	vitrine sites create shop
//	-->
//	<!-- docs: with /var/lib/vitrine => data; 10m => 1s -->   changes before it is run
//	<!-- docs: file products.csv -->    it is the content of this file
//	<!-- docs: output -->               it is what the block above prints; "numbers vary"
//	<!-- docs: is CreatePlacementRequest -->   a message, a mapping, a configuration
//	<!-- docs: given cookie := "c1" -->        Go or YAML that stands before it
//	<!-- docs: skip WHY -->             it is not run
//	<!-- docs: shown WHAT -->           it is text that nothing can check
package docstest

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	binary = flag.String("docs.vitrine", "", "run the snippets of all pages with this `binary`, an absolute path")
	table  = flag.String("docs.report", "", "write what was run, page by page, into this `file`")
)

// maxSkipped is how many blocks of all pages may be skipped: as many as are. A new one
// takes a reason that convinces whoever reads the change of this line.
const maxSkipped = 12

// pageTime is when a page is taken to hang: the longest takes some ten seconds.
const pageTime = 5 * time.Minute

// repository is its root.
func repository(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// Every block of every page is executed, parsed, or said not to be.
func TestSnippetsRun(t *testing.T) {
	if *binary == "" {
		t.Skip("runs the binary: make test-docs")
	}
	root := repository(t)
	in := place{root: root, vitrine: *binary, shop: shop(t), certificates: certificates(t)}
	counts := make(map[string]*[outcomes]int)
	missing := make(map[string]string)
	var mu sync.Mutex
	all := pages(t, root)
	t.Run("page", func(t *testing.T) {
		for _, p := range all {
			if len(p.blocks) == 0 {
				continue
			}
			t.Run(p.path, func(t *testing.T) {
				t.Parallel()
				ctx, cancel := context.WithTimeout(t.Context(), pageTime)
				defer cancel()
				s := newScript(t, in)
				var n [outcomes]int
				for _, b := range p.blocks {
					did, err := handle(s, b)
					if err != nil {
						t.Errorf("%s:%d: %v", p.path, b.line, err)
					} else if b.language != setup {
						n[did]++
					}
				}
				mu.Lock()
				counts[p.path] = &n
				maps.Copy(missing, s.missing)
				mu.Unlock()
				began := time.Now()
				if !t.Failed() {
					s.run(ctx, t, p.path)
				}
				t.Logf("%s: %.1f s", p.path, time.Since(began).Seconds())
			})
		}
	})
	report(t, all, counts, missing)
}

// report writes what was done, and judges how much was left out.
func report(t *testing.T, all []*page, counts map[string]*[outcomes]int, missing map[string]string) {
	t.Helper()
	var total [outcomes]int
	var text, reasons strings.Builder
	row := func(name string, n [outcomes]int) {
		fmt.Fprintf(&text, "%-60s %4d %7d %6d %8d %9d\n", name, n[ran], n[parsed], n[shown], n[skipped], n[leftOut])
	}
	fmt.Fprintf(&text, "%-60s %4s %7s %6s %8s %9s\n", "snippets", "ran", "parsed", "shown", "skipped", "left out")
	for _, p := range all {
		n := counts[p.path]
		if n == nil {
			continue
		}
		row(p.path, *n)
		for i := range total {
			total[i] += n[i]
		}
		for _, b := range p.blocks {
			if why, ok := b.notes["skip"]; ok {
				fmt.Fprintf(&reasons, "skipped %s:%d: %s\n", p.path, b.line, why)
			}
		}
	}
	row("in all", total)
	for language, target := range missing {
		fmt.Fprintf(&reasons, "*** LEFT OUT: %s, whose client is not built here: make %s\n", language, target)
	}
	if *table != "" {
		if err := os.WriteFile(*table, []byte(text.String()+reasons.String()), 0o600); err != nil {
			t.Error(err)
		}
	}
	withBlocks := slices.DeleteFunc(slices.Clone(all), func(p *page) bool { return len(p.blocks) == 0 })
	switch {
	case len(counts) < len(withBlocks): // -run chose some
	case total[skipped] > maxSkipped:
		t.Errorf("%d blocks are skipped, %d may be", total[skipped], maxSkipped)
	case total[skipped] < maxSkipped:
		t.Errorf("%d blocks are skipped: lower maxSkipped from %d, so that it stays so", total[skipped], maxSkipped)
	}
}

// Every link within the repository leads somewhere.
func TestLinksLead(t *testing.T) {
	root := repository(t)
	all := pages(t, root)
	anchors := make(map[string]map[string]bool)
	for _, p := range all {
		anchors[p.path] = p.anchors
	}
	for _, p := range all {
		for _, l := range p.links {
			if strings.Contains(l.target, "://") || strings.HasPrefix(l.target, "mailto:") {
				continue
			}
			file, anchor, _ := strings.Cut(l.target, "#")
			target := p.path
			if file != "" {
				target = filepath.Join(filepath.Dir(p.path), file)
			}
			if _, err := os.Stat(filepath.Join(root, target)); err != nil {
				t.Errorf("%s:%d: %s leads nowhere", p.path, l.line, l.target)
			} else if anchor != "" && anchors[target] != nil && !anchors[target][anchor] {
				t.Errorf("%s:%d: %s has no heading %q", p.path, l.line, target, anchor)
			}
		}
	}
}

// command is `vitrine ...` or `make ...` in a line, as far as it is words of its own.
var (
	command = regexp.MustCompile(`^(?:\S+=\S+ )*vitrine((?: [a-z][a-z-]*)*)`)
	flags   = regexp.MustCompile(` --([a-z-]+)`)
	usage   = regexp.MustCompile(`(?m)^Usage:\n +vitrine((?: [a-z][a-z-]*)*)(.*)$`)
	target  = regexp.MustCompile(`^make((?: [a-z][a-z-]*[a-z])*)(?: [A-Z]|$)`)
)

// Commands, their flags and make targets that a line names are there.
func TestCommandsAreThere(t *testing.T) {
	if *binary == "" {
		t.Skip("runs the binary: make test-docs")
	}
	root := repository(t)
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	helps := make(map[string]string)
	help := func(words string) string {
		if text, ok := helps[words]; ok {
			return text
		}
		out, _ := exec.CommandContext(t.Context(), *binary, append(strings.Fields(words), "--help")...).CombinedOutput()
		helps[words] = string(out)
		return helps[words]
	}
	for _, p := range pages(t, root) {
		if strings.HasPrefix(p.path, "docs/decisions/") || p.path == "CHANGELOG.md" {
			continue // they say what was
		}
		for _, s := range p.spans {
			if m := command.FindStringSubmatch(s.text); m != nil {
				text := help(m[1])
				found := usage.FindStringSubmatch(text)
				if found == nil || !strings.HasPrefix(m[1]+" ", found[1]+" ") || found[1] == "" && m[1] != "" ||
					m[1] != found[1] && !strings.ContainsAny(found[2], "[<ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
					t.Errorf("%s:%d: no command `%s`", p.path, s.line, s.text)
					continue
				}
				for _, f := range flags.FindAllStringSubmatch(s.text, -1) {
					if !strings.Contains(text, "--"+f[1]) {
						t.Errorf("%s:%d: `vitrine%s` has no flag --%s", p.path, s.line, found[1], f[1])
					}
				}
			}
			if m := target.FindStringSubmatch(s.text); m != nil {
				for word := range strings.FieldsSeq(m[1]) {
					if !slices.ContainsFunc(strings.Split(string(makefile), "\n"), func(l string) bool { return strings.HasPrefix(l, word+":") }) {
						t.Errorf("%s:%d: no target `make %s`", p.path, s.line, word)
					}
				}
			}
		}
	}
}
