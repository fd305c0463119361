package boltstore

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/vitrine-io/vitrine/store"
)

// Health implements store.Store.
func (s *Store) Health() store.Health {
	var h store.Health
	if why := s.unwritable(); why != nil {
		h.NotWritable = why.Error()
	}
	h.Problems = s.poison.problems()
	entries, _ := os.ReadDir(s.dir) // what can't be read is told by whoever needs it
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), restoreReplaced) {
			h.Problems = append(h.Problems, fmt.Sprintf("%s in the data folder has what was there before a restore: delete it once all is well", e.Name()))
		}
	}
	h.DataBytes = folderBytes(s.dir)
	h.FreeBytes, _ = freeSpace(s.dir)
	return h
}

// folderBytes is how long the files under dir are. What goes away meanwhile is not
// counted.
func folderBytes(dir string) (total int64) {
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil //nolint:nilerr // gone meanwhile
		}
		if info, err := d.Info(); err == nil {
			total += info.Size()
		}
		return nil
	})
	return total
}
