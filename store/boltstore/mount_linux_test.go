package boltstore

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

func mountTmpfs(dir string, size int) error {
	return syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", size))
}

func unmount(dir string) error { return syscall.Unmount(dir, 0) }

// mountLosing mounts a file system on a disk that loses writes: it is larger than what is
// under it, so that a write goes well and its fsync fails, and the pages it was to write
// stand as clean in memory. again makes room under it and mounts it anew, as after a power
// cut: what memory has of it is gone.
func mountLosing(t *testing.T) (dir string, again func()) {
	t.Helper()
	under, dir := t.TempDir(), t.TempDir()
	if err := mountTmpfs(under, 16<<20); err != nil {
		t.Skipf("NOT TESTED, for mounting is not allowed here: a disk whose fsync fails: %v", err)
	}
	t.Cleanup(func() {
		if err := unmount(under); err != nil {
			t.Error(err)
		}
	})
	disk := filepath.Join(under, "disk")
	if err := os.WriteFile(disk, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(disk, 64<<20); err != nil {
		t.Fatal(err)
	}
	run := func(name string, args ...string) error {
		out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
		if err != nil {
			err = fmt.Errorf("%s: %w: %s", name, err, out)
		}
		return err
	}
	err := run("mkfs.ext4", "-q", "-F", "-J", "size=4", "-E", "lazy_itable_init=0,lazy_journal_init=0,nodiscard", disk)
	if err == nil {
		err = run("mount", "-o", "loop", disk, dir)
	}
	if err != nil {
		t.Skipf("NOT TESTED, for there are no loop devices or no ext4 here: a disk whose fsync fails: %v", err)
	}
	t.Cleanup(func() {
		if err := unmount(dir); err != nil {
			t.Error(err)
		}
	})
	return dir, func() {
		if err := syscall.Mount("tmpfs", under, "tmpfs", syscall.MS_REMOUNT, "size=80m"); err != nil {
			t.Fatal(err)
		}
		if err := unmount(dir); err != nil {
			t.Fatal(err)
		}
		if err := run("mount", "-o", "loop", disk, dir); err != nil {
			t.Fatal(err)
		}
	}
}
