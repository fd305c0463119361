package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/vitrine-io/vitrine/cmd/vitrine/demo"
	"github.com/vitrine-io/vitrine/server/config"
)

const (
	// demoSite is the id of the made-up shop.
	demoSite = "demo"
	// How many visitors have a past in the shop, and how many more come today:
	// enough for the shop to have learned something, few enough for seconds.
	pastVisitors  = 360
	todayVisitors = 60
)

// demoFlags are what `vitrine demo` was told.
type demoFlags struct {
	seed    uint64
	listen  string
	chosen  bool // --listen was given
	dataDir string
	exit    bool
	json    bool
}

// newDemoCommand is `vitrine demo`.
func newDemoCommand(a *app) *cobra.Command {
	f := &demoFlags{}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Fill a made-up shop, let visitors shop in it, and show their pages before and after",
		Long: `Start a server in this process, fill a made-up shop through its API, let
simulated visitors with different tastes shop there, and show the home pages of
three more before and after their visit, with the reasons. The server then stays
up for trying, until Ctrl-C.`,
		Example: `  vitrine demo
  vitrine demo --exit --seed 7
  vitrine demo --data-dir ./demo-data`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f.chosen = cmd.Flags().Changed("listen")
			return a.demo(cmd.Context(), f)
		},
	}
	fs := cmd.Flags()
	fs.Uint64Var(&f.seed, "seed", 1, "another `number`, another shop and other visitors")
	fs.StringVar(&f.listen, "listen", defaultTarget, "`host:port` to serve on; when the default is taken, a free port is")
	fs.StringVar(&f.dataDir, "data-dir", "", "keep the data in this `folder`; by default in a temporary one, removed at the end")
	fs.BoolVar(&f.exit, "exit", false, "end after the story")
	fs.BoolVar(&f.json, "json", false, "print the story as JSON, for machines")
	return cmd
}

func (a *app) demo(ctx context.Context, f *demoFlags) (err error) {
	folder, remove, err := demoFolder(f.dataDir)
	if err != nil {
		return err
	}
	defer remove()
	node, err := a.startDemoNode(ctx, f, folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, node.Close()) }()

	remote := remote{target: node.Addr(), timeout: time.Minute}
	conn, err := remote.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	d := demo.New(conn, demoSite, f.seed, time.Now())
	if err := a.tell(ctx, f, d, node, folder); err != nil {
		switch {
		case ctx.Err() != nil:
			return errors.New("interrupted")
		case errors.Is(err, demo.ErrShopExists):
			return fmt.Errorf("%s holds a demo shop already\nserve it with: vitrine serve --data-dir %s\nor choose another --data-dir", folder, folder)
		}
		return remote.explain(err)
	}
	if f.exit {
		return nil
	}
	<-ctx.Done()
	fmt.Fprintln(a.stderr, "\nending")
	return nil
}

// demoFolder is the data folder, and what to do with it at the end: remove it
// if it is a temporary one.
func demoFolder(kept string) (folder string, remove func(), err error) {
	if kept != "" {
		folder, err = filepath.Abs(kept)
		return folder, func() {}, err
	}
	folder, err = os.MkdirTemp("", "vitrine-demo-")
	return folder, func() { os.RemoveAll(folder) }, err
}

// startDemoNode starts the server, on a free port if the default one is taken.
func (a *app) startDemoNode(ctx context.Context, f *demoFlags, folder string) (*node, error) {
	cfg := config.Default()
	cfg.DataDir = folder
	cfg.Listen = f.listen
	cfg.OpsListen = "127.0.0.1:0"
	cfg.Auth = config.AuthNone
	logger := slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	n, err := startNode(ctx, cfg, logger)
	if errors.Is(err, syscall.EADDRINUSE) && !f.chosen {
		fmt.Fprintf(a.stderr, "%s is taken: serving on a free port instead\n", f.listen)
		cfg.Listen = "127.0.0.1:0"
		n, err = startNode(ctx, cfg, logger)
	}
	return n, err
}

// tell plays the story and prints it as it unfolds, or whole as JSON.
func (a *app) tell(ctx context.Context, f *demoFlags, d *demo.Demo, n *node, folder string) error {
	width, is := terminal(a.stdout)
	if !is || width == 0 {
		width = demo.DefaultWidth
	}
	out := a.stdout
	if f.json {
		out = io.Discard
	}
	p := demo.NewPrinter(out, width, a.colour(is))
	home := folder
	if f.dataDir == "" {
		home += " (temporary)"
	}
	story, err := d.Play(ctx, p, demo.Setting{Address: n.Addr(), Data: home, Past: pastVisitors, Today: todayVisitors})
	if err != nil {
		return err
	}
	if f.json {
		text, err := story.JSON()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.stdout, "%s\n", text)
		return err
	}
	if !f.exit {
		p.Next(nextCommands(itself(), n, d.ToTry()))
	}
	return p.Err
}

// addresses are where a server can be reached.
type addresses interface {
	Addr() string
	OpsAddr() string
}

// nextCommands are what to try against the demo's server.
func nextCommands(self string, n addresses, look []string) []demo.Command {
	at := ""
	if n.Addr() != defaultTarget {
		at = " --target " + n.Addr()
	}
	line := func(parts ...string) []string {
		return []string{self + " " + parts[0] + at + " " + strings.Join(parts[1:], " ")}
	}
	commands := []demo.Command{
		{What: "the trail runner's home page once more, and what is known of them",
			Lines: line("decide", "--visitor trail-runner --consent granted")},
		{Lines: line("visitor show", "trail-runner")},
		{What: "be a visitor yourself: look at a climbing shoe and a rope, then see your own home page",
			Lines: line("track", "--visitor me --consent granted view", strings.Join(look, " "))},
		{Lines: line("decide", "--visitor me --consent granted")},
		{What: "the same, but nothing dear, and with what was left out",
			Lines: []string{
				self + " decide" + at + " --visitor me --consent granted --explain full",
				`--filter "product.price.amount < 50 && 'climbing' in product.categories"`,
			}},
		{What: "plain gRPC", Lines: []string{"grpcurl -plaintext " + n.Addr() + " list"}},
		{Lines: []string{
			`grpcurl -plaintext -d '{"site":"sites/demo","placements":[{"placement":"home"}]}'`,
			n.Addr() + " vitrine.v1.DecisionService/Decide",
		}},
	}
	if ops := n.OpsAddr(); ops != "" {
		commands = append(commands, demo.Command{What: "its metrics", Lines: []string{"curl -s http://" + ops + "/metrics"}})
	}
	return commands
}

// itself is how this program is called again: through `go run` if it was so
// started, else under its own name.
func itself() string {
	path, err := os.Executable()
	switch {
	case err != nil:
		return "vitrine"
	case strings.Contains(path, string(filepath.Separator)+"go-build"):
		return "go run ./cmd/vitrine"
	case strings.ContainsRune(os.Args[0], filepath.Separator):
		return os.Args[0]
	}
	return "vitrine"
}
