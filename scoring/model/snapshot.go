package model

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/cespare/xxhash/v2"

	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/wire"
)

// The errors of Load.
var (
	ErrCorrupt = errors.New("corrupt snapshot")
	ErrVersion = errors.New("snapshot of an unknown version")
)

// magic and version begin a snapshot.
const (
	magic   = "vitrine model\n"
	version = 3 // 1 had no vectors and no blend, 2 no sections
)

// Save writes everything learned, with a format version and a checksum, so that
// Load and the rest of the journal give the same decisions as never stopping.
// Products and facets stand in it by their ids, those of visitors not at all.
//
// The layout, integers as varints, weights as the bits of float32:
//
//	magic, version, length of the body, body, xxhash64 of the body
//	body: products used, by id; facets used, by id; then each part in its order;
//	then sections, each with its name and length, for what was added since
func (m *Model) Save(w io.Writer) error {
	out := writer{m: m, products: map[catalog.Index]uint32{}, facets: map[catalog.Term]uint32{}}
	out.number()
	out.body()
	out.flush()
	size, sum := out.written, xxhash.New()
	head := binary.AppendUvarint(append([]byte(magic), version), size)
	_, err := w.Write(head)
	out.written, out.to = 0, func(piece []byte) {
		if err == nil {
			_, _ = sum.Write(piece) // a hash takes everything
			_, err = w.Write(piece)
		}
	}
	out.body()
	out.flush()
	if err == nil && out.written != size {
		err = fmt.Errorf("%d bytes in place of %d", out.written, size)
	}
	if err == nil {
		_, err = w.Write(binary.BigEndian.AppendUint64(nil, sum.Sum64()))
	}
	if err != nil {
		return fmt.Errorf("model: save: %w", err)
	}
	return nil
}

// Load replaces what was learned by what Save wrote, in this version or an earlier
// one. On an error, which wraps
// ErrCorrupt or ErrVersion if it is the snapshot's, the model is as New made it.
// It must not run beside readers that are to see one state.
func (m *Model) Load(r io.Reader) (err error) {
	m.reset()
	v, body, err := readBody(bufio.NewReader(r))
	if err != nil {
		return fmt.Errorf("model: load: %w", err)
	}
	in := reader{m: m, version: v, Reader: wire.Reader{B: body}}
	in.body()
	if in.Failed || len(in.B) > 0 {
		m.reset()
		return fmt.Errorf("model: load: %w", ErrCorrupt)
	}
	return nil
}

func readBody(r *bufio.Reader) (v byte, body []byte, err error) {
	head := make([]byte, len(magic)+1)
	if _, err := io.ReadFull(r, head); err != nil {
		return 0, nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if string(head[:len(magic)]) != magic {
		return 0, nil, fmt.Errorf("%w: not a snapshot", ErrCorrupt)
	}
	if v = head[len(magic)]; v == 0 || v > version {
		return 0, nil, fmt.Errorf("%w: %d", ErrVersion, v)
	}
	size, err := binary.ReadUvarint(r)
	if err != nil || size > math.MaxInt64 {
		return 0, nil, fmt.Errorf("%w: no length", ErrCorrupt)
	}
	var buf bytes.Buffer // grows with what is there, whatever the length says
	if _, err := io.CopyN(&buf, r, int64(size)); err != nil {
		return 0, nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	var sum [8]byte
	if _, err := io.ReadFull(r, sum[:]); err != nil {
		return 0, nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if binary.BigEndian.Uint64(sum[:]) != xxhash.Sum64(buf.Bytes()) {
		return 0, nil, fmt.Errorf("%w: checksum", ErrCorrupt)
	}
	return v, buf.Bytes(), nil
}
