package main

import (
	"context"
	"errors"
	"log/slog"

	"github.com/vitrine-io/vitrine/server/config"
)

// node is a running server on its data folder.
type node struct{}

// startNode opens the data folder, starts the server and returns once it is
// ready to serve. Cancelling ctx drains it; Wait tells when that is done.
func startNode(ctx context.Context, cfg *config.Config, logger *slog.Logger) (*node, error) {
	return nil, errors.New("the server is not built yet")
}

// Addr is the address that the API listens on.
func (n *node) Addr() string { return "" }

// OpsAddr is the address of the ops HTTP port, or empty when it is off.
func (n *node) OpsAddr() string { return "" }

// Wait blocks until the server has drained and the data folder is closed, and
// returns what went wrong, if anything did.
func (n *node) Wait() error { return nil }

// Close drains the server, closes the data folder and waits for both.
func (n *node) Close() error { return nil }
