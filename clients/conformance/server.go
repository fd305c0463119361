package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// server is the real vitrine, on a folder of its own.
type server struct {
	binary string
	dir    string
	admin  string // an API key
	http   bool   // it has its JSON door open

	cmd     *exec.Cmd
	address string
	door    string // address of the JSON door
	conn    *grpc.ClientConn
	said    tail
}

// newServer makes a data folder with a key for the suite itself.
func newServer(ctx context.Context, binary, dir string, http bool) (*server, error) {
	s := &server{binary: binary, dir: dir, http: http}
	cmd := exec.CommandContext(ctx, binary, "keys", "create", "conformance", "--role", "admin", "--data-dir", dir) //nolint:gosec // our own
	cmd.Stderr = &s.said
	secret, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("make an API key: %w%s", err, s.said.last())
	}
	s.admin = strings.TrimSpace(string(secret))
	return s, nil
}

// start runs it until ctx ends, and returns when it takes calls.
func (s *server) start(ctx context.Context) error {
	args := []string{"serve", "--data-dir", s.dir, "--listen", "127.0.0.1:0", "--ops-listen", "", "--log-format", "json",
		"--limits-max-wait", "1s", // a machine that is busy with other things shall refuse nothing by itself
	}
	if s.http {
		args = append(args, "--door-listen", "127.0.0.1:0")
	}
	s.cmd = exec.CommandContext(ctx, s.binary, args...) //nolint:gosec // our own
	log, err := s.cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := s.cmd.Start(); err != nil {
		return err
	}
	type addresses struct{ Msg, Address, Door string }
	serving := make(chan addresses, 1)
	go func() {
		defer close(serving)
		lines := bufio.NewScanner(io.TeeReader(log, &s.said))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var line addresses
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" {
				serving <- line
			}
		}
	}()
	select {
	case now := <-serving:
		s.address, s.door = now.Address, now.Door
	case <-time.After(time.Minute):
	}
	if s.address == "" {
		s.kill()
		return fmt.Errorf("the server does not serve%s", s.said.last())
	}
	s.conn, err = grpc.NewClient(s.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	return err
}

// kill ends it as a loss of power does.
func (s *server) kill() {
	_ = s.cmd.Process.Kill() // it may have ended already
	_ = s.cmd.Wait()         // killed, that is
	s.address = ""
	if s.conn != nil {
		s.conn.Close()
	}
}

// stop ends it in good order.
func (s *server) stop() error {
	s.conn.Close()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("the server ended badly: %w%s", err, s.said.last())
	}
	return nil
}

// as is a context for calls under the suite's own key.
func (s *server) as(ctx context.Context) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+s.admin)
}

// newKey makes a key that clients use, and returns its secret.
func (s *server) newKey(ctx context.Context, name string, roles ...vitrinev1.Role) (string, error) {
	made, err := vitrinev1.NewAdminServiceClient(s.conn).CreateApiKey(s.as(ctx), &vitrinev1.CreateApiKeyRequest{
		ApiKeyId: name, ApiKey: &vitrinev1.ApiKey{Roles: roles},
	})
	if err != nil {
		return "", fmt.Errorf("make an API key: %w", err)
	}
	return made.GetSecret(), nil
}

// openShop makes a site with products p1, p2 and so on, and a second placement beside
// the home page.
func (s *server) openShop(ctx context.Context, site string, products int) error {
	ctx = s.as(ctx)
	_, err := vitrinev1.NewSiteServiceClient(s.conn).CreateSite(ctx, &vitrinev1.CreateSiteRequest{
		SiteId: site, Site: &vitrinev1.Site{CurrencyCode: "EUR", Locale: "en"},
	})
	if err != nil {
		return fmt.Errorf("make site %s: %w", site, err)
	}
	_, err = vitrinev1.NewPlacementServiceClient(s.conn).CreatePlacement(ctx, &vitrinev1.CreatePlacementRequest{
		Parent: "sites/" + site, PlacementId: "also",
		Placement: &vitrinev1.Placement{PageType: vitrinev1.PageType_PAGE_TYPE_PRODUCT, Count: 4},
	})
	if err != nil {
		return fmt.Errorf("make a placement: %w", err)
	}
	stream, err := vitrinev1.NewCatalogServiceClient(s.conn).ImportProducts(ctx)
	if err != nil {
		return fmt.Errorf("import products: %w", err)
	}
	var batch []*vitrinev1.Product
	for i := range products {
		batch = append(batch, &vitrinev1.Product{
			Name:  fmt.Sprintf("sites/%s/products/p%d", site, i+1),
			Title: fmt.Sprintf("Product %d", i+1), Categories: []string{fmt.Sprintf("category-%d", i%7)},
			Brand: fmt.Sprintf("brand-%d", i%5), Availability: vitrinev1.Availability_AVAILABILITY_IN_STOCK,
			Price: &vitrinev1.Money{CurrencyCode: "EUR", Units: int64(10 + i%90)},
		})
		if len(batch) == 500 || i == products-1 {
			if err := stream.Send(&vitrinev1.ImportProductsRequest{Parent: "sites/" + site, Products: batch}); err != nil {
				return fmt.Errorf("import products: %w", err)
			}
			batch = nil
		}
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	for {
		progress, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("import products: %w", err)
		}
		if n := len(progress.GetErrors()); n > 0 {
			return fmt.Errorf("import products: %v", progress.GetErrors())
		}
	}
}

// kept is what the server has stored of a visitor.
type kept struct {
	events    []storedEvent // in the order of the journal
	decisions string        // as JSON, one a line
}

type storedEvent struct {
	ID               string `json:"id"`
	AttributionToken string `json:"attributionToken"`
}

func (s *server) keptOf(ctx context.Context, site, device string) (k kept, err error) {
	stream, err := vitrinev1.NewVisitorServiceClient(s.conn).ExportVisitor(s.as(ctx), &vitrinev1.ExportVisitorRequest{
		Name: "sites/" + site + "/visitors/" + device,
	})
	if err != nil {
		return k, err
	}
	for {
		part, err := stream.Recv()
		switch {
		case errors.Is(err, io.EOF), status.Code(err) == codes.NotFound:
			return k, nil
		case err != nil:
			return k, fmt.Errorf("export %s: %w", device, err)
		}
		for _, line := range part.GetLines() {
			if err := k.add(line); err != nil {
				return k, err
			}
		}
	}
}

func (k *kept) add(line string) error {
	var told struct {
		storedEvent
		Profile, Internal, Decision json.RawMessage
	}
	if err := json.Unmarshal([]byte(line), &told); err != nil {
		return fmt.Errorf("a line of an export: %w", err)
	}
	switch {
	case told.Decision != nil:
		k.decisions += line + "\n"
	case told.Profile == nil && told.Internal == nil:
		k.events = append(k.events, told.storedEvent)
	}
	return nil
}
