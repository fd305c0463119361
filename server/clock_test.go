package server_test

import (
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server"
)

// A clock that follows the events stands where it stood after a restart: the
// decisions on an old log are made at its time, not at today's.
func TestEventClockSurvivesARestart(t *testing.T) {
	s := &shop{t: t, dir: t.TempDir(), clock: &server.EventClock{}}
	s.start()
	t.Cleanup(func() { s.stop() })
	s.create("shop")
	s.sell("shop", smallRange()...)
	then := time.Date(2011, 12, 9, 12, 50, 0, 0, time.UTC)
	for _, id := range []string{"shoe-1", "shoe-2"} {
		e := viewed("v", id)
		e.Time = timestamppb.New(then)
		s.track("shop", e)
	}
	s.settleAt("shop", then)
	ask := func() time.Time {
		kept, err := s.decisions.GetDecision(t.Context(), &pb.GetDecisionRequest{Name: s.home("shop", "v", 3).GetDecision()})
		must(t, err)
		return kept.GetTime().AsTime()
	}
	if at := ask(); !at.Equal(then) {
		t.Errorf("decided at %v, want %v", at, then)
	}
	s.clock = &server.EventClock{}
	s.restart()
	if at := ask(); !at.Equal(then) {
		t.Errorf("after a restart decided at %v, want %v", at, then)
	}
}
