package server_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/store/boltstore"
)

// backUp receives a backup, or the rest of one, until it ends or has at least so many
// bytes, and verifies what comes.
func (s *shop) backUp(req *pb.BackupRequest, most int) (data []byte, last *pb.BackupResponse) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	defer cancel()
	stream, err := pb.NewAdminServiceClient(s.conn).Backup(ctx, req)
	must(s.t, err)
	for len(data) < most || last.GetSha256() != nil { // what has the end has an end
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		must(s.t, err)
		if m.GetBackupId() == "" {
			continue // it is copied yet
		}
		if m.GetOffset() != req.GetOffset()+int64(len(data)) || m.GetChecksum() != crc32.Checksum(m.GetData(), crc32.MakeTable(crc32.Castagnoli)) {
			s.t.Fatalf("a piece at %d, want %d; or another checksum", m.GetOffset(), req.GetOffset()+int64(len(data)))
		}
		data, last = append(data, m.GetData()...), m
	}
	return data, last
}

// restored makes a data folder of a backup.
func (s *shop) restored(data []byte) (dir string) {
	s.t.Helper()
	name := filepath.Join(s.t.TempDir(), "backup")
	must(s.t, os.WriteFile(name, data, 0o600))
	dir = filepath.Join(s.t.TempDir(), "data")
	_, err := boltstore.Restore(s.t.Context(), name, dir, boltstore.RestoreOptions{})
	must(s.t, err)
	return dir
}

// TestARestoredServerAnswersAsTheOriginalDid compares decisions and visitors byte for
// byte: of a server at the moment of a backup, and of another one on what was restored
// of it.
func TestARestoredServerAnswersAsTheOriginalDid(t *testing.T) {
	b := newBazaar(t, t.TempDir())
	b.start()
	b.open()
	b.trade(0)
	b.manage(0)
	b.learnedAll()
	visitors := func(s *shop) (all []string) {
		known := 0
		for k := range 40 {
			v, err := s.visitors.GetVisitor(t.Context(), &pb.GetVisitorRequest{Name: fmt.Sprintf("sites/shop/visitors/v%d-%d", k/5, k%5)})
			if status.Code(err) == codes.NotFound {
				all = append(all, "")
				continue
			}
			must(t, err)
			all = append(all, encode(t, v))
			known++
		}
		if known < 5 {
			t.Fatalf("%d visitors are known: that shows little", known)
		}
		return all
	}
	want, wantVisitors := b.answers(), visitors(b.shop)
	data, last := b.backUp(&pb.BackupRequest{}, 1<<40)
	if sum := sha256.Sum256(data); !bytes.Equal(sum[:], last.GetSha256()) || int64(len(data)) != last.GetTotalBytes() || last.GetBackupTime() == nil {
		t.Fatalf("%d bytes, the last piece says %v", len(data), last)
	}
	b.trade(1) // goes on
	b.stop()

	again := newBazaar(t, b.restored(data))
	again.began = b.began
	again.start()
	again.learnedAll()
	compare(t, again.answers(), want)
	for k, v := range visitors(again.shop) {
		if v != wantVisitors[k] {
			t.Errorf("visitor %d differs", k)
		}
	}
	again.stop()
}

func TestABackupIsResumedWhereItWasCutOff(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	var more []*pb.Product
	for n := range 3000 {
		more = append(more, &pb.Product{Name: fmt.Sprint("more-", n), Title: strings.Repeat(fmt.Sprint(n, " "), 60)})
	}
	s.sell("shop", more...)
	rng := rand.New(rand.NewPCG(4, 2))
	data, last := s.backUp(&pb.BackupRequest{}, 1)
	for cuts := 0; last.GetSha256() == nil; cuts++ {
		if cuts > 0 && rng.IntN(2) == 0 { // what came last was lost on its way
			data = data[:len(data)-rng.IntN(1000)]
		}
		s.track("shop", viewed("v1", "shoe-1")) // goes on meanwhile
		var more []byte
		more, last = s.backUp(&pb.BackupRequest{BackupId: last.GetBackupId(), Offset: int64(len(data))}, 1+rng.IntN(400_000))
		data = append(data, more...)
	}
	if sum := sha256.Sum256(data); !bytes.Equal(sum[:], last.GetSha256()) {
		t.Error("another checksum")
	}
	st, err := pb.NewAdminServiceClient(s.conn).GetStatus(t.Context(), &pb.GetStatusRequest{})
	must(t, err)
	if !st.GetLastBackupTime().AsTime().Equal(last.GetBackupTime().AsTime()) {
		t.Errorf("the last backup is of %v, want %v", st.GetLastBackupTime(), last.GetBackupTime())
	}
	if at, want := gauge(t, s.registry, "vitrine_last_backup_timestamp_seconds"), float64(last.GetBackupTime().GetSeconds()); at != want {
		t.Errorf("the metric of the last backup is %v, want %v", at, want)
	}
	admin := pb.NewAdminServiceClient(s.conn)
	for compacted := false; !compacted; { // it drops the backup once the calls that were cut off have ended
		stream, err := admin.Compact(t.Context(), &pb.CompactRequest{})
		must(t, err)
		for err == nil {
			_, err = stream.Recv()
		}
		if compacted = errors.Is(err, io.EOF); !compacted {
			wantCode(t, err, codes.FailedPrecondition)
		}
	}
	refused := func(req *pb.BackupRequest) error {
		stream, err := pb.NewAdminServiceClient(s.conn).Backup(t.Context(), req)
		must(t, err)
		_, err = stream.Recv()
		return err
	}
	wantCode(t, refused(&pb.BackupRequest{BackupId: last.GetBackupId(), Offset: 3}), codes.NotFound)
	wantViolation(t, refused(&pb.BackupRequest{Offset: 3}), "offset", "a new backup begins at 0")
	wantViolation(t, refused(&pb.BackupRequest{Offset: -1}), "offset", "")
	wantViolation(t, refused(&pb.BackupRequest{BytesPerSecond: -1}), "bytes_per_second", "")
	_, last = s.backUp(&pb.BackupRequest{}, 1<<40)
	wantViolation(t, refused(&pb.BackupRequest{BackupId: last.GetBackupId(), Offset: 1 << 40}), "offset", "the backup ends at")
}

// TestABackupOfAnErasedVisitorIsWithoutThem looks for them in the raw bytes, also of
// what was learned.
func TestABackupOfAnErasedVisitorIsWithoutThem(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	for k := range 5 {
		s.track("shop", viewed("visitor-gone", fmt.Sprint("shoe-", k)))
		s.track("shop", viewed("visitor-stays", fmt.Sprint("shoe-", k)))
		s.home("shop", "visitor-gone", 4)
		s.home("shop", "visitor-stays", 4)
	}
	s.erase("sites/shop/visitors/visitor-gone")
	data, _ := s.backUp(&pb.BackupRequest{}, 1<<40)
	if bytes.Contains(data, []byte("visitor-gone")) {
		t.Error("the backup has the erased visitor in it")
	}
	if !bytes.Contains(data, []byte("visitor-stays")) {
		t.Error("the other one is lost")
	}
}
