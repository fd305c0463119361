package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

func TestStatusOfARunningServer(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir)
	defer s.end(t, dir)
	vitrine := func(args ...string) string {
		t.Helper()
		code, out, errs := call(t, nil, append(args, "--target", s.addr)...)
		if code != exitOK {
			t.Fatalf("%v: exit code %d\n%s", args, code, errs)
		}
		return out
	}
	if out := vitrine("status"); !strings.Contains(out, "writes       taken") || !strings.Contains(out, "no site yet") {
		t.Errorf("of an empty one:\n%s", out)
	}
	vitrine("sites", "create", "shop")
	vitrine("track", "--site", "shop", "--visitor", "ada", "--consent", "granted", "view", "p1")
	st := &pb.InstallationStatus{}
	if err := protojson.Unmarshal([]byte(vitrine("status", "--json")), st); err != nil {
		t.Fatal(err)
	}
	if !st.GetWritable() || st.GetVersion() == "" || st.GetDataBytes() == 0 || len(st.GetSites()) != 1 || st.GetSites()[0].GetStoredSequence() != 1 {
		t.Errorf("status %v", st)
	}
	if code, _, errs := call(t, nil, "status", "--target", "127.0.0.1:1"); code != exitFailure || !strings.Contains(errs, "no server answers") {
		t.Errorf("of no server: exit code %d, %s", code, errs)
	}
}

func TestStatusInWords(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var out bytes.Buffer
	a := &app{stdout: &out}
	err := a.printStatus(&pb.InstallationStatus{
		Version: "0.6.0", StartTime: timestamppb.New(now.Add(-90 * time.Minute)), NotWritableReason: "the disk is full",
		Problems: []string{"3 records of profiles can't be read: see the log"}, DataBytes: 3 << 29, FreeBytes: 1000,
		LastBackupTime: timestamppb.New(now.Add(-time.Hour)),
		Sites: []*pb.SiteStatus{
			{Site: "sites/shop", ProductCount: 12000, CampaignCount: 3, StoredSequence: 906140, LearnedSequence: 900000, LearnerLag: durationpb.New(1500 * time.Millisecond)},
		},
	}, now, false)
	if err != nil {
		t.Fatal(err)
	}
	matchGolden(t, "status", out.String())
}
