//go:build linux || darwin || freebsd

package boltstore

import "golang.org/x/sys/unix"

// freeSpace is how many bytes are free where dir is; known is false where nobody tells.
func freeSpace(dir string) (bytes int64, known bool) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, false
	}
	return int64(st.Bavail) * int64(st.Bsize), true //nolint:unconvert // their types differ between systems
}
