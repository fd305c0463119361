package door

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

const (
	// mostElements and mostBytes bound the elements of a body that go on in one message:
	// half of what the services take, and enough that a commit for each is no matter.
	mostElements = 500
	mostBytes    = 1 << 20
)

// upload calls a method that takes a stream with the lines of the body, and answers with
// a line for each message that the server sends meanwhile.
func (d *Door) upload(ctx context.Context, cancel context.CancelFunc, w http.ResponseWriter, r *http.Request, rt *route, values []string) error {
	first := rt.in.New()
	if err := rt.fromQuery(first, r.URL.Query()); err != nil {
		return err
	}
	if err := rt.fromPath(first, values); err != nil {
		return err
	}
	control := http.NewResponseController(w)
	_ = control.EnableFullDuplex() // HTTP/2 is so anyway
	stream, err := d.options.Conn.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, rt.wire)
	if err != nil {
		return err
	}
	up := &uploading{
		route: rt, stream: stream, first: first, control: control,
		lines: newLineReader(r.Body, d.options.MaxMessageBytes, func() { setReadDeadline(control, d.options.IdleTimeout) }),
	}
	sent := make(chan struct{})
	mistakes := make(chan *problem, 1) // of the body
	go func() {
		defer close(sent)
		if mistake := up.send(); mistake != nil {
			mistakes <- mistake
			// Not closed but cancelled: half a catalogue must not pass for a whole one.
			cancel()
		}
	}()
	defer endReading(cancel, control, sent) // the server may have ended first: nobody reads the rest
	good := newLines(w, r, rt).write(receive(ctx, stream, rt), func(err error) *problem {
		p := problemOf(err)
		select {
		case p = <-mistakes:
		default:
		}
		readNoMore(control)
		if r.ProtoMajor == 1 {
			w.Header().Set("Connection", "close") // the rest of the body stands in the way of another request
		}
		return p
	})
	if good && !up.whole.Load() {
		panic(http.ErrAbortHandler) // likewise
	}
	return nil
}

// setReadDeadline bounds the next read of a body; 0: not at all. Where it can't be set
// there is none, as in a test without a socket.
func setReadDeadline(control *http.ResponseController, in time.Duration) {
	var at time.Time
	if in > 0 {
		at = time.Now().Add(in)
	}
	_ = control.SetReadDeadline(at)
}

// endReading ends the reading of a body in another goroutine, and waits for it.
func endReading(cancel context.CancelFunc, control *http.ResponseController, done <-chan struct{}) {
	select {
	case <-done:
		return
	default:
	}
	cancel()
	readNoMore(control)
	<-done
}

// readNoMore keeps what is left of a body from being waited for: the connection is
// closed instead.
func readNoMore(control *http.ResponseController) {
	_ = control.SetReadDeadline(time.Unix(1, 0))
}

// uploading sends a body's lines on.
type uploading struct {
	route   *route
	stream  grpc.ClientStream
	first   protoreflect.Message // what path and query say; it goes with the first message
	lines   *lineReader
	control *http.ResponseController
	whole   atomic.Bool // all of the body was sent on
}

// send sends all lines. It returns what is wrong with one, or nil.
func (u *uploading) send() *problem {
	for {
		message, err := u.next()
		switch {
		case errors.Is(err, io.EOF):
			u.whole.Store(true)
			setReadDeadline(u.control, 0)
			_ = u.stream.CloseSend() // it never fails
			return nil
		case err != nil:
			return problemOf(err)
		}
		if err := u.stream.SendMsg(message); err != nil {
			return nil //nolint:nilerr // the receiver hears it
		}
	}
}

// next is the next message: a line, or elements from as many lines as have arrived.
func (u *uploading) next() (proto.Message, error) {
	message := u.first
	if message == nil {
		message = u.route.in.New()
	}
	var list protoreflect.List
	if u.route.element != nil {
		list = message.Mutable(u.route.element).List()
	}
	for size := 0; ; {
		line, err := u.lines.next()
		if err != nil {
			return nil, err
		}
		u.first = nil
		if list == nil {
			return message.Interface(), u.merge(message, line)
		}
		element := list.NewElement()
		if err := protojson.Unmarshal(line, element.Message().Interface()); err != nil {
			return nil, malformed(err, u.lines.number)
		}
		list.Append(element)
		if size += len(line); list.Len() >= mostElements || size >= mostBytes || !u.lines.more() {
			return message.Interface(), nil
		}
	}
}

// merge reads a line that is a message. The first may say again what the path does.
func (u *uploading) merge(message protoreflect.Message, line []byte) error {
	said := u.route.in.New()
	if err := protojson.Unmarshal(line, said.Interface()); err != nil {
		return malformed(err, u.lines.number)
	}
	var bad error
	message.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if said.Has(f) && !said.Get(f).Equal(v) {
			bad = invalid(violation{string(f.Name()), "is another in the body than in the path"})
		}
		return bad == nil
	})
	if bad != nil {
		return bad
	}
	proto.Merge(message.Interface(), said.Interface())
	return nil
}

// lineReader reads lines that aren't empty.
type lineReader struct {
	r      *bufio.Reader
	most   int    // bytes of a line
	before func() // called before a read that may wait
	number int    // of the line read last, from 1
	line   []byte
	ended  bool
}

func newLineReader(body io.Reader, most int, before func()) *lineReader {
	return &lineReader{r: bufio.NewReaderSize(body, 64<<10), most: most, before: before}
}

// next is the next line, valid until the one after. io.EOF at the end of the body.
func (l *lineReader) next() ([]byte, error) {
	for !l.ended {
		l.line = l.line[:0]
		l.number++
		for {
			if l.r.Buffered() == 0 {
				l.before()
			}
			part, err := l.r.ReadSlice('\n')
			if l.line = append(l.line, part...); len(l.line) > l.most {
				p := tooLarge("a line has more than limits.max_message_bytes")
				p.Line = l.number
				return nil, p
			}
			if err == nil {
				break
			}
			if errors.Is(err, io.EOF) {
				l.ended = true
				break
			}
			if !errors.Is(err, bufio.ErrBufferFull) {
				return nil, newProblem(http.StatusBadRequest, codes.InvalidArgument, "the body broke off, or nothing more came")
			}
		}
		if line := bytes.TrimSpace(l.line); len(line) > 0 {
			return line, nil
		}
	}
	return nil, io.EOF
}

// more reports whether a whole further line has arrived already.
func (l *lineReader) more() bool {
	waiting, _ := l.r.Peek(l.r.Buffered()) // as much as there is, so that it can't fail
	return bytes.IndexByte(waiting, '\n') >= 0
}
