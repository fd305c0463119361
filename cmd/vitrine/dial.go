package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/term"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/vitrine-io/vitrine/cmd/vitrine/bench"
)

// defaultTarget is where `vitrine serve` and `vitrine demo` listen when they
// are told nothing else.
const defaultTarget = "127.0.0.1:7654"

// targetEnv names the server for commands that are told no --target.
const targetEnv = "VITRINE_TARGET"

// maxAnswer is the largest answer taken from a server.
const maxAnswer = 16 << 20

// remote is the server that a command calls, as its flags say.
type remote struct {
	target  string
	timeout time.Duration
	app     *app   // nil: a server of this process, which wants neither key nor TLS
	access  access // how to get in
}

// flags adds those of reach, and --timeout.
func (r *remote) flags(a *app, fs *pflag.FlagSet) {
	r.reach(a, fs)
	fs.DurationVar(&r.timeout, "timeout", 10*time.Second, "give up after this `long`")
}

// reach adds --target, and what says how to get in.
func (r *remote) reach(a *app, fs *pflag.FlagSet) {
	r.app = a
	target := defaultTarget
	if named := a.env(targetEnv); named != "" {
		target = named
	}
	fs.StringVar(&r.target, "target", target, "`host:port` of the server (environment "+targetEnv+")")
	r.access.flags(fs)
}

// dial returns a connection to the server. Nothing is sent before the first
// call, so a server that is not there shows in the call's error: see explain.
func (r *remote) dial() (*grpc.ClientConn, error) {
	options := []grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials())}
	if r.app != nil {
		var err error
		if options, err = r.access.dialOptions(r.app, r.target); err != nil {
			return nil, err
		}
	}
	conn, err := grpc.NewClient("passthrough:///"+r.target,
		append(options, grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxAnswer)))...)
	if err != nil {
		return nil, usagef("target %q: %w", r.target, err)
	}
	return conn, nil
}

// wire returns a connection to the server that is open, for one who speaks HTTP/2 alone.
func (r *remote) wire(ctx context.Context) (bench.Wire, error) {
	w := bench.Wire{Scheme: "http", Authority: r.target}
	transport, secure := insecure.NewCredentials(), false
	if r.app != nil {
		key, err := r.access.key(r.app)
		if err != nil {
			return w, err
		}
		if key != nil {
			w.Authorization = bearer(key.Reveal()).header()
		}
		if transport, secure, err = r.access.transport(); err != nil {
			return w, err
		}
	}
	if secure {
		w.Scheme = "https"
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", r.target)
	if err != nil {
		return w, noConnection(r.target, err.Error())
	}
	if w.Conn, _, err = transport.ClientHandshake(ctx, r.target, conn); err != nil {
		_ = conn.Close() // the handshake's error tells more
		return w, noConnection(r.target, err.Error())
	}
	return w, nil
}

// explain turns the error of a call into what a person can act on. Nil stays
// nil.
func (r *remote) explain(err error) error {
	if err == nil {
		return nil
	}
	st, ok := status.FromError(err)
	if !ok {
		return err
	}
	switch st.Code() {
	case codes.Unavailable:
		return noConnection(r.target, st.Message())
	case codes.Unauthenticated:
		return notLetIn(r.target, st.Message())
	case codes.DeadlineExceeded:
		return fmt.Errorf("%s did not answer within %s; see --timeout", r.target, r.timeout)
	case codes.Unimplemented:
		return fmt.Errorf("%s is not a Vitrine server, or an older one: %s", r.target, st.Message())
	}
	for _, detail := range st.Details() {
		if bad, ok := detail.(*errdetails.BadRequest); ok && len(bad.GetFieldViolations()) > 0 {
			return badRequest(bad)
		}
	}
	return &refusal{st}
}

// badRequest lists every field that was wrong.
func badRequest(bad *errdetails.BadRequest) error {
	var b strings.Builder
	b.WriteString("the server refused the request:")
	for _, v := range bad.GetFieldViolations() {
		b.WriteString("\n  " + v.GetField() + ": " + v.GetDescription())
	}
	return errors.New(b.String())
}

// refusal is a status that the server answered, in words; it still is the
// status.
type refusal struct{ st *status.Status }

func (e *refusal) Error() string {
	message := e.st.Message()
	if e.st.Code() == codes.NotFound {
		// "sites/shop: not found" is most often a shop not created yet.
		if name, _, _ := strings.Cut(message, ": "); strings.HasPrefix(name, "sites/") && strings.Count(name, "/") == 1 {
			return fmt.Sprintf("%s\nsee those there are with: vitrine sites\nor create it with:        vitrine sites create %s", message, strings.TrimPrefix(name, "sites/"))
		}
	}
	return message
}

func (e *refusal) GRPCStatus() *status.Status { return e.st }

// terminal says whether w is one, and how many columns it has.
func terminal(w io.Writer) (columns int, is bool) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil || columns <= 0 {
		return 0, true
	}
	return columns, true
}

// colour reports whether to write in colours: to a terminal, unless NO_COLOR is
// set (no-color.org) or the terminal says that it can't.
func (a *app) colour(terminal bool) bool {
	return terminal && a.env("NO_COLOR") == "" && a.env("TERM") != "dumb"
}

// env is the value of an environment variable, or empty.
func (a *app) env(name string) string {
	for _, kv := range a.environ {
		if value, ok := strings.CutPrefix(kv, name+"="); ok {
			return value
		}
	}
	return ""
}
