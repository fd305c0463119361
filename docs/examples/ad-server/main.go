// Command ad-server is an ad server on Vitrine, in one file that matters (adserver.go): it
// answers slot requests with the creative that Vitrine decides, or a house ad when there
// is none in time. Beside it visitors look at pages and click, so that one sees how the
// traffic turns to what they like, and that frequency caps hold.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	vitrine "github.com/vitrine-io/vitrine/clients/go"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "ad-server: %v\n", err)
		os.Exit(1) //nolint:forbidigo // main ends the process
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("ad-server", flag.ContinueOnError)
	target := fs.String("target", "127.0.0.1:7654", "`host:port` of vitrine serve --auth none, with --tag-listen and --public-url")
	begin := fs.Bool("start", false, "build and start that server, on a folder that is removed at the end")
	listen := fs.String("listen", "127.0.0.1:0", "`host:port` to answer POST /ads at")
	rounds := fs.Int("rounds", 10, "how `many` lines to print")
	pages := fs.Int("pages", 400, "how `many` pages are looked at between them")
	visitors := fs.Int("visitors", 300, "how `many` readers there are")
	seed := fs.Uint64("seed", 1, "another `number`, other readers")
	wait := fs.Duration("wait", 100*time.Millisecond, "how `long` a page waits for an ad at most; a request's tmax may say less")
	stay := fs.Bool("stay", false, "go on answering until Ctrl-C")
	if err := fs.Parse(args); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	if *begin {
		ended, err := startServer(ctx, *target)
		if err != nil {
			stop()
			return err
		}
		defer ended()
	}
	defer stop()

	conn, err := grpc.NewClient(*target, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()
	patient, enough := context.WithTimeout(ctx, 30*time.Second)
	defer enough()
	if err := ready(patient, conn); err != nil {
		return err
	}
	if err := setUp(patient, conn, "ads"); err != nil {
		return err
	}
	client, err := vitrine.New(*target, vitrine.Options{Site: "ads", Insecure: true, DecideTimeout: *wait})
	if err != nil {
		return err
	}
	defer func() { _ = client.Close(context.Background()) }() // it only asked: nothing can be lost
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	handler := newAdServer(client)
	server := &http.Server{Handler: handler.routes(), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }() // it ends with the program
	defer func() { _ = server.Close() }()

	url := "http://" + listener.Addr().String() + "/ads"
	fmt.Fprintf(out, "POST %s\n\nWhich creative was shown, of the pages since the line before:\n\n", url)
	l := newLoad(url, *visitors, *seed)
	defer l.browser.CloseIdleConnections()
	header(out)
	for i := range *rounds {
		t, err := l.round(ctx, *pages)
		if err != nil {
			return err
		}
		row(out, *pages, (i+1)**pages, t)
	}
	fmt.Fprintln(out)
	if err := l.summary(out); err != nil {
		return err
	}
	if n := handler.fallbacks.Load(); n > 0 {
		fmt.Fprintf(out, "\n%d answers without Vitrine\n", n)
	}
	if *stay {
		<-ctx.Done()
	}
	return nil
}

// newAdServer returns one that knows the example's creatives.
func newAdServer(client *vitrine.Client) *adServer {
	s := &adServer{vitrine: client, headlines: make(map[string]string), house: `<a class="ad" href="/membership">Become a member</a>`}
	for _, a := range ads {
		s.headlines[a.id] = a.headline
	}
	return s
}

func (s *adServer) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /ads", s)
	return mux
}
