package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goreleaser/nfpm/v2"
	"github.com/goreleaser/nfpm/v2/deb"
	"github.com/goreleaser/nfpm/v2/files"
	"github.com/goreleaser/nfpm/v2/rpm"
)

// writeSystemPackages writes a .deb and an .rpm: the binary, a user of its own, the unit,
// a configuration that upgrades leave alone, pages and completions.
func (p *packager) writeSystemPackages(b built, w *words, archive []file) error {
	texts := make(map[string]string) // paths in the work folder, which nfpm reads from
	dir := filepath.Join(p.work, "system_"+b.arch)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	put := func(name string, data []byte) (string, error) {
		path := filepath.Join(dir, strings.ReplaceAll(name, "/", "_"))
		texts[name] = path
		return path, os.WriteFile(path, data, 0o644)
	}
	for _, f := range archive {
		if _, err := put(f.path, f.data); err != nil {
			return err
		}
	}
	var list files.Contents
	add := func(from, to, kind string, mode os.FileMode) {
		list = append(list, &files.Content{
			Source: from, Destination: to, Type: kind,
			FileInfo: &files.ContentFileInfo{Owner: "root", Group: "root", Mode: mode, MTime: p.stamp.time},
		})
	}
	add(texts["vitrine"], "/usr/bin/vitrine", "", 0o755)
	add(texts["systemd/vitrine.service"], "/usr/lib/systemd/system/vitrine.service", "", 0o644)
	add(texts["vitrine.yaml"], "/etc/vitrine/vitrine.yaml", files.TypeConfigNoReplace, 0o644)
	add(texts["completions/vitrine.bash"], "/usr/share/bash-completion/completions/vitrine", "", 0o644)
	add(texts["completions/_vitrine"], "/usr/share/zsh/vendor-completions/_vitrine", "", 0o644)
	add(texts["completions/vitrine.fish"], "/usr/share/fish/vendor_completions.d/vitrine.fish", "", 0o644)
	add(texts["LICENSE"], "/usr/share/doc/vitrine/copyright", "", 0o644)
	add(texts["THIRD_PARTY_LICENCES.txt"], "/usr/share/doc/vitrine/THIRD_PARTY_LICENCES.txt", "", 0o644)
	add(texts["CHANGELOG.md"], "/usr/share/doc/vitrine/CHANGELOG.md", "", 0o644)
	for name, page := range w.pages {
		var packed bytes.Buffer
		z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
		if err != nil {
			return err
		}
		if _, err := z.Write(page); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		path, err := put("gz_"+name, packed.Bytes())
		if err != nil {
			return err
		}
		add(path, "/usr/share/man/man1/"+name+".gz", "", 0o644)
	}
	slices.SortFunc(list, func(a, b *files.Content) int { return strings.Compare(a.Destination, b.Destination) })

	installed, err := put("postinst", []byte(afterInstall))
	if err != nil {
		return err
	}
	leaving, err := put("prerm", []byte(beforeRemove))
	if err != nil {
		return err
	}
	for _, kind := range []struct {
		packager nfpm.Packager
		suffix   string
	}{{deb.Default, "deb"}, {rpm.DefaultRPM, "rpm"}} {
		info := nfpm.WithDefaults(&nfpm.Info{
			Name: "vitrine", Arch: b.arch, Platform: "linux",
			// A version on its way sorts before the release, as ~ has it.
			Version: strings.Replace(p.stamp.version, "-", "~", 1), VersionSchema: "none",
			Section: "database", Priority: "optional",
			Maintainer:  "Vitrine <packages@vitrine.invalid>",
			Description: "Decides what to show each visitor of a shop, says why, and learns from what\nhappens next: one binary, one data folder, a gRPC API.",
			License:     "Apache-2.0", MTime: p.stamp.time,
			Overridables: nfpm.Overridables{
				Contents: list,
				Scripts:  nfpm.Scripts{PostInstall: installed, PreRemove: leaving},
				RPM:      nfpm.RPM{BuildHost: "localhost"},
			},
		})
		if err := nfpm.PrepareForPackager(info, kind.suffix); err != nil {
			return err
		}
		var out bytes.Buffer
		if err := kind.packager.Package(info, &out); err != nil {
			return fmt.Errorf("%s: %w", kind.suffix, err)
		}
		name := fmt.Sprintf("vitrine_%s_linux_%s.%s", p.stamp.version, b.arch, kind.suffix)
		if err := os.WriteFile(filepath.Join(p.dist, name), out.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// afterInstall makes the user and its folder. The server is not started: its first key has
// to be made before.
const afterInstall = `#!/bin/sh
set -e
if ! getent passwd vitrine >/dev/null; then
	useradd --system --user-group --no-create-home --home-dir /var/lib/vitrine --shell /usr/sbin/nologin vitrine
fi
if [ ! -d /var/lib/vitrine ]; then
	install -d -o vitrine -g vitrine -m 0750 /var/lib/vitrine
fi
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
	# A server that runs goes on with the new binary.
	systemctl try-restart vitrine.service
fi
`

// beforeRemove stops the server when the package goes, not when it is upgraded. Data stay
// where they are: nobody but their owner deletes them.
const beforeRemove = `#!/bin/sh
set -e
if [ -d /run/systemd/system ] && { [ "$1" = remove ] || [ "$1" = 0 ]; }; then
	systemctl disable --now vitrine.service
fi
`
