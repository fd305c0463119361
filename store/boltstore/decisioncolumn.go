package boltstore

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/store"
)

// Whose a decision is stands in its record. So that a visitor's decisions
// are found without reading everybody's, each commit leaves beside them who they are
// of: a fingerprint of four bytes for the device and one for the person, and apart
// from those, in the same order, the decisions' ids. To look for a visitor is to read
// the fingerprints, and the records of those that match.
//
//	f, number -> fingerprints, little endian
//	i, number -> for each: the length of the decision's id (uvarint) and the id, or 0
//	             for that of the one before

// fingerprint stands for a device or a person of a site. It is of a keyed hash: without
// the installation's key nobody can tell whose it is, nor try who it might be.
type fingerprint uint32

// fingerprintSecret names the key of fingerprints, fingerprintKey is its length.
const (
	fingerprintSecret = "decision visitors"
	fingerprintKey    = 32
)

func (s *Store) fingerprintOf(no siteNo, v scoring.VisitorID) fingerprint {
	return fingerprintOf(s.fingerprints, no, v)
}

func fingerprintOf(secret []byte, no siteNo, v scoring.VisitorID) fingerprint {
	var buf [sha256.Size + 4 + 64]byte
	b := append(buf[:0], secret...)
	b = append(b, no.key()...)
	sum := sha256.Sum256(append(b, v...))
	return fingerprint(binary.LittleEndian.Uint32(sum[:]))
}

// peopleOf are those that a decision is of: a device, a person, both or nobody.
func peopleOf(d *scoring.Decision) (people []scoring.VisitorID) {
	if d.Visitor != "" {
		people = append(people, d.Visitor)
	}
	if d.Person != "" {
		people = append(people, visitor.PersonKey(d.Person))
	}
	return people
}

// isOf reports whether a decision is one of those of v.
func isOf(d *scoring.Decision, v scoring.VisitorID) bool {
	return v != "" && (d.Visitor == v || d.Person != "" && visitor.PersonKey(d.Person) == v)
}

// decider is a decision and one that it is of.
type decider struct {
	who fingerprint
	id  scoring.DecisionID
}

// columnKey is a key of the column.
func columnKey(part byte, number uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{part}, number)
}

const (
	columnFingerprints = 'f'
	columnIDs          = 'i'
)

// appendColumn adds what one commit brings to an hour's column.
func appendColumn(column *bolt.Bucket, all []decider) error {
	n, err := column.NextSequence()
	if err != nil {
		return err
	}
	return putColumn(column, n, all)
}

// putColumn writes one commit's part of the column, or removes it if it is empty.
func putColumn(column *bolt.Bucket, n uint64, all []decider) error {
	if len(all) == 0 {
		if err := column.Delete(columnKey(columnFingerprints, n)); err != nil {
			return err
		}
		return column.Delete(columnKey(columnIDs, n))
	}
	fingerprints := make([]byte, 0, 4*len(all))
	var ids []byte
	for i, d := range all {
		fingerprints = binary.LittleEndian.AppendUint32(fingerprints, uint32(d.who))
		if i > 0 && all[i-1].id == d.id {
			ids = append(ids, 0)
			continue
		}
		ids = binary.AppendUvarint(ids, uint64(len(d.id)))
		ids = append(ids, d.id...)
	}
	if err := column.Put(columnKey(columnFingerprints, n), fingerprints); err != nil {
		return err
	}
	return column.Put(columnKey(columnIDs, n), ids)
}

// readColumn reads one commit's part of the column.
func readColumn(column *bolt.Bucket, n uint64) ([]decider, error) {
	fingerprints, ids := column.Get(columnKey(columnFingerprints, n)), column.Get(columnKey(columnIDs, n))
	bad := fmt.Errorf("whose decisions are: %w", store.ErrCorrupt)
	if len(fingerprints)%4 != 0 {
		return nil, bad
	}
	all := make([]decider, len(fingerprints)/4)
	for i := range all {
		all[i].who = fingerprint(binary.LittleEndian.Uint32(fingerprints[4*i:]))
		length, used := binary.Uvarint(ids)
		if used <= 0 || length > uint64(len(ids)-used) || length == 0 && i == 0 {
			return nil, bad
		}
		if length == 0 {
			all[i].id = all[i-1].id
		} else {
			all[i].id = scoring.DecisionID(ids[used : used+int(length)])
		}
		ids = ids[used+int(length):]
	}
	if len(ids) > 0 {
		return nil, bad
	}
	return all, nil
}

// eachMatch calls fn with the parts of a column that the fingerprint stands in.
func eachMatch(column *bolt.Bucket, who fingerprint, fn func(n uint64, all []decider) error) error {
	var want [4]byte
	binary.LittleEndian.PutUint32(want[:], uint32(who))
	c := column.Cursor()
	for k, v := c.Seek([]byte{columnFingerprints}); len(k) == 9 && k[0] == columnFingerprints; k, v = c.Next() {
		if !holds(v, want[:]) {
			continue
		}
		n := binary.BigEndian.Uint64(k[1:])
		all, err := readColumn(column, n)
		if err != nil {
			return err
		}
		if err := fn(n, all); err != nil {
			return err
		}
	}
	return nil
}

// holds reports whether want stands among the groups of four bytes.
func holds(groups, want []byte) bool {
	for at := 0; ; {
		i := bytes.Index(groups[at:], want)
		if i < 0 {
			return false
		}
		if at += i; at%4 == 0 {
			return true
		}
		at++
	}
}

// columnOf is the column of a site's hour; nil if there is none.
func columnOf(tx *bolt.Tx, no siteNo, h hour) *bolt.Bucket {
	hours := tx.Bucket(bucketDeciders).Bucket(no.key())
	if hours == nil {
		return nil
	}
	return hours.Bucket(h.key())
}
