package server

import (
	"context"
	"fmt"
	"slices"

	"google.golang.org/grpc"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/store"
)

// exportBytes is about how much one message of an export holds.
const exportBytes = 256 << 10

// ExportVisitor implements VisitorService.
func (s *visitors) ExportVisitor(req *pb.ExportVisitorRequest, stream grpc.ServerStreamingServer[pb.ExportVisitorResponse]) error {
	var v violations
	s.rules.check(&v, "", req)
	siteID, id := splitVisitor(&v, "name", req.GetName())
	if err := v.err(); err != nil {
		return s.fail("ExportVisitor", err)
	}
	st, err := s.sites.get(siteID)
	if err != nil {
		return s.fail("ExportVisitor", err)
	}
	x := &export{server: s, site: st, send: stream.Send}
	if err := x.visitor(stream.Context(), id); err != nil {
		return s.fail("ExportVisitor", err)
	}
	if !x.any {
		return s.fail("ExportVisitor", about(req.GetName(), store.ErrNotFound))
	}
	return s.fail("ExportVisitor", x.flush())
}

// export writes out what is kept of a visitor.
type export struct {
	server *visitors
	site   *site
	send   func(*pb.ExportVisitorResponse) error
	lines  []string
	bytes  int
	any    bool // whether there was anything
}

// visitor exports a device by itself, or a person with all their devices.
func (x *export) visitor(ctx context.Context, id scoring.VisitorID) error {
	p, err := x.server.profile(ctx, x.site, id)
	if err != nil {
		return err
	}
	keys, kept := []scoring.VisitorID{id}, visitor.Seal(p)
	if _, isPerson := visitor.PersonOf(id); isPerson {
		keys = append(slices.Clone(p.Devices()), id)
		if kept, err = x.server.visitor(ctx, x.site, id); err != nil {
			return err
		}
	}
	if !kept.ForTheVisitor().Empty() {
		m, err := x.server.tell(ctx, x.site, id, kept)
		if err != nil {
			return err
		}
		if err := x.line(profileLine(m)); err != nil {
			return err
		}
	}
	for _, key := range keys {
		err := x.server.store.EventsOf(ctx, x.site.id, key, func(entry store.Entry) error { return x.line(eventLine(&entry.Event)) })
		if err != nil {
			return fmt.Errorf("read a visitor's events: %w", about(siteName(x.site.id), err))
		}
	}
	told := make(map[scoring.DecisionID]bool) // one may be of a device and of the person
	for _, key := range keys {
		err := x.server.store.DecisionsOf(ctx, x.site.id, key, func(d *scoring.Decision) error {
			if told[d.ID] {
				return nil
			}
			told[d.ID] = true
			m, err := x.server.decisionToProto(x.site, d)
			if err != nil {
				return err
			}
			return x.line(decisionLine(m))
		})
		if err != nil {
			return fmt.Errorf("read a visitor's decisions: %w", about(siteName(x.site.id), err))
		}
	}
	return nil
}

func (x *export) line(line string, err error) error {
	if err != nil {
		return err
	}
	x.any = true
	x.lines = append(x.lines, line)
	if x.bytes += len(line); x.bytes < exportBytes {
		return nil
	}
	return x.flush()
}

func (x *export) flush() error {
	if len(x.lines) == 0 {
		return nil
	}
	m := &pb.ExportVisitorResponse{Lines: x.lines}
	x.lines, x.bytes = nil, 0
	return x.send(m)
}
