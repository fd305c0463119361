// Package feed sends records into a shop through the API's import streams:
// batched, with progress, and able to say of every bad record where it stood.
package feed

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
)

// A batch is sent when it has one of these: what the API takes in a message,
// or a quarter of what gRPC takes.
const (
	batchRecords = 1000
	batchBytes   = 1 << 20
)

// Next hands out records until io.EOF; see records.Reader.
type Next[M proto.Message] func() (records.Record[M], error)

// Bad is told of each record that is left out, whether the file or the server
// says so, one after another. The error it returns, if any, ends the import:
// what was sent stays, the rest is not read.
type Bad func(*records.LineError) error

// errBroken means that the server ended the stream early.
var errBroken = errors.New("the stream broke off")

// pump moves records from next into a stream of Req and hands the answers of
// type Res to answer.
type pump[M proto.Message, Req, Res any] struct {
	next     Next[M]
	bad      Bad
	stream   grpc.BidiStreamingClient[Req, Res]
	request  func([]M) *Req
	received func(*Res) int64 // how many records the server has dealt with

	mu    sync.Mutex
	sent  []records.Position // of the records not dealt with yet
	first int64              // index of the first of them
	lines int64              // records left out by the file
	one   sync.Mutex         // around calls of bad
}

func (p *pump[M, Req, Res]) tell(line *records.LineError) error {
	p.one.Lock()
	defer p.one.Unlock()
	return p.bad(line)
}

// send sends until the records or ctx end, and returns why it stopped: nil at
// the end of the records.
func (p *pump[M, Req, Res]) send(ctx context.Context, failed <-chan error) error {
	var batch []M
	var places []records.Position
	bytes := 0
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		p.mu.Lock()
		p.sent = append(p.sent, places...)
		p.mu.Unlock()
		err := p.stream.Send(p.request(batch))
		batch, places, bytes = nil, places[:0], 0
		if errors.Is(err, io.EOF) {
			return errBroken // Recv knows why
		}
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return errors.Join(flush(), ctx.Err())
		case err := <-failed:
			return errors.Join(flush(), err)
		default:
		}
		rec, err := p.next()
		var line *records.LineError
		switch {
		case errors.As(err, &line):
			p.mu.Lock()
			p.lines++
			p.mu.Unlock()
			if err := p.tell(line); err != nil {
				return errors.Join(flush(), err)
			}
			continue
		case errors.Is(err, io.EOF):
			return flush()
		case err != nil:
			return errors.Join(flush(), err)
		}
		batch, places = append(batch, rec.Message), append(places, rec.At)
		if bytes += proto.Size(rec.Message); len(batch) >= batchRecords || bytes >= batchBytes {
			if err := flush(); err != nil {
				return err
			}
		}
	}
}

// place is where the record of that index stood.
func (p *pump[M, Req, Res]) place(index int64) records.Position {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := index - p.first; i >= 0 && i < int64(len(p.sent)) {
		return p.sent[i]
	}
	return records.Position{Path: "the server's record", Line: int(index)}
}

// forget drops the places of the records dealt with.
func (p *pump[M, Req, Res]) forget(received int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := received - p.first; n > 0 {
		n = min(n, int64(len(p.sent)))
		p.sent = append(p.sent[:0], p.sent[n:]...)
		p.first += n
	}
}

// patience is how long an import that was called off waits for the server's
// last word on what it has stored.
const patience = 10 * time.Second

// run sends and receives until both are done. finish ends the sending side, as
// why, the reason the sending stopped for, asks for. answer gets each response
// and returns an error to stop the sending.
func (p *pump[M, Req, Res]) run(ctx context.Context, cancel context.CancelFunc, answer func(*Res) error, finish func(why error) error) error {
	failed := make(chan error, 1)
	received := make(chan error, 1)
	go func() {
		received <- p.receive(answer, failed)
	}()
	why := p.send(ctx, failed)
	if err := finish(why); err != nil && why == nil {
		why = err
	}
	if why != nil && !errors.Is(why, errBroken) {
		timer := time.AfterFunc(patience, cancel)
		defer timer.Stop()
	}
	err := <-received
	select {
	case late := <-failed:
		why = errors.Join(why, late)
	default:
	}
	switch {
	case why == nil, errors.Is(why, errBroken):
		return err
	default:
		return why
	}
}

func (p *pump[M, Req, Res]) receive(answer func(*Res) error, failed chan<- error) error {
	for {
		res, err := p.stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := answer(res); err != nil {
			select {
			case failed <- err:
			default:
			}
		}
		p.forget(p.received(res))
	}
}

// isCancelled reports whether a call ended because its caller broke it off.
func isCancelled(err error) bool { return status.Code(err) == codes.Canceled }
