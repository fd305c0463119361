package boltstore

import (
	"log/slog"
	"time"

	bolt "go.etcd.io/bbolt"
)

// retentionTick is how often the clock is looked at while nothing is written.
const retentionTick = time.Minute

// retention is the committer's note of what it dropped last.
type retention struct {
	events, decisions hour // hours before these are gone
}

const (
	// clockJump is how far a clock goes between two looks at it without being doubted: a
	// leap of years would drop everything at once.
	clockJump = 14 * 24 * time.Hour
	// clockDoubted is how long it has to go on from where it leapt to, to be believed: who
	// set it wrong has noticed by then.
	clockDoubted = time.Hour
)

// steady is whether a clock may be gone by in what can't be taken back.
type steady struct {
	trusted time.Time // the latest that was believed
	last    time.Time // that it was looked at
	leapt   time.Time // to where, if it is doubted
}

// believes reports whether the time may be gone by, and whether it is doubted from now on.
func (s *steady) believes(now time.Time) (yes, doubted bool) {
	switch {
	case s.trusted.IsZero() || now.Sub(s.trusted) <= clockJump:
		s.leapt = time.Time{}
	case s.leapt.IsZero():
		s.leapt, doubted = now, true
	case now.Before(s.leapt) || now.Sub(s.last) > clockJump:
		s.leapt = now // to elsewhere
	case now.Sub(s.leapt) >= clockDoubted:
		s.leapt = time.Time{} // it goes on as clocks do
	}
	s.last = now
	if s.leapt.IsZero() && now.After(s.trusted) {
		s.trusted = now
	}
	return s.leapt.IsZero(), doubted
}

// housekeep forgets the ids past the dedupe window and drops the hours past
// retention, each in a transaction of its own: 5 ms for 100,000 events. It does nothing, and
// says so, while the clock is doubted.
func (c *committer) housekeep(now time.Time) (believed bool) {
	if yes, doubted := c.clock.believes(now); !yes {
		if doubted {
			c.s.opts.Logger.Warn("the clock leapt ahead: nothing is dropped as past its retention until it has gone on from there for a while",
				"to", now, "while", clockDoubted)
		}
		return false
	}
	c.dedupe.renew(hourOf(now))
	c.dedupe.expire(now)
	// An hour's youngest event is from its last second.
	events := hourOf(now.Add(-max(c.s.opts.EventRetention, c.s.opts.DedupeWindow)))
	decisions := hourOf(now.Add(-c.s.opts.DecisionRetention))
	c.dropHours(bucketEvents, events, &c.retention.events)
	c.dropHours(bucketDecisions, decisions, &c.retention.decisions)
	return true
}

type siteHour struct {
	site siteNo
	hour hour
}

// dropHours drops the hours of all sites before the given one.
func (c *committer) dropHours(name []byte, before hour, done *hour) {
	if before <= *done {
		return
	}
	complete := true
	for {
		var next []siteHour
		err := c.s.journal.view(func(tx *bolt.Tx) error {
			sites := tx.Bucket(name)
			return sites.ForEachBucket(func(k []byte) error {
				no, ok := keySiteNo(k)
				if !ok {
					return nil
				}
				h, ok := oldestHour(sites.Bucket(k))
				if !ok || h >= before {
					return nil
				}
				if !c.droppable(tx, name, siteHour{no, h}) {
					complete = false
					return nil
				}
				next = append(next, siteHour{no, h})
				return nil
			})
		})
		if err == nil && len(next) == 0 {
			if complete {
				*done = before
			}
			return
		}
		if err == nil {
			err = c.drop(name, next)
		}
		if err == nil {
			c.s.metrics.hoursDropped.WithLabelValues(string(name)).Add(float64(len(next)))
		}
		if err == nil && name[0] == bucketEvents[0] {
			err = c.s.noteOldest()
		}
		if err != nil {
			c.s.failed(slog.LevelWarn, "hours past retention could not be dropped; tried again later", err)
			return
		}
	}
}

func oldestHour(hours *bolt.Bucket) (hour, bool) {
	cur := hours.Cursor()
	for k, v := cur.First(); k != nil; k, v = cur.Next() {
		if h, ok := keyHour(k); ok && v == nil {
			return h, true
		}
	}
	return 0, false
}

// droppable: events must be in their profiles on disk first, for a replay would
// miss them.
func (c *committer) droppable(tx *bolt.Tx, name []byte, which siteHour) bool {
	if name[0] != bucketEvents[0] {
		return true
	}
	var watermark uint64
	err := c.s.state.view(func(tx *bolt.Tx) error {
		watermark = metaNumber(tx, keyWatermark)
		return nil
	})
	if err != nil {
		return false
	}
	last, _ := tx.Bucket(name).Bucket(which.site.key()).Bucket(which.hour.key()).Cursor().Last()
	return uint64(keySeqOf(last)) <= watermark
}

func (c *committer) drop(name []byte, which []siteHour) error {
	return c.s.journal.update(func(tx *bolt.Tx) error {
		for _, w := range which {
			hours := tx.Bucket(name).Bucket(w.site.key())
			if name[0] == bucketEvents[0] {
				head := seqKey(siteHead(tx, w.site))
				if err := hours.Put(keyHead, head); err != nil {
					return err
				}
			}
			if err := hours.DeleteBucket(w.hour.key()); err != nil {
				return err
			}
			if name[0] == bucketDecisions[0] && columnOf(tx, w.site, w.hour) != nil {
				if err := tx.Bucket(bucketDeciders).Bucket(w.site.key()).DeleteBucket(w.hour.key()); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
