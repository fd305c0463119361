package boltstore

import (
	"context"

	"github.com/vitrine-io/vitrine/scoring"
)

var segments = collection[scoring.Segment]{
	bucket: bucketSegments, one: "segment",
	key:    func(s *scoring.Segment) string { return string(s.ID) },
	revise: func(s *scoring.Segment, r uint64) { s.Revision = r },
	tidy:   func(s *scoring.Segment) { s.UpdatedAt = utcMicros(s.UpdatedAt) },
}

func (s *Store) Segments(_ context.Context, site scoring.SiteID) ([]scoring.Segment, error) {
	return segments.all(s, site)
}

func (s *Store) PutSegment(_ context.Context, site scoring.SiteID, one scoring.Segment) (scoring.Segment, error) {
	return segments.put(s, site, one)
}

func (s *Store) DeleteSegment(_ context.Context, site scoring.SiteID, id scoring.SegmentID) error {
	return segments.delete(s, site, string(id))
}
