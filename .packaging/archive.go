package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// file is one of a package, under its path in there.
type file struct {
	path string
	mode int64
	data []byte
}

// files are those of an archive, sorted by path.
func (p *packager) files(b built, w *words, all *inventory) ([]file, error) {
	binary, err := os.ReadFile(b.path)
	if err != nil {
		return nil, err
	}
	list := []file{
		{b.binary(), 0o755, binary},
		{"THIRD_PARTY_LICENCES.txt", 0o644, all.texts(b)},
		{"completions/vitrine.bash", 0o644, w.completions["bash"]},
		{"completions/_vitrine", 0o644, w.completions["zsh"]},
		{"completions/vitrine.fish", 0o644, w.completions["fish"]},
		{"completions/vitrine.ps1", 0o644, w.completions["powershell"]},
	}
	ours := map[string]string{
		"LICENSE": "LICENSE", "README.md": "README.md", "CHANGELOG.md": "CHANGELOG.md",
		"docs/deploy/vitrine.yaml": "vitrine.yaml",
	}
	if b.system == "linux" {
		ours["docs/deploy/systemd/vitrine.service"] = "systemd/vitrine.service"
	}
	for from, to := range ours {
		data, err := os.ReadFile(filepath.Join(p.root, from))
		if err != nil {
			return nil, err
		}
		list = append(list, file{to, 0o644, data})
	}
	if b.system != "windows" {
		for name, page := range w.pages {
			list = append(list, file{"man/man1/" + name, 0o644, page})
		}
	}
	slices.SortFunc(list, func(a, b file) int { return strings.Compare(a.path, b.path) })
	return list, nil
}

// writeArchive writes name.tar.gz, or name.zip for Windows, with all files in one folder.
func writeArchive(name string, t target, files []file, when time.Time) error {
	folder := filepath.Base(name) + "/"
	var out bytes.Buffer
	if t.system == "windows" {
		z := zip.NewWriter(&out)
		for _, f := range files {
			header := &zip.FileHeader{Name: folder + f.path, Method: zip.Deflate, Modified: when}
			header.SetMode(os.FileMode(f.mode))
			w, err := z.CreateHeader(header)
			if err != nil {
				return err
			}
			if _, err := w.Write(f.data); err != nil {
				return err
			}
		}
		if err := z.Close(); err != nil {
			return err
		}
		return os.WriteFile(name+".zip", out.Bytes(), 0o644)
	}
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return err
	}
	a := tar.NewWriter(z)
	for _, f := range files {
		header := &tar.Header{
			Typeflag: tar.TypeReg, Name: folder + f.path, Mode: f.mode, Size: int64(len(f.data)),
			ModTime: when, Uname: "root", Gname: "root", Format: tar.FormatPAX,
		}
		if err := a.WriteHeader(header); err != nil {
			return err
		}
		if _, err := a.Write(f.data); err != nil {
			return err
		}
	}
	if err := a.Close(); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(name+".tar.gz", out.Bytes(), 0o644)
}

// writeSums writes SHA256SUMS over all files of the folder, as sha256sum -c reads it.
func writeSums(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var sums strings.Builder
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(data), e.Name())
	}
	return os.WriteFile(filepath.Join(dir, "SHA256SUMS"), []byte(sums.String()), 0o644)
}
