package boltstore

import (
	"errors"
	"testing"
)

// TestAnUpgradeMayBeKilledAnywhere opens a folder of the first version, which is ended at
// each of its commits in turn, and opens it again.
func TestAnUpgradeMayBeKilledAnywhere(t *testing.T) {
	killed := errors.New("killed")
	commits := 0
	count := func(string) error {
		commits++
		return nil
	}
	open := func(dir string, before func(string) error) error {
		opts := fixtureOptions()
		opts.hooks.beforeCommit = before
		s, err := Open(dir, opts)
		if err == nil {
			err = s.Close()
		}
		return err
	}
	if err := open(copyFolder(t, fixtureDir), count); err != nil {
		t.Fatal(err)
	}
	if commits < 3 {
		t.Fatalf("%d commits: nothing was upgraded", commits)
	}
	for at := range commits {
		dir := copyFolder(t, fixtureDir)
		n := 0
		err := open(dir, func(string) error {
			if n++; n > at {
				return killed
			}
			return nil
		})
		if !errors.Is(err, killed) {
			t.Errorf("at commit %d: error %v", at, err)
		}
		wantFixture(t, dir)
	}
}
