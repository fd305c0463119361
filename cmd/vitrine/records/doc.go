// Package records reads a shop's files, JSON Lines or CSV, into products and
// events. It streams: beside the record at hand it holds one line, and the rows
// of the events that a mapping groups. A line that is no record is reported
// with its file, number and reason, and reading goes on behind it.
package records

import (
	"fmt"

	"google.golang.org/protobuf/proto"
)

// Position is where a record begins.
type Position struct {
	Path string
	Line int // counted from 1
}

// String is `path:line`, as editors and compilers write it.
func (p Position) String() string { return fmt.Sprintf("%s:%d", p.Path, p.Line) }

// LineError says why a line is no record. The reader that returned it can go on.
type LineError struct {
	At     Position
	Reason string
}

// Error is `path:line: reason`.
func (e *LineError) Error() string { return e.At.String() + ": " + e.Reason }

// Record is one message of a file.
type Record[M proto.Message] struct {
	Message M
	At      Position
}

// Reader reads the records of a file in their order. It is for one goroutine.
type Reader[M proto.Message] interface {
	// Next returns the next record, or io.EOF behind the last one. A *LineError
	// means that one record is bad and that Next may be called again; any other
	// error is final.
	Next() (Record[M], error)
	// Skipped counts the rows that the mapping's skip rules left out, by the
	// names of the rules.
	Skipped() map[string]int64
}
