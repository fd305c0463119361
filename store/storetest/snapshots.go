package storetest

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

func (e *env) save(site scoring.SiteID, name string, seq store.Seq, text string) {
	e.Helper()
	e.must(e.SaveSnapshot(e.ctx, site, name, seq, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}))
}

func (e *env) load(site scoring.SiteID, name string) (seq store.Seq, text string) {
	e.Helper()
	seq, err := e.LoadSnapshot(e.ctx, site, name, func(r io.Reader) error {
		b, err := io.ReadAll(r)
		text = string(b)
		return err
	})
	e.must(err)
	return seq, text
}

var snapshotPromises = []promise{
	{"LoadGivesWhatWasSavedAndItsSeq", func(e *env) {
		e.append(shop, views("v", 9)...)
		e.append(other, views("v", 9)...)
		e.save(shop, "model", 7, "one")
		e.save(shop, "model/../../x y", 8, "two")
		e.save(other, "model", 9, "three")
		e.save(shop, "empty", 1, "")
		for range 2 {
			for _, want := range []struct {
				site scoring.SiteID
				name string
				seq  store.Seq
				text string
			}{{shop, "model", 7, "one"}, {shop, "model/../../x y", 8, "two"}, {other, "model", 9, "three"}, {shop, "empty", 1, ""}} {
				if seq, text := e.load(want.site, want.name); seq != want.seq || text != want.text {
					e.Errorf("%s %s: %d %q, want %d %q", want.site, want.name, seq, text, want.seq, want.text)
				}
			}
			e.reopen()
		}
	}},
	{"SaveReplacesTheOldOne", func(e *env) {
		e.append(shop, views("v", 3)...)
		for i, text := range []string{"a long first one", "short", ""} {
			e.save(shop, "model", store.Seq(i+1), text)
			if seq, got := e.load(shop, "model"); seq != store.Seq(i+1) || got != text {
				e.Errorf("%d %q", seq, got)
			}
		}
	}},
	{"AFailedSaveLeavesTheOldOne", func(e *env) {
		e.append(shop, views("v", 3)...)
		e.save(shop, "model", 1, "old")
		mine := errors.New("mine")
		err := e.SaveSnapshot(e.ctx, shop, "model", 2, func(w io.Writer) error {
			_, _ = w.Write(make([]byte, 1<<20))
			return mine
		})
		e.wantError(err, mine)
		for range 2 {
			if seq, text := e.load(shop, "model"); seq != 1 || text != "old" {
				e.Errorf("%d %q", seq, text)
			}
			e.reopen()
		}
	}},
	{"NoneIsErrNotFound", func(e *env) {
		read := func(io.Reader) error { return nil }
		_, err := e.LoadSnapshot(e.ctx, shop, "model", read)
		e.wantError(err, store.ErrNotFound)
		_, err = e.LoadSnapshot(e.ctx, "nowhere", "model", read)
		e.wantError(err, store.ErrNotFound)
		e.wantError(e.SaveSnapshot(e.ctx, "nowhere", "model", 0, func(io.Writer) error { return nil }), store.ErrNotFound)
	}},
	{"ALargeOneComesBackByteForByte", func(e *env) {
		want := make([]byte, 5<<20+123)
		rng := rand.NewChaCha8([32]byte{1})
		_, _ = rng.Read(want)
		e.must(e.SaveSnapshot(e.ctx, shop, "large", 0, func(w io.Writer) error {
			for rest := want; len(rest) > 0; {
				n := min(len(rest), 77_777)
				if _, err := w.Write(rest[:n]); err != nil {
					return err
				}
				rest = rest[n:]
			}
			return nil
		}))
		_, err := e.LoadSnapshot(e.ctx, shop, "large", func(r io.Reader) error {
			got, err := io.ReadAll(r)
			if !bytes.Equal(got, want) {
				e.Errorf("%d bytes that differ", len(got))
			}
			return err
		})
		e.must(err)
	}},
	{"TheErrorOfReadComesBack", func(e *env) {
		e.save(shop, "model", 0, "text")
		mine := errors.New("mine")
		_, err := e.LoadSnapshot(e.ctx, shop, "model", func(io.Reader) error { return mine })
		e.wantError(err, mine)
	}},
	{"ReadMayLeaveTheRest", func(e *env) {
		e.save(shop, "model", 0, "text")
		_, err := e.LoadSnapshot(e.ctx, shop, "model", func(r io.Reader) error {
			_, err := r.Read(make([]byte, 1))
			return err
		})
		e.must(err)
	}},
	{"SavesAndLoadsAtTheSameTimeSeeWholeOnes", func(e *env) {
		e.save(shop, "model", 0, "00000000")
		inParallel(6, func(i int) {
			for range 10 {
				if i < 3 {
					e.save(shop, "model", 0, string(bytes.Repeat([]byte{byte('0' + i)}, 8)))
					continue
				}
				_, text := e.load(shop, "model")
				if len(text) != 8 || text != string(bytes.Repeat([]byte{text[0]}, 8)) {
					e.Errorf("snapshot %q", text)
				}
			}
		})
	}},
}
