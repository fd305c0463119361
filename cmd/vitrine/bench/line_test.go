package bench

import (
	"bytes"
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/tap"
	"google.golang.org/protobuf/types/known/durationpb"
)

// lineTo is a line to where a client is connected.
func lineTo(t *testing.T, conn *grpc.ClientConn, method string, timeout time.Duration) *line {
	t.Helper()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", conn.Target())
	if err != nil {
		t.Fatal(err)
	}
	l := newLine(Wire{Conn: c, Scheme: "http", Authority: conn.Target(), Authorization: "Bearer x"}, method, timeout)
	t.Cleanup(l.close)
	return l
}

// outcomes makes so many calls at once, and returns what each ended with.
func outcomes(l *line, n int, request []byte, right func([]byte) bool) []error {
	ended := make(chan error, n)
	for range n {
		l.begin(&call{request: request, right: right, done: func(_ *call, _ time.Time, err error) { ended <- err }})
	}
	var all []error
	for range n {
		all = append(all, <-ended)
	}
	return all
}

// As many calls as a window has no room for and a connection no streams, with answers that
// come in several frames.
func TestALineCallsAsAClientDoes(t *testing.T) {
	conn := echoOnly(t, grpc.MaxConcurrentStreams(8))
	page := bytes.Repeat([]byte{0x0a, 0x02, 'a', 'b'}, 10_000)
	if err := conn.Invoke(t.Context(), echoPrepare, page, &answer{}, asIs); err != nil {
		t.Fatal(err)
	}
	l := lineTo(t, conn, echoDecide, time.Minute)
	seen := 0
	for _, err := range outcomes(l, 300, bytes.Repeat([]byte{0x0a, 0x02, 'c', 'd'}, 1000), func(a []byte) bool {
		seen++
		return bytes.Equal(a, page)
	}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen != 300 {
		t.Errorf("%d answers, want 300", seen)
	}
	if err := outcomes(l, 1, nil, func([]byte) bool { return false })[0]; !errors.Is(err, errWrongAnswer) {
		t.Errorf("an answer that is not right: %v", err)
	}
	wrong := lineTo(t, conn, "/none.Such/Method", time.Minute)
	if err := outcomes(wrong, 1, nil, nil)[0]; status.Code(err) != codes.Unimplemented {
		t.Errorf("a method that there is not: %v", err)
	}
}

func TestALineHearsARefusal(t *testing.T) {
	busy, err := status.New(codes.ResourceExhausted, "busy, 100 %").WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(3 * time.Second)})
	if err != nil {
		t.Fatal(err)
	}
	conn := echoOnly(t, grpc.InTapHandle(func(ctx context.Context, info *tap.Info) (context.Context, error) {
		if got := info.Header.Get("authorization"); len(got) != 1 || got[0] != "Bearer x" {
			t.Errorf("authorization %q", got)
		}
		return ctx, busy.Err()
	}))
	for _, err := range outcomes(lineTo(t, conn, echoDecide, time.Minute), 200, []byte{}, nil) {
		if status.Code(err) != codes.ResourceExhausted || advised(err) != 3*time.Second {
			t.Fatalf("%v with the advice %v", err, advised(err))
		}
	}
}

// One call is at the server and one waits for its stream: both end at their deadline, and
// the server is told.
func TestALineKeepsItsDeadline(t *testing.T) {
	left := make(chan error, 1)
	conn := echoOnly(t, grpc.MaxConcurrentStreams(1), grpc.UnknownServiceHandler(func(_ any, stream grpc.ServerStream) error {
		<-stream.Context().Done()
		left <- stream.Context().Err()
		return nil
	}))
	l := lineTo(t, conn, "/slow.Service/Wait", 50*time.Millisecond)
	begun := time.Now()
	for _, err := range outcomes(l, 2, []byte{}, nil) {
		if status.Code(err) != codes.DeadlineExceeded {
			t.Errorf("got %v", err)
		}
	}
	if took := time.Since(begun); took < 50*time.Millisecond {
		t.Errorf("given up after %v, want 50 ms and more", took)
	}
	if err := <-left; err == nil {
		t.Error("the server's call was not ended")
	}
}

func TestALineThatBreaks(t *testing.T) {
	arrived := make(chan struct{})
	conn := echoOnly(t, grpc.UnknownServiceHandler(func(_ any, stream grpc.ServerStream) error {
		close(arrived)
		<-stream.Context().Done()
		return nil
	}))
	l := lineTo(t, conn, "/slow.Service/Wait", time.Minute)
	go func() {
		<-arrived
		_ = l.wire.Close()
	}()
	for range 2 { // one under way, and one afterwards
		if err := outcomes(l, 1, []byte{}, nil)[0]; status.Code(err) != codes.Unavailable {
			t.Errorf("got %v", err)
		}
	}
}
