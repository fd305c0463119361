package server_test

import (
	"bufio"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"testing"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server"
)

var (
	memoryProducts = flag.Int("memory.products", 10_000, "products of BenchmarkMemory")
	memoryVisitors = flag.Int("memory.visitors", 20_000, "active visitors of BenchmarkMemory")
	memoryProfile  = flag.String("memory.profile", "", "file for the heap profile of BenchmarkMemory")
)

// BenchmarkMemory is what a shop takes of memory once so many visitors have been active:
// each has looked at two products or more, those who come often at many. anon-MiB is what
// is resident beyond the page cache once all is learned, peak-anon-MiB the most while it
// came, page-anon-MiB after a thousand pages; heap-MiB is what of it is in use, and gc-ms
// what it takes of the cores to collect it once. -memory.profile is where to write who holds
// it, for go tool pprof. With -memory.products 100000 -memory.visitors 1000000 it takes some minutes.
func BenchmarkMemory(b *testing.B) {
	conn, _ := benchShop(b, *memoryProducts, 1_000)
	peak := 0.0
	for b.Loop() {
		r := rand.New(rand.NewPCG(9, 9))
		often := rand.NewZipf(r, 1.2, 1000, uint64(*memoryVisitors-1))
		log, err := pb.NewEventServiceClient(conn).ImportEvents(b.Context())
		check(b, err)
		const visits = 500 // of two events each, in a message
		for v := 0; v < 2**memoryVisitors; v += visits {
			req := &pb.ImportEventsRequest{Site: "sites/shop"}
			for i := range visits {
				who := v/2 + i/2
				if i%2 == 1 {
					who = int(often.Uint64())
				}
				taste := r.IntN(200)
				for range 2 {
					req.Events = append(req.Events, viewed(fmt.Sprintf("visitor-%07d", who), fmt.Sprintf("p%d", (taste+200*r.IntN(*memoryProducts/200))%*memoryProducts)))
				}
			}
			check(b, log.Send(req))
			_, err := log.Recv()
			check(b, err)
			peak = max(peak, resident(b, "RssAnon"))
		}
		check(b, log.CloseSend())
		for {
			if _, err := log.Recv(); err != nil {
				break
			}
		}
	}
	events := float64(4 * *memoryVisitors)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/events, "ns/event")
	b.ReportMetric(peak, "peak-anon-MiB")
	b.ReportMetric(resident(b, "RssAnon"), "anon-MiB")
	pages := pb.NewDecisionServiceClient(conn)
	for who := range 1_000 {
		_, err := pages.Decide(b.Context(), &pb.DecideRequest{
			Site: "sites/shop", Visitor: &pb.VisitorKey{DeviceId: fmt.Sprintf("visitor-%07d", who**memoryVisitors/1_000)}, Consent: granted(),
			Placements: []*pb.PlacementRequest{{Placement: "home", Count: 20}},
		})
		check(b, err)
	}
	b.ReportMetric(resident(b, "RssAnon"), "page-anon-MiB")
	debug.FreeOSMemory()
	before := server.CPUTime()
	runtime.GC()
	b.ReportMetric(float64((server.CPUTime() - before).Milliseconds()), "gc-ms")
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "heap-MiB")
	if *memoryProfile != "" {
		f, err := os.Create(*memoryProfile)
		check(b, err)
		check(b, pprof.WriteHeapProfile(f))
		check(b, f.Close())
	}
}

// resident is a figure of /proc/self/status in MiB.
func resident(b *testing.B, name string) (mib float64) {
	b.Helper()
	f, err := os.Open("/proc/self/status")
	if err != nil {
		b.Skip("needs Linux's /proc")
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), name+":"); ok {
			var kib float64
			_, err := fmt.Sscan(rest, &kib)
			check(b, err)
			mib = kib / 1024
		}
	}
	return mib
}
