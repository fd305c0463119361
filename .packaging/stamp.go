package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// stamp says what is built.
type stamp struct {
	version  string    // 0.1.0 at its tag, 0.1.0-dev.20261201024017.f3b2773c1d2e before it
	number   string    // 0.1.0
	revision string    // of git
	time     time.Time // of the revision: every file in a package has it
}

// stampOf reads the version from cmd/vitrine/version.txt and the rest from git.
func stampOf(ctx context.Context, root string) (stamp, error) {
	text, err := os.ReadFile(filepath.Join(root, "cmd", "vitrine", "version.txt"))
	if err != nil {
		return stamp{}, err
	}
	s := stamp{number: strings.TrimSpace(string(text))}
	git := func(args ...string) (string, error) {
		absolute, err := filepath.Abs(root)
		if err != nil {
			return "", err
		}
		// A clone may belong to another user than the one who builds.
		cmd := exec.CommandContext(ctx, "git", append([]string{"-c", "safe.directory=*", "-C", absolute}, args...)...)
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return "", fmt.Errorf("git %s: %w; packages are built from a clone", strings.Join(args, " "), err)
		}
		return strings.TrimSpace(string(out)), nil
	}
	if s.revision, err = git("rev-parse", "HEAD"); err != nil {
		return stamp{}, err
	}
	when, err := git("show", "-s", "--format=%cI", "HEAD")
	if err != nil {
		return stamp{}, err
	}
	if s.time, err = time.Parse(time.RFC3339, when); err != nil {
		return stamp{}, err
	}
	s.time = s.time.UTC()
	tags, err := git("tag", "--points-at", "HEAD")
	if err != nil {
		return stamp{}, err
	}
	changes, err := git("status", "--porcelain", "--untracked-files=no")
	if err != nil {
		return stamp{}, err
	}
	s.version = s.number + "-dev." + s.time.Format("20060102150405") + "." + s.revision[:12]
	for tag := range strings.FieldsSeq(tags) {
		if tag == "v"+s.number {
			s.version = s.number
		}
	}
	if changes != "" {
		// Of a release nothing may have been changed: this isn't it.
		s.version = s.number + "-dev." + s.time.Format("20060102150405") + "." + s.revision[:12] + ".modified"
	}
	return s, nil
}

// ldflags stamp a binary: see cmd/vitrine/version.go.
func (s stamp) ldflags() string {
	return fmt.Sprintf("-s -w -X main.stampedVersion=%s -X main.stampedRevision=%s -X main.stampedTime=%s",
		s.version, s.revision, s.time.Format(time.RFC3339))
}
