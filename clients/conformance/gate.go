package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
)

// gate is the port that clients connect to. What it lets in goes to whoever takes its
// connections now.
type gate struct {
	address string
	claim   net.PacketConn // on the same port: it is ours while connections are refused, too

	mu       sync.Mutex
	listener net.Listener // nil while connections are refused
	conns    map[string]*conn
	mute     bool
	taker    *taker
}

// openGate takes a port that it can give up and take again: none of those that the system
// hands out to others meanwhile, nor that of another gate. close gives it back.
func openGate(ctx context.Context) (*gate, error) {
	var failed error
	for range 100 {
		g := &gate{conns: map[string]*conn{}, address: net.JoinHostPort("127.0.0.1", strconv.Itoa(15_000+rand.IntN(15_000)))}
		if g.claim, failed = (&net.ListenConfig{}).ListenPacket(ctx, "udp", g.address); failed != nil {
			continue
		}
		if failed = g.accept(ctx); failed == nil {
			return g, nil
		}
		g.close()
	}
	return nil, fmt.Errorf("no free port between 15000 and 30000: %w", failed)
}

func (g *gate) close() {
	g.refuse()
	_ = g.claim.Close() // nothing was ever sent on it
}

// accept lets connections in (again).
func (g *gate) accept(ctx context.Context) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", g.address)
	if err != nil {
		return err
	}
	g.mu.Lock()
	g.listener = l
	g.mu.Unlock()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return // closed
			}
			g.let(l, c)
		}
	}()
	return nil
}

// refuse lets no more connections in and breaks those there are.
func (g *gate) refuse() {
	g.mu.Lock()
	l := g.listener
	g.listener = nil
	g.mu.Unlock()
	if l != nil {
		_ = l.Close() // nothing to be done about it
	}
	g.each((*conn).reset)
}

// let takes a connection that came by l, unless it was overtaken by refuse.
func (g *gate) let(l net.Listener, raw net.Conn) {
	tcp, ok := raw.(*net.TCPConn)
	if !ok {
		panic(fmt.Sprintf("%T from a TCP listener", raw))
	}
	c := &conn{Conn: raw, tcp: tcp, gate: g}
	c.left.Store(-1)
	g.mu.Lock()
	late := g.listener != l
	g.conns[c.RemoteAddr().String()] = c
	c.mute.Store(g.mute)
	taker := g.taker
	g.mu.Unlock()
	if late {
		c.reset()
		return
	}
	taker.take(c)
}

// setMute makes what comes go nowhere, and nothing come back. Connections that were
// mute once are broken when that ends.
func (g *gate) setMute(mute bool) {
	g.mu.Lock()
	g.mute = mute
	g.mu.Unlock()
	g.each(func(c *conn) {
		if was := c.mute.Swap(mute); was && !mute {
			c.reset()
		}
	})
}

func (g *gate) each(do func(*conn)) {
	g.mu.Lock()
	all := make([]*conn, 0, len(g.conns))
	for _, c := range g.conns {
		all = append(all, c)
	}
	g.mu.Unlock()
	for _, c := range all {
		do(c)
	}
}

// conn is the connection from that address; nil if it is gone.
func (g *gate) conn(peer string) *conn {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.conns[peer]
}

// pass gives the connections from now on to t.
func (g *gate) pass(t *taker) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.taker = t
}

// conn is a client's connection, which can be broken in several ways.
type conn struct {
	net.Conn
	tcp  *net.TCPConn
	gate *gate
	mute atomic.Bool
	left atomic.Int64 // bytes until it breaks; below 0: no end
}

func (c *conn) Read(b []byte) (int, error) {
	for {
		n, err := c.Conn.Read(b)
		if err != nil || !c.mute.Load() {
			return n, err
		}
	}
}

func (c *conn) Write(b []byte) (int, error) {
	if c.mute.Load() {
		return len(b), nil
	}
	left := c.left.Load()
	if left < 0 {
		return c.Conn.Write(b)
	}
	n, err := c.Conn.Write(b[:min(int(left), len(b))])
	if c.left.Add(-int64(n)); n < len(b) {
		_ = c.Close() // it is broken either way
		return n, errors.Join(err, net.ErrClosed)
	}
	return n, err
}

// Close implements net.Conn.
func (c *conn) Close() error {
	c.gate.mu.Lock()
	delete(c.gate.conns, c.RemoteAddr().String())
	c.gate.mu.Unlock()
	return c.Conn.Close()
}

// reset breaks it as a crash does.
func (c *conn) reset() {
	_ = c.tcp.SetLinger(0) // on a closed one nothing is left to do
	_ = c.Close()
}

// cutAfter breaks it after so many bytes more.
func (c *conn) cutAfter(bytes int64) { c.left.Store(bytes) }

// halfClose says that no more will come, and still listens.
func (c *conn) halfClose() { _ = c.tcp.CloseWrite() }

// taker is a net.Listener that is handed its connections.
type taker struct {
	conns   chan net.Conn
	closed  chan struct{}
	close   func()
	address string
}

func newTaker(address string) *taker {
	t := &taker{conns: make(chan net.Conn), closed: make(chan struct{}), address: address}
	t.close = sync.OnceFunc(func() { close(t.closed) })
	return t
}

func (t *taker) take(c net.Conn) {
	select {
	case t.conns <- c:
	case <-t.closed:
		_ = c.Close() // nobody wants it
	}
}

// Accept implements net.Listener.
func (t *taker) Accept() (net.Conn, error) {
	select {
	case c := <-t.conns:
		return c, nil
	case <-t.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (t *taker) Close() error {
	t.close()
	return nil
}

// Addr implements net.Listener.
func (t *taker) Addr() net.Addr { return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(t.address)) }
