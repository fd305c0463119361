package bench

import (
	"encoding/base64"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// reader makes out what became of calls. It is the reading goroutine's.
type reader struct {
	decoder *hpack.Decoder
	said    said
	known   map[said]error // a server says the same to many
}

// said is what a header says of its call; nothing before the last.
type said struct{ code, message, details string }

func newReader() *reader {
	r := &reader{known: make(map[said]error)}
	r.decoder = hpack.NewDecoder(4096, func(f hpack.HeaderField) { // of that size unless told otherwise
		switch f.Name {
		case "grpc-status":
			r.said.code = f.Value
		case "grpc-message":
			r.said.message = f.Value
		case "grpc-status-details-bin":
			r.said.details = f.Value
		}
	})
	return r
}

// outcome is the error of a call whose last header was read.
func (r *reader) outcome() error {
	if r.said.code == "0" {
		return nil
	}
	err, ok := r.known[r.said]
	if !ok {
		if len(r.known) > 1000 {
			clear(r.known)
		}
		err = r.said.err()
		r.known[r.said] = err
	}
	return err
}

// err is the status, with its details if there are any.
func (s said) err() error {
	code, err := strconv.ParseUint(s.code, 10, 31)
	if err != nil {
		return status.Errorf(codes.Internal, "the answer ended with the status %q", s.code)
	}
	st := &spb.Status{}
	details, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(s.details, "="))
	if err != nil || s.details == "" || proto.Unmarshal(details, st) != nil {
		st = &spb.Status{Code: int32(code), Message: s.message}
	}
	return status.ErrorProto(st)
}

// read takes in what the server sends, until the line ends.
func (l *line) read() {
	for {
		f, err := l.framer.ReadFrame()
		if err == nil {
			err = l.take(f)
		}
		if err != nil {
			l.fail(err)
			return
		}
	}
}

// take takes a frame in.
func (l *line) take(f http2.Frame) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.sent[f.Header().StreamID]
	switch f := f.(type) {
	case *http2.HeadersFrame:
		return l.heard(c, f.HeaderBlockFragment(), f.HeadersEnded(), f.StreamEnded())
	case *http2.ContinuationFrame:
		return errors.New("a header longer than a frame, which a Vitrine server never sends")
	case *http2.DataFrame:
		if c != nil && c.right != nil {
			c.body = append(c.body, f.Data()...)
		}
		if l.unheard += f.Length; l.unheard > roomAhead/2 {
			l.do(l.framer.WriteWindowUpdate(0, l.unheard))
			l.unheard = 0
			l.wake()
		}
	case *http2.RSTStreamFrame:
		if c != nil {
			l.ended(c, status.Errorf(codes.Unavailable, "the server ended the call: %v", f.ErrCode))
		}
	case *http2.SettingsFrame:
		if f.IsAck() {
			return nil
		}
		if most, ok := f.Value(http2.SettingMaxConcurrentStreams); ok {
			l.most = most
		} else if l.most == 0 {
			l.most = math.MaxUint32 // it has no limit
		}
		if size, ok := f.Value(http2.SettingHeaderTableSize); ok {
			l.encoder.SetMaxDynamicTableSizeLimit(size)
		}
		l.do(l.framer.WriteSettingsAck())
		l.wake()
	case *http2.PingFrame:
		if !f.IsAck() {
			l.do(l.framer.WritePing(true, f.Data))
			l.wake()
		}
	case *http2.WindowUpdateFrame:
		if f.StreamID == 0 {
			l.window += int64(f.Increment)
		}
	case *http2.GoAwayFrame:
		l.broken = status.Error(codes.Unavailable, "the server closes the connection")
	}
	l.send()
	return nil
}

// heard takes a header in.
func (l *line) heard(c *call, fragment []byte, whole, last bool) error {
	if !whole {
		return errors.New("a header in parts, which a Vitrine server never sends")
	}
	r := l.reader
	r.said = said{}
	if _, err := r.decoder.Write(fragment); err != nil {
		return err
	}
	if err := r.decoder.Close(); err != nil {
		return err
	}
	if c != nil && last {
		l.ended(c, r.outcome())
		l.send()
	}
	return nil
}

// ended ends a call that the server has ended: in time, or else its deadline has, which
// the server knows as well and may be the first to say.
func (l *line) ended(c *call, err error) {
	now := time.Now()
	if now.Sub(c.begun) >= l.timeout {
		err = errTime
	}
	l.end(c, now, err)
}
