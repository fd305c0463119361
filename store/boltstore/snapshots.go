package boltstore

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// A snapshot is a file of its own, snapshots/<site number>/<name>.snap: it may
// be many megabytes, is always written whole, and in bbolt would leave as many
// free pages behind. Layout, numbers in little endian:
//
//	magic "VITRSNAP", version (1 byte), seq (8 bytes), CRC-32C of these
//	chunks: length (4 bytes, 1 to 1 MiB), CRC-32C of the data, data
//	end: length 0, CRC-32C of the number of bytes in all chunks, that number (8 bytes)
const (
	snapshotMagic   = "VITRSNAP"
	snapshotVersion = 1
	snapshotChunk   = 256 << 10
	snapshotMax     = 1 << 20
	snapshotSuffix  = ".snap"
	temporarySuffix = ".tmp"
)

// snapshots is the folder of all of them.
type snapshots struct{ dir string }

func (n snapshots) siteDir(no siteNo) string {
	return filepath.Join(n.dir, fmt.Sprintf("%08x", uint32(no)))
}

func (n snapshots) path(no siteNo, name string) string {
	return filepath.Join(n.siteDir(no), "s-"+url.PathEscape(name)+snapshotSuffix)
}

func (n snapshots) drop(no siteNo) error { return os.RemoveAll(n.siteDir(no)) }

// dropAllBut removes what deleted sites and crashes left.
func (n snapshots) dropAllBut(alive map[siteNo]bool) error {
	dirs, err := os.ReadDir(n.dir)
	if err != nil {
		return err
	}
	for _, d := range dirs {
		var no uint32
		if _, err := fmt.Sscanf(d.Name(), "%08x", &no); err != nil {
			continue
		}
		if !alive[siteNo(no)] {
			if err := n.drop(siteNo(no)); err != nil {
				return err
			}
			continue
		}
		if err := removeTemporary(filepath.Join(n.dir, d.Name())); err != nil {
			return err
		}
	}
	return nil
}

func removeTemporary(dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name(), temporarySuffix) {
			if err := os.Remove(filepath.Join(dir, f.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// SaveSnapshot writes to a temporary file, syncs it, renames it over the old one
// and syncs the folder.
func (s *Store) SaveSnapshot(_ context.Context, site scoring.SiteID, name string, seq store.Seq, write func(io.Writer) error) error {
	t, err := s.site(site)
	if err == nil {
		t.saving.RLock()
		defer t.saving.RUnlock()
		if t.deleted() {
			err = store.ErrNotFound
		} else {
			begun := time.Now()
			err = s.snapshots.save(t.no, name, seq, write)
			s.metrics.snapshots.Observe(seconds(begun))
		}
	}
	if err != nil {
		return fmt.Errorf("boltstore: save snapshot %q of site %q: %w", name, site, translate(err))
	}
	return nil
}

func (n snapshots) save(no siteNo, name string, seq store.Seq, write func(io.Writer) error) (err error) {
	dir := n.siteDir(no)
	if err := makeDir(dir); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "*"+temporarySuffix)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close() // closing twice does no harm
			_ = os.Remove(f.Name())
		}
	}()
	w := &chunkWriter{w: f}
	if err := w.header(seq); err != nil {
		return err
	}
	buf := bufio.NewWriterSize(w, snapshotChunk)
	if err := write(buf); err != nil {
		return err
	}
	if err := buf.Flush(); err != nil {
		return err
	}
	if err := w.end(); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), n.path(no, name)); err != nil {
		return err
	}
	return syncDir(dir)
}

// chunkWriter frames what a snapshot is made of.
type chunkWriter struct {
	w     io.Writer
	total uint64
}

func (c *chunkWriter) header(seq store.Seq) error {
	b := append([]byte(snapshotMagic), snapshotVersion)
	b = binary.LittleEndian.AppendUint64(b, uint64(seq))
	_, err := c.w.Write(sealRecord(b))
	return err
}

func (c *chunkWriter) Write(p []byte) (int, error) {
	written := 0
	for len(p) > 0 {
		n := min(len(p), snapshotMax)
		b := binary.LittleEndian.AppendUint32(nil, uint32(n))
		b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(p[:n], castagnoli))
		if _, err := c.w.Write(append(b, p[:n]...)); err != nil {
			return written, err
		}
		c.total += uint64(n)
		written += n
		p = p[n:]
	}
	return written, nil
}

func (c *chunkWriter) end() error {
	total := binary.LittleEndian.AppendUint64(nil, c.total)
	b := binary.LittleEndian.AppendUint32(nil, 0)
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(total, castagnoli))
	_, err := c.w.Write(append(b, total...))
	return err
}

// LoadSnapshot hands read only bytes whose checksum was right. A snapshot that
// is cut off shows as an error of the reader it is given and of LoadSnapshot.
func (s *Store) LoadSnapshot(_ context.Context, site scoring.SiteID, name string, read func(io.Reader) error) (store.Seq, error) {
	t, err := s.site(site)
	if err != nil {
		return 0, fmt.Errorf("boltstore: load snapshot %q: %w", name, err)
	}
	seq, err := loadSnapshot(s.snapshots.path(t.no, name), read)
	if err != nil {
		s.poisoned(t.no, "snapshot "+name, err)
		return 0, fmt.Errorf("boltstore: load snapshot %q of site %q: %w", name, site, err)
	}
	return seq, nil
}

func loadSnapshot(path string, read func(io.Reader) error) (store.Seq, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, store.ErrNotFound
	}
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	c := &chunkReader{r: bufio.NewReaderSize(f, 64<<10)}
	seq, err := c.header()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", path, err)
	}
	if err := read(c); err != nil && c.err == nil {
		return 0, err
	}
	// What read left is verified too.
	if _, err := io.Copy(io.Discard, c); err != nil {
		return 0, fmt.Errorf("%s: %w", path, err)
	}
	return seq, nil
}

// chunkReader reads what a chunkWriter wrote.
type chunkReader struct {
	r     io.Reader
	chunk []byte // what is left of the current one
	buf   []byte
	total uint64
	ended bool
	err   error // what is damaged, for good
}

func (c *chunkReader) header() (store.Seq, error) {
	b := make([]byte, len(snapshotMagic)+1+8+4)
	if _, err := io.ReadFull(c.r, b); err != nil {
		return 0, c.damaged("cut off in its header")
	}
	end := len(b) - 4
	switch {
	case string(b[:len(snapshotMagic)]) != snapshotMagic:
		return 0, c.damaged("not a snapshot")
	case crc32.Checksum(b[:end], castagnoli) != binary.LittleEndian.Uint32(b[end:]):
		return 0, c.damaged("header with a wrong checksum")
	case b[len(snapshotMagic)] > snapshotVersion:
		c.err = fmt.Errorf("snapshot of version %d, this program knows %d: %w", b[len(snapshotMagic)], snapshotVersion, store.ErrNewerFormat)
		return 0, c.err
	}
	return store.Seq(binary.LittleEndian.Uint64(b[len(snapshotMagic)+1:])), nil
}

func (c *chunkReader) damaged(what string) error {
	c.err = fmt.Errorf("%s: %w", what, store.ErrCorrupt)
	return c.err
}

func (c *chunkReader) Read(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	for len(c.chunk) == 0 {
		if c.ended {
			return 0, io.EOF
		}
		if err := c.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.chunk)
	c.chunk = c.chunk[n:]
	return n, nil
}

func (c *chunkReader) next() error {
	var head [8]byte
	if _, err := io.ReadFull(c.r, head[:]); err != nil {
		return c.damaged("cut off between chunks")
	}
	n, sum := binary.LittleEndian.Uint32(head[:]), binary.LittleEndian.Uint32(head[4:])
	c.ended = n == 0
	if c.ended {
		n = 8 // the total
	}
	if n > snapshotMax {
		return c.damaged("chunk too long")
	}
	if uint32(cap(c.buf)) < n {
		c.buf = make([]byte, n)
	}
	b := c.buf[:n]
	if _, err := io.ReadFull(c.r, b); err != nil {
		return c.damaged("cut off in a chunk")
	}
	if crc32.Checksum(b, castagnoli) != sum {
		return c.damaged("chunk with a wrong checksum")
	}
	if c.ended {
		if binary.LittleEndian.Uint64(b) != c.total {
			return c.damaged("chunks are missing")
		}
		return nil
	}
	c.total += uint64(n)
	c.chunk = b
	return nil
}
