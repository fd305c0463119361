package edge

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// Lines go on as they come, answers come back meanwhile, and a bad line ends the stream
// with its number and without closing it: what is half must not pass for whole.
func TestDoorStreams(t *testing.T) {
	ended := make(chan error, 1)
	r := start(t, doorConfig(), &services{stream: func(stream pb.EventService_StreamEventsServer) error {
		n := int64(0)
		for {
			req, err := stream.Recv()
			if errors.Is(err, io.EOF) {
				ended <- nil
				return nil
			}
			if err != nil {
				ended <- err
				return err
			}
			if n == 0 && req.GetSite() != "sites/shop" {
				return status.Error(codes.InvalidArgument, "no site")
			}
			n += int64(len(req.GetEvents()))
			if err := stream.Send(&pb.StreamEventsResponse{Acknowledged: n}); err != nil {
				return err
			}
		}
	}})
	begin := func() (in io.WriteCloser, out *bufio.Reader, kind string) {
		t.Helper()
		body, pipe := io.Pipe()
		request, err := http.NewRequestWithContext(testContext(t), http.MethodPost, "http://"+r.DoorAddr()+"/v1/sites/shop/events:stream", body)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-ndjson")
		request.Header.Set("Accept", "application/x-ndjson")
		transport := &http.Transport{}
		t.Cleanup(transport.CloseIdleConnections)
		go func() { fmt.Fprintln(pipe, `{"id": "e1"}`) }()
		resp, err := transport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { resp.Body.Close() })
		return pipe, bufio.NewReader(resp.Body), resp.Header.Get("Content-Type")
	}
	line := func(r *bufio.Reader) string {
		t.Helper()
		text, err := r.ReadString('\n')
		if err != nil {
			t.Fatalf("%q, %v", text, err)
		}
		return strings.ReplaceAll(strings.TrimSpace(text), " ", "")
	}

	in, out, kind := begin()
	if got := line(out); got != `{"acknowledged":"1"}` || kind != "application/x-ndjson" {
		t.Errorf("the first answer is %s, of type %q", got, kind)
	}
	fmt.Fprintf(in, "\n{\"id\": \"e2\"}\n{\"id\": \"e3\"}") // an empty line, and no end of the last
	in.Close()
	rest, err := io.ReadAll(out)
	if err != nil || !strings.Contains(strings.ReplaceAll(string(rest), " ", ""), `{"acknowledged":"3"}`) {
		t.Errorf("the rest is %q, %v", rest, err)
	}
	if err := <-ended; err != nil {
		t.Errorf("the server's side ended with %v", err)
	}

	in, out, _ = begin()
	line(out)
	fmt.Fprintln(in, `{"id": 7}`)
	if got := line(out); !strings.HasPrefix(got, `{"error":{"type":"urn:vitrine:error:INVALID_ARGUMENT"`) || !strings.Contains(got, `"line":2`) || !strings.Contains(got, "column8") {
		t.Errorf("a bad line is answered with %s", got)
	}
	if _, err := out.ReadByte(); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("after a bad line the answer ends with %v, as if it were whole", err)
	}
	if err := <-ended; err == nil {
		t.Error("the server took what came before a bad line for everything")
	}
	in.Close()
}

// frame is a frame of gRPC-Web.
func frame(flags byte, content []byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{flags}, uint32(len(content))), content...)
}

// webCall calls a method in gRPC-Web, binary or in base64.
func (r *running) webCall(t *testing.T, method, kind string, requests ...proto.Message) (messages [][]byte, trailer string) {
	t.Helper()
	var body []byte
	for _, request := range requests {
		message, err := proto.Marshal(request)
		if err != nil {
			t.Fatal(err)
		}
		body = append(body, frame(0, message)...)
	}
	if strings.Contains(kind, "-text") {
		body = base64.StdEncoding.AppendEncode(nil, body)
	}
	resp, text := r.ask(t, asked{verb: "POST", path: method, body: string(body), header: map[string]string{"Content-Type": kind, "X-Grpc-Web": "1"}})
	if resp.code != http.StatusOK || resp.header.Get("Content-Type") != kind {
		t.Fatalf("%s: %d %v", method, resp.code, resp.header)
	}
	answer := []byte(text)
	if strings.Contains(kind, "-text") {
		answer = nil
		for len(text) > 0 { // each frame is base64 of its own, with its padding
			end := len(text)
			if i := strings.IndexByte(text, '='); i >= 0 {
				end = len(text) - len(strings.TrimLeft(text[i:], "="))
			}
			part, err := base64.StdEncoding.DecodeString(text[:end])
			if err != nil {
				t.Fatal(err)
			}
			answer, text = append(answer, part...), text[end:]
		}
	}
	for len(answer) > 0 {
		size := binary.BigEndian.Uint32(answer[1:5])
		if answer[0] == 0x80 {
			return messages, string(answer[5 : 5+size])
		}
		messages = append(messages, answer[5:5+size])
		answer = answer[5+size:]
	}
	t.Fatalf("%s: no trailer", method)
	return nil, ""
}

func TestDoorSpeaksGRPCWeb(t *testing.T) {
	r := start(t, doorConfig(), &services{
		decide: func(context.Context, *pb.DecideRequest) (*pb.DecideResponse, error) {
			return nil, status.Error(codes.NotFound, "no placement \"h\u00f6me\"")
		},
		stream: func(stream pb.EventService_StreamEventsServer) error {
			for n := int64(1); n <= 3; n++ {
				if err := stream.Send(&pb.StreamEventsResponse{Acknowledged: n}); err != nil {
					return err
				}
			}
			_, err := stream.Recv()
			return err
		},
	})
	for _, kind := range []string{"application/grpc-web+proto", "application/grpc-web", "application/grpc-web-text"} {
		messages, trailer := r.webCall(t, pb.SiteService_CreateSite_FullMethodName, kind, &pb.CreateSiteRequest{Site: &pb.Site{DisplayName: "Shop"}})
		site := &pb.Site{}
		if len(messages) != 1 || proto.Unmarshal(messages[0], site) != nil || site.GetDisplayName() != "Shop" || trailer != "grpc-status: 0\r\n" {
			t.Errorf("%s: %d messages, %v, %q", kind, len(messages), site, trailer)
		}
		messages, trailer = r.webCall(t, pb.EventService_StreamEvents_FullMethodName, kind, &pb.StreamEventsRequest{})
		if len(messages) != 3 || trailer != "grpc-status: 0\r\n" {
			t.Errorf("%s, a stream: %d messages, %q", kind, len(messages), trailer)
		}
		if messages, trailer = r.webCall(t, decideMethod, kind, &pb.DecideRequest{}); len(messages) != 0 || trailer != "grpc-status: 5\r\ngrpc-message: no%20placement%20%22h%C3%B6me%22\r\n" {
			t.Errorf("%s, an error: %d messages, %q", kind, len(messages), trailer)
		}
	}
	if _, trailer := r.webCall(t, "/vitrine.v1.Nobody/Does", "application/grpc-web", &pb.DecideRequest{}); !strings.HasPrefix(trailer, "grpc-status: 12\r\n") {
		t.Errorf("no such method: %q", trailer)
	}
	for name, body := range map[string][]byte{
		"cut off":    frame(0, []byte("xxxx"))[:7],
		"compressed": frame(1, []byte("xxxx")),
		"no frame":   []byte("hello"),
		"too large":  {0, 0xff, 0xff, 0xff, 0xff},
		"nothing":    {},
		"two":        append(frame(0, nil), frame(0, nil)...),
	} {
		resp, text := r.ask(t, asked{verb: "POST", path: decideMethod, body: string(body), header: map[string]string{"Content-Type": "application/grpc-web"}})
		if resp.code != http.StatusOK || !strings.Contains(text, "grpc-status: ") || strings.Contains(text, "grpc-status: 0") {
			t.Errorf("%s: %d %q", name, resp.code, text)
		}
	}
}
