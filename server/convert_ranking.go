package server

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/decide"
)

// rankingFromProto converts how a placement ranks. What its names and numbers may
// be is for decide.Compile to say: see addFaults.
func rankingFromProto(v *violations, field string, m *pb.RankingConfig) *scoring.Ranking {
	if m == nil {
		return nil
	}
	return &scoring.Ranking{
		Fixed: m.GetLearning() == pb.Toggle_TOGGLE_OFF, Parameters: m.GetParameters(),
		Weights:  weightsFromProto(v, field+".weights", m.GetWeights()),
		Unfrozen: weightsFromProto(v, field+".unfrozen_weights", m.GetUnfrozenWeights()),
		FrozenAt: timeFromProto(v, field+".freeze_time", m.GetFreezeTime()),
	}
}

func weightsFromProto(v *violations, field string, list []*pb.FeatureWeight) map[string][]float32 {
	if len(list) == 0 {
		return nil
	}
	weights := make(map[string][]float32, len(list))
	for i, w := range list {
		if _, twice := weights[w.GetFeature()]; twice {
			v.add(fmt.Sprintf("%s[%d].feature", field, i), "is %q again, must be given once", clip(w.GetFeature()))
		}
		by := make([]float32, len(w.GetWeights()))
		for k, x := range w.GetWeights() {
			by[k] = float32(x)
		}
		weights[w.GetFeature()] = by
	}
	return weights
}

// addFaults notes what is wrong with a ranking where its caller wrote it, unless
// the contract's rules have said so already.
func addFaults(v *violations, field string, m *pb.RankingConfig, faults []decide.Fault) {
	for _, f := range faults {
		at := fmt.Sprintf("%s.parameters[%q]", field, f.Parameter)
		if f.Feature != "" {
			i := slices.IndexFunc(m.GetWeights(), func(w *pb.FeatureWeight) bool { return w.GetFeature() == f.Feature })
			at = fmt.Sprintf("%s.weights[%d]", field, i)
		}
		if !slices.ContainsFunc(*v, func(x *pb.FieldViolation) bool { return strings.HasPrefix(x.GetField(), at) }) {
			v.add(at, "%s", f.Text)
		}
	}
}

func rankingToProto(r *scoring.Ranking) *pb.RankingConfig {
	if r == nil {
		return nil
	}
	return &pb.RankingConfig{
		Learning: toggle(!r.Fixed), Parameters: r.Parameters, Weights: weightsToProto(r.Weights),
		FreezeTime: timeToProto(r.FrozenAt), UnfrozenWeights: weightsToProto(r.Unfrozen),
	}
}

// weightsToProto lists weights by feature, in the order of the names.
func weightsToProto(weights map[string][]float32) (list []*pb.FeatureWeight) {
	for _, feature := range slices.Sorted(maps.Keys(weights)) {
		list = append(list, &pb.FeatureWeight{Feature: feature, Weights: numbersToProto(weights[feature])})
	}
	return list
}

func numbersToProto(list []float32) []float64 {
	all := make([]float64, len(list))
	for k, x := range list {
		all[k] = asWritten(x)
	}
	return all
}

// asWritten is the shortest number that becomes x as a float32: 1.24, which its
// caller wrote, and not 1.2400000095.
func asWritten(x float32) float64 {
	y, err := strconv.ParseFloat(strconv.FormatFloat(float64(x), 'g', -1, 32), 64)
	if err != nil {
		return float64(x) // it is no number; none such is stored
	}
	return y
}
