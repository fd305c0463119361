package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// ImportVisitors implements VisitorService.
func (s *visitors) ImportVisitors(stream pb.VisitorService_ImportVisitorsServer) error {
	run := &visitorImport{Server: s.Server}
	for {
		req, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := run.take(stream.Context(), req); err != nil {
			return s.fail("ImportVisitors", err)
		}
		if err := stream.Send(run.report()); err != nil {
			return err
		}
	}
}

// visitorImport is an import under way.
type visitorImport struct {
	*Server
	site                                         *site // nil before the first message
	received, stored, noConsent, invalid, events int64
	problems                                     []*pb.VisitorProblem // since the last report
}

// report is the progress so far.
func (r *visitorImport) report() *pb.ImportVisitorsResponse {
	problems := r.problems
	r.problems = nil
	return &pb.ImportVisitorsResponse{
		Received: r.received, Stored: r.stored, NoConsent: r.noConsent, Invalid: r.invalid, Events: r.events, Problems: problems,
	}
}

// take stores what is good of a message: first what the visitors allow, then, of those
// who allow it, who they are, and then what they did. Each step is one commit.
func (r *visitorImport) take(ctx context.Context, req *pb.ImportVisitorsRequest) (err error) {
	if r.site == nil {
		if r.site, err = r.siteOfStream(req.GetSite()); err != nil {
			return err
		}
	}
	var v violations
	r.rules.check(&v, "", req)
	if name := req.GetSite(); name != "" && siteOf(name) != r.site.id {
		v.add("site", "is %q, must be the same throughout the stream: %q", clip(name), siteName(r.site.id))
	}
	if err := v.err(); err != nil {
		return err
	}
	var list []*visitorRecord
	for _, m := range req.GetVisitors() {
		record := r.recordFromProto(m, r.received)
		r.received++
		if len(record.wrong) > 0 {
			r.leaveOut(record)
			continue
		}
		list = append(list, record)
	}
	if err := r.answer(ctx, list); err != nil {
		return err
	}
	if list, err = r.allowed(ctx, list); err != nil {
		return err
	}
	if list, err = r.tell(ctx, list); err != nil {
		return err
	}
	if err := r.track(ctx, list); err != nil {
		return err
	}
	r.stored += int64(len(list))
	return nil
}

// leaveOut counts a record as bad.
func (r *visitorImport) leaveOut(record *visitorRecord) {
	r.invalid++
	r.problems = append(r.problems, &pb.VisitorProblem{Index: record.index, Violations: record.wrong})
}

// answer stores what the visitors allow, where the records say.
func (r *visitorImport) answer(ctx context.Context, list []*visitorRecord) error {
	now := journalTime(r.clock.Now())
	var answers []scoring.Event
	for _, record := range list {
		if said := record.said.answers(); len(said) > 0 {
			answers = append(answers, scoring.Event{Type: scoring.ConsentSet, Visitor: record.key(), Time: now, Consent: said})
		}
	}
	return r.appendInternal(ctx, r.site, answers)
}

// allowed are the records of those who allow a profile to be kept.
func (r *visitorImport) allowed(ctx context.Context, list []*visitorRecord) ([]*visitorRecord, error) {
	kept := list[:0]
	for _, record := range list {
		answers, err := r.consents(ctx, r.site, record.key())
		if err != nil {
			return nil, err
		}
		if record.person != "" && record.device != "" {
			of, err := r.consents(ctx, r.site, record.device)
			if err != nil {
				return nil, err
			}
			answers = visitor.StrictestConsents(answers, of)
		}
		if !record.said.allowed(answers, r.site.info.ConsentPolicy).Has(scoring.PurposeProfile) {
			r.noConsent++
			continue
		}
		kept = append(kept, record)
	}
	return kept, nil
}

// tell stores links and attributes, and leaves out the records whose links can't be.
func (r *visitorImport) tell(ctx context.Context, list []*visitorRecord) ([]*visitorRecord, error) {
	r.site.linking.Lock()
	defer r.site.linking.Unlock()
	links := r.relink(r.site)
	kept := list[:0]
	for _, record := range list {
		if record.person != "" && record.device != "" {
			err := links.link(ctx, record.person, []scoring.VisitorID{record.device})
			var blocked *preconditionError
			if errors.As(err, &blocked) {
				record.wrong.add("visitor.device_id", "can't be linked: %v", blocked)
				r.leaveOut(record)
				continue
			}
			if err != nil {
				return nil, err
			}
		}
		kept = append(kept, record)
	}
	for _, record := range kept {
		fresh, err := r.freshAttributes(ctx, record)
		if err != nil {
			return nil, err
		}
		if len(fresh) > 0 {
			links.events = append(links.events, scoring.Event{
				Type: scoring.VisitorDescribed, Visitor: record.key(), Time: links.now, Attributes: fresh,
			})
		}
	}
	return kept, links.commit(ctx)
}

// freshAttributes are those that are not known as they are.
func (r *visitorImport) freshAttributes(ctx context.Context, record *visitorRecord) (map[string]string, error) {
	if len(record.attributes) == 0 {
		return nil, nil
	}
	p, err := r.profile(ctx, r.site, record.key())
	if err != nil {
		return nil, err
	}
	known := map[string]string{}
	for _, a := range p.Attributes() {
		known[a.Key] = a.Value
	}
	fresh := maps.Clone(record.attributes)
	maps.DeleteFunc(fresh, func(key, value string) bool { return known[key] == value })
	return fresh, nil
}

// track stores what the visitors did.
func (r *visitorImport) track(ctx context.Context, list []*visitorRecord) error {
	batch := r.newBatch(r.site, false, len(list))
	batch.bulk = true
	for _, record := range list {
		for k := range record.events {
			batch.put(record.events[k], record.eventsSaid[k])
		}
	}
	if len(batch.events) == 0 {
		return nil
	}
	if err := batch.store(ctx); err != nil {
		return err
	}
	for _, result := range batch.results {
		if result.GetStatus() == pb.EventStatus_EVENT_STATUS_STORED {
			r.events++
		}
	}
	return nil
}

// visitorRecord is what the shop knows of a visitor from elsewhere, converted and checked.
type visitorRecord struct {
	index      int64
	device     scoring.VisitorID // one of these is not empty
	person     scoring.PersonID
	attributes map[string]string
	events     []scoring.Event
	eventsSaid []signals // of events: what they and the record say of consent
	said       signals
	wrong      violations
}

// key is whom it is about: the person where there is one.
func (m *visitorRecord) key() scoring.VisitorID {
	if m.person != "" {
		return visitor.PersonKey(m.person)
	}
	return m.device
}

// recordFromProto converts a record, and finds out what is wrong with it.
func (r *visitorImport) recordFromProto(m *pb.VisitorRecord, index int64) *visitorRecord {
	record := &visitorRecord{index: index, attributes: m.GetAttributes()}
	v := &record.wrong
	r.rules.check(v, "", m)
	record.device, record.person = scoring.VisitorID(m.GetVisitor().GetDeviceId()), scoring.PersonID(m.GetVisitor().GetPersonId())
	if record.device != "" {
		checkVisitorID(v, "visitor.device_id", string(record.device))
	}
	if record.person != "" {
		checkVisitorID(v, "visitor.person_id", string(record.person))
	}
	if record.device == "" && record.person == "" {
		v.add("visitor", "names nobody, must have a device_id, a person_id, or both")
	}
	var unread violations
	record.said, unread = signalsFromProto("consent", m.GetConsent())
	*v = append(*v, unread...)
	r.checkAttributes(v, record.attributes)
	now := r.clock.Now()
	for i, e := range m.GetEvents() {
		field := fmt.Sprintf("events[%d].", i)
		if given := e.GetVisitor(); given.GetDeviceId() != "" || given.GetPersonId() != "" {
			v.add(field+"visitor", "is given, must be left out: it is the record's")
		}
		e.Visitor = &pb.VisitorKey{}
		r.rules.check(v, field, e)
		event := eventFromProto(v, field, e, r.site.info.Currency, now)
		event.Visitor, event.Person = record.key(), record.person
		said, unread := signalsFromProto(field+"consent", e.GetConsent())
		*v = append(*v, unread...)
		for p := range record.said {
			said.say(scoring.Purpose(p), record.said[p].word, record.said[p].by)
		}
		record.events, record.eventsSaid = append(record.events, event), append(record.eventsSaid, said)
	}
	return record
}

// checkAttributes checks what the contract's rules can't say of attributes.
func (r *visitorImport) checkAttributes(v *violations, attributes map[string]string) {
	size := 0
	for _, key := range slices.Sorted(maps.Keys(attributes)) {
		value := attributes[key]
		size += len(key) + len(value)
		if r.site.sensitive(key) || r.site.sensitive(value) {
			v.add(fmt.Sprintf("attributes[%q]", clip(key)), "is about a category that the site's visitor_policy calls sensitive, must be left out")
		}
	}
	if size > visitor.MaxAttributeBytes {
		v.add("attributes", "have %d bytes, must have at most %d, keys and values together", size, visitor.MaxAttributeBytes)
	}
}
