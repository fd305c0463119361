package server

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/server/wording"
)

const (
	// maxDecisions is how many decisions GetVisitor tells of.
	maxDecisions = 20
	// listed is how many things a sentence of the summary names.
	listed = 5
)

// decisionsToProto tells which decisions were made for whoever has these keys, the latest
// first, and how many are kept in all.
func (s *visitors) decisionsToProto(ctx context.Context, st *site, keys []scoring.VisitorID) (list []*pb.VisitorDecision, kept int, err error) {
	seen := map[scoring.DecisionID]bool{}
	for _, key := range keys {
		err := s.store.DecisionsOf(ctx, st.id, key, func(d *scoring.Decision) error {
			if seen[d.ID] {
				return nil
			}
			seen[d.ID] = true
			m := &pb.VisitorDecision{Decision: decisionName(st.id, d.ID), Time: timeToProto(d.Time)}
			for i := range d.Placements {
				m.Placements = append(m.Placements, placementName(st.id, d.Placements[i].Placement))
			}
			list = append(list, m)
			return nil
		})
		if err != nil {
			return nil, 0, fmt.Errorf("read a visitor's decisions: %w", about(siteName(st.id), err))
		}
	}
	slices.SortStableFunc(list, func(a, b *pb.VisitorDecision) int {
		return cmp.Or(b.GetTime().AsTime().Compare(a.GetTime().AsTime()), cmp.Compare(b.GetDecision(), a.GetDecision()))
	})
	return list[:min(len(list), maxDecisions)], len(list), nil
}

// summary puts into words what is known of a visitor.
type summary struct {
	words wording.Summary
	zone  *time.Location
	title func(product string) string
	group func(segment string) string
	lines []string
}

func (s *summary) say(id string, f wording.Fill) { s.lines = append(s.lines, s.words.Say(id, f)) }

// list says a sentence about some things, the first of them by name.
func (s *summary) list(id string, things []string) {
	var names []string
	for _, t := range things {
		if t != "" && !slices.Contains(names, t) {
			names = append(names, t)
		}
	}
	if len(names) == 0 {
		return
	}
	more := ""
	if len(names) > listed {
		names, more = names[:listed], ", …"
	}
	s.say(id, wording.Fill{List: strings.Join(names, ", ") + more})
}

func (s *summary) count(id string, n int) {
	if n > 0 {
		s.say(id, wording.Fill{Count: strconv.Itoa(n)})
	}
}

func (s *summary) date(t *timestamppb.Timestamp) string {
	return t.AsTime().In(s.zone).Format(time.DateOnly)
}

// of says it all; decisions is how many are kept.
func (s *summary) of(m *pb.Visitor, decisions int) []string {
	if m.GetEventCount() > 0 {
		s.say("known", wording.Fill{
			First: s.date(m.GetFirstSeenTime()), Last: s.date(m.GetLastSeenTime()), Count: strconv.FormatInt(m.GetEventCount(), 10),
		})
	}
	if m.GetSharedDevice() {
		s.say("shared", wording.Fill{})
	}
	var fond, declined []string
	for _, in := range m.GetInterests() {
		if in.GetMidTerm()+in.GetShortTerm() < 0 {
			declined = append(declined, in.GetFacet().GetValue())
		} else {
			fond = append(fond, in.GetFacet().GetValue())
		}
	}
	s.list("interests", fond)
	s.list("declined", declined)
	s.list("viewed", titlesOf(m.GetTouches(), (*pb.Touch).GetProductId, s.title))
	s.list("cart", titlesOf(m.GetCart(), (*pb.CartItem).GetProductId, s.title))
	s.list("bought", titlesOf(m.GetPurchases(), (*pb.Purchase).GetProductId, s.title))
	s.list("searched", []string{m.GetLastSearch().GetQuery()})
	if by := sourceWords(m.GetFirstSource()); by != "" {
		s.say("first_source", wording.Fill{First: by})
	}
	if by := sourceWords(m.GetLastSource()); by != "" {
		s.say("last_source", wording.Fill{Last: by})
	}
	s.list("segments", titlesOf(m.GetSegments(), func(name string) string { return name }, s.group))
	if m.GetIntent() != nil {
		s.count("intent", int(100*m.GetIntent().GetWithin_30Days()+.5))
	}
	var told []string
	for _, key := range slices.Sorted(maps.Keys(m.GetAttributes())) {
		told = append(told, key+": "+m.GetAttributes()[key])
	}
	s.list("told", told)
	s.count("devices", len(m.GetDevices()))
	contacts := 0
	for _, c := range m.GetContacts() {
		contacts += int(c.GetTimes())
	}
	s.count("contacts", contacts)
	if decisions > 0 {
		s.say("decisions", wording.Fill{Count: strconv.Itoa(decisions), Last: s.date(m.GetDecisions()[0].GetTime())})
	}
	s.consents(m.GetConsents())
	return s.lines
}

// purposeWords are the messages that name the purposes.
var purposeWords = map[pb.Purpose]string{
	pb.Purpose_PURPOSE_PROFILE: "purpose.profile", pb.Purpose_PURPOSE_PERSONALIZATION: "purpose.personalization",
	pb.Purpose_PURPOSE_ADVERTISING: "purpose.advertising", pb.Purpose_PURPOSE_MEASUREMENT: "purpose.measurement",
	pb.Purpose_PURPOSE_DIRECT_CONTACT: "purpose.messages",
}

func (s *summary) consents(list []*pb.StoredConsent) {
	var allowed, refused []string
	byVisit := false
	for _, c := range list {
		if c.GetSignal() == pb.ConsentSignal_CONSENT_SIGNAL_SITE_POLICY {
			byVisit = true // what holds without a signal, which there mostly is
			continue
		}
		words := s.words.Say(purposeWords[c.GetPurpose()], wording.Fill{})
		if c.GetGranted() {
			allowed = append(allowed, words)
		} else {
			refused = append(refused, words)
		}
	}
	s.list("allowed", allowed)
	s.list("refused", refused)
	if byVisit {
		s.say("by_visit", wording.Fill{})
	}
}

// titlesOf are the names of things.
func titlesOf[T any](list []T, id func(T) string, title func(string) string) []string {
	names := make([]string, len(list))
	for i := range list {
		names[i] = title(id(list[i]))
	}
	return names
}

// sourceWords are those by which a visitor may know where they came from.
func sourceWords(m *pb.VisitSource) string {
	t := m.GetTraffic()
	return cmp.Or(t.GetCampaign(), t.GetSource(), t.GetReferrer())
}

// summaryOf words what is known of a visitor in the site's language.
func (s *Server) summaryOf(st *site, m *pb.Visitor, decisions int) []string {
	record := st.record.Load()
	zone, err := time.LoadLocation(record.TimeZone)
	if err != nil { // it was there when the site was created
		zone = time.UTC
	}
	words := &summary{
		words: s.languages.SummaryOf(record.Locale), zone: zone,
		title: func(id string) string {
			if p, err := st.product(scoring.ProductID(id)); err == nil && p.Title != "" {
				return p.Title
			}
			return id
		},
		group: func(name string) string {
			id := name[strings.LastIndexByte(name, '/')+1:]
			all := *st.segments.Load()
			if at, ok := all.find(scoring.SegmentID(id)); ok && all[at].DisplayName != "" {
				return all[at].DisplayName
			}
			return id
		},
	}
	return words.of(m, decisions)
}
