package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"strconv"
	"sync"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Wire is an open connection for HTTP/2, and what the header of a call on it says.
type Wire struct {
	net.Conn
	Scheme, Authority string
	Authorization     string // empty: none
}

const (
	// roomAhead is how many bytes the server may send before it must be told of more.
	roomAhead = 1 << 30
	// sweepEvery is how often a line that hears nothing looks for calls whose time is up.
	sweepEvery = 5 * time.Millisecond
	// prefix is how many bytes gRPC has before a message: whether it is compressed, and its length.
	prefix = 5
)

// line makes unary calls of a method over a connection of its own. It speaks HTTP/2 by
// itself, for a gRPC client needs 30 to 40 us a call and with five times what a server can
// do a whole core, which the server beside it then lacks. To the server its calls are a
// gRPC client's: each has a deadline in its header and is cancelled when that has passed,
// and none is sent before the streams that the server allows and its window have room.
type line struct {
	wire    Wire
	path    string
	timeout time.Duration
	framer  *http2.Framer // read by one goroutine, written under mu
	awake   chan struct{} // there is something to write, or the line is closed

	mu       sync.Mutex
	out      *bytes.Buffer // to be written
	header   bytes.Buffer  // of the call that is sent
	encoder  *hpack.Encoder
	message  []byte
	next     uint32           // stream
	most     uint32           // streams at once; none before the server has told
	window   int64            // bytes that the server takes
	unheard  uint32           // bytes received that it has not been told of
	sent     map[uint32]*call // by stream, until they end
	waiting  []*call          // for room
	order    []*call          // as they were begun, from those on that may not have ended
	reader   *reader
	broken   error // no call is begun any more
	finished sync.WaitGroup
}

// call is one on a line. When it ends done is told, once, by one goroutine at a time; it
// must not block nor make calls.
type call struct {
	due, begun time.Time
	request    []byte
	right      func(answer []byte) bool // looks into the answer, when not nil
	done       func(c *call, ended time.Time, err error)

	stream uint32
	ended  bool
	body   []byte
}

// newLine takes the connection over; close ends it.
func newLine(wire Wire, path string, timeout time.Duration) *line {
	l := &line{
		wire: wire, path: path, timeout: timeout, awake: make(chan struct{}, 1), out: &bytes.Buffer{},
		next: 1, window: 65_535, // RFC 9113 has it until the server tells more
		sent: make(map[uint32]*call), reader: newReader(),
	}
	l.encoder = hpack.NewEncoder(&l.header)
	l.framer = http2.NewFramer(pending{l}, bufio.NewReaderSize(wire.Conn, 64<<10))
	l.framer.SetReuseFrames()
	l.out.WriteString(http2.ClientPreface)
	l.do(l.framer.WriteSettings(http2.Setting{ID: http2.SettingEnablePush, Val: 0},
		http2.Setting{ID: http2.SettingInitialWindowSize, Val: roomAhead}))
	l.do(l.framer.WriteWindowUpdate(0, roomAhead))
	l.finished.Go(l.write)
	l.finished.Go(l.read)
	l.wake()
	return l
}

// pending is where the framer writes: to what is to be written.
type pending struct{ *line }

func (p pending) Write(b []byte) (int, error) { return p.out.Write(b) }

// do takes the error of a frame that went into memory: there is none.
func (l *line) do(err error) {
	if err != nil {
		panic("bench: " + err.Error())
	}
}

func (l *line) wake() {
	select {
	case l.awake <- struct{}{}:
	default:
	}
}

// close ends the line, and calls that are under way.
func (l *line) close() {
	l.fail(errors.New("closed"))
	l.finished.Wait()
}

// fail ends the line for a reason.
func (l *line) fail(why error) {
	_ = l.wire.Close() // nothing more is wanted of it
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken == nil {
		l.broken = status.Error(codes.Unavailable, why.Error())
	}
	now := time.Now()
	for _, c := range l.order {
		l.end(c, now, l.broken)
	}
	l.order, l.waiting = nil, nil
	l.wake()
}

// write writes what there is, all at a time, and has an eye on the deadlines.
func (l *line) write() {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	full := &bytes.Buffer{}
	for {
		select {
		case <-l.awake:
		case <-tick.C:
		}
		l.mu.Lock()
		l.sweep(time.Now())
		l.out, full = full, l.out
		over := l.broken != nil
		l.mu.Unlock()
		if over {
			return
		}
		if _, err := l.wire.Write(full.Bytes()); err != nil {
			l.fail(err)
			return
		}
		full.Reset()
	}
}

// begin begins a call now.
func (l *line) begin(c *call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.begun = time.Now()
	if l.broken != nil {
		l.end(c, c.begun, l.broken)
		return
	}
	l.order = append(l.order, c)
	l.waiting = append(l.waiting, c)
	l.send()
}

// send sends what waits, as far as there is room.
func (l *line) send() {
	for len(l.waiting) > 0 {
		c := l.waiting[0]
		size := int64(prefix + len(c.request))
		if !c.ended {
			if uint32(len(l.sent)) >= l.most || size > l.window {
				return
			}
			l.window -= size
			l.put(c)
		}
		l.waiting = l.waiting[1:]
	}
}

// put writes a call as a gRPC client does: the header, and the message with its length.
func (l *line) put(c *call) {
	c.stream = l.next
	l.next += 2
	l.sent[c.stream] = c
	l.header.Reset()
	field := func(name, value string) { l.do(l.encoder.WriteField(hpack.HeaderField{Name: name, Value: value})) }
	field(":method", "POST")
	field(":scheme", l.wire.Scheme)
	field(":path", l.path)
	field(":authority", l.wire.Authority)
	field("content-type", "application/grpc")
	field("user-agent", "vitrine-bench")
	field("te", "trailers")
	field("grpc-timeout", strconv.FormatInt(max(time.Until(c.begun.Add(l.timeout)).Microseconds(), 1), 10)+"u")
	if l.wire.Authorization != "" {
		field("authorization", l.wire.Authorization)
	}
	l.do(l.framer.WriteHeaders(http2.HeadersFrameParam{StreamID: c.stream, BlockFragment: l.header.Bytes(), EndHeaders: true}))
	l.message = append(l.message[:0], 0)
	l.message = binary.BigEndian.AppendUint32(l.message, uint32(len(c.request)))
	l.message = append(l.message, c.request...)
	l.do(l.framer.WriteData(c.stream, true, l.message))
	l.wake()
}

// end ends a call, unless it has ended.
func (l *line) end(c *call, now time.Time, err error) {
	if c.ended {
		return
	}
	c.ended = true
	delete(l.sent, c.stream)
	if err == nil && c.right != nil && (len(c.body) < prefix || !c.right(c.body[prefix:])) {
		err = errWrongAnswer
	}
	c.done(c, now, err)
}

var errTime = status.Error(codes.DeadlineExceeded, "no answer in time")

// sweep ends the calls whose time is up.
func (l *line) sweep(now time.Time) {
	for len(l.order) > 0 {
		c := l.order[0]
		if !c.ended {
			if now.Sub(c.begun) < l.timeout {
				break
			}
			if c.stream != 0 {
				l.do(l.framer.WriteRSTStream(c.stream, http2.ErrCodeCancel))
			}
			l.end(c, now, errTime)
		}
		l.order = l.order[1:]
	}
	l.send()
}

// worker makes one call after another, for closed.
func (l *line) worker(next func() *call) func(context.Context) error {
	result := make(chan error, 1)
	return func(context.Context) error {
		c := next()
		c.done = func(_ *call, _ time.Time, err error) { result <- err }
		l.begin(c)
		return <-result
	}
}
