package server

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/grpc"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/store"
)

// admin is AdminService.
type admin struct {
	pb.UnimplementedAdminServiceServer
	*Server
}

// Compact implements AdminService.
func (s *admin) Compact(_ *pb.CompactRequest, stream grpc.ServerStreamingServer[pb.CompactResponse]) error {
	ctx := stream.Context()
	// What was learned first: the snapshots of before know what was erased since.
	if err := s.saveSites(ctx); err != nil {
		return s.fail("Compact", err)
	}
	var gone error // the caller; what was begun ends all the same
	err := s.store.Compact(context.WithoutCancel(ctx), func(c store.Compaction) {
		if gone == nil {
			gone = stream.Send(&pb.CompactResponse{DoneBytes: c.Done, TotalBytes: c.Total, SizeBytes: c.Size})
		}
	})
	if errors.Is(err, store.ErrBusy) {
		err = precondition("another compaction is under way, or a backup: wait for its end")
	}
	if err == nil {
		err = gone
	}
	return s.fail("Compact", err)
}

// saveSites saves what every site has learned from all that is in its journal by now.
func (s *Server) saveSites(ctx context.Context) error {
	for _, st := range s.sites.all() {
		if err := s.saveAll(ctx, st); err != nil && !errors.Is(err, store.ErrNotFound) { // deleted meanwhile
			return err
		}
	}
	return nil
}

// saveAll saves what a site has learned from everything that is in its journal by now.
func (s *Server) saveAll(ctx context.Context, st *site) error {
	head, err := s.store.Head(ctx, st.id)
	if err != nil {
		return fmt.Errorf("read the head: %w", about(siteName(st.id), err))
	}
	for reached := st.learner.reachedSeq(); reached < head; {
		if reached, err = st.learner.wait(ctx, reached); err != nil {
			return fmt.Errorf("wait for what is learned: %w", about(siteName(st.id), err))
		}
	}
	return st.learner.saveNow()
}
