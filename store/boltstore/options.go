package boltstore

import (
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Options of a store. The zero value of each field means its default.
type Options struct {
	// Now is the clock: arrival times, retention and the dedupe window follow
	// it. Default time.Now.
	Now func() time.Time

	// DedupeWindow is how long after its arrival an event's id is known. It is
	// counted in whole hours of arrival: an id is known for at least the window
	// and at most an hour longer. Default 24 hours.
	DedupeWindow time.Duration
	// DedupeMax bounds how many ids are known; beyond it the oldest are
	// forgotten before the window ends. An id takes 13 to 16 bytes.
	// Default 4 million (60 MB when that many arrive within the window).
	DedupeMax int

	// EventRetention is how long events stay in the journal, counted from their
	// arrival, in whole hours. An hour goes once its youngest event is that old
	// and checkpointed; never before the dedupe window has passed. Default 90
	// days. Profiles and learned state outlive it.
	EventRetention time.Duration
	// DecisionRetention is the same for decisions. Default 30 days.
	DecisionRetention time.Duration

	// ProfileRetention is how long a profile stays after its visitor's last event, by
	// when that happened. Once a day those past it are removed; never while events of
	// theirs are in the journal. Default 395 days: a year and a month, so that who
	// comes back every year is known.
	ProfileRetention time.Duration

	// ProfileCache bounds the unchanged profiles held in memory (about 1 KB
	// each). Default 20,000.
	ProfileCache int
	// DirtyProfiles bounds the changed profiles that wait for a checkpoint, which
	// begins at half of it; at the bound Append waits for the disk. Default
	// 40,000: 100,000 took 200 MB more in all, and brought a third more only to a flood
	// of 600,000 events from 100,000 visitors, each of whom is written more often now.
	DirtyProfiles int
	// CheckpointEvery is how often changed profiles go to disk when nothing
	// else calls for it. Default 30 seconds: a visitor who comes back within it is
	// written once, and a start after a crash replays 600,000 events at 20,000 a
	// second, some 3 seconds.
	CheckpointEvery time.Duration
	// CheckpointBatch is how many profiles one transaction writes. Default
	// 5,000: larger batches touch fewer pages twice, but take more memory and hold
	// up product changes longer (10,000 for 0.4 s).
	CheckpointBatch int

	// MaxCommit is how many events of concurrent calls one commit takes at most;
	// a single larger call is still one commit. Default 3,000: without a bound
	// commits grew to 23,000 events and 88 ms.
	MaxCommit int
	// MaxQueued is how many events wait for a commit at most; beyond it Append waits for
	// room. Default 30,000: ten commits, some 15 MB and a tenth of a second.
	MaxQueued int
	// DecisionQueue bounds the decisions that are not yet durable; beyond it
	// RecordDecision refuses. Default 20,000.
	DecisionQueue int

	// BackupKeep is how long a backup that nobody reads is kept, so that who was cut off
	// can go on. Default 10 minutes.
	BackupKeep time.Duration

	// Logger takes what operators should know; it never gets personal data.
	// Default: nothing is logged.
	Logger *slog.Logger

	// Registry is where the store's metrics are registered. Default: nowhere.
	Registry prometheus.Registerer

	// OnWritable is told when writes begin to be refused, and why, and with nil when they
	// are taken again, one call at a time. Until the first call they are.
	OnWritable func(why error)

	// hooks are for the tests of this package.
	hooks hooks
}

// hooks let tests fail or observe what is otherwise hard to reach.
type hooks struct {
	// beforeCommit runs before each commit of the named file ("journal.db" or
	// "state.db"); its error fails the commit.
	beforeCommit func(file string) error
	// commit stands for a commit of the named file, which it may do or not: a disk that
	// fails.
	commit func(file string, do func() error) error
	// atCompaction runs at each step of a compaction, "copied state.db" or "renamed
	// state.db"; an error of the first fails it.
	atCompaction func(step string) error
	// atRestore runs at each step of a restore; its error ends it there, as a kill does.
	atRestore func(step string) error
}

func (h hooks) compacting(step string) error {
	if h.atCompaction == nil {
		return nil
	}
	return h.atCompaction(step)
}

func (h hooks) restoring(step string) error {
	if h.atRestore == nil {
		return nil
	}
	return h.atRestore(step)
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	setDefault(&o.DedupeWindow, 24*time.Hour)
	setDefault(&o.DedupeMax, 4_000_000)
	o.DedupeMax = min(o.DedupeMax, queueNumbers/2)
	setDefault(&o.EventRetention, 90*24*time.Hour)
	setDefault(&o.DecisionRetention, 30*24*time.Hour)
	setDefault(&o.ProfileRetention, 395*24*time.Hour)
	setDefault(&o.ProfileCache, 20_000)
	setDefault(&o.DirtyProfiles, 40_000)
	setDefault(&o.CheckpointEvery, 30*time.Second)
	setDefault(&o.CheckpointBatch, 5_000)
	setDefault(&o.MaxCommit, 3_000)
	setDefault(&o.MaxQueued, 30_000)
	setDefault(&o.DecisionQueue, 20_000)
	setDefault(&o.BackupKeep, 10*time.Minute)
	if o.EventRetention < o.DedupeWindow {
		o.EventRetention = o.DedupeWindow
	}
	return o
}

func setDefault[T int | time.Duration](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}
