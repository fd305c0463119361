package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// TestBackUpAndRestoreAShop carries a shop into another folder, and looks at both.
func TestBackUpAndRestoreAShop(t *testing.T) {
	dir, files := t.TempDir(), t.TempDir()
	s := serve(t, dir)
	vitrine := func(args ...string) string {
		t.Helper()
		code, out, errs := call(t, nil, args...)
		if code != exitOK {
			t.Fatalf("%v: exit code %d\n%s", args, code, errs)
		}
		return out
	}
	fails := func(want string, args ...string) {
		t.Helper()
		if code, _, errs := call(t, nil, args...); code != exitFailure || !strings.Contains(errs, want) {
			t.Errorf("%v: exit code %d, want %q in\n%s", args, code, want, errs)
		}
	}
	vitrine("sites", "create", "shop", "--target", s.addr)
	vitrine("track", "--target", s.addr, "--site", "shop", "--visitor", "ada", "--consent", "granted", "view", "p1")
	file := filepath.Join(files, "shop.vitrine")
	if out := vitrine("backup", "--target", s.addr, file); !strings.Contains(out, "shop.vitrine has the data of") {
		t.Errorf("backed up: %s", out)
	}
	fails("is there already", "backup", "--target", s.addr, file)
	var done backedUp
	if err := json.Unmarshal([]byte(vitrine("backup", "--target", s.addr, "--force", "--json", "--rate", "100", file)), &done); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil || done.SHA256 != fmt.Sprintf("%x", sha256.Sum256(whole)) || done.Bytes != int64(len(whole)) || done.BackupTime.IsZero() {
		t.Errorf("%+v of %d bytes, %v", done, len(whole), err)
	}
	if out := vitrine("backup", "--target", s.addr, "-"); !strings.HasPrefix(out, "VITRBKUP") {
		t.Errorf("to standard output: %.20q", out)
	}
	fails("stop it", "check", "--data-dir", dir)
	fails("stop it first", "restore", "--data-dir", dir, "--force", file)
	s.end(t, dir)

	to := filepath.Join(t.TempDir(), "data")
	if out := vitrine("restore", file, "--data-dir", to); !strings.Contains(out, "1 sites, 0 products, 1 profiles, 1 events") {
		t.Errorf("restored: %s", out)
	}
	if out := vitrine("check", "--data-dir", to); !strings.Contains(out, "is sound: 1 sites") {
		t.Errorf("checked: %s", out)
	}
	fails("--force", "restore", file, "--data-dir", to)
	if out := vitrine("restore", file, "--data-dir", to, "--force"); !strings.Contains(out, "delete it once all is well") {
		t.Errorf("restored by force: %s", out)
	}
	again := serve(t, to)
	if out := vitrine("visitor", "show", "--target", again.addr, "--site", "shop", "ada"); !strings.Contains(out, "1 event") {
		t.Errorf("the visitor: %s", out)
	}
	again.end(t, to)

	cut := filepath.Join(files, "cut")
	if err := os.WriteFile(cut, whole[:len(whole)-7], 0o600); err != nil {
		t.Fatal(err)
	}
	fails(fmt.Sprintf("at byte %d: it is cut off", len(whole)-7), "restore", cut, "--data-dir", filepath.Join(files, "none"))
	fails("there is no data of Vitrine", "check", "--data-dir", files)
}

func TestCheckTellsWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir)
	if code, _, errs := call(t, nil, "sites", "create", "shop", "--target", s.addr); code != exitOK {
		t.Fatal(errs)
	}
	s.end(t, dir)
	file := filepath.Join(dir, "snapshots", "00000001", "s-model.snap")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := call(t, nil, "check", "--data-dir", dir)
	if code != exitFailure || !strings.Contains(out, "snapshots/00000001/s-model.snap") || !strings.Contains(out, "delete this file") || !strings.Contains(errs, "wrong in 1 places") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	var seen struct {
		Sound    bool
		Findings []map[string]string
	}
	code, out, _ = call(t, nil, "check", "--data-dir", dir, "--json")
	if err := json.Unmarshal([]byte(out), &seen); err != nil || code != exitFailure || seen.Sound || len(seen.Findings) != 1 {
		t.Errorf("exit code %d, %v\n%s", code, err, out)
	}
}

// flaky is a server whose connections are cut.
type flaky struct {
	pb.UnimplementedAdminServiceServer
	data  []byte
	piece int
	cut   int // after so many pieces
	keeps string
	asked []*pb.BackupRequest
	flip  bool
}

func (f *flaky) Backup(req *pb.BackupRequest, stream grpc.ServerStreamingServer[pb.BackupResponse]) error {
	f.asked = append(f.asked, req)
	if req.GetBackupId() != "" && req.GetBackupId() != f.keeps {
		return status.Error(codes.NotFound, "not found")
	}
	sum := sha256.Sum256(f.data)
	for at, n := int(req.GetOffset()), 0; ; n++ {
		if n == f.cut {
			return status.Error(codes.Unavailable, "cut off")
		}
		part := f.data[at:min(at+f.piece, len(f.data))]
		m := &pb.BackupResponse{
			BackupId: f.keeps, Offset: int64(at), Data: part, Checksum: crc32.Checksum(part, castagnoli), TotalBytes: int64(len(f.data)),
		}
		if f.flip {
			m.Checksum++
		}
		if at += len(part); at == len(f.data) {
			m.Sha256 = sum[:]
			return stream.Send(m)
		}
		if err := stream.Send(m); err != nil {
			return err
		}
	}
}

func (f *flaky) serve(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := grpc.NewServer()
	pb.RegisterAdminServiceServer(s, f)
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(ln) }()
	t.Cleanup(func() { s.Stop(); <-done })
	return ln.Addr().String()
}

func TestABackupThatIsCutOffIsTakenUpAgain(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789"), 100)
	for _, c := range []struct {
		name  string
		part  string // what an earlier run has left, under the id of kept
		kept  string
		cut   int
		first *pb.BackupRequest
		calls int
	}{
		{"in one go", "", "", 1 << 30, &pb.BackupRequest{}, 1},
		{"cut every four pieces of a hundred", "", "", 4, &pb.BackupRequest{}, 3},
		{"after a kill", string(data[:300]), "id1", 1 << 30, &pb.BackupRequest{BackupId: "id1", Offset: 300}, 1},
		{"after a kill, of a backup that is gone", string(data[:300]), "gone", 1 << 30, &pb.BackupRequest{BackupId: "gone", Offset: 300}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &flaky{data: data, piece: 100, cut: c.cut, keeps: "id1"}
			addr, file := f.serve(t), filepath.Join(t.TempDir(), "a [b]")
			if c.part != "" {
				if err := os.WriteFile(file+"."+c.kept+partSuffix, []byte(c.part), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if code, _, errs := call(t, nil, "backup", "--target", addr, file); code != exitOK {
				t.Fatalf("exit code %d\n%s", code, errs)
			}
			if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, data) {
				t.Errorf("%d bytes, %v", len(got), err)
			}
			if first := f.asked[0]; len(f.asked) != c.calls || first.GetBackupId() != c.first.GetBackupId() || first.GetOffset() != c.first.GetOffset() {
				t.Errorf("%d calls, the first %v; want %d, %v", len(f.asked), first, c.calls, c.first)
			}
			if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "*"+partSuffix)); len(left) > 0 {
				t.Errorf("%v are left", left)
			}
		})
	}
}

func TestABackupThatIsNotWhatTheServerHasIsRefused(t *testing.T) {
	data := []byte("0123456789")
	for _, c := range []struct {
		name, part, want string
		flip             bool
	}{
		{"a piece that changed on its way", "", "has another checksum: run it again", true},
		{"a part that changed on disk", "01x", "is not what the server has", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &flaky{data: data, piece: 4, cut: -1, keeps: "id1", flip: c.flip}
			file := filepath.Join(t.TempDir(), "b")
			if c.part != "" {
				if err := os.WriteFile(file+".id1"+partSuffix, []byte(c.part), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			code, _, errs := call(t, nil, "backup", "--target", f.serve(t), file)
			if code != exitFailure || !strings.Contains(errs, c.want) {
				t.Errorf("exit code %d\n%s", code, errs)
			}
			if _, err := os.Stat(file); err == nil {
				t.Error("the file is there")
			}
		})
	}
}

func TestABackupOfNoServer(t *testing.T) {
	file := filepath.Join(t.TempDir(), "b")
	if code, _, errs := call(t, nil, "backup", "--target", "127.0.0.1:1", file); code != exitFailure || !strings.Contains(errs, "no server answers") {
		t.Errorf("exit code %d\n%s", code, errs)
	}
}
