package boltstore

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// BenchmarkAppendBesideABackup appends one event at a time, 64 in flight, for some
// seconds without and then with a backup under way, in turns on the same data of
// 300,000 events: what of the wait is the backup's, and how fast that is meanwhile.
func BenchmarkAppendBesideABackup(b *testing.B) {
	for _, mebibytes := range []int64{0, 20} {
		b.Run(fmt.Sprintf("events=300k/inflight=64/MiB=%d", mebibytes), func(b *testing.B) {
			ctx := context.Background()
			s := benchStore(b, Options{})
			from := newBenchEvents(b.Name(), "crowd")
			for range 300 {
				events := make([]scoring.Event, 1000)
				from.fill(events)
				if _, err := s.Append(ctx, "shop", events); err != nil {
					b.Fatal(err)
				}
			}
			var without, with []time.Duration
			var bytes int64
			var took time.Duration
			for b.Loop() {
				without = append(without, appendFor(b, s, from, func() { time.Sleep(3 * time.Second) })...) //nolint:forbidigo // what is measured
				with = append(with, appendFor(b, s, from, func() {
					for begun := time.Now(); time.Since(begun) < 3*time.Second; {
						start := time.Now()
						made, err := s.Backup(ctx, store.BackupOptions{BytesPerSecond: mebibytes << 20})
						if err != nil {
							b.Error(err)
							return
						}
						took += time.Since(start)
						bytes += made.Size
						_ = made.Close()
					}
				})...)
			}
			for name, waits := range map[string][]time.Duration{"alone": without, "beside": with} {
				slices.Sort(waits)
				b.ReportMetric(float64(waits[len(waits)/2].Microseconds())/1000, "ms-p50-"+name)
				b.ReportMetric(float64(waits[len(waits)*99/100].Microseconds())/1000, "ms-p99-"+name)
				b.ReportMetric(float64(waits[len(waits)-1].Microseconds())/1000, "ms-max-"+name)
			}
			b.ReportMetric(float64(len(with))/float64(len(without)), "appends-beside/alone")
			b.ReportMetric(float64(bytes)/took.Seconds()/(1<<20), "backup-MiB/s")
		})
	}
}

// appendFor appends until meanwhile returns, and returns how long each call took.
func appendFor(b *testing.B, s *Store, from *benchEvents, meanwhile func()) (all []time.Duration) {
	b.Helper()
	ctx, stop := context.WithCancel(context.Background())
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			var waits []time.Duration
			for ctx.Err() == nil {
				events := make([]scoring.Event, 1)
				from.fill(events)
				start := time.Now()
				if _, err := s.Append(context.Background(), "shop", events); err != nil {
					b.Error(err)
					return
				}
				waits = append(waits, time.Since(start))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, waits...)
		})
	}
	meanwhile()
	stop()
	wg.Wait()
	return all
}

// BenchmarkBackup backs up 300,000 events of 100,000 visitors, restores that and checks
// it, each again and again on the same.
func BenchmarkBackup(b *testing.B) {
	ctx := context.Background()
	s := benchStore(b, Options{})
	from := newBenchEvents(b.Name(), "crowd")
	for range 300 {
		events := make([]scoring.Event, 1000)
		from.fill(events)
		if _, err := s.Append(ctx, "shop", events); err != nil {
			b.Fatal(err)
		}
	}
	name := backUp(b, s)
	info, err := os.Stat(name)
	if err != nil {
		b.Fatal(err)
	}
	dir := restoreTest(b, name)
	for _, c := range []struct {
		name string
		run  func() error
	}{
		{"backup", func() error {
			made, err := s.Backup(ctx, store.BackupOptions{})
			if err != nil {
				return err
			}
			return made.Close()
		}},
		{"restore", func() error {
			_, err := Restore(ctx, name, filepath.Join(b.TempDir(), "data"), RestoreOptions{})
			return err
		}},
		{"check", func() error {
			_, err := CheckFolder(ctx, dir, func(string, int64, int64) {})
			return err
		}},
	} {
		b.Run(c.name+"/events=300k", func(b *testing.B) {
			b.SetBytes(info.Size())
			for b.Loop() {
				if err := c.run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Logf("%d bytes on disk are a backup of %d", folderBytes(s.dir), info.Size())
}
