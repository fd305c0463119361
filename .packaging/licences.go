package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/google/licenseclassifier/v2/assets"
)

// permissive are the licences that a binary may be built from: they ask for no more than
// that their text goes along, which THIRD_PARTY_LICENCES.txt does.
var permissive = []string{"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "Unlicense"}

// excepted are modules under another licence, each with the reason why it may be in.
var excepted = map[string]string{
	"github.com/hashicorp/golang-lru/v2": "MPL-2.0", // binds file by file, and none of its files is changed
}

// module is one that is compiled in, as the binary itself tells.
type module struct {
	path, version string
	licences      []string // SPDX ids, sorted
	text          []byte   // of its licence files and notices
}

// inventory is what the binaries are built from.
type inventory struct {
	of      map[target][]module
	goTexts []byte
}

// licenceFile and noticeFile are names of files in a module's folder that must go along.
var (
	licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense)([-.].*)?$`)
	noticeFile  = regexp.MustCompile(`(?i)^(notice|patents)([-.].*)?$`)
)

// inventory reads from each binary which modules are in it, and finds their licences.
func (p *packager) inventory(ctx context.Context, all []built) (*inventory, error) {
	classifier, err := assets.DefaultClassifier()
	if err != nil {
		return nil, err
	}
	list := exec.CommandContext(ctx, "go", "list", "-mod=readonly", "-m", "-f", "{{.Path}}@{{.Version}}\t{{.Dir}}", "all")
	list.Dir, list.Stderr = p.root, os.Stderr
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list -m all: %w", err)
	}
	folders := make(map[string]string)
	for line := range strings.Lines(string(out)) {
		name, dir, _ := strings.Cut(strings.TrimSpace(line), "\t")
		folders[name] = dir
	}
	i := &inventory{of: make(map[target][]module)}
	known := make(map[string]module)
	for _, b := range all {
		info, err := buildinfo.ReadFile(b.path)
		if err != nil {
			return nil, err
		}
		for _, d := range info.Deps {
			name := d.Path + "@" + d.Version
			m, seen := known[name]
			if !seen {
				m = module{path: d.Path, version: d.Version}
				if m.text, err = licenceTexts(folders[name], func(text []byte) {
					for _, match := range classifier.Match(classifier.Normalize(text)).Matches {
						if match.MatchType == "License" && !slices.Contains(m.licences, match.Name) {
							m.licences = append(m.licences, match.Name)
						}
					}
				}); err != nil {
					return nil, fmt.Errorf("licence of %s: %w", name, err)
				}
				slices.Sort(m.licences)
				known[name] = m
			}
			i.of[b.target] = append(i.of[b.target], m)
		}
	}
	// The standard library is compiled in, too.
	goroot, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return nil, err
	}
	i.goTexts, err = licenceTexts(strings.TrimSpace(string(goroot)), func([]byte) {})
	return i, err
}

// licenceTexts returns what the licence files and notices in a module's folder say, and
// shows each licence to see. A module without a licence is nobody's to use.
func licenceTexts(dir string, see func([]byte)) ([]byte, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var all bytes.Buffer
	found := false
	for _, e := range entries {
		licence := licenceFile.MatchString(e.Name())
		if e.IsDir() || !licence && !noticeFile.MatchString(e.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		if licence {
			found = true
			see(text)
		}
		all.Write(bytes.TrimSpace(text))
		all.WriteString("\n\n")
	}
	if !found {
		return nil, fmt.Errorf("no licence file in %s", dir)
	}
	return all.Bytes(), nil
}

// judge returns an error that names each module whose licence asks for more than to go
// along.
func (i *inventory) judge() error {
	var wrong []error
	for _, m := range i.all() {
		switch {
		case len(m.licences) == 0:
			wrong = append(wrong, fmt.Errorf("%s %s: its licence is none that is known", m.path, m.version))
		case !m.allowed():
			wrong = append(wrong, fmt.Errorf("%s %s: %s is not permissive; see permissive and excepted in .packaging/licences.go",
				m.path, m.version, strings.Join(m.licences, " and ")))
		}
	}
	return errors.Join(wrong...)
}

func (m module) allowed() bool {
	return !slices.ContainsFunc(m.licences, func(id string) bool {
		return !slices.Contains(permissive, id) && excepted[m.path] != id
	})
}

// all are the modules of all binaries, each once, by name.
func (i *inventory) all() []module {
	var list []module
	for _, of := range i.of {
		list = append(list, of...)
	}
	slices.SortFunc(list, func(a, b module) int {
		return strings.Compare(a.path+"@"+a.version, b.path+"@"+b.version)
	})
	return slices.CompactFunc(list, func(a, b module) bool { return a.path == b.path && a.version == b.version })
}

// texts is what goes along with a binary: a list, then every licence as it stands.
func (i *inventory) texts(b built) []byte {
	var out bytes.Buffer
	out.WriteString("Vitrine is under the Apache License 2.0 (LICENSE). This binary has in it:\n\n")
	fmt.Fprintf(&out, "%-64s %s\n", "Go's standard library "+runtime.Version(), "BSD-3-Clause")
	for _, m := range i.of[b.target] {
		fmt.Fprintf(&out, "%-64s %s\n", m.path+" "+m.version, strings.Join(m.licences, " AND "))
	}
	out.WriteString("\nThe source of each is what the Go module proxy and its own repository hand out under that name.\n")
	rule := strings.Repeat("=", 80)
	fmt.Fprintf(&out, "\n%s\nGo's standard library\n%s\n\n%s", rule, rule, i.goTexts)
	for _, m := range i.of[b.target] {
		fmt.Fprintf(&out, "%s\n%s %s\n%s\n\n%s", rule, m.path, m.version, rule, m.text)
	}
	return out.Bytes()
}

// listLicences prints the licence of everything that is compiled in, on whatever system.
func (p *packager) listLicences(ctx context.Context, of []target) error {
	built, err := p.buildAll(ctx, of)
	if err != nil {
		return err
	}
	i, err := p.inventory(ctx, built)
	if err != nil {
		return err
	}
	count := make(map[string]int)
	for _, m := range i.all() {
		id := strings.Join(m.licences, " AND ")
		count[id]++
		fmt.Fprintf(p.out, "%-64s %s\n", m.path+" "+m.version, id)
	}
	for id, n := range count {
		fmt.Fprintf(p.out, "%4d under %s\n", n, id)
	}
	return i.judge()
}
