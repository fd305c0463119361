package boltstore

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/vitrine-io/vitrine/store"
)

// keptBackup is the backup that there is, if there is one. It goes when nobody has read
// it for a while.
type keptBackup struct {
	mu      sync.Mutex
	made    store.Backup
	file    *os.File // nil: there is none
	readers int
	unread  time.Duration // how long it is kept without one
	expiry  *time.Timer
}

// take takes a finished backup, and opens it.
func (k *keptBackup) take(made store.Backup, f *os.File, unread time.Duration) *store.Backup {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.made, k.file, k.unread = made, f, unread
	return k.reader()
}

// expire starts the time that it is kept without a reader. The caller holds mu.
func (k *keptBackup) expire() {
	id := k.made.ID
	k.expiry = time.AfterFunc(k.unread, func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.readers == 0 && k.made.ID == id {
			k.remove()
		}
	})
}

// open opens the backup with that id.
func (k *keptBackup) open(id string) (*store.Backup, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.file == nil || id != k.made.ID {
		return nil, fmt.Errorf("boltstore: open a backup: %w", store.ErrNotFound)
	}
	return k.reader(), nil
}

// reader makes a reader. The caller holds mu.
func (k *keptBackup) reader() *store.Backup {
	if k.expiry != nil {
		k.expiry.Stop()
	}
	k.readers++
	b := k.made
	b.ReadSeekCloser = &backupReader{io.NewSectionReader(k.file, 0, b.Size), k, sync.Once{}}
	return &b
}

// drop removes the backup that there is. ErrBusy while somebody reads it.
func (k *keptBackup) drop() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.readers > 0 {
		return store.ErrBusy
	}
	k.remove()
	return nil
}

// remove removes it. The caller holds mu.
func (k *keptBackup) remove() {
	if k.file == nil {
		return
	}
	if k.expiry != nil {
		k.expiry.Stop()
	}
	name := k.file.Name()
	_ = k.file.Close()
	_ = os.Remove(name) // else the next start does
	k.file = nil
}

// close removes it, whoever reads it.
func (k *keptBackup) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.remove()
}

// backupReader reads the backup that is kept.
type backupReader struct {
	*io.SectionReader
	of   *keptBackup
	once sync.Once
}

// Close lets go of the backup, which is then kept for a while.
func (r *backupReader) Close() error {
	r.once.Do(func() {
		r.of.mu.Lock()
		defer r.of.mu.Unlock()
		r.of.readers--
		if r.of.readers == 0 && r.of.file != nil {
			r.of.expire()
		}
	})
	return nil
}

// steadyWriter writes a large file without that it gathers in memory, where everybody
// else's fsync would have to wait for all of it.
type steadyWriter struct {
	f       *os.File
	rate    *rate
	unsaved int
}

const (
	// steadySync is after how many bytes the file is synced.
	steadySync = 4 << 20
	// steadyLeaves is how much of the disk it leaves to the journal: some minutes.
	steadyLeaves = 64 << 20
)

func (w *steadyWriter) Write(p []byte) (int, error) {
	if err := w.rate.wait(len(p)); err != nil {
		return 0, err
	}
	n, err := w.f.Write(p)
	if w.unsaved += n; err == nil && w.unsaved >= steadySync {
		w.unsaved = 0
		err = w.f.Sync()
		if free, known := freeSpace(filepath.Dir(w.f.Name())); err == nil && known && free < steadyLeaves {
			err = store.ErrFull
		}
	}
	return n, err
}

// rate holds a writer up so that it is no faster than so many bytes a second.
type rate struct {
	ctx     context.Context
	closing <-chan struct{}
	each    float64 // seconds a byte
	next    time.Time
}

func newRate(ctx context.Context, closing <-chan struct{}, bytesPerSecond int64) *rate {
	r := &rate{ctx: ctx, closing: closing}
	if bytesPerSecond > 0 {
		r.each = 1 / float64(bytesPerSecond)
	}
	return r
}

// wait waits until n bytes may be written.
func (r *rate) wait(n int) error {
	if r.each == 0 {
		return nil
	}
	now := time.Now()
	due := r.next
	if due.Before(now) {
		due = now
	}
	r.next = due.Add(time.Duration(float64(n) * r.each * float64(time.Second)))
	t := time.NewTimer(due.Sub(now))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-r.ctx.Done():
		return r.ctx.Err()
	case <-r.closing:
		return store.ErrClosed
	}
}
