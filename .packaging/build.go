package main

import (
	"context"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

// built is a binary for a target.
type built struct {
	target
	path string
}

// build compiles the binary for a target. Nothing of the machine gets into it: no paths,
// no environment, no C library.
func (p *packager) build(ctx context.Context, t target) (built, error) {
	path := filepath.Join(p.work, t.system+"_"+t.arch, t.binary())
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", p.stamp.ldflags(), "-o", path, "./cmd/vitrine")
	cmd.Dir = p.root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+t.system, "GOARCH="+t.arch, "GOFLAGS=", "GOAMD64=v1", "GOARM64=v8.0", "GOEXPERIMENT=")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return built{}, fmt.Errorf("build for %s/%s: %w", t.system, t.arch, err)
	}
	return built{t, path}, nil
}

func (p *packager) buildAll(ctx context.Context, of []target) ([]built, error) {
	var all []built
	for _, t := range of {
		began := time.Now()
		b, err := p.build(ctx, t)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(p.out, "built for %s/%s in %s\n", t.system, t.arch, time.Since(began).Round(time.Second))
		all = append(all, b)
	}
	return all, nil
}

// words are what the binary says about itself: manual pages and completions, which are the
// same for all systems.
type words struct {
	pages       map[string][]byte // vitrine-serve.1
	completions map[string][]byte // by shell
}

// words asks a binary for this machine.
func (p *packager) words(ctx context.Context) (*words, error) {
	b, err := p.build(ctx, target{runtime.GOOS, runtime.GOARCH})
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(p.work, "man")
	if out, err := exec.CommandContext(ctx, b.path, "man", "--dir", dir).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("vitrine man: %w: %s", err, out)
	}
	w := &words{pages: make(map[string][]byte), completions: make(map[string][]byte)}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if w.pages[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			return nil, err
		}
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if w.completions[shell], err = exec.CommandContext(ctx, b.path, "completion", shell).Output(); err != nil {
			return nil, fmt.Errorf("vitrine completion %s: %w", shell, err)
		}
	}
	return w, nil
}

// goVersionOf is the version of Go that a binary was built with: go1.26.8.
func goVersionOf(binary string) string {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return "unknown" // it was read before
	}
	return info.GoVersion
}
