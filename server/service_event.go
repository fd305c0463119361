package server

import (
	"context"
	"errors"
	"io"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/store"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// events is EventService.
type events struct {
	pb.UnimplementedEventServiceServer
	*Server
}

// TrackEvent implements EventService.
func (s *events) TrackEvent(ctx context.Context, req *pb.TrackEventRequest) (*pb.TrackEventResponse, error) {
	steps := s.steps(ctx)
	defer steps.End()
	steps.Next("validate")
	var v violations
	s.rules.checkTracked(&v, req)
	if err := v.err(); err != nil {
		return nil, s.fail("TrackEvent", err)
	}
	st, err := s.sites.get(siteOf(req.GetSite()))
	if err != nil {
		return nil, s.fail("TrackEvent", err)
	}
	batch := s.newBatch(st, req.GetDryRun(), 1)
	batch.admitChecked(&v, "event.", req.GetEvent())
	if err := v.err(); err != nil {
		return nil, s.fail("TrackEvent", err)
	}
	batch.steps = steps
	if err := batch.store(ctx); err != nil {
		return nil, s.fail("TrackEvent", err)
	}
	return &pb.TrackEventResponse{Status: batch.results[0].GetStatus()}, nil
}

// TrackEvents implements EventService.
func (s *events) TrackEvents(ctx context.Context, req *pb.TrackEventsRequest) (*pb.TrackEventsResponse, error) {
	steps := s.steps(ctx)
	defer steps.End()
	steps.Next("validate")
	var v violations
	s.rules.check(&v, "", req)
	if err := v.err(); err != nil {
		return nil, s.fail("TrackEvents", err)
	}
	st, err := s.sites.get(siteOf(req.GetSite()))
	if err != nil {
		return nil, s.fail("TrackEvents", err)
	}
	batch := s.newBatch(st, req.GetDryRun(), len(req.GetEvents()))
	for _, e := range req.GetEvents() {
		batch.admit(e)
	}
	batch.steps = steps
	if err := batch.store(ctx); err != nil {
		return nil, s.fail("TrackEvents", err)
	}
	return &pb.TrackEventsResponse{Results: batch.results}, nil
}

// StreamEvents implements EventService: one goroutine reads, this one stores
// whatever has gathered meanwhile and acknowledges it. When the server drains,
// what was read is acknowledged and the caller told to go on elsewhere.
func (s *events) StreamEvents(stream pb.EventService_StreamEventsServer) error {
	in := s.readStream(stream)
	acknowledged := int64(0)
	for {
		waiting, err := in.take(s.draining)
		if err != nil {
			return s.fail("StreamEvents", err)
		}
		if len(waiting) == 0 {
			return nil
		}
		batch := s.newBatch(in.site, false, len(waiting))
		batch.from = acknowledged
		for _, e := range waiting {
			batch.admit(e)
		}
		if err := batch.store(stream.Context()); err != nil {
			return s.fail("StreamEvents", err)
		}
		acknowledged += int64(len(batch.results))
		if err := stream.Send(&pb.StreamEventsResponse{Acknowledged: acknowledged, Results: batch.remarkable()}); err != nil {
			return err
		}
	}
}

// errDraining ends a stream of a server that is shutting down.
var errDraining = status.Error(codes.Unavailable, "the server is shutting down; send what was not acknowledged on a new stream")

// readStream reads until the stream ends. It leaves nothing behind: when the
// handler returns, the stream's context ends, and with it the reading.
func (s *events) readStream(stream pb.EventService_StreamEventsServer) *eventStream {
	in := newEventStream()
	go func() {
		for {
			req, err := stream.Recv()
			if errors.Is(err, io.EOF) {
				in.end(nil)
				return
			}
			if err == nil && in.site == nil {
				in.site, err = s.siteOfStream(req.GetSite())
			}
			if err == nil {
				err = s.checkStreamRequest(in.site, req.GetSite(), req.GetEvents())
			}
			if err != nil {
				in.end(err)
				return
			}
			if !in.put(stream.Context(), req.GetEvents()) {
				in.end(stream.Context().Err())
				return
			}
		}
	}()
	return in
}

// ImportEvents implements EventService.
func (s *events) ImportEvents(stream pb.EventService_ImportEventsServer) error {
	ctx := stream.Context()
	var st *site
	progress := importProgress{}
	for {
		req, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if st == nil {
			if st, err = s.siteOfStream(req.GetSite()); err != nil {
				return s.fail("ImportEvents", err)
			}
			defer st.learner.hurry()() // it ends when all is learned
		}
		if err := s.checkStreamRequest(st, req.GetSite(), req.GetEvents()); err != nil {
			return s.fail("ImportEvents", err)
		}
		batch := s.newBatch(st, false, len(req.GetEvents()))
		batch.bulk, batch.from = true, progress.received
		for _, e := range req.GetEvents() {
			batch.admit(e)
		}
		if err := batch.store(ctx); err != nil {
			return s.fail("ImportEvents", err)
		}
		progress.add(batch)
		if err := stream.Send(progress.report(st.learner.reachedSeq(), batch)); err != nil {
			return err
		}
	}
	if st == nil {
		return nil
	}
	return s.fail("ImportEvents", s.awaitLearning(stream, st, &progress))
}

// awaitLearning reports until the site has learned from all that the import
// stored.
func (s *events) awaitLearning(stream pb.EventService_ImportEventsServer, st *site, progress *importProgress) error {
	for reached := st.learner.reachedSeq(); ; {
		report := progress.report(reached, nil)
		if err := stream.Send(report); err != nil {
			return err
		}
		if report.GetLearned() >= report.GetStored() {
			return nil
		}
		var err error
		if reached, err = st.learner.wait(stream.Context(), reached); err != nil {
			return err
		}
	}
}

// importProgress counts what became of the events of an import.
type importProgress struct {
	received, stored, duplicates, noConsent, invalid int64
	// learnedWith says how many of the stored events are learned from once the
	// learner has reached a sequence number; both grow.
	learnedWith []seqCount
}

type seqCount struct {
	seq   store.Seq
	count int64
}

func (p *importProgress) add(b *eventBatch) {
	p.received += int64(len(b.results))
	for _, r := range b.results {
		switch r.GetStatus() {
		case pb.EventStatus_EVENT_STATUS_STORED:
			p.stored++
		case pb.EventStatus_EVENT_STATUS_DUPLICATE:
			p.duplicates++
		case pb.EventStatus_EVENT_STATUS_NO_CONSENT:
			p.noConsent++
		default:
			p.invalid++
		}
	}
	if b.last > 0 {
		p.learnedWith = append(p.learnedWith, seqCount{b.last, p.stored})
	}
}

// report is the progress so far, when the learner has reached that event; batch,
// if not nil, brings its bad events.
func (p *importProgress) report(reached store.Seq, batch *eventBatch) *pb.ImportEventsResponse {
	report := &pb.ImportEventsResponse{
		Received: p.received, Stored: p.stored, Duplicates: p.duplicates,
		NoConsent: p.noConsent, Invalid: p.invalid,
	}
	for len(p.learnedWith) > 1 && p.learnedWith[1].seq <= reached {
		p.learnedWith = p.learnedWith[1:]
	}
	if len(p.learnedWith) > 0 && p.learnedWith[0].seq <= reached {
		report.Learned = p.learnedWith[0].count
	}
	if batch != nil {
		for _, r := range batch.results {
			if r.GetStatus() == pb.EventStatus_EVENT_STATUS_INVALID {
				report.Errors = append(report.Errors, r)
			}
		}
	}
	return report
}

// siteOfStream finds the site that the first message of a stream names.
func (s *Server) siteOfStream(name string) (*site, error) {
	if name == "" {
		var v violations
		v.add("site", "is empty, must be sites/{site} in the first message")
		return nil, v.err()
	}
	return s.sites.get(siteOf(name))
}

// checkStreamRequest checks what holds for a whole message of a stream.
func (s *events) checkStreamRequest(st *site, name string, events []*pb.Event) error {
	var v violations
	if name != "" && siteOf(name) != st.id {
		v.add("site", "is %q, must be the same throughout the stream: %q", clip(name), siteName(st.id))
	}
	if n := len(events); n > maxBatch {
		v.add("events", "has %d items, must have at most %d", n, maxBatch)
	}
	return v.err()
}
