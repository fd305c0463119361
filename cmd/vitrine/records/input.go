package records

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"unicode/utf8"
)

// maxLine bounds a line, and a quoted CSV record over several lines: an order
// line is some hundred bytes, the largest product the API takes some 40 KB.
const maxLine = 1 << 20

// Input is an open file, uncompressed on the fly.
type Input struct {
	path string
	size int64 // of the file as it is on disk; 0 when not known
	read atomic.Int64
	r    *bufio.Reader
	line int    // lines begun so far
	long []byte // a line that does not fit the buffer
	shut []io.Closer
}

// Open opens a file, or stdin for the path "-". Gzip is told by its first
// bytes, not by the name. A byte order mark is dropped.
func Open(path string, stdin io.Reader) (*Input, error) {
	in := &Input{path: path}
	if path == "-" {
		in.path = "stdin"
		return in, in.start(stdin)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("records: %w", err)
	}
	if st, err := f.Stat(); err == nil && st.Mode().IsRegular() {
		in.size = st.Size()
	} else if err == nil && st.IsDir() {
		return nil, errors.Join(fmt.Errorf("records: %s is a folder: name the files in it", path), f.Close())
	}
	in.shut = append(in.shut, f)
	if err := in.start(f); err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return in, nil
}

func (in *Input) start(raw io.Reader) error {
	in.r = bufio.NewReaderSize(&countingReader{r: raw, n: &in.read}, 64<<10)
	if magic, _ := in.r.Peek(2); len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		z, err := gzip.NewReader(in.r)
		if err != nil {
			return fmt.Errorf("records: %s looks like gzip but is not: %w", in.path, err)
		}
		in.shut = append(in.shut, z)
		in.r = bufio.NewReaderSize(z, 64<<10)
	}
	head, _ := in.r.Peek(3)
	switch {
	case len(head) >= 3 && string(head) == "\ufeff":
		_, err := in.r.Discard(3)
		return err
	case len(head) >= 2 && (head[0] == 0xff && head[1] == 0xfe || head[0] == 0xfe && head[1] == 0xff):
		return fmt.Errorf("records: %s is UTF-16: convert it first, as with `iconv -f UTF-16 -t UTF-8`", in.path)
	}
	return nil
}

// Path is the file's name, "stdin" for the standard input.
func (in *Input) Path() string { return in.path }

// Progress returns how many bytes of the file have been read, and how many it
// has: 0 when that is not known. It may be called from any goroutine.
func (in *Input) Progress() (read, size int64) { return in.read.Load(), in.size }

// Close releases the file.
func (in *Input) Close() error {
	var errs []error
	for i := len(in.shut) - 1; i >= 0; i-- {
		errs = append(errs, in.shut[i].Close())
	}
	return errors.Join(errs...)
}

func (in *Input) at(line int) Position { return Position{Path: in.path, Line: line} }

func (in *Input) bad(line int, format string, args ...any) *LineError {
	return &LineError{At: in.at(line), Reason: fmt.Sprintf(format, args...)}
}

// Line returns the next line without its end, and its number. The bytes
// hold until the next call. It returns io.EOF behind the last line, and a
// *LineError, having read past it, for a line that is too long or no UTF-8.
func (in *Input) Line() ([]byte, int, error) {
	in.long = in.long[:0]
	long := false
	for first := true; ; first = false {
		part, err := in.r.ReadSlice('\n')
		if first && (len(part) > 0 || err == nil) {
			in.line++
		}
		atEnd, full := errors.Is(err, io.EOF), errors.Is(err, bufio.ErrBufferFull)
		if err != nil && !atEnd && !full {
			return nil, in.line, fmt.Errorf("records: %s: reading behind line %d: %w", in.path, in.line, err)
		}
		done := err == nil || atEnd
		if first && atEnd && len(part) == 0 {
			return nil, in.line, io.EOF
		}
		switch {
		case long:
		case len(in.long)+len(part) > maxLine:
			long = true
		case done && first: // the whole line stands in the buffer
			return in.checked(trimEnd(part))
		default:
			in.long = append(in.long, part...)
		}
		if !done {
			continue
		}
		if long {
			return nil, in.line, in.bad(in.line, "longer than %d bytes", maxLine)
		}
		return in.checked(trimEnd(in.long))
	}
}

func (in *Input) checked(line []byte) ([]byte, int, error) {
	if !utf8.Valid(line) {
		return nil, in.line, in.bad(in.line, "invalid UTF-8 at byte %d: save the file as UTF-8", firstInvalid(line)+1)
	}
	return line, in.line, nil
}

func firstInvalid(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(b)
}

func trimEnd(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] == '\n' {
		b = b[:n-1]
	}
	if n := len(b); n > 0 && b[n-1] == '\r' {
		b = b[:n-1]
	}
	return b
}

type countingReader struct {
	r io.Reader
	n *atomic.Int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// Head returns what the file begins with, up to 4 KiB, and reads nothing.
func (in *Input) Head() []byte {
	head, _ := in.r.Peek(4096)
	return head
}
