package boltstore

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// Whatever bytes a snapshot file holds, reading it does no harm, and what passes is as
// it was written.
func FuzzSnapshot(f *testing.F) {
	written := func(text []byte) []byte {
		var out bytes.Buffer
		w := &chunkWriter{w: &out}
		begun := w.header(7)
		_, err := w.Write(text)
		if err := errors.Join(begun, err, w.end()); err != nil {
			f.Fatal(err)
		}
		return out.Bytes()
	}
	good := written([]byte("what was learned"))
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add(written(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		c := &chunkReader{r: bytes.NewReader(b)}
		if _, err := c.header(); err != nil {
			return
		}
		text, err := io.ReadAll(c)
		if len(text) > len(b) {
			t.Fatalf("%d bytes of %d", len(text), len(b))
		}
		if err == nil && !bytes.Contains(b, text) && len(text) < snapshotMax {
			t.Errorf("read %q, which is not in it", text)
		}
	})
}
