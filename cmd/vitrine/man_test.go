package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func TestEveryCommandHasAManPage(t *testing.T) {
	dir := t.TempDir()
	if code, _, stderr := call(t, nil, "man", "--dir", dir); code != exitOK {
		t.Fatal(stderr)
	}
	man, lookErr := exec.LookPath("man")
	root := newRootCommand(&app{})
	pages := 0
	eachCommand(root, func(cmd *cobra.Command) {
		if !hasManPage(cmd) {
			return
		}
		pages++
		file := filepath.Join(dir, manName(cmd)+".1")
		page, err := os.ReadFile(file)
		if err != nil {
			t.Errorf("%q: %v", cmd.CommandPath(), err)
			return
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && !bytes.Contains(page, []byte(roff("--"+f.Name))) {
				t.Errorf("%q: its page does not tell of --%s", cmd.CommandPath(), f.Name)
			}
		})
	})
	// The shortest and the longest stand for all: a page takes half a second to set.
	for _, name := range []string{"vitrine", "vitrine-serve", "vitrine-health"} {
		if lookErr != nil {
			t.Log("man is not installed: nobody looks how the pages are set")
			break
		}
		page := exec.CommandContext(t.Context(), man, "--warnings", "-E", "UTF-8", "-l", "-Tutf8", filepath.Join(dir, name+".1"))
		page.Env = append(os.Environ(), "MANWIDTH=100")
		var out, warnings bytes.Buffer
		page.Stdout, page.Stderr = &out, &warnings
		if err := page.Run(); err != nil {
			t.Logf("man can't set a page here: %v %s", err, warnings.String())
			break
		}
		if warnings.Len() > 0 || out.Len() < 1000 {
			t.Errorf("%s: %s; %d bytes", name, warnings.String(), out.Len())
		}
	}
	if pages < 50 {
		t.Errorf("%d pages; there were over fifty commands", pages)
	}
}

func TestManPageOfACommand(t *testing.T) {
	code, page, stderr := call(t, nil, "man", "sites", "create")
	if code != exitOK || !strings.Contains(page, `vitrine\-sites\-create \- Create an empty shop`) ||
		!strings.Contains(page, `\(aqThe Shop\(aq`) || !strings.Contains(page, ".BR vitrine\\-sites (1)") {
		t.Errorf("%d %s\n%s", code, stderr, page)
	}
	if code, _, stderr := call(t, nil, "man", "sells"); code != exitUsage || !strings.Contains(stderr, `no command "sells"`) {
		t.Errorf("of no command: %d %s", code, stderr)
	}
}

func TestRoff(t *testing.T) {
	for text, want := range map[string]string{
		"--flag":            `\-\-flag`,
		".dot\nand 'quote'": `\&.dot` + "\n" + `and \(aqquote\(aq`,
		`a\nb "c" ~d ^e`:    `a\enb \(dqc\(dq \(tid \(hae`,
	} {
		if got := roff(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
