package boltstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// disk is one whose writes of a file fail in a given way while it is set.
type disk struct {
	dir   string
	fails atomic.Pointer[fault]
	told  chan error
}

type fault struct {
	file string
	// commit does of a commit what the failing disk does of it.
	commit func(path string, do func() error) error
}

func newDisk(t *testing.T) *disk { return &disk{dir: t.TempDir(), told: make(chan error, 100)} }

func (d *disk) options() Options {
	return Options{
		OnWritable: func(why error) { d.told <- why },
		hooks: hooks{commit: func(file string, do func() error) error {
			if f := d.fails.Load(); f != nil && f.file == file {
				return f.commit(d.dir+"/"+file, do)
			}
			return do()
		}},
	}
}

// ways are what a failing disk leaves of a commit that it says it could not do.
var ways = map[string]func(path string, do func() error) error{
	"nothing was written": func(string, func() error) error { return syscall.EIO },
	"all was written and only the sync failed": func(_ string, do func() error) error {
		if err := do(); err != nil {
			return err
		}
		return syscall.EIO
	},
	"the header was written and the pages are lost": func(path string, do func() error) error {
		before, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := do(); err != nil {
			return err
		}
		return errors.Join(overwrite(path, before[2*os.Getpagesize():], 2*os.Getpagesize()), syscall.EIO)
	},
	"the header is torn": func(path string, do func() error) error {
		page := os.Getpagesize()
		before, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := do(); err != nil {
			return err
		}
		after, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, at := range []int{0, page} {
			if !bytes.Equal(before[at:at+page], after[at:at+page]) {
				err = errors.Join(err, overwrite(path, []byte("torn"), at+pageHeaderSize+40))
			}
		}
		return errors.Join(err, syscall.EIO)
	},
	"it panicked": func(string, func() error) error { panic("out of nowhere") },
}

func overwrite(path string, b []byte, at int) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(b, int64(at))
	return errors.Join(err, f.Close())
}

// TestAFailingDisk has the disk fail in each way and come back. While it fails
// nothing is acknowledged and reading goes on; a crash then loses nothing; when it is
// back the store is, by itself, and what was refused is not there, until it is sent
// again, and then once.
func TestAFailingDisk(t *testing.T) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			disk := newDisk(t)
			s := openTest(t, disk.dir, disk.options())
			fillSmall(ctx, t, s)
			flushDecisions(s)
			before := journalOf(t, s, "shop")
			refused := []scoring.Event{testEvent("v3", 900), testEvent("fresh", 1)}

			disk.fails.Store(&fault{journalName, way})
			for range 3 {
				if acks, err := s.Append(ctx, "shop", refused); !errors.Is(err, store.ErrUnwritable) {
					t.Fatalf("%v, %v", acks, err)
				}
			}
			if why := <-disk.told; !errors.Is(why, store.ErrUnwritable) {
				t.Errorf("told %v", why)
			}
			if p, err := s.Profile(ctx, "shop", "v3"); err != nil || p.Events != 30 {
				t.Errorf("reading should go on: %v, %v", p, err)
			}
			if got := journalOf(t, s, "shop"); len(got) != len(before) {
				t.Errorf("%d events can be read, %d were acknowledged", len(got), len(before))
			}
			crashed := openTest(t, copyFolder(t, disk.dir), Options{})
			for _, e := range before {
				if acks, err := crashed.Append(ctx, "shop", []scoring.Event{e.Event}); err != nil || !acks[0].Duplicate {
					t.Fatalf("event %d is lost in a crash: %v, %v", e.Seq, acks, err)
				}
			}

			disk.fails.Store(nil)
			if why := <-disk.told; why != nil {
				t.Fatalf("told %v", why)
			}
			if got := journalOf(t, s, "shop"); len(got) != len(before) {
				t.Errorf("%d events, %d before the failed writes", len(got), len(before))
			}
			acks, err := s.Append(ctx, "shop", refused)
			if err != nil {
				t.Fatal(err)
			}
			head := before[len(before)-1].Seq
			for i, ack := range acks {
				if ack.Duplicate || ack.Seq != head+store.Seq(i)+1 {
					t.Errorf("ack %+v of an event that was refused before", ack)
				}
			}
			if err := s.Check(ctx); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = openTest(t, disk.dir, Options{})
			if got := journalOf(t, s, "shop"); len(got) != len(before)+len(refused) {
				t.Errorf("%d events after a restart, %d were acknowledged", len(got), len(before)+len(refused))
			}
		})
	}
}

// TestAFailingDiskUnderState does the same to the other file, which products are in and
// profiles go to.
func TestAFailingDiskUnderState(t *testing.T) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			disk := newDisk(t)
			s := openTest(t, disk.dir, disk.options())
			fillSmall(ctx, t, s)
			disk.fails.Store(&fault{stateName, way})
			renamed := []scoring.Product{{ID: "p1", Title: "another"}}
			if _, err := s.PutProducts(ctx, "shop", renamed); !errors.Is(err, store.ErrUnwritable) {
				t.Fatal(err)
			}
			// Events still go into the journal.
			if _, err := s.Append(ctx, "shop", []scoring.Event{testEvent("v3", 900)}); err != nil {
				t.Error(err)
			}
			if err := s.checkpointer.checkpoint(false); !errors.Is(err, store.ErrUnwritable) {
				t.Errorf("checkpoint: %v", err)
			}
			if <-disk.told == nil {
				t.Error("not told")
			}
			disk.fails.Store(nil)
			if why := <-disk.told; why != nil {
				t.Fatalf("told %v", why)
			}
			if p, err := s.Product(ctx, "shop", "p1"); err != nil || p.Title == "another" {
				t.Errorf("a refused change is there: %v, %v", p, err)
			}
			if _, err := s.PutProducts(ctx, "shop", renamed); err != nil {
				t.Error(err)
			}
			if err := s.checkpointer.checkpoint(false); err != nil {
				t.Error(err)
			}
			if err := s.Check(ctx); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = openTest(t, disk.dir, Options{})
			if p, err := s.Profile(ctx, "shop", "v3"); err != nil || p.Events != 31 {
				t.Errorf("%v, %v", p, err)
			}
		})
	}
}

// TestClosingOnAFailingDisk says so, and the next start has all that was acknowledged.
func TestClosingOnAFailingDisk(t *testing.T) {
	ctx := context.Background()
	disk := newDisk(t)
	s, err := Open(disk.dir, disk.options())
	if err != nil {
		t.Fatal(err)
	}
	fillSmall(ctx, t, s)
	disk.fails.Store(&fault{journalName, ways["all was written and only the sync failed"]})
	if _, err := s.Append(ctx, "shop", []scoring.Event{testEvent("v", 1)}); !errors.Is(err, store.ErrUnwritable) {
		t.Errorf("error %v", err)
	}
	if why := <-disk.told; why == nil {
		t.Error("not told")
	}
	if err := s.Close(); err == nil || !strings.Contains(err.Error(), "input/output error") {
		t.Errorf("closing hid that writes had failed: %v", err)
	}
	s = openTest(t, disk.dir, Options{})
	if acks, err := s.Append(ctx, "shop", []scoring.Event{testEvent("v3", 29), testEvent("v", 2)}); err != nil || !acks[0].Duplicate || acks[1].Duplicate {
		t.Errorf("after reopening: %v, %v", acks, err)
	}
}

// TestAFullDiskIsNoticedToHaveRoom: without anybody writing.
func TestAFullDiskIsNoticedToHaveRoom(t *testing.T) {
	ctx := context.Background()
	disk := newDisk(t)
	s := openTest(t, disk.dir, disk.options())
	fillSmall(ctx, t, s)
	disk.fails.Store(&fault{journalName, func(string, func() error) error { return fmt.Errorf("write: %w", syscall.ENOSPC) }})
	if _, err := s.Append(ctx, "shop", []scoring.Event{testEvent("v", 1)}); !errors.Is(err, store.ErrFull) {
		t.Errorf("error %v", err)
	}
	if why := <-disk.told; !errors.Is(why, store.ErrFull) {
		t.Errorf("told %v", why)
	}
	disk.fails.Store(nil)
	if why := <-disk.told; why != nil {
		t.Errorf("told %v", why)
	}
}
