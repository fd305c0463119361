package boltstore

import (
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics tell how the store is doing. Their labels name files, kinds of records and
// places, nothing that comes from outside.
type metrics struct {
	commits              prometheus.Histogram // seconds
	commitEvents         prometheus.Histogram
	waits                prometheus.Counter
	failed               *prometheus.CounterVec // file
	checkpoints          prometheus.Histogram   // seconds
	checkpointed         prometheus.Counter
	snapshots            prometheus.Histogram   // seconds
	reads                *prometheus.CounterVec // from
	fromMemory, fromDisk prometheus.Counter     // of reads
	hoursDropped         *prometheus.CounterVec // kind
}

func newMetrics() *metrics {
	histogram := func(name, help string, buckets []float64) prometheus.Histogram {
		return prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets})
	}
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	reads := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "vitrine_profile_reads_total", Help: "Profiles looked up, by whether they were in memory or read from the disk."}, []string{"from"})
	return &metrics{
		commits: histogram("vitrine_commit_duration_seconds", "How long commits of the journal took, with their fsync.",
			[]float64{.00025, .0005, .001, .002, .004, .008, .016, .032, .064, .125, .25, .5, 1, 4}),
		commitEvents: histogram("vitrine_commit_events", "Events that a commit of the journal wrote.",
			[]float64{0, 1, 4, 16, 64, 256, 1024, 4096, 16384}),
		waits: counter("vitrine_commit_queue_full_total", "Calls that waited for room before their events could queue for a commit."),
		failed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vitrine_write_failures_total", Help: "Commits that failed, by file: the disk is full, or a write or its fsync failed.",
		}, []string{"file"}),
		checkpoints: histogram("vitrine_checkpoint_duration_seconds", "How long it took to write the changed profiles to the disk.",
			[]float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}),
		checkpointed: counter("vitrine_checkpoint_profiles_total", "Profiles written to the disk by checkpoints."),
		snapshots: histogram("vitrine_snapshot_duration_seconds", "How long it took to save what a site has learned.",
			[]float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}),
		fromMemory: reads.WithLabelValues("memory"), fromDisk: reads.WithLabelValues("disk"), reads: reads,
		hoursDropped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vitrine_retention_hours_dropped_total", Help: "Hours of a site past retention that were dropped, by kind: events or decisions.",
		}, []string{"kind"}),
	}
}

// register registers the metrics of an open store.
func (s *Store) register(r prometheus.Registerer) {
	m := s.metrics
	for _, file := range []string{journalName, stateName} {
		m.failed.WithLabelValues(file)
	}
	for _, kind := range []string{"events", "decisions"} {
		m.hoursDropped.WithLabelValues(kind)
	}
	r.MustRegister(m.commits, m.commitEvents, m.waits, m.failed, m.checkpoints, m.checkpointed, m.snapshots, m.reads, m.hoursDropped)
	gauge := func(name, help string, labels prometheus.Labels, value func() float64) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels}, value))
	}
	gauge("vitrine_commit_queue_events", "Events that wait for a commit.", nil, func() float64 { return float64(s.committer.queued()) })
	gauge("vitrine_decision_queue", "Decisions that are answered and not yet on the disk; beyond 20,000 they are not kept.", nil,
		func() float64 { return float64(s.decisions.waiting()) })
	gauge("vitrine_dirty_profiles", "Changed profiles that wait for a checkpoint; at 100,000 events wait for it.", nil,
		func() float64 { return float64(s.profiles.dirty.Load()) })
	gauge("vitrine_disk_free_bytes", "Room left on the disk of the data folder.", nil, func() float64 {
		free, _ := freeSpace(s.dir) // 0 is what to look into, too
		return float64(free)
	})
	for _, file := range []string{journalName, stateName} {
		gauge("vitrine_file_bytes", "Length of a file of the data folder.", prometheus.Labels{"file": file}, func() float64 {
			info, err := os.Stat(filepath.Join(s.dir, file))
			if err != nil {
				return 0 // compacted just now
			}
			return float64(info.Size())
		})
	}
	gauge("vitrine_file_bytes", "Length of a file of the data folder.", prometheus.Labels{"file": snapshotsDir},
		func() float64 { return float64(folderBytes(s.snapshots.dir)) })
}

// seconds is the time since begun.
func seconds(begun time.Time) float64 { return time.Since(begun).Seconds() }
