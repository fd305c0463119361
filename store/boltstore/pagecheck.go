package boltstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"os"

	"github.com/vitrine-io/vitrine/store"
)

// bbolt trusts its files: on a damaged page it panics, loops, or reads beyond
// the end of the map, which kills the process. So a file is verified with plain
// reads before bbolt gets it. The page layout is bbolt's file format 2.

const (
	pageHeaderSize  = 16
	pageElementSize = 16
	bucketHeader    = 16

	pageBranch   = 0x01
	pageLeaf     = 0x02
	pageFreelist = 0x10

	elementIsBucket = 0x01

	metaMagic      = 0xED0CDAED
	metaVersion    = 2
	metaSize       = 64
	noFreelist     = ^uint64(0)
	maxBucketDepth = 16
	maxTreeDepth   = 64
)

// fileMeta is what a file says of itself.
type fileMeta struct {
	pageSize int64
	root     uint64
	freelist uint64
	pages    uint64 // the first page number that is not used
	txid     uint64
}

// synced reports whether the file has its free list on disk. The journal has it
// only after it was closed in order.
func (m fileMeta) synced() bool { return m.freelist != noFreelist }

// readMeta finds the newest valid header of a file and checks the file's length
// against it.
func readMeta(f io.ReaderAt, size int64) (fileMeta, error) {
	if size == 0 {
		return fileMeta{}, pageError("the file is empty")
	}
	best, found := fileMeta{}, false
	for _, at := range metaOffsets(f, size) {
		m, ok := metaAt(f, at)
		if ok && (!found || m.txid > best.txid) {
			best, found = m, true
		}
	}
	if !found {
		return fileMeta{}, pageError("it has no valid header (not a database, or overwritten)")
	}
	if best.pages > uint64(size)/uint64(best.pageSize) {
		return fileMeta{}, pageError("it is cut off: %d bytes, and its header says %d", size, best.pages*uint64(best.pageSize))
	}
	return best, nil
}

// metaOffsets lists where the two headers may stand: the second one page after
// the first, and what a page is the first says, unless it is the damaged one.
func metaOffsets(f io.ReaderAt, size int64) []int64 {
	if m, ok := metaAt(f, 0); ok {
		return []int64{0, m.pageSize}
	}
	var at []int64
	for pageSize := int64(1 << 10); pageSize <= 1<<16 && pageSize < size; pageSize <<= 1 {
		at = append(at, pageSize)
	}
	return at
}

func metaAt(f io.ReaderAt, at int64) (fileMeta, bool) {
	b := make([]byte, pageHeaderSize+metaSize)
	if _, err := f.ReadAt(b, at); err != nil {
		return fileMeta{}, false
	}
	b = b[pageHeaderSize:]
	order := binary.NativeEndian
	sum := fnv.New64a()
	sum.Write(b[:metaSize-8])
	m := fileMeta{
		pageSize: int64(order.Uint32(b[8:])),
		root:     order.Uint64(b[16:]),
		freelist: order.Uint64(b[32:]),
		pages:    order.Uint64(b[40:]),
		txid:     order.Uint64(b[48:]),
	}
	ok := order.Uint32(b) == metaMagic && order.Uint32(b[4:]) == metaVersion &&
		order.Uint64(b[56:]) == sum.Sum64() &&
		m.pageSize >= 1<<10 && m.pageSize <= 1<<16 && m.pageSize&(m.pageSize-1) == 0
	return m, ok
}

func pageError(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, store.ErrCorrupt)...)
}

// verifyPages reads every page that is reachable from the header and fails with
// ErrCorrupt if following them would lead astray.
func verifyPages(f io.ReaderAt, m fileMeta) error {
	v := &pageVerifier{f: f, meta: m, order: binary.NativeEndian, seen: make([]bool, m.pages)}
	if err := v.tree(m.root, nil, nil, 0, 0); err != nil {
		return err
	}
	if m.synced() {
		return v.freelist()
	}
	return nil
}

// verifyFreelist is the part of verifyPages that bbolt relies on to open a file.
func verifyFreelist(f io.ReaderAt, m fileMeta) error {
	if !m.synced() {
		return nil
	}
	v := &pageVerifier{f: f, meta: m, order: binary.NativeEndian, seen: make([]bool, m.pages)}
	return v.freelist()
}

type pageVerifier struct {
	f     io.ReaderAt
	meta  fileMeta
	order binary.ByteOrder
	seen  []bool
	free  [][]byte // buffers to use again
}

// page reads a page with its overflow, and takes it as seen.
func (v *pageVerifier) page(id uint64) ([]byte, error) {
	if id < 2 || id >= v.meta.pages {
		return nil, pageError("page %d is outside the file", id)
	}
	size := v.meta.pageSize
	buf := v.buffer(int(size))
	if _, err := v.f.ReadAt(buf, int64(id)*size); err != nil {
		return nil, pageError("page %d can't be read (%v)", id, err)
	}
	if got := v.order.Uint64(buf); got != id {
		return nil, pageError("page %d says it is page %d", id, got)
	}
	overflow := uint64(v.order.Uint32(buf[12:]))
	if id+overflow >= v.meta.pages {
		return nil, pageError("page %d runs %d pages beyond the file", id, overflow)
	}
	for i := id; i <= id+overflow; i++ {
		if v.seen[i] {
			return nil, pageError("page %d is used twice", i)
		}
		v.seen[i] = true
	}
	if overflow > 0 {
		whole := make([]byte, (overflow+1)*uint64(size))
		copy(whole, buf)
		if _, err := v.f.ReadAt(whole[size:], int64(id+1)*size); err != nil {
			return nil, pageError("page %d can't be read (%v)", id, err)
		}
		v.release(buf)
		return whole, nil
	}
	return buf, nil
}

func (v *pageVerifier) buffer(n int) []byte {
	if last := len(v.free) - 1; last >= 0 {
		b := v.free[last]
		v.free = v.free[:last]
		return b
	}
	return make([]byte, n)
}

func (v *pageVerifier) release(b []byte) {
	if int64(len(b)) == v.meta.pageSize {
		v.free = append(v.free, b)
	}
}

// tree verifies the pages of a bucket from id down. Its keys must be at least
// low and below high, where these are given.
func (v *pageVerifier) tree(id uint64, low, high []byte, depth, bucketDepth int) error {
	if depth > maxTreeDepth {
		return pageError("page %d lies too deep", id)
	}
	b, err := v.page(id)
	if err != nil {
		return err
	}
	defer v.release(b)
	return v.elements(id, b, low, high, depth, bucketDepth)
}

// elements verifies a page, which for a small bucket is part of a value.
func (v *pageVerifier) elements(id uint64, b, low, high []byte, depth, bucketDepth int) error {
	flags, count := v.order.Uint16(b[8:]), int(v.order.Uint16(b[10:]))
	if flags != pageBranch && flags != pageLeaf {
		return pageError("page %d has unknown type %#x", id, flags)
	}
	if pageHeaderSize+count*pageElementSize > len(b) || flags == pageBranch && count == 0 {
		return pageError("page %d has %d elements", id, count)
	}
	key := func(i int) (key []byte, err error) {
		at := pageHeaderSize + i*pageElementSize
		pos, size := uint64(v.order.Uint32(b[at:])), uint64(v.order.Uint32(b[at+4:]))
		if flags == pageLeaf {
			pos, size = uint64(v.order.Uint32(b[at+4:])), uint64(v.order.Uint32(b[at+8:]))
			size += uint64(v.order.Uint32(b[at+12:])) // the value follows the key
		}
		start := uint64(at) + pos
		if pos < uint64((count-i)*pageElementSize) || start+size > uint64(len(b)) {
			return nil, pageError("element %d of page %d lies outside it", i, id)
		}
		if flags == pageLeaf {
			size = uint64(v.order.Uint32(b[at+8:]))
		}
		return b[start : start+size], nil
	}
	for i := range count {
		k, err := key(i)
		if err != nil {
			return err
		}
		if low != nil && (bytes.Compare(k, low) < 0 || i > 0 && bytes.Equal(k, low)) || high != nil && bytes.Compare(k, high) >= 0 {
			return pageError("keys of page %d are out of order", id)
		}
		low = k
		at := pageHeaderSize + i*pageElementSize
		if flags == pageLeaf {
			if v.order.Uint32(b[at:])&elementIsBucket != 0 {
				start := at + int(v.order.Uint32(b[at+4:])) + len(k)
				if err := v.bucket(id, b[start:start+int(v.order.Uint32(b[at+12:]))], bucketDepth+1); err != nil {
					return err
				}
			}
			continue
		}
		below := high
		if i+1 < count {
			if below, err = key(i + 1); err != nil {
				return err
			}
		}
		if err := v.tree(v.order.Uint64(b[at+8:]), k, below, depth+1, bucketDepth); err != nil {
			return err
		}
	}
	return nil
}

// bucket verifies the bucket that a value of page id describes.
func (v *pageVerifier) bucket(id uint64, value []byte, depth int) error {
	if len(value) < bucketHeader || depth > maxBucketDepth {
		return pageError("page %d has a malformed bucket", id)
	}
	if root := v.order.Uint64(value); root != 0 {
		return v.tree(root, nil, nil, 0, depth)
	}
	inline := value[bucketHeader:]
	if len(inline) < pageHeaderSize || v.order.Uint16(inline[8:]) != pageLeaf {
		return pageError("page %d has a malformed bucket", id)
	}
	return v.elements(id, inline, nil, nil, 0, depth)
}

// freelist verifies that the free pages exist, and that none is in use.
func (v *pageVerifier) freelist() error {
	b, err := v.page(v.meta.freelist)
	if err != nil {
		return err
	}
	if flags := v.order.Uint16(b[8:]); flags != pageFreelist {
		return pageError("page %d has type %#x where the free list should be", v.meta.freelist, flags)
	}
	count, ids := uint64(v.order.Uint16(b[10:])), b[pageHeaderSize:]
	if count == 0xFFFF {
		count, ids = v.order.Uint64(ids), ids[8:]
	}
	if count > uint64(len(ids))/8 {
		return pageError("the free list has %d entries in %d bytes", count, len(ids))
	}
	for i := range count {
		id := v.order.Uint64(ids[8*i:])
		if id < 2 || id >= v.meta.pages || v.seen[id] {
			return pageError("free page %d is in use or outside the file", id)
		}
		v.seen[id] = true
	}
	return nil
}

// readThrough reads a file once from start to end, so that the reads in the
// order of the tree that follow find it in memory: 25 s became 1 s for 1 GB.
func readThrough(f *os.File) error {
	buf := make([]byte, 1<<20)
	for at := int64(0); ; {
		n, err := f.ReadAt(buf, at)
		at += int64(n)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
