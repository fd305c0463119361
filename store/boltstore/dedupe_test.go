package boltstore

import (
	"os"
	"testing"
	"time"
)

func readAll(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDedupeWindow(t *testing.T) {
	d := newDedupe(2*time.Hour, 100)
	at := func(h hour, minutes int) time.Time {
		return h.end().Add(-time.Hour).Add(time.Duration(minutes) * time.Minute)
	}
	for i, h := range []hour{10, 10, 11, 13} {
		if !d.add(h, uint64(i)) {
			t.Errorf("hash %d is known", i)
		}
		if d.add(h, uint64(i)) {
			t.Errorf("hash %d is new twice", i)
		}
	}
	for _, step := range []struct {
		now  time.Time
		want []uint64
	}{
		{at(12, 59), []uint64{0, 1, 2, 3}}, // hour 10 ended at 11:00, and two hours later is 13:00
		{at(13, 0), []uint64{2, 3}},
		{at(13, 59), []uint64{2, 3}},
		{at(14, 0), []uint64{3}},
		{at(16, 0), nil},
	} {
		d.expire(step.now)
		if d.known.size() != len(step.want) {
			t.Errorf("at %v: %d known, want %v", step.now, d.known.size(), step.want)
		}
		for _, hash := range step.want {
			if !d.known.has(hash) {
				t.Errorf("at %v: %d is forgotten", step.now, hash)
			}
		}
	}
}

func TestDedupeBound(t *testing.T) {
	d := newDedupe(time.Hour, 5)
	for i := range uint64(20) {
		d.add(hour(10+i/8), i)
		d.expire(hour(10).end())
	}
	for i := range uint64(20) {
		if ok := d.known.has(i); ok != (i >= 15) {
			t.Errorf("%d known: %v", i, ok)
		}
	}
}

func TestDedupeForgetsAFailedCommit(t *testing.T) {
	d := newDedupe(time.Hour, 100)
	for i := range uint64(4) {
		d.add(10, i)
	}
	d.add(11, 4)
	d.add(11, 5)
	d.forget(4)
	for i := range uint64(6) {
		if ok := d.known.has(i); ok != (i < 2) {
			t.Errorf("%d known: %v", i, ok)
		}
	}
	if !d.add(11, 5) || d.add(11, 1) {
		t.Error("what was forgotten is new, the rest is not")
	}
}
