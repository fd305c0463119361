//go:build unix

package boltstore

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/vitrine-io/vitrine/store"
)

// lockWait is how long opening waits for a process that is just ending.
const lockWait = 500 * time.Millisecond

// lockFile takes the lock of a data folder. It ends with the file, or the
// process.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	deadline := time.Now().Add(lockWait)
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			_ = f.Close()
			return nil, err
		}
		if time.Now().After(deadline) {
			_ = f.Close()
			return nil, store.ErrLocked
		}
		time.Sleep(20 * time.Millisecond) //nolint:forbidigo // flock has no way to wait for a while
	}
}

// unlockFile gives up the lock that bbolt took on an open file.
func unlockFile(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_UN) }

// lockShared makes sure that nobody has the folder open for as long as the file is, and
// changes nothing. Without a lock file nobody has; then it returns nil.
func lockShared(path string) (*os.File, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = store.ErrLocked
		}
		return nil, err
	}
	return f, nil
}
