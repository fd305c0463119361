package boltstore

import (
	"errors"
	"fmt"
	"strings"
	"syscall"

	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/store"
)

// isFull reports whether err means that the disk, or the quota, has no room.
// bbolt drops the error chain when growing the file fails, hence the text.
func isFull(err error) bool {
	if errors.Is(err, store.ErrFull) || errors.Is(err, bolterrors.ErrMaxSizeReached) {
		return true
	}
	for _, errno := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, errno) || strings.Contains(err.Error(), errno.Error()) {
			return true
		}
	}
	return false
}

// translate gives bbolt's and the system's errors the names of store.
func translate(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, bolterrors.ErrDatabaseNotOpen):
		return store.ErrClosed
	case errors.Is(err, store.ErrFull), errors.Is(err, store.ErrUnwritable), errors.Is(err, store.ErrCorrupt), errors.Is(err, store.ErrNewerFormat):
		return err
	case isFull(err):
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	}
	return err
}

func profileError(err error) error {
	if errors.Is(err, visitor.ErrVersion) {
		return fmt.Errorf("%w: %w", store.ErrNewerFormat, err)
	}
	return fmt.Errorf("%w: %w", store.ErrCorrupt, err)
}
