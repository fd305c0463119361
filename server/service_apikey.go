package server

import (
	"context"
	"log/slog"
	"strings"

	"google.golang.org/protobuf/types/known/emptypb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server/auth"
	"github.com/vitrine-io/vitrine/store"
)

// APIKeyService is the part of AdminService that is about API keys.
type APIKeyService interface {
	CreateApiKey(context.Context, *pb.CreateApiKeyRequest) (*pb.CreateApiKeyResponse, error)
	ListApiKeys(context.Context, *pb.ListApiKeysRequest) (*pb.ListApiKeysResponse, error)
	RevokeApiKey(context.Context, *pb.RevokeApiKeyRequest) (*emptypb.Empty, error)
}

// NewAPIKeyService returns it by itself, over data that no server has open: for the first
// key, which nobody could ask a server for.
func NewAPIKeyService(ctx context.Context, keys store.APIKeys) (APIKeyService, error) {
	ring, err := auth.Open(ctx, keys, nil)
	if err != nil {
		return nil, err
	}
	rules, err := newRules()
	if err != nil {
		return nil, err
	}
	return &admin{Server: &Server{keys: ring, rules: rules, log: slog.New(slog.DiscardHandler)}}, nil
}

// Keys are the API keys in force, for whoever lets calls in.
func (s *Server) Keys() *auth.Keyring { return s.keys }

// CreateApiKey implements AdminService.
func (s *admin) CreateApiKey(ctx context.Context, req *pb.CreateApiKeyRequest) (*pb.CreateApiKeyResponse, error) {
	var v violations
	s.rules.check(&v, "", req)
	key := apiKeyFromProto(&v, "api_key.", req.GetApiKey(), store.APIKeyID(req.GetApiKeyId()), s.wallTime())
	if err := v.err(); err != nil {
		return nil, s.fail("CreateApiKey", err)
	}
	key, secret, err := s.keys.Create(ctx, key)
	if err != nil {
		return nil, s.fail("CreateApiKey", about(apiKeyName(store.APIKeyID(req.GetApiKeyId())), err))
	}
	return &pb.CreateApiKeyResponse{ApiKey: apiKeyToProto(&key), Secret: secret.Reveal()}, nil
}

// ListApiKeys implements AdminService.
func (s *admin) ListApiKeys(_ context.Context, req *pb.ListApiKeysRequest) (*pb.ListApiKeysResponse, error) {
	var v violations
	s.rules.check(&v, "", req)
	after := pageAfter(&v, req.GetPageToken())
	if err := v.err(); err != nil {
		return nil, s.fail("ListApiKeys", err)
	}
	page, next := cutPage(s.keys.Keys(), func(key *store.APIKey) string { return string(key.ID) }, after, req.GetPageSize())
	resp := &pb.ListApiKeysResponse{NextPageToken: next}
	for i := range page {
		resp.ApiKeys = append(resp.ApiKeys, apiKeyToProto(&page[i]))
	}
	return resp, nil
}

// RevokeApiKey implements AdminService.
func (s *admin) RevokeApiKey(ctx context.Context, req *pb.RevokeApiKeyRequest) (*emptypb.Empty, error) {
	var v violations
	s.rules.check(&v, "", req)
	if err := v.err(); err != nil {
		return nil, s.fail("RevokeApiKey", err)
	}
	id, _ := strings.CutPrefix(req.GetName(), "apiKeys/")
	if err := s.keys.Revoke(ctx, store.APIKeyID(id)); err != nil {
		return nil, s.fail("RevokeApiKey", about(req.GetName(), err))
	}
	return &emptypb.Empty{}, nil
}
