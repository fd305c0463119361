package server_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// A clock that leaps hours ahead or back, is set right again, and over restarts, too,
// exceeds no cap: of what was handed out by whatever it told, all that it tells to be less
// than a window ago, or still to come, counts. Set right, it shows again what the windows
// leave room for.
func TestCapsAreNotExceededByAClockThatLeaps(t *testing.T) {
	s, clock := cappedBanners(t)
	rng := rand.New(rand.NewPCG(*capsSeed, 1))
	s.campaign("one", &pb.Campaign{FrequencyCaps: capOf(pb.CapScope_CAP_SCOPE_CAMPAIGN, 3, 2*time.Hour)}, "a", "b")
	s.campaign("two", &pb.Campaign{FrequencyCaps: capOf(pb.CapScope_CAP_SCOPE_CREATIVE, 1, 30*time.Minute)}, "c")
	limits := []struct {
		of     string
		times  int
		window time.Duration
	}{{"ab", 3, 2 * time.Hour}, {"c", 1, 30 * time.Minute}}
	logs := map[string][]handedOut{}
	shown, leaps := 0, 0
	wrong := time.Duration(0)
	show := func(visitor string) int {
		now := clock.Now()
		resp := s.banner(visitor, 2, func(*pb.DecideRequest) {})
		page := creativesOf(resp)
		for _, c := range page {
			logs[visitor] = append(logs[visitor], handedOut{c[len(c)-1:], now})
		}
		for _, l := range limits {
			if !slices.ContainsFunc(page, func(c string) bool { return strings.Contains(l.of, c[len(c)-1:]) }) {
				continue
			}
			counted := 0
			for _, h := range logs[visitor] {
				if now.Sub(h.at) < l.window && strings.Contains(l.of, h.creative) {
					counted++
				}
			}
			if counted > l.times {
				t.Fatalf("%v wrong, %s was shown the %dth of %q that lies less than %v back, at most %d were agreed", wrong, visitor, counted, l.of, l.window, l.times)
			}
		}
		return len(page)
	}
	for step := range *capsSteps {
		switch k := rng.IntN(100); {
		case k < 60:
			shown += show(fmt.Sprint("v", rng.IntN(2)))
		case k < 85:
			clock.pass(time.Duration(rng.Int64N(int64(25 * time.Minute))))
		case k < 97:
			next := []time.Duration{0, 0, 3 * time.Hour, 9 * time.Hour, -2 * time.Hour, -8 * time.Hour}[rng.IntN(6)]
			if next != wrong {
				leaps++
			}
			clock.pass(next - wrong)
			wrong = next
		case step%4 == 0:
			s.restart()
		}
	}
	if leaps < 10 || shown < *capsSteps/20 {
		t.Errorf("%d leaps and %d shown: the test tests nothing", leaps, shown)
	}
	// A window after the last leap ahead all is as if it had never been.
	clock.pass(-wrong)
	wrong = 0
	clock.pass(12 * time.Hour)
	for v := range logs {
		if n := show(v); n != 2 {
			t.Errorf("%s is shown %d when the windows are over, want 2", v, n)
		}
	}
}
