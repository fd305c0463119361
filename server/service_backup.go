package server

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/store"
)

// backupPiece is how many bytes of a backup a message carries.
const backupPiece = 256 << 10

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Backup implements AdminService.
func (s *admin) Backup(req *pb.BackupRequest, stream grpc.ServerStreamingServer[pb.BackupResponse]) error {
	var v violations
	s.rules.check(&v, "", req)
	if req.GetBackupId() == "" && req.GetOffset() > 0 {
		v.add("offset", "is %d: a new backup begins at 0; the id of the one to resume belongs beside it", req.GetOffset())
	}
	if err := v.err(); err != nil {
		return s.fail("Backup", err)
	}
	b, err := s.openBackup(req, stream)
	if err != nil {
		return s.fail("Backup", err)
	}
	defer func() { _ = b.Close() }()
	if req.GetOffset() > b.Size {
		v.add("offset", "is %d, the backup ends at %d", req.GetOffset(), b.Size)
		return s.fail("Backup", v.err())
	}
	if err := s.sendBackup(req, b, stream); err != nil {
		return s.fail("Backup", err)
	}
	s.lastBackup.Store(&b.Time)
	return nil
}

// openBackup opens the backup that is asked for, or makes one and tells how that goes.
func (s *admin) openBackup(req *pb.BackupRequest, stream grpc.ServerStreamingServer[pb.BackupResponse]) (*store.Backup, error) {
	ctx := stream.Context()
	if id := req.GetBackupId(); id != "" {
		b, err := s.store.OpenBackup(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			err = about("backup "+id, store.ErrNotFound)
		}
		return b, err
	}
	// What was learned first: the snapshots of before know what was erased since.
	if err := s.saveSites(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	b, err := s.store.Backup(ctx, store.BackupOptions{
		BytesPerSecond: req.GetBytesPerSecond(),
		Progress: func(done, total int64) {
			if err := stream.Send(&pb.BackupResponse{CopiedBytes: done, TotalBytes: total}); err != nil {
				cancel(err)
			}
		},
	})
	switch {
	case errors.Is(err, store.ErrBusy):
		err = precondition("a compaction or another backup is under way: wait for its end")
	case errors.Is(err, store.ErrFull):
		err = status.Error(codes.ResourceExhausted, "no room beside the data for a copy of it: make as much free as it takes (vitrine status)")
	}
	return b, err
}

// sendBackup sends a backup from the offset on.
func (s *admin) sendBackup(req *pb.BackupRequest, b *store.Backup, stream grpc.ServerStreamingServer[pb.BackupResponse]) error {
	if _, err := b.Seek(req.GetOffset(), io.SeekStart); err != nil {
		return fmt.Errorf("seek in a backup: %w", err)
	}
	for at, begun := req.GetOffset(), time.Now(); ; {
		piece := make([]byte, min(backupPiece, b.Size-at))
		if _, err := io.ReadFull(b, piece); err != nil {
			return fmt.Errorf("read a backup: %w", err)
		}
		m := &pb.BackupResponse{
			BackupId: b.ID, Offset: at, Data: piece, Checksum: crc32.Checksum(piece, castagnoli),
			TotalBytes: b.Size, BackupTime: timestamppb.New(b.Time),
		}
		at += int64(len(piece))
		if at == b.Size {
			m.Sha256 = b.SHA256[:]
		}
		if err := stream.Send(m); err != nil || at == b.Size {
			return err
		}
		if limit := req.GetBytesPerSecond(); limit > 0 {
			due := begun.Add(time.Duration(float64(at-req.GetOffset()) / float64(limit) * float64(time.Second)))
			if err := s.waitUntil(stream.Context(), due); err != nil {
				return err
			}
		}
	}
}

// waitUntil waits for a time to come, unless ctx ends or the server does.
func (s *Server) waitUntil(ctx context.Context, due time.Time) error {
	t := time.NewTimer(time.Until(due))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-s.draining:
		return store.ErrClosed
	}
}
