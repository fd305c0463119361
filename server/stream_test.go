package server_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// Every event of a stream is acknowledged: by count, and by name where there is
// more to say than "stored".
func TestStreamEvents(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	stream, err := s.events.StreamEvents(t.Context())
	must(t, err)
	const messages, each = 40, 50
	go func() {
		for m := range messages {
			req := &pb.StreamEventsRequest{}
			if m == 0 {
				req.Site = "sites/shop"
			}
			for i := range each {
				e := viewed(fmt.Sprintf("v%d", i%7), "p")
				e.Id = fmt.Sprintf("%d-%d", m, i)
				switch i {
				case 3:
					e.Type = 0
				case 4:
					e.Id = "again"
				}
				req.Events = append(req.Events, e)
			}
			if stream.Send(req) != nil {
				return
			}
		}
		_ = stream.CloseSend()
	}()
	acknowledged, byStatus := int64(0), map[pb.EventStatus]int{}
	for {
		resp, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		if resp.GetAcknowledged() <= acknowledged {
			t.Errorf("acknowledged %d after %d", resp.GetAcknowledged(), acknowledged)
		}
		acknowledged = resp.GetAcknowledged()
		for _, r := range resp.GetResults() {
			byStatus[r.GetStatus()]++
			if r.GetIndex() >= acknowledged || r.GetStatus() == pb.EventStatus_EVENT_STATUS_INVALID && r.GetIndex()%each != 3 {
				t.Errorf("result %v at %d", r, acknowledged)
			}
		}
	}
	if acknowledged != messages*each {
		t.Errorf("acknowledged %d of %d", acknowledged, messages*each)
	}
	if byStatus[pb.EventStatus_EVENT_STATUS_INVALID] != messages || byStatus[pb.EventStatus_EVENT_STATUS_DUPLICATE] != messages-1 {
		t.Errorf("by status %v, want %d invalid and %d duplicates", byStatus, messages, messages-1)
	}
	total := int64(0)
	for i := range 7 {
		v, err := s.visitors.GetVisitor(t.Context(), &pb.GetVisitorRequest{Name: fmt.Sprintf("sites/shop/visitors/v%d", i)})
		must(t, err)
		total += v.GetEventCount()
	}
	if want := int64(messages*each - messages - (messages - 1)); total != want {
		t.Errorf("%d events in the profiles, want %d", total, want)
	}
}

// A server that shuts down acknowledges what it has read, and says to go on
// elsewhere.
func TestStreamEndsWhenTheServerDrains(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	stream, err := s.events.StreamEvents(t.Context())
	must(t, err)
	must(t, stream.Send(&pb.StreamEventsRequest{Site: "sites/shop", Events: []*pb.Event{viewed("v", "p")}}))
	resp, err := stream.Recv()
	must(t, err)
	if resp.GetAcknowledged() != 1 {
		t.Fatalf("acknowledged %d, want 1", resp.GetAcknowledged())
	}
	close(s.draining)
	_, err = stream.Recv()
	wantCode(t, err, codes.Unavailable)
}

func TestStreamNeedsOneSite(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	for name, c := range map[string]struct {
		first, second string
		code          codes.Code
	}{
		"none":    {"", "", codes.InvalidArgument},
		"unknown": {"sites/nowhere", "", codes.NotFound},
		"another": {"sites/shop", "sites/other", codes.InvalidArgument},
	} {
		t.Run(name, func(t *testing.T) {
			stream, err := s.events.StreamEvents(t.Context())
			must(t, err)
			must(t, stream.Send(&pb.StreamEventsRequest{Site: c.first}))
			_ = stream.Send(&pb.StreamEventsRequest{Site: c.second})
			_, err = stream.Recv()
			wantCode(t, err, c.code)
		})
	}
}

func TestImportEventsTellsProgress(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	stream, err := s.events.ImportEvents(t.Context())
	must(t, err)
	seen := int64(0)
	for m := range 5 {
		req := &pb.ImportEventsRequest{Site: "sites/shop"}
		for i := range 20 {
			e := viewed(fmt.Sprintf("v%d", m), fmt.Sprintf("p%d", i))
			if i == 0 {
				e.Visitor = nil
			}
			req.Events = append(req.Events, e)
		}
		must(t, stream.Send(req))
		resp, err := stream.Recv()
		must(t, err)
		if resp.GetReceived() != seen+20 || len(resp.GetErrors()) != 1 || resp.GetErrors()[0].GetIndex() != seen {
			t.Errorf("progress %v after message %d", resp, m)
		}
		seen = resp.GetReceived()
	}
	must(t, stream.CloseSend())
	var last *pb.ImportEventsResponse
	for {
		resp, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		last = resp
	}
	if last.GetStored() != 95 || last.GetInvalid() != 5 || last.GetLearned() != 95 {
		t.Errorf("ended with %v", last)
	}
}

// However the learner and the end of an import fall together, the import ends.
func TestImportEventsEnds(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	for i := range 200 {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		stream, err := s.events.ImportEvents(ctx)
		must(t, err)
		must(t, stream.Send(&pb.ImportEventsRequest{Site: "sites/shop", Events: []*pb.Event{viewed(fmt.Sprintf("v%d", i), "p")}}))
		must(t, stream.CloseSend())
		for {
			if _, err = stream.Recv(); err != nil {
				break
			}
		}
		if !errors.Is(err, io.EOF) {
			t.Fatalf("import %d ended with %v", i, err)
		}
		cancel()
	}
}
