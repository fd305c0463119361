package server

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/store"
)

// GetStatus implements AdminService.
func (s *admin) GetStatus(ctx context.Context, _ *pb.GetStatusRequest) (*pb.InstallationStatus, error) {
	health := s.store.Health()
	out := &pb.InstallationStatus{
		Version: s.version, StartTime: timestamppb.New(s.started),
		Writable: health.NotWritable == "", NotWritableReason: health.NotWritable, Problems: health.Problems,
		DataBytes: health.DataBytes, FreeBytes: health.FreeBytes,
	}
	if last := s.lastBackup.Load(); last != nil {
		out.LastBackupTime = timestamppb.New(*last)
	}
	for _, st := range s.sites.all() {
		of, err := s.statusOf(ctx, st)
		if errors.Is(err, store.ErrNotFound) {
			continue // deleted meanwhile
		}
		if err != nil {
			return nil, s.fail("GetStatus", err)
		}
		out.Sites = append(out.Sites, of)
	}
	slices.SortFunc(out.Sites, func(a, b *pb.SiteStatus) int { return strings.Compare(a.GetSite(), b.GetSite()) })
	return out, nil
}

func (s *admin) statusOf(ctx context.Context, st *site) (*pb.SiteStatus, error) {
	learned := st.learner.reachedSeq() // first, so that it is not ahead of the head
	head, err := s.store.Head(ctx, st.id)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	st.learner.lag.saw(head, now)
	return &pb.SiteStatus{
		Site: siteName(st.id), ProductCount: int64(st.products.Len()), CampaignCount: int64(len(st.shelf.Load().Flights())),
		StoredSequence: int64(head), LearnedSequence: int64(learned),
		LearnerLag: durationpb.New(st.learner.lag.waited(learned, now)),
	}, nil
}
