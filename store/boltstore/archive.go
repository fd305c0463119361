package boltstore

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/store"
)

// An archive is a backup as a file. It says what the databases hold, not how bbolt lays
// it out: it has no free pages with old bytes in it, and another version, or another
// machine, can read it. Numbers are in little endian.
//
//	magic "VITRBKUP", version (1 byte), when it was made (8 bytes, microseconds since
//	1970), installation (16 bytes), CRC-32C of all these
//	chunks, as those of a snapshot, that make up the entries
//	end, as that of a snapshot
//	SHA-256 of everything before it
//
// An entry is a letter and what belongs to it; names, keys and values come with their
// length, numbers are uvarints:
//
//	F name              a file that is not a database, of chunks of its own until e
//	d data              a part of that file
//	D name              a database
//	B name, sequence    a bucket of it, or of the bucket that is open
//	K key, value        a record of the bucket that is open
//	e                   the end of the file, database or bucket that is open
//	Z                   the end
const (
	archiveMagic   = "VITRBKUP"
	archiveVersion = 1
	archiveHeader  = len(archiveMagic) + 1 + 8 + 16 + crc32.Size

	entryFile     = 'F'
	entryData     = 'd'
	entryDatabase = 'D'
	entryBucket   = 'B'
	entryRecord   = 'K'
	entryEnd      = 'e'
	entryLast     = 'Z'

	// maxArchived bounds a value: bbolt's own bound is 2 GiB.
	maxArchived = 1 << 30
)

// archiveWriter writes an archive. It is a sink for the database that is open.
type archiveWriter struct {
	sum    hash.Hash // of everything written
	out    io.Writer // the file, and sum
	chunks *chunkWriter
	buf    *bufio.Writer // into chunks
	head   []byte        // scratch
}

func newArchiveWriter(w io.Writer, made time.Time, installation []byte) (*archiveWriter, error) {
	a := &archiveWriter{sum: sha256.New()}
	a.out = io.MultiWriter(w, a.sum)
	a.chunks = &chunkWriter{w: a.out}
	a.buf = bufio.NewWriterSize(a.chunks, snapshotChunk)
	b := append([]byte(archiveMagic), archiveVersion)
	b = binary.LittleEndian.AppendUint64(b, uint64(made.UnixMicro()))
	var id [16]byte
	copy(id[:], installation)
	_, err := a.out.Write(sealRecord(append(b, id[:]...)))
	return a, err
}

// entry writes an entry with its names, keys and values.
func (a *archiveWriter) entry(kind byte, parts ...[]byte) error {
	if err := a.buf.WriteByte(kind); err != nil {
		return err
	}
	for _, p := range parts {
		a.head = binary.AppendUvarint(a.head[:0], uint64(len(p)))
		if _, err := a.buf.Write(a.head); err != nil {
			return err
		}
		if _, err := a.buf.Write(p); err != nil {
			return err
		}
	}
	return nil
}

func (a *archiveWriter) enter(bucket []byte, sequence uint64) error {
	if err := a.entry(entryBucket, bucket); err != nil {
		return err
	}
	_, err := a.buf.Write(binary.AppendUvarint(a.head[:0], sequence))
	return err
}

func (a *archiveWriter) put(key, value []byte) error { return a.entry(entryRecord, key, value) }

func (a *archiveWriter) leave() error { return a.entry(entryEnd) }

// database writes all that tx sees, through what around makes of the writer.
func (a *archiveWriter) database(name string, tx *bolt.Tx, around func(sink) sink) error {
	if err := a.entry(entryDatabase, []byte(name)); err != nil {
		return err
	}
	if err := walk(tx, around(a)); err != nil {
		return err
	}
	return a.entry(entryEnd)
}

// file writes a file.
func (a *archiveWriter) file(name string, r io.Reader) error {
	if err := a.entry(entryFile, []byte(name)); err != nil {
		return err
	}
	part := make([]byte, 64<<10)
	for {
		n, err := io.ReadFull(r, part)
		if n > 0 {
			if err := a.entry(entryData, part[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return a.entry(entryEnd)
		}
		if err != nil {
			return err
		}
	}
}

// close ends the archive.
func (a *archiveWriter) close() error {
	if err := a.entry(entryLast); err != nil {
		return err
	}
	if err := a.buf.Flush(); err != nil {
		return err
	}
	if err := a.chunks.end(); err != nil {
		return err
	}
	_, err := a.out.Write(a.sum.Sum(nil))
	return err
}

// archiveReader reads an archive. Its errors say at which byte the file is wrong, and
// are ErrCorrupt or ErrNewerFormat.
type archiveReader struct {
	in      *hashingReader
	chunks  *chunkReader
	entries *bufio.Reader // of chunks
	made    time.Time
	chunkAt int64 // where the chunk begins that was read last
	version byte
}

// hashingReader counts and sums up what is read.
type hashingReader struct {
	r   *bufio.Reader
	at  int64
	sum hash.Hash
	err error // of the file, and not of what is in it
}

func (h *hashingReader) Read(p []byte) (int, error) {
	n, err := h.r.Read(p)
	h.at += int64(n)
	h.sum.Write(p[:n])
	if err != nil && err != io.EOF {
		h.err = err
	}
	return n, err
}

func openArchive(r io.Reader) (*archiveReader, error) {
	a := &archiveReader{in: &hashingReader{r: bufio.NewReaderSize(r, 1<<20), sum: sha256.New()}}
	b := make([]byte, archiveHeader)
	n, err := io.ReadFull(a.in, b)
	if a.in.err != nil {
		return nil, a.in.err
	}
	switch end := archiveHeader - crc32.Size; {
	case n < len(archiveMagic) || string(b[:len(archiveMagic)]) != archiveMagic:
		return nil, fmt.Errorf("it is no backup of Vitrine: %w", store.ErrCorrupt)
	case err != nil:
		return nil, a.cutOff()
	case crc32.Checksum(b[:end], castagnoli) != binary.LittleEndian.Uint32(b[end:]):
		return nil, fmt.Errorf("at byte 0: a header with a wrong checksum: %w", store.ErrCorrupt)
	}
	rest := b[len(archiveMagic):]
	if a.version = rest[0]; a.version > archiveVersion {
		return nil, fmt.Errorf("a backup of version %d, this program knows %d: %w", a.version, archiveVersion, store.ErrNewerFormat)
	}
	a.made = time.UnixMicro(int64(binary.LittleEndian.Uint64(rest[1:]))).UTC()
	a.chunks = &chunkReader{r: a.in}
	a.entries = bufio.NewReaderSize(chunksOf{a}, 64<<10)
	return a, nil
}

// chunksOf notes where chunks begin.
type chunksOf struct{ a *archiveReader }

func (c chunksOf) Read(p []byte) (int, error) {
	if len(c.a.chunks.chunk) == 0 {
		c.a.chunkAt = c.a.in.at
	}
	return c.a.chunks.Read(p)
}

// wrong is the error for an archive that reads on but makes no sense, or does not.
func (a *archiveReader) wrong(what string) error {
	return fmt.Errorf("at byte %d: %s: %w", a.chunkAt, what, store.ErrCorrupt)
}

func (a *archiveReader) cutOff() error {
	return fmt.Errorf("at byte %d: it is cut off here: %w", a.in.at, store.ErrCorrupt)
}

// failed says where reading failed.
func (a *archiveReader) failed(err error) error {
	switch {
	case a.in.err != nil:
		return fmt.Errorf("at byte %d: %w", a.in.at, a.in.err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return a.wrong("it ends before its end")
	case a.chunks.err != nil:
		return fmt.Errorf("at byte %d: %w", a.chunkAt, a.chunks.err)
	}
	return fmt.Errorf("at byte %d: %w", a.in.at, err)
}

// bytes reads what comes with its length. They are the caller's.
func (a *archiveReader) bytes() ([]byte, error) {
	n, err := binary.ReadUvarint(a.entries)
	if err != nil {
		return nil, a.failed(err)
	}
	if n > maxArchived {
		return nil, a.wrong("a length that is out of bounds")
	}
	if n <= 1<<20 {
		b := make([]byte, n)
		if _, err := io.ReadFull(a.entries, b); err != nil {
			return nil, a.failed(err)
		}
		return b, nil
	}
	var b bytes.Buffer // so that a wrong length takes no more memory than there is data
	if _, err := io.CopyN(&b, a.entries, int64(n)); err != nil {
		return nil, a.failed(err)
	}
	return b.Bytes(), nil
}

// end reads what is past the last entry, to the end of the file.
func (a *archiveReader) end() error {
	if _, err := a.entries.ReadByte(); err != io.EOF {
		if err == nil {
			return a.wrong("something follows the last entry")
		}
		return a.failed(err)
	}
	want, at := a.in.sum.Sum(nil), a.in.at
	got := make([]byte, sha256.Size)
	if _, err := io.ReadFull(a.in, got); err != nil {
		if a.in.err != nil {
			return a.failed(err)
		}
		return a.cutOff()
	}
	if !bytes.Equal(got, want) {
		return fmt.Errorf("at byte %d: the checksum of the whole is wrong: %w", at, store.ErrCorrupt)
	}
	if n, _ := a.in.Read(make([]byte, 1)); n > 0 {
		return fmt.Errorf("at byte %d: something follows its end: %w", a.in.at-1, store.ErrCorrupt)
	}
	return nil
}

// target takes what is in an archive.
type target interface {
	database(name string) (sink, error)
	endDatabase() error
	file(name string) (io.Writer, error)
	endFile() error
}

// read hands everything to the target, and verifies all of it.
func (a *archiveReader) read(to target) error {
	for {
		kind, err := a.entries.ReadByte()
		if err != nil {
			return a.failed(err)
		}
		switch kind {
		case entryLast:
			return a.end()
		case entryDatabase:
			err = a.database(to)
		case entryFile:
			err = a.file(to)
		default:
			err = a.wrong(fmt.Sprintf("an unknown entry %#x", kind))
		}
		if err != nil {
			return err
		}
	}
}

func (a *archiveReader) file(to target) error {
	name, err := a.bytes()
	if err != nil {
		return err
	}
	w, err := to.file(string(name))
	if err != nil {
		return err
	}
	for {
		kind, err := a.entries.ReadByte()
		switch {
		case err != nil:
			return a.failed(err)
		case kind == entryEnd:
			return to.endFile()
		case kind != entryData:
			return a.wrong(fmt.Sprintf("an unknown entry %#x in a file", kind))
		}
		part, err := a.bytes()
		if err != nil {
			return err
		}
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
}

func (a *archiveReader) database(to target) error {
	name, err := a.bytes()
	if err != nil {
		return err
	}
	db, err := to.database(string(name))
	if err != nil {
		return err
	}
	for depth := 0; ; {
		kind, err := a.entries.ReadByte()
		if err != nil {
			return a.failed(err)
		}
		switch {
		case kind == entryEnd && depth == 0:
			return to.endDatabase()
		case kind == entryEnd:
			depth--
			err = db.leave()
		case kind == entryBucket && depth < maxBucketDepth:
			depth++
			err = a.bucket(db)
		case kind == entryRecord && depth > 0:
			err = a.record(db)
		default:
			err = a.wrong(fmt.Sprintf("an unknown entry %#x in a database", kind))
		}
		if err != nil {
			return err
		}
	}
}

func (a *archiveReader) bucket(db sink) error {
	name, err := a.bytes()
	if err != nil {
		return err
	}
	sequence, err := binary.ReadUvarint(a.entries)
	if err != nil {
		return a.failed(err)
	}
	if len(name) == 0 || len(name) > bolt.MaxKeySize {
		return a.wrong("a bucket without a name")
	}
	return db.enter(name, sequence)
}

func (a *archiveReader) record(db sink) error {
	key, err := a.bytes()
	if err != nil {
		return err
	}
	value, err := a.bytes()
	if err != nil {
		return err
	}
	if len(key) == 0 || len(key) > bolt.MaxKeySize {
		return a.wrong("a record without a key")
	}
	return db.put(key, value)
}
