package server_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server"
	"github.com/vitrine-io/vitrine/store/boltstore"
)

var restartEvents = flag.Int("restart.events", 20_000, "events of BenchmarkRestart that neither a checkpoint nor a snapshot has")

// BenchmarkRestart starts a shop of 10,000 products again after a crash, with events that
// are in the journal alone: answers-s is until it answers, with every event in its profile;
// learned-s until what was learned is where it was, too; of the cores it takes answers-cpu-s
// and learned-cpu-s. -restart.events 1000000 makes it
// a million.
func BenchmarkRestart(b *testing.B) {
	const products, message = 10_000, 500
	dir := b.TempDir()
	never := boltstore.Options{CheckpointEvery: time.Hour, DirtyProfiles: 1 << 40}
	conn := openBench(b, dir, never, server.Options{SnapshotEvery: time.Hour})
	visitors := stockBench(b, conn, products, 1_000)
	log, err := pb.NewEventServiceClient(conn).ImportEvents(b.Context())
	check(b, err)
	r := rand.New(rand.NewPCG(4, 4))
	for n := 0; n < *restartEvents; n += message {
		req := &pb.ImportEventsRequest{Site: "sites/shop"}
		for i := range message {
			who := visitors(r)
			if i%2 == 0 { // a crowd beside those who come often
				who = fmt.Sprintf("visitor-%06d", r.IntN(*restartEvents/10))
			}
			req.Events = append(req.Events, viewed(who, fmt.Sprintf("p%d", r.IntN(products))))
		}
		check(b, log.Send(req))
		_, err := log.Recv()
		check(b, err)
	}
	check(b, log.CloseSend())
	crashed := filepath.Join(b.TempDir(), "crashed")
	check(b, os.CopyFS(crashed, os.DirFS(dir)))
	for b.Loop() {
		b.StopTimer()
		again := filepath.Join(b.TempDir(), "again")
		check(b, os.CopyFS(again, os.DirFS(crashed)))
		b.StartTimer()
		begun, used := time.Now(), server.CPUTime()
		conn := openBench(b, again, boltstore.Options{CheckpointEvery: time.Hour}, server.Options{SnapshotEvery: time.Hour})
		b.ReportMetric(time.Since(begun).Seconds(), "answers-s")
		b.ReportMetric((server.CPUTime() - used).Seconds(), "answers-cpu-s")
		awaitLearned(b, conn)
		b.ReportMetric(time.Since(begun).Seconds(), "learned-s")
		b.ReportMetric((server.CPUTime() - used).Seconds(), "learned-cpu-s")
	}
}
