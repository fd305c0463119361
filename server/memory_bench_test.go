package server_test

import (
	"bufio"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

var (
	memoryProducts = flag.Int("memory.products", 10_000, "products of BenchmarkMemory")
	memoryVisitors = flag.Int("memory.visitors", 20_000, "active visitors of BenchmarkMemory")
)

// BenchmarkMemory is what a shop takes of memory once so many visitors have been active:
// each has looked at two products or more, those who come often at many. anon-MiB is what
// is resident beyond the page cache, heap-MiB what of it is in use. With
// -memory.products 100000 -memory.visitors 1000000 it takes some minutes.
func BenchmarkMemory(b *testing.B) {
	conn, _ := benchShop(b, *memoryProducts, 1_000)
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
	b.ReportMetric(resident(b, "RssAnon"), "anon-MiB")
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "heap-MiB")
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
