package feed

import (
	"errors"
	"io"
)

// ImportStream is the caller's end of an import.
type ImportStream[Resp any] interface {
	Recv() (*Resp, error)
	CloseSend() error
}

// Import has send send everything, hands every progress report on meanwhile, and returns
// once the server has answered for all of it, or at the first error.
func Import[Resp any](stream ImportStream[Resp], send func() error, report func(*Resp) error) error {
	sent := make(chan error, 1)
	go func() {
		if err := send(); err != nil {
			sent <- err
			return
		}
		sent <- stream.CloseSend()
	}()
	for {
		resp, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			// The server may end early; then the sender's error is io.EOF too.
			if err := <-sent; err != nil && !errors.Is(err, io.EOF) {
				return err
			}
			return nil
		}
		if err != nil {
			return err
		}
		if err := report(resp); err != nil {
			return err
		}
	}
}
