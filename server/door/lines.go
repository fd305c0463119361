package door

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

const (
	// waiting is how many answers wait to be written before the server is held up.
	waiting = 64
	// slowest is how long a caller may take to read what it is sent before it is given
	// up: gRPC's limits.keepalive.timeout has the same purpose.
	slowest = time.Minute
)

// download answers with a line for each message that the server sends.
func (d *Door) download(ctx context.Context, w http.ResponseWriter, r *http.Request, rt *route, request proto.Message) {
	stream, err := d.options.Conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, rt.wire)
	if err == nil {
		if err = stream.SendMsg(request); err == nil || errors.Is(err, io.EOF) { // then Recv tells why
			err = stream.CloseSend()
		}
	}
	if err != nil {
		problemOf(err).write(w)
		return
	}
	newLines(w, r, rt).write(receive(ctx, stream, rt), problemOf)
}

// answers are what the server sends on a stream.
type answers struct {
	messages chan proto.Message // closed at the end
	err      error              // how it ended; read it then
}

// receive receives what the server sends, up to the end, or until ctx ends.
func receive(ctx context.Context, stream grpc.ClientStream, rt *route) *answers {
	a := &answers{messages: make(chan proto.Message, waiting)}
	go func() {
		defer close(a.messages)
		for {
			message := rt.out.New().Interface()
			if a.err = stream.RecvMsg(message); a.err != nil {
				return
			}
			select {
			case a.messages <- message:
			case <-ctx.Done():
				a.err = status.FromContextError(ctx.Err()).Err()
				return
			}
		}
	}()
	return a
}

// lines is an answer of JSON Lines.
type lines struct {
	w       http.ResponseWriter
	control *http.ResponseController
	kind    string
	route   *route
	begun   bool
}

func newLines(w http.ResponseWriter, r *http.Request, rt *route) *lines {
	kind := typeLines
	if strings.Contains(r.Header.Get("Accept"), typeNDJSON) {
		kind = typeNDJSON
	}
	return &lines{w: w, control: http.NewResponseController(w), kind: kind, route: rt}
}

// begin answers that the call is under way.
func (l *lines) begin() {
	if !l.begun {
		l.begun = true
		l.w.Header().Set("Content-Type", l.kind)
		l.w.Header().Set("Cache-Control", "no-store")
		l.w.WriteHeader(http.StatusOK)
	}
}

// write writes what is received until the stream's end, which why explains, and reports
// whether that was a good one. One that ends
// badly before its first line is answered with a problem; later the problem is the last
// line, and the answer is cut off, so that nobody takes it for whole.
func (l *lines) write(a *answers, why func(error) *problem) bool {
	for message := range a.messages {
		err := l.line(message)
		if err == nil && len(a.messages) == 0 {
			err = l.control.Flush()
		}
		if err != nil {
			panic(http.ErrAbortHandler) // the caller has gone, or reads nothing
		}
	}
	if !errors.Is(a.err, io.EOF) {
		l.fail(why(a.err))
		return false
	}
	l.begin()
	_ = l.control.SetWriteDeadline(time.Time{}) // the connection goes on
	return true
}

// line writes a message.
func (l *lines) line(message proto.Message) error {
	l.begin()
	_ = l.control.SetWriteDeadline(time.Now().Add(slowest)) // there is none where it can't be set
	if f := l.route.answer; f != nil {
		list := message.ProtoReflect().Get(f).List()
		for i := range list.Len() {
			if _, err := io.WriteString(l.w, list.Get(i).String()+"\n"); err != nil {
				return err
			}
		}
		return nil
	}
	text, err := protojson.Marshal(message)
	if err != nil {
		return err
	}
	_, err = l.w.Write(append(text, '\n'))
	return err
}

// fail ends the answer with a problem.
func (l *lines) fail(p *problem) {
	if !l.begun {
		p.write(l.w)
		return
	}
	_, _ = io.WriteString(l.w, `{"error":`+string(p.json())+"}\n")
	_ = l.control.Flush()
	panic(http.ErrAbortHandler)
}
