package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

const (
	// partSuffix ends the name of a file that is not whole: FILE.ID.part, with the
	// backup's id.
	partSuffix = ".part"
	// intakeTries is how often a connection is taken up again without anything coming.
	intakeTries = 6
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// badBackupError is what came and is not what the server has.
type badBackupError struct{ text string }

func (e *badBackupError) Error() string { return e.text }

// intake receives a backup, in as many calls as it takes.
type intake struct {
	name    string   // of the file; empty: out
	part    *os.File // what it grows in; nil before the first piece
	out     io.Writer
	rate    int64
	display *progress.Display

	id      string
	at      int64 // bytes received
	sum     hash.Hash
	made    time.Time
	copying *progress.Phase
	sending *progress.Phase
}

// findPart takes up what an earlier run has left.
func (in *intake) findPart() error {
	in.sum = sha256.New()
	parts, err := filepath.Glob(escapeGlob(in.name) + ".*" + partSuffix)
	if err != nil {
		return err
	}
	if len(parts) > 1 {
		return fmt.Errorf("%s are there: delete all but the one to go on with", strings.Join(parts, " and "))
	}
	if len(parts) == 0 {
		return nil
	}
	if in.part, err = os.OpenFile(parts[0], os.O_RDWR, 0o600); err != nil {
		return err
	}
	in.id = strings.TrimSuffix(strings.TrimPrefix(parts[0], in.name+"."), partSuffix)
	return in.readSum()
}

// escapeGlob takes the meaning from what has one in a pattern.
func escapeGlob(name string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name)
}

func (in *intake) partName() string {
	if in.part == nil {
		return ""
	}
	return in.part.Name()
}

func (in *intake) close() {
	if in.part != nil {
		_ = in.part.Close()
	}
}

// anew forgets what there is.
func (in *intake) anew() error {
	in.id, in.at = "", 0
	in.sum.Reset()
	if in.part == nil {
		return nil
	}
	part := in.part
	in.part = nil
	_ = part.Close()
	return os.Remove(part.Name())
}

// receive returns when all of the backup is there, and is what the server has.
func (in *intake) receive(ctx context.Context, c pb.AdminServiceClient) error {
	if in.sum == nil {
		in.sum = sha256.New()
	}
	for failed := 0; ; failed++ {
		before := in.at
		done, err := in.call(ctx, c)
		if done {
			return err
		}
		switch code := status.Code(err); {
		case code == codes.NotFound && in.id != "" && in.name != "":
			in.display.Println("the server no longer has backup " + in.id + ": beginning anew")
			if err := in.anew(); err != nil {
				return err
			}
			continue
		case code != codes.Unavailable || in.id == "" || ctx.Err() != nil:
			return err
		}
		if in.at > before {
			failed = 0
		}
		if failed == intakeTries {
			return err
		}
		in.display.Println(fmt.Sprintf("cut off at byte %s: going on", progress.Thousands(in.at)))
		if err := pauseBefore(ctx, failed); err != nil {
			return err
		}
	}
}

// pauseBefore waits before a call that follows so many in vain: not at all, then half a
// second, doubling.
func pauseBefore(ctx context.Context, failed int) error {
	if failed == 0 {
		return ctx.Err()
	}
	t := time.NewTimer(time.Second << failed / 4)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// call receives until the end, or until something goes wrong; done says whether
// another call would help.
func (in *intake) call(ctx context.Context, c pb.AdminServiceClient) (done bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := c.Backup(ctx, &pb.BackupRequest{BackupId: in.id, Offset: in.at, BytesPerSecond: in.rate})
	if err != nil {
		return false, err
	}
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return true, &badBackupError{"the server ended the backup before its end: try again"}
		}
		if err != nil {
			return false, err
		}
		if m.GetBackupId() == "" {
			in.showCopying(m)
			continue
		}
		if err := in.take(m); err != nil {
			return true, err
		}
		if len(m.GetSha256()) > 0 {
			in.sending.End()
			if !bytes.Equal(m.GetSha256(), in.sum.Sum(nil)) {
				return true, errors.Join(&badBackupError{"what came is not what the server has (another checksum); it was removed: try again"}, in.anew())
			}
			return true, nil
		}
	}
}

// take takes a piece.
func (in *intake) take(m *pb.BackupResponse) (err error) {
	if m.GetOffset() != in.at {
		return &badBackupError{fmt.Sprintf("the server sent byte %d, and byte %d is next", m.GetOffset(), in.at)}
	}
	if crc32.Checksum(m.GetData(), castagnoli) != m.GetChecksum() {
		return &badBackupError{fmt.Sprintf("the piece at byte %d has another checksum: run it again", in.at)}
	}
	in.id, in.made = m.GetBackupId(), m.GetBackupTime().AsTime()
	out := in.out
	if in.name != "" {
		if in.part == nil {
			name := in.name + "." + in.id + partSuffix
			if in.part, err = os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
				return err
			}
		}
		out = in.part
	}
	if _, err := out.Write(m.GetData()); err != nil {
		return err
	}
	in.sum.Write(m.GetData())
	in.at += int64(len(m.GetData()))
	if in.copying != nil {
		in.copying.End()
		in.copying = nil
	}
	if in.sending == nil {
		in.sending = in.display.Phase("receive", "bytes")
	}
	in.sending.Set(in.at, in.at, m.GetTotalBytes())
	return nil
}

// showCopying shows how far the server's copy is.
func (in *intake) showCopying(m *pb.BackupResponse) {
	if in.copying == nil {
		in.copying = in.display.Phase("copy", "bytes")
	}
	in.copying.Set(m.GetCopiedBytes(), m.GetCopiedBytes(), m.GetTotalBytes())
}
