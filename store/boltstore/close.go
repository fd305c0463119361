package boltstore

import (
	"fmt"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
)

func (s *Store) isClosed() bool {
	select {
	case <-s.closing:
		return true
	default:
		return false
	}
}

// Close writes what has queued, checkpoints every profile and ends the
// followers. It may be called again, and then returns what the first call did.
func (s *Store) Close() error {
	s.closeOnce.Do(func() {
		close(s.closing)
		if err := s.shutdown(); err != nil {
			s.closeErr = fmt.Errorf("boltstore: close %s: %w", s.dir, err)
		}
	})
	return s.closeErr
}

func (s *Store) shutdown() error {
	s.copying.Lock() // whoever copies has seen that it closes
	defer s.copying.Unlock()
	s.kept.close()
	<-s.running.retain
	<-s.running.mend
	s.mender.mend() // a last time; what is not mended shows below
	// Decisions first: they go through the committer. Then it ends, and the
	// applier behind it. The checkpointer makes room for both until then.
	s.decisions.close()
	<-s.running.decide
	s.committer.close()
	<-s.running.commit
	<-s.running.apply
	close(s.checkpointer.quit)
	<-s.running.checkpoint

	err := s.checkpointer.checkpoint(false)
	if err == nil {
		err = s.finishErasures()
	}
	if err == nil {
		err = s.syncJournalFreelist()
	}
	if closeErr := s.closeFiles(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = s.markClosed()
	}
	s.release()
	return err
}

// syncJournalFreelist makes the next start a quick one: it need not scan the
// journal for free pages.
func (s *Store) syncJournalFreelist() error {
	s.journal.db.Load().NoFreelistSync = false
	return s.journal.update(func(*bolt.Tx) error { return nil })
}

func (s *Store) closeFiles() error {
	var first error
	for _, f := range []*file{s.journal, s.state} {
		if f == nil {
			continue
		}
		if err := f.db.Load().Close(); err != nil && first == nil {
			first = fmt.Errorf("%s: %w", f.path, err)
		}
	}
	return first
}

// release gives the folder up. What is closed already stays so.
func (s *Store) release() {
	_ = s.closeFiles()
	if s.lock != nil {
		_ = s.lock.Close()
	}
}

func (s *Store) markClosed() error {
	path := filepath.Join(s.dir, closedMark)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return syncDir(s.dir)
}

// unmarkClosed comes before the first write.
func (s *Store) unmarkClosed() error {
	path := filepath.Join(s.dir, closedMark)
	if marked, err := exists(path); err != nil || !marked {
		return err
	}
	if err := os.Remove(path); err != nil {
		return err
	}
	return syncDir(s.dir)
}
