//go:build !linux

package boltstore

import (
	"errors"
	"testing"
)

func mountTmpfs(string, int) error { return errors.New("only known for Linux") }

func unmount(string) error { return nil }

func mountLosing(t *testing.T) (dir string, again func()) {
	t.Helper()
	t.Skip("NOT TESTED, for it is only known for Linux: a disk whose fsync fails")
	return "", nil
}
