package boltstore

import (
	"cmp"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// checkpointer writes changed profiles to state.db, and the watermark behind
// them.
type checkpointer struct {
	s       *Store
	trigger chan struct{} // of capacity 1
	quit    chan struct{}

	mu        sync.Mutex // held during a checkpoint
	watermark store.Seq

	// room is signalled at the end of every checkpoint.
	roomMu   sync.Mutex
	room     *sync.Cond
	begun    int   // checkpoints, one after the other
	finished int   // of these
	err      error // of the last one
}

func newCheckpointer(s *Store) *checkpointer {
	c := &checkpointer{s: s, trigger: make(chan struct{}, 1), quit: make(chan struct{})}
	c.room = sync.NewCond(&c.roomMu)
	return c
}

// run checkpoints now and then until quit is closed.
func (c *checkpointer) run() {
	tick := time.NewTicker(c.s.opts.CheckpointEvery)
	defer tick.Stop()
	for {
		select {
		case <-c.quit:
			return
		case <-tick.C:
		case <-c.trigger:
		}
		if err := c.checkpoint(true); err != nil {
			c.s.failed(slog.LevelError, "checkpoint failed; changes stay in the journal and are tried again", err)
		} else if err := c.s.finishErasures(); err != nil {
			c.s.failed(slog.LevelError, "an erasure could not be finished; it is tried again", err)
		}
	}
}

// consider asks for a checkpoint once half the room is taken.
func (c *checkpointer) consider() {
	if c.s.profiles.dirty.Load() >= int64(c.s.opts.DirtyProfiles)/2 {
		c.ask()
	}
}

func (c *checkpointer) ask() {
	select {
	case c.trigger <- struct{}{}:
	default:
	}
}

// waitForRoom holds the committer up while too many profiles wait for the disk.
// It fails when they can't be written.
func (c *checkpointer) waitForRoom() error {
	full := func() bool { return c.s.profiles.dirty.Load() >= int64(c.s.opts.DirtyProfiles) }
	if !full() {
		return nil
	}
	c.roomMu.Lock()
	defer c.roomMu.Unlock()
	for full() {
		// What one that is under way meets may be over by now: only the next one tells.
		// A pause of the one under way may take the asking for its own.
		for underWay := c.begun; full() && c.finished <= underWay; {
			c.ask()
			c.room.Wait()
		}
		if c.err != nil && full() {
			return c.err
		}
	}
	return nil
}

// checkpoint makes every event applied so far part of state.db. paced leaves the
// disk to others between batches, unless room is short.
func (c *checkpointer) checkpoint(paced bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.roomMu.Lock()
	c.begun++
	c.roomMu.Unlock()
	begun := time.Now()
	err := c.write(paced)
	c.s.metrics.checkpoints.Observe(seconds(begun))
	c.roomMu.Lock()
	c.finished++
	c.err = err
	c.room.Broadcast()
	c.roomMu.Unlock()
	return err
}

type dirtyProfile struct {
	key  profileKey
	held held
}

func (c *checkpointer) write(paced bool) error {
	// Whatever is applied by now is in dirty when the shards are taken below.
	cut := max(c.watermark, store.Seq(c.s.profiles.applied.Load()))
	if cut == c.watermark && c.s.profiles.dirty.Load() == 0 {
		return nil
	}
	changed := c.s.profiles.beginFlush()
	slices.SortFunc(changed, func(a, b dirtyProfile) int {
		if a.key.site != b.key.site {
			return cmp.Compare(a.key.site, b.key.site)
		}
		return strings.Compare(string(a.key.id), string(b.key.id))
	})
	for rest := changed; len(rest) > 0; {
		n := min(len(rest), c.s.opts.CheckpointBatch)
		start := time.Now()
		if err := c.writeBatch(rest[:n]); err != nil {
			c.s.profiles.abortFlush()
			return err
		}
		rest = rest[n:]
		if paced && len(rest) > 0 && c.s.profiles.dirty.Load() < int64(c.s.opts.DirtyProfiles)*3/4 {
			c.pause(time.Since(start))
		}
	}
	err := c.s.state.update(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketMeta).Put(keyWatermark, seqKey(cut))
	})
	if err != nil {
		c.s.profiles.abortFlush()
		return err
	}
	c.watermark = cut
	c.s.metrics.checkpointed.Add(float64(len(changed)))
	c.s.profiles.endFlush(len(changed))
	return nil
}

// pause gives others as much time as the last batch took.
func (c *checkpointer) pause(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-c.trigger:
	case <-c.quit:
	}
}

// writeBatch writes sorted profiles in one transaction. Those of a deleted site
// are left out.
func (c *checkpointer) writeBatch(batch []dirtyProfile) error {
	return c.s.state.update(func(tx *bolt.Tx) error {
		var profiles *bolt.Bucket
		var of siteNo
		for i, d := range batch {
			if i == 0 || d.key.site != of {
				of, profiles = d.key.site, nil
				if data := tx.Bucket(bucketSiteData).Bucket(of.key()); data != nil {
					profiles = data.Bucket(bucketProfiles)
				}
			}
			if profiles == nil {
				continue
			}
			if err := writeProfile(profiles, d.key.id, d.held); err != nil {
				return err
			}
		}
		return nil
	})
}

// writeProfile writes the record of a profile, or removes it where nothing is to be
// kept.
func writeProfile(profiles *bolt.Bucket, id scoring.VisitorID, h held) error {
	if h.nothing() {
		return profiles.Delete([]byte(id))
	}
	b, err := encodeProfile(h)
	if err != nil {
		return err
	}
	return profiles.Put([]byte(id), b)
}

// beginFlush moves every dirty profile to flushing and lists them.
func (p *profiles) beginFlush() []dirtyProfile {
	changed := make([]dirtyProfile, 0, p.dirty.Load())
	for i := range p.shards {
		sh := &p.shards[i]
		sh.mu.Lock()
		sh.flushing = sh.dirty
		sh.dirty = make(map[profileKey]held)
		for key, h := range sh.flushing {
			changed = append(changed, dirtyProfile{key, h})
		}
		sh.mu.Unlock()
	}
	return changed
}

// endFlush moves what was flushed, and has not changed since, to the clean ones.
func (p *profiles) endFlush(flushed int) {
	p.flushes.Add(1)
	for i := range p.shards {
		sh := &p.shards[i]
		sh.mu.Lock()
		sh.moved++
		for key, h := range sh.flushing {
			if _, changed := sh.dirty[key]; !changed && !h.nothing() {
				sh.clean.Add(key, h)
			}
		}
		sh.flushing = nil
		sh.mu.Unlock()
	}
	p.dirty.Add(-int64(flushed))
}

// abortFlush makes what was to be flushed dirty again.
func (p *profiles) abortFlush() {
	for i := range p.shards {
		sh := &p.shards[i]
		sh.mu.Lock()
		for key, h := range sh.flushing {
			if _, newer := sh.dirty[key]; newer {
				p.dirty.Add(-1)
			} else {
				sh.dirty[key] = h
			}
		}
		sh.flushing = nil
		sh.mu.Unlock()
	}
}
