package main

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

var placementNames = regexp.MustCompile(`^sites/[a-z][a-z0-9-]{0,62}/placements/[a-z][a-z0-9-]{0,62}$`)

// rankingJSON is what a file of a RankingConfig holds: UpdatePlacement takes it, too.
func rankingJSON(m *pb.RankingConfig) ([]byte, error) {
	b, err := protojson.Marshal(m)
	if err != nil {
		return nil, err
	}
	var indented strings.Builder
	enc := json.NewEncoder(&indented)
	enc.SetIndent("", "  ")
	err = enc.Encode(json.RawMessage(b)) // protojson varies its blanks on purpose
	return []byte(indented.String()), err
}

// readRanking reads such a file; - is stdin.
func (a *app) readRanking(file string) (*pb.RankingConfig, error) {
	b, err := readAll(file, a.stdin)
	if err != nil {
		return nil, err
	}
	ranking := &pb.RankingConfig{}
	if err := protojson.Unmarshal(b, ranking); err != nil {
		return nil, fmt.Errorf("%s is no RankingConfig as weights export and tune write it: %w", file, err)
	}
	if proto.Size(ranking) == 0 {
		return nil, fmt.Errorf("%s says nothing: it has neither weights nor parameters", file)
	}
	return ranking, nil
}

// productPlacement is a placement of products as it stands.
func (r *remote) productPlacement(ctx context.Context, c pb.PlacementServiceClient, name string) (*pb.Placement, error) {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	p, err := c.GetPlacement(ctx, &pb.GetPlacementRequest{Name: name})
	if err != nil {
		return nil, r.explain(err)
	}
	if p.GetProducts() == nil {
		return nil, fmt.Errorf("%s shows creatives, which have no ranking of products", name)
	}
	return p, nil
}

// setRanking writes a ranking into a placement, whose other rules stay.
func (r *remote) setRanking(ctx context.Context, c pb.PlacementServiceClient, name string, ranking *pb.RankingConfig) error {
	p, err := r.productPlacement(ctx, c, name)
	if err != nil {
		return err
	}
	p.GetProducts().Ranking = ranking
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	_, err = c.UpdatePlacement(ctx, &pb.UpdatePlacementRequest{
		Placement: p, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"products"}},
	})
	return r.explain(err)
}
