//go:build !unix

package boltstore

import (
	"errors"
	"io/fs"
	"os"
)

// lockFile only makes the file: here bbolt's own lock has to do.
func lockFile(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
}

// unlockFile keeps bbolt's own lock. A file that was not written to the end is not
// opened anew meanwhile: it takes a restart.
func unlockFile(*os.File) error { return nil }

// lockShared opens the file, if it is there.
func lockShared(path string) (*os.File, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return f, err
}
