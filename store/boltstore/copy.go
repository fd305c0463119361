package boltstore

import (
	"bytes"
	"context"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/store"
)

const (
	// copyCommit is about how many bytes one commit of a copy has.
	copyCommit = 4 << 20
	// copyReport is after how many bytes a copy tells how far it is.
	copyReport = 8 << 20
)

// sink takes what a database holds, in order: buckets within buckets.
type sink interface {
	enter(bucket []byte, sequence uint64) error
	put(key, value []byte) error
	leave() error
}

// walk hands all that tx sees to the sink.
func walk(tx *bolt.Tx, to sink) error {
	return tx.ForEach(func(name []byte, b *bolt.Bucket) error { return walkBucket(name, b, to) })
}

func walkBucket(name []byte, from *bolt.Bucket, to sink) error {
	if err := to.enter(name, from.Sequence()); err != nil {
		return err
	}
	cur := from.Cursor()
	for k, v := cur.First(); k != nil; k, v = cur.Next() {
		var err error
		if v == nil {
			err = walkBucket(k, from.Bucket(k), to)
		} else {
			err = to.put(k, v)
		}
		if err != nil {
			return err
		}
	}
	return to.leave()
}

// metered is a sink that can be stopped, and tells how many bytes went through it.
type metered struct {
	sink
	ctx     context.Context
	closing <-chan struct{}
	report  func(copied int64)

	copied, reported int64
}

func (m *metered) put(key, value []byte) error {
	m.copied += int64(len(key) + len(value))
	if m.copied-m.reported >= copyReport {
		m.reported = m.copied
		m.report(m.copied)
	}
	return m.sink.put(key, value)
}

func (m *metered) enter(bucket []byte, sequence uint64) error {
	if err := m.stopped(); err != nil {
		return err
	}
	return m.sink.enter(bucket, sequence)
}

// stopped is why the copying is to end.
func (m *metered) stopped() error {
	select {
	case <-m.ctx.Done():
		return m.ctx.Err()
	case <-m.closing:
		return store.ErrClosed
	default:
		return nil
	}
}

// builder is a sink that fills a database, in transactions of a bounded size.
type builder struct {
	to      *bolt.DB
	tx      *bolt.Tx
	pending int // bytes in tx
	path    [][]byte
	bucket  *bolt.Bucket // at path; nil: not looked up yet in tx
}

func (b *builder) enter(bucket []byte, sequence uint64) error {
	b.path, b.bucket = append(b.path, bytes.Clone(bucket)), nil
	if err := b.open(); err != nil {
		return err
	}
	return b.bucket.SetSequence(sequence)
}

func (b *builder) leave() error {
	b.path, b.bucket = b.path[:len(b.path)-1], nil
	return nil
}

// put keeps key and value until the next commit.
func (b *builder) put(key, value []byte) error {
	if size := len(key) + len(value); b.pending+size > copyCommit {
		if err := b.commit(); err != nil {
			return err
		}
	}
	b.pending += len(key) + len(value)
	if b.bucket == nil {
		if err := b.open(); err != nil {
			return err
		}
	}
	return b.bucket.Put(key, value)
}

// open finds the bucket at path, and makes it the first time.
func (b *builder) open() (err error) {
	if b.tx == nil {
		if b.tx, err = beginWrite(b.to); err != nil {
			return err
		}
	}
	at, err := b.tx.CreateBucketIfNotExists(b.path[0])
	if err != nil {
		return err
	}
	for _, name := range b.path[1:] {
		if at, err = at.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	at.FillPercent = 0.9 // all is put in in order
	b.bucket = at
	return nil
}

// commit writes what has gathered.
func (b *builder) commit() error {
	if b.tx == nil {
		return nil
	}
	tx := b.tx
	b.tx, b.bucket, b.pending = nil, nil, 0
	return tx.Commit()
}

// abandon gives up what was not committed.
func (b *builder) abandon() {
	if b.tx != nil {
		_ = b.tx.Rollback()
	}
}
