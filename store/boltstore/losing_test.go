package boltstore

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

var losing = flag.Bool("disk.losing", false, "TestADiskThatLosesWrites: mount a disk that loses what is written")

// TestADiskThatLosesWrites: writes go well and their fsync fails, until the file system
// gives up and is read only. What was refused is nowhere, reading goes on, and once the
// disk is mounted again, as after a power cut, all is there that was acknowledged.
func TestADiskThatLosesWrites(t *testing.T) {
	if !*losing {
		t.Skip("mounts file systems: make test-disk")
	}
	ctx := context.Background()
	disk, again := mountLosing(t)
	dir := filepath.Join(disk, "data")
	s, err := Open(dir, Options{CheckpointEvery: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateSite(ctx, scoring.Site{ID: "shop"}); err != nil {
		t.Fatal(err)
	}
	acked := make(map[scoring.EventID]bool)
	n := 0
	send := func() error {
		var events []scoring.Event
		for range 50 {
			e := testEvent(fmt.Sprint("v", n%200), n)
			e.SearchQuery = strings.Repeat("x", 1000)
			events = append(events, e)
			n++
		}
		_, err := s.Append(ctx, "shop", events)
		if err != nil {
			return err
		}
		for i := range events {
			acked[events[i].ID] = true
		}
		return nil
	}
	refused := func(err error) bool { return errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrUnwritable) }
	for err == nil && n < 100_000 {
		err = send()
	}
	for range 5 {
		if !refused(err) {
			t.Fatalf("after %d events: %v", n, err)
		}
		err = send()
	}
	t.Logf("%d events were acknowledged, then %v", len(acked), err)
	compareAcked(t, s, acked)
	if _, err := s.Profile(ctx, "shop", "v1"); err != nil {
		t.Error(err)
	}
	if h := s.Health(); h.NotWritable == "" {
		t.Error("nothing is said of it")
	}
	if err := s.Close(); err != nil && !refused(err) {
		t.Error(err)
	}
	again()
	s = openTest(t, dir, Options{})
	compareAcked(t, s, acked)
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
	if err := send(); err != nil {
		t.Error(err)
	}
}
