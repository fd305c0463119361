//go:build !linux && !darwin && !freebsd

package boltstore

// freeSpace is not known here; a compaction without room fails on its way and leaves
// the files as they were.
func freeSpace(string) (bytes int64, known bool) { return 0, false }
