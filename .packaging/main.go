// Command packaging builds what a version of Vitrine is handed out as: a static binary for
// each system, in an archive with its manual pages, completions and licences, packages for
// Debian and Red Hat, a bill of materials of each binary, and checksums of all of it. The
// same commit gives the same bytes.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "packaging: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("packaging", flag.ContinueOnError)
	root := fs.String("root", "..", "the `folder` of the repository")
	dist := fs.String("out", "../dist", "the `folder` to write to; what it held is removed")
	only := fs.String("targets", "", "systems, between commas, such as linux/amd64; all when left out")
	licences := fs.Bool("licences", false, "only list the licences of what the binaries are built from")
	if err := fs.Parse(args); err != nil {
		return err
	}
	of := targets()
	if *only != "" {
		of = nil
		for name := range strings.SplitSeq(*only, ",") {
			system, arch, _ := strings.Cut(name, "/")
			of = append(of, target{system, arch})
		}
	}
	s, err := stampOf(ctx, *root)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "vitrine-packaging-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	p := &packager{root: *root, work: work, dist: *dist, stamp: s, out: out}
	if *licences {
		return p.listLicences(ctx, of)
	}
	return p.packages(ctx, of)
}

// target is a system that packages are built for.
type target struct{ system, arch string }

// targets are those of a version.
func targets() []target {
	var all []target
	for _, system := range []string{"linux", "darwin", "windows"} {
		for _, arch := range []string{"amd64", "arm64"} {
			all = append(all, target{system, arch})
		}
	}
	return all
}

func (t target) binary() string {
	if t.system == "windows" {
		return "vitrine.exe"
	}
	return "vitrine"
}

// packager builds the packages of one version.
type packager struct {
	root, work, dist string
	stamp            stamp
	out              io.Writer
}

// packages fills dist.
func (p *packager) packages(ctx context.Context, of []target) error {
	if err := errors.Join(os.RemoveAll(p.dist), os.MkdirAll(p.dist, 0o755)); err != nil {
		return err
	}
	words, err := p.words(ctx)
	if err != nil {
		return err
	}
	built, err := p.buildAll(ctx, of)
	if err != nil {
		return err
	}
	inventory, err := p.inventory(ctx, built)
	if err != nil {
		return err
	}
	if err := inventory.judge(); err != nil {
		return err
	}
	for _, b := range built {
		files, err := p.files(b, words, inventory)
		if err != nil {
			return err
		}
		name := filepath.Join(p.dist, fmt.Sprintf("vitrine_%s_%s_%s", p.stamp.version, b.system, b.arch))
		if err := writeArchive(name, b.target, files, p.stamp.time); err != nil {
			return err
		}
		if err := p.writeBill(name+".cdx.json", b, inventory); err != nil {
			return err
		}
		if b.system == "linux" {
			if err := p.writeSystemPackages(b, words, files); err != nil {
				return err
			}
		}
	}
	if err := writeSums(p.dist); err != nil {
		return err
	}
	return p.report()
}

// report lists what was written, and what could not be tried out here.
func (p *packager) report() error {
	entries, err := os.ReadDir(p.dist)
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(p.out, "%8.1f MiB  %s\n", float64(info.Size())/(1<<20), filepath.Join(p.dist, e.Name()))
	}
	fmt.Fprintf(p.out, "vitrine %s, revision %s; binaries for other systems than %s/%s can't be run here\n",
		p.stamp.version, p.stamp.revision, runtime.GOOS, runtime.GOARCH)
	return nil
}
