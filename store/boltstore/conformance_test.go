package boltstore_test

import (
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/store"
	"github.com/vitrine-io/vitrine/store/boltstore"
	"github.com/vitrine-io/vitrine/store/storetest"
)

// folder is a data folder with bounds so small that every test meets them.
type folder struct {
	dir  string
	opts boltstore.Options
}

func (f folder) Open(t testing.TB, c storetest.Config) store.Store {
	t.Helper()
	opts := f.opts
	opts.Now = c.Now
	opts.DedupeWindow = c.DedupeWindow
	opts.EventRetention = c.EventRetention
	opts.DecisionRetention = c.DecisionRetention
	s, err := boltstore.Open(f.dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestConformance(t *testing.T) {
	for name, opts := range map[string]boltstore.Options{
		"defaults": {},
		"tiny": {
			ProfileCache: 128, DirtyProfiles: 200, CheckpointBatch: 50, MaxCommit: 64,
			CheckpointEvery: 10 * time.Millisecond,
		},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) storetest.Data {
				return folder{t.TempDir(), opts}
			})
		})
	}
}
