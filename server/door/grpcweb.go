package door

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// The flags of a frame of gRPC-Web (github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md).
const (
	compressed = 0x01
	trailers   = 0x80
	headSize   = 5 // flags, and the length in four bytes
)

const typeGRPCWeb = "application/grpc-web"

// isGRPCWeb reports whether a request speaks gRPC-Web.
func isGRPCWeb(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasPrefix(r.Header.Get("Content-Type"), typeGRPCWeb)
}

// serveGRPCWeb passes the messages of a call on as they are, both ways.
func (d *Door) serveGRPCWeb(w http.ResponseWriter, r *http.Request) {
	kind := r.Header.Get("Content-Type")
	web := &webAnswer{w: w, control: http.NewResponseController(w), text: strings.HasPrefix(kind, typeGRPCWeb+"-text")}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	method := r.URL.Path
	ctx, cancel, err := d.begin(r, method)
	if err != nil {
		d.refused.WithLabelValues("200").Inc() // so gRPC-Web has it: what went wrong is in the trailer
		web.end(err)
		return
	}
	defer cancel()
	message, err := d.onlyFrame(r.Body, web.text)
	if err != nil {
		web.end(err)
		return
	}
	setReadDeadline(web.control, 0)
	stream, err := d.options.Conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, method, grpc.ForceCodecV2(rawCodec{}))
	if err == nil {
		if err = stream.SendMsg(&message); err == nil || errors.Is(err, io.EOF) { // then Recv tells why
			err = stream.CloseSend()
		}
	}
	for err == nil {
		var answer []byte
		if err = stream.RecvMsg(&answer); err == nil && web.frame(0, answer) != nil {
			return // the caller has gone
		}
	}
	web.end(err)
}

// onlyFrame reads a body of one message. Browsers send no others, for they can't stream.
func (d *Door) onlyFrame(body io.Reader, text bool) ([]byte, error) {
	if text {
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	message, err := readFrame(body, d.options.MaxMessageBytes)
	if errors.Is(err, io.EOF) {
		return nil, status.Error(codes.InvalidArgument, "the body has no message")
	}
	if err != nil {
		return nil, err
	}
	if _, err := readFrame(body, d.options.MaxMessageBytes); !errors.Is(err, io.EOF) {
		return nil, status.Error(codes.Unimplemented, "gRPC-Web sends one message a call: use a method that takes many in one, or gRPC")
	}
	return message, nil
}

// readFrame reads a message of at most so many bytes; io.EOF when there is none.
func readFrame(r io.Reader, most int) ([]byte, error) {
	var head [headSize]byte
	if _, err := io.ReadFull(r, head[:]); errors.Is(err, io.EOF) {
		return nil, io.EOF
	} else if err != nil {
		return nil, status.Error(codes.InvalidArgument, "the body broke off, or is no gRPC-Web")
	}
	size := binary.BigEndian.Uint32(head[1:])
	switch {
	case head[0]&compressed != 0:
		return nil, status.Error(codes.Unimplemented, "messages must not be compressed")
	case head[0] != 0:
		return nil, status.Error(codes.InvalidArgument, "the body is no gRPC-Web")
	case int64(size) > int64(most):
		return nil, status.Errorf(codes.ResourceExhausted, "a message has %d bytes, more than limits.max_message_bytes", size)
	}
	message, err := io.ReadAll(io.LimitReader(r, int64(size))) // grows as it comes, whatever its head says
	if err != nil || len(message) < int(size) {
		return nil, status.Error(codes.InvalidArgument, "the body broke off in a message")
	}
	return message, nil
}

// webAnswer is an answer in gRPC-Web.
type webAnswer struct {
	w       http.ResponseWriter
	control *http.ResponseController
	text    bool // in base64, for browsers that can't read a binary stream
}

// frame writes a frame.
func (a *webAnswer) frame(flags byte, content []byte) error {
	_ = a.control.SetWriteDeadline(time.Now().Add(slowest)) // there is none where it can't be set
	framed := make([]byte, headSize, headSize+len(content))
	framed[0] = flags
	binary.BigEndian.PutUint32(framed[1:], uint32(len(content)))
	framed = append(framed, content...)
	if a.text {
		framed = base64.StdEncoding.AppendEncode(nil, framed)
	}
	if _, err := a.w.Write(framed); err != nil {
		return err
	}
	return a.control.Flush()
}

// end writes the frame of trailers: how the call ended.
func (a *webAnswer) end(err error) {
	if errors.Is(err, io.EOF) {
		err = nil
	}
	var p *problem
	if errors.As(err, &p) { // the door's own
		err = status.Error(codes.InvalidArgument, p.Detail)
	}
	st := status.Convert(err)
	var b strings.Builder
	fmt.Fprintf(&b, "grpc-status: %d\r\n", st.Code())
	if st.Message() != "" {
		fmt.Fprintf(&b, "grpc-message: %s\r\n", url.PathEscape(st.Message()))
	}
	if len(st.Details()) > 0 {
		if details, err := proto.Marshal(st.Proto()); err == nil {
			fmt.Fprintf(&b, "grpc-status-details-bin: %s\r\n", base64.RawStdEncoding.EncodeToString(details))
		}
	}
	_ = a.frame(trailers, []byte(b.String())) // the caller may have gone
}

// rawCodec passes messages on as the bytes they are.
type rawCodec struct{}

// Marshal implements encoding.CodecV2.
func (rawCodec) Marshal(v any) (mem.BufferSlice, error) {
	message, ok := v.(*[]byte)
	if !ok {
		return nil, fmt.Errorf("door: a message of type %T", v)
	}
	return mem.BufferSlice{mem.SliceBuffer(*message)}, nil
}

// Unmarshal implements encoding.CodecV2.
func (rawCodec) Unmarshal(data mem.BufferSlice, v any) error {
	message, ok := v.(*[]byte)
	if !ok {
		return fmt.Errorf("door: a message of type %T", v)
	}
	*message = data.Materialize()
	return nil
}

// Name implements encoding.CodecV2.
func (rawCodec) Name() string { return "proto" }
