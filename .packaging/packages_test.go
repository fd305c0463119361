package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/buildinfo"
	"debug/elf"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

const root = ".."

// dist is the folder that make packages has filled, for linux/amd64 at least.
var dist = flag.String("packaging.dist", filepath.Join(root, "dist"), "`folder` with the packages to test")

// packageOf is the path of a package, without what its name ends with.
func packageOf(t *testing.T, s stamp, system, arch string) string {
	t.Helper()
	return filepath.Join(*dist, fmt.Sprintf("vitrine_%s_%s_%s", s.version, system, arch))
}

func stamped(t *testing.T) stamp {
	t.Helper()
	s, err := stampOf(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(packageOf(t, s, "linux", "amd64") + ".tar.gz"); err != nil {
		t.Fatalf("%v: make packages first, at this very commit", err)
	}
	return s
}

// unpacked is what an archive holds: modes and data by path.
func unpacked(t *testing.T, archive string) map[string]file {
	t.Helper()
	data, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]file)
	if strings.HasSuffix(archive, ".zip") {
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			all[f.Name] = file{f.Name, int64(f.Mode().Perm()), text}
		}
		return all
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all[h.Name] = file{h.Name, h.Mode, text}
	}
}

func TestArchives(t *testing.T) {
	s := stamped(t)
	always := []string{
		"LICENSE", "README.md", "CHANGELOG.md", "THIRD_PARTY_LICENCES.txt", "vitrine.yaml",
		"completions/vitrine.bash", "completions/_vitrine", "completions/vitrine.fish", "completions/vitrine.ps1",
	}
	pages := []string{"man/man1/vitrine.1", "man/man1/vitrine-serve.1", "man/man1/vitrine-sites-create.1"}
	for _, to := range targets() {
		name := packageOf(t, s, to.system, to.arch)
		archive, more := name+".tar.gz", pages
		switch to.system {
		case "windows":
			archive, more = name+".zip", nil
		case "linux":
			more = append([]string{"systemd/vitrine.service"}, pages...)
		}
		if _, err := os.Stat(archive); errors.Is(err, os.ErrNotExist) {
			t.Logf("not looked at, as it was not built: %s", filepath.Base(archive))
			continue
		}
		files := unpacked(t, archive)
		folder := filepath.Base(name)
		for _, want := range append(append([]string{to.binary()}, always...), more...) {
			if f := files[path.Join(folder, want)]; len(f.data) == 0 {
				t.Errorf("%s: %s is missing or empty", filepath.Base(archive), want)
			}
		}
		binary := files[path.Join(folder, to.binary())]
		if binary.mode != 0o755 {
			t.Errorf("%s: the binary's mode is %o", filepath.Base(archive), binary.mode)
		}
		info, err := buildinfo.Read(bytes.NewReader(binary.data))
		if err != nil {
			t.Fatal(err)
		}
		settings := make(map[string]string)
		for _, s := range info.Settings {
			settings[s.Key] = s.Value
		}
		if settings["GOOS"] != to.system || settings["GOARCH"] != to.arch || settings["CGO_ENABLED"] != "0" || settings["-trimpath"] != "true" {
			t.Errorf("%s: built with %v", filepath.Base(archive), settings)
		}
		if to.system == "linux" {
			e, err := elf.NewFile(bytes.NewReader(binary.data))
			if err != nil {
				t.Fatal(err)
			}
			if libraries, _ := e.ImportedLibraries(); len(libraries) > 0 {
				t.Errorf("%s: not static: %v", filepath.Base(archive), libraries)
			}
		}
		billTells(t, name+".cdx.json", info, binary.data)
	}
}

// billTells checks that a bill of materials is of this very binary, and lists what it has
// in it, each with a licence.
func billTells(t *testing.T, name string, info *buildinfo.BuildInfo, binary []byte) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Error(err)
		return
	}
	var bill cdx.BOM
	if err := cdx.NewBOMDecoder(bytes.NewReader(text), cdx.BOMFileFormatJSON).Decode(&bill); err != nil {
		t.Fatal(err)
	}
	if got := (*bill.Metadata.Component.Hashes)[0].Value; got != fmt.Sprintf("%x", sha256.Sum256(binary)) {
		t.Errorf("%s: of a binary with the hash %s", filepath.Base(name), got)
	}
	listed := make(map[string]bool)
	for _, c := range *bill.Components {
		listed[c.Name+"@"+c.Version] = c.Licenses != nil && len(*c.Licenses) > 0
	}
	for _, d := range info.Deps {
		if !listed[d.Path+"@"+d.Version] {
			t.Errorf("%s: %s is missing or without a licence", filepath.Base(name), d.Path)
		}
	}
	if len(listed) != len(info.Deps)+1 {
		t.Errorf("%s: %d components, want %d modules and the standard library", filepath.Base(name), len(listed), len(info.Deps))
	}
}

func TestTheBinarySaysWhatItIs(t *testing.T) {
	s := stamped(t)
	name := packageOf(t, s, "linux", "amd64")
	binary := filepath.Join(t.TempDir(), "vitrine")
	if err := os.WriteFile(binary, unpacked(t, name+".tar.gz")[filepath.Base(name)+"/vitrine"].data, 0o755); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), binary, "version", "--json").Output()
	if err != nil {
		t.Skipf("linux/amd64 can't be run here: %v", err)
	}
	var v struct{ Version, Revision string }
	if err := json.Unmarshal(out, &v); err != nil || v.Version != s.version || v.Revision != s.revision {
		t.Errorf("%s, want %s of %s", out, s.version, s.revision)
	}
}

func TestSums(t *testing.T) {
	stamped(t)
	check := exec.CommandContext(t.Context(), "sha256sum", "--check", "--strict", "SHA256SUMS")
	check.Dir = *dist
	out, err := check.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	entries, err := os.ReadDir(*dist)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Count(string(out), ": OK"), len(entries)-1; got != want {
		t.Errorf("%d sums for %d files", got, want)
	}
}

// The same commit elsewhere, in files with other times, gives the same bytes.
func TestTheSameCommitGivesTheSameBytes(t *testing.T) {
	s := stamped(t)
	if strings.HasSuffix(s.version, ".modified") {
		t.Skip("there are changes on top of the commit: commit, and make packages again")
	}
	elsewhere := t.TempDir()
	absolute, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	copied := exec.CommandContext(t.Context(), "sh", "-c",
		`git -c safe.directory='*' -C "$1" archive HEAD | tar -x --touch -C "$2"`, "sh", absolute, elsewhere)
	if out, err := copied.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	p := &packager{root: elsewhere, work: t.TempDir(), dist: t.TempDir(), stamp: s, out: io.Discard}
	if err := p.packages(t.Context(), []target{{"linux", "amd64"}}); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(p.dist)
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, e := range entries {
		if e.Name() == "SHA256SUMS" {
			continue // of fewer files
		}
		again, err := os.ReadFile(filepath.Join(p.dist, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		first, err := os.ReadFile(filepath.Join(*dist, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if compared++; !bytes.Equal(first, again) {
			t.Errorf("%s: other bytes the second time", e.Name())
		}
	}
	if compared != 4 {
		t.Errorf("%d files were compared, want an archive, a bill, a .deb and an .rpm", compared)
	}
}

func TestOnlyPermissiveLicencesGetIn(t *testing.T) {
	judged := func(path string, licences ...string) error {
		i := &inventory{of: map[target][]module{{"linux", "amd64"}: {{path: path, version: "v1.0.0", licences: licences}}}}
		return i.judge()
	}
	for _, c := range []struct {
		path     string
		licences []string
		want     string
	}{
		{"example.com/a", []string{"MIT"}, ""},
		{"example.com/a", []string{"Apache-2.0", "BSD-3-Clause"}, ""},
		{"github.com/hashicorp/golang-lru/v2", []string{"MPL-2.0"}, ""},
		{"example.com/a", []string{"MPL-2.0"}, "MPL-2.0 is not permissive"},
		{"example.com/a", []string{"GPL-3.0", "MIT"}, "GPL-3.0 and MIT is not permissive"},
		{"example.com/a", nil, "its licence is none that is known"},
	} {
		err := judged(c.path, c.licences...)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s under %v: %v, want %q", c.path, c.licences, err, c.want)
		}
	}
}
