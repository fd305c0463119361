package edge

import (
	"net"
	"sync"
	"sync/atomic"
)

// bounded takes so many connections at once. One more is closed at once, so that its
// client goes elsewhere instead of waiting for a handshake.
type bounded struct {
	net.Listener
	most    int64
	open    *atomic.Int64 // of all listeners of the API together
	metrics *metrics
}

// bounded bounds the connections of a listener of the API.
func (s *Server) bounded(l net.Listener) net.Listener {
	return &bounded{Listener: l, most: int64(s.cfg.Limits.MaxConnections), open: &s.connections, metrics: s.metrics}
}

// Accept implements net.Listener.
func (b *bounded) Accept() (net.Conn, error) {
	for {
		conn, err := b.Listener.Accept()
		if err != nil {
			return nil, err
		}
		tcp, ok := conn.(*net.TCPConn)
		if !ok {
			return conn, nil
		}
		if b.open.Add(1) > b.most {
			b.open.Add(-1)
			b.metrics.closed.Inc()
			_ = conn.Close() // nobody has used it
			continue
		}
		b.metrics.open.Inc()
		return &counted{TCPConn: tcp, of: b}, nil
	}
}

// counted is a connection that is counted until it is closed.
type counted struct {
	*net.TCPConn
	of   *bounded
	once sync.Once
}

// Close implements net.Conn.
func (c *counted) Close() error {
	c.once.Do(func() {
		c.of.open.Add(-1)
		c.of.metrics.open.Dec()
	})
	return c.TCPConn.Close()
}
