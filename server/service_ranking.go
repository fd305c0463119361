package server

import (
	"context"
	"strings"

	"google.golang.org/protobuf/types/known/emptypb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/decide"
)

// rankings is RankingService.
type rankings struct {
	pb.UnimplementedRankingServiceServer
	*Server
}

// GetWeights implements RankingService.
func (s *rankings) GetWeights(_ context.Context, req *pb.GetWeightsRequest) (*pb.Weights, error) {
	st, p, err := s.weightsOf(req.GetName(), func(v *violations) { s.rules.check(v, "", req) })
	if err != nil {
		return nil, s.fail("GetWeights", err)
	}
	page := scoring.PageType(req.GetPageType())
	if page == scoring.PageUnspecified {
		page = p.PageType
	}
	return s.weightsToProto(st, p, page), nil
}

// FreezeWeights implements RankingService.
func (s *rankings) FreezeWeights(ctx context.Context, req *pb.FreezeWeightsRequest) (*pb.Weights, error) {
	return s.changeWeights(ctx, "FreezeWeights", req.GetName(), func(v *violations) { s.rules.check(v, "", req) },
		func(st *site, p *placement) *scoring.Ranking {
			old := rankingOf(p)
			if !old.FrozenAt.IsZero() {
				return old
			}
			list, _ := st.decider.Weights(p.ranking, p.PageType, p.Products.Objective, s.clock.Now())
			frozen := decide.Frozen(list, old.Parameters)
			frozen.FrozenAt, frozen.Unfrozen = s.wallTime(), old.Weights
			return frozen
		})
}

// UnfreezeWeights implements RankingService.
func (s *rankings) UnfreezeWeights(ctx context.Context, req *pb.UnfreezeWeightsRequest) (*pb.Weights, error) {
	return s.changeWeights(ctx, "UnfreezeWeights", req.GetName(), func(v *violations) { s.rules.check(v, "", req) },
		func(_ *site, p *placement) *scoring.Ranking {
			old := rankingOf(p)
			moving := &scoring.Ranking{Parameters: old.Parameters, Weights: old.Weights}
			if !old.FrozenAt.IsZero() {
				moving.Weights = old.Unfrozen
			}
			return moving
		})
}

// rankingOf is a placement's ranking, never nil.
func rankingOf(p *placement) *scoring.Ranking {
	if p.Products.Ranking == nil {
		return &scoring.Ranking{}
	}
	return p.Products.Ranking
}

// changeWeights gives a placement the ranking that change returns.
func (s *rankings) changeWeights(
	ctx context.Context, op, name string, check func(*violations), change func(*site, *placement) *scoring.Ranking,
) (*pb.Weights, error) {
	st, _, err := s.weightsOf(name, check)
	if err != nil {
		return nil, s.fail(op, err)
	}
	st.write.Lock()
	defer st.write.Unlock()
	_, p, err := s.weightsOf(name, func(*violations) {}) // again, now that nobody changes it
	if err != nil {
		return nil, s.fail(op, err)
	}
	changed := placementToProto(st.id, &p.Placement)
	changed.GetProducts().Ranking = rankingToProto(change(st, p))
	if _, err := (&placements{Server: s.Server}).put(ctx, op, st, p.ID, changed); err != nil {
		return nil, err
	}
	_, p, err = s.weightsOf(name, func(*violations) {})
	if err != nil {
		return nil, s.fail(op, err)
	}
	return s.weightsToProto(st, p, p.PageType), nil
}

// ResetWeights implements RankingService.
func (s *rankings) ResetWeights(ctx context.Context, req *pb.ResetWeightsRequest) (*emptypb.Empty, error) {
	var v violations
	s.rules.check(&v, "", req)
	if err := v.err(); err != nil {
		return nil, s.fail("ResetWeights", err)
	}
	about := &scoring.Control{}
	st, err := s.sites.get(siteOf(req.GetName()))
	if strings.Contains(req.GetName(), "/placements/") {
		var p *placement
		st, p, err = s.weightsOf(req.GetName(), func(*violations) {})
		if err == nil {
			about.Page, about.Objective = p.PageType, max(p.Products.Objective, scoring.ObjectiveClick)
		}
	}
	if err != nil {
		return nil, s.fail("ResetWeights", err)
	}
	seq, err := s.control(ctx, st, scoring.Event{Type: scoring.WeightsReset, Control: about})
	if err == nil {
		_, err = st.learner.wait(ctx, seq-1)
	}
	if err != nil {
		return nil, s.fail("ResetWeights", err)
	}
	return &emptypb.Empty{}, nil
}

// weightsOf checks a request with check and finds the placement whose weights it
// names.
func (s *rankings) weightsOf(name string, check func(*violations)) (*site, *placement, error) {
	of := strings.TrimSuffix(name, "/weights")
	st, p, err := (&placements{Server: s.Server}).find(of, check)
	if err != nil {
		return nil, nil, err
	}
	if p.Creatives != nil {
		var v violations
		v.add("name", "is %q, which shows creatives, must be a placement of products", of)
		return nil, nil, v.err()
	}
	return st, p, nil
}

// weightsToProto writes out a placement's weights on a page.
func (s *rankings) weightsToProto(st *site, p *placement, page scoring.PageType) *pb.Weights {
	ranking := rankingOf(p)
	objective := max(p.Products.Objective, scoring.ObjectiveClick)
	list, mature := st.decider.Weights(p.ranking, page, objective, s.clock.Now())
	frozen := decide.Frozen(list, ranking.Parameters)
	lessons, situations := st.decider.Lessons(page, objective)
	m := &pb.Weights{
		Name:       placementName(st.id, p.ID) + "/weights",
		PageType:   pb.PageType(page),
		Objective:  pb.Objective(objective),
		Learning:   !ranking.Fixed,
		FreezeTime: timeToProto(ranking.FrozenAt),
		Maturity:   mature,
		Lessons:    &pb.LessonCounts{Shared: int64(lessons.Shared), Objective: int64(lessons.Objective), Page: int64(lessons.Set)},
		Ranking:    rankingToProto(frozen),
	}
	for _, n := range situations {
		m.Lessons.Situations = append(m.Lessons.Situations, int64(n))
	}
	for k := range list {
		w := &list[k]
		m.Features = append(m.Features, &pb.LearnedWeight{
			Feature: w.Feature, Configured: w.Set, Learned: w.Learned,
			Weights: numbersToProto(w.InEffect[:]), Starting: numbersToProto(w.Start[:]), Situations: numbersToProto(w.Moved[:]),
			Shared: asWritten(w.Parts.Shared), Objective: asWritten(w.Parts.Objective), Page: asWritten(w.Parts.Set),
		})
	}
	return m
}
