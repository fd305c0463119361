package main

import (
	"strings"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/cmd/vitrine/soak"
)

func TestSoakSaysWhatIsWrongWithItsFlags(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"", "neither --kills nor --for"},
		{"--kills 1 --clients 0", "--clients is 0, must be 1 to 64"},
		{"--kills 1 --every 0s", "--every is 0s"},
	} {
		code, _, stderr := call(t, nil, append([]string{"soak"}, strings.Fields(c.args)...)...)
		if code != exitUsage || !strings.Contains(stderr, c.want) {
			t.Errorf("soak %s: %d, %s", c.args, code, stderr)
		}
	}
}

func TestSoakLine(t *testing.T) {
	kept := soakLine(soak.Report{Kills: 1000, AtStart: 120, Events: 1234567, Took: 20 * time.Minute})
	if !strings.HasPrefix(kept, "1,000 kills (120 of them while starting)") || !strings.Contains(kept, "nothing acknowledged was lost") || !strings.Contains(kept, "1,234,567 events") {
		t.Error(kept)
	}
	if broken := soakLine(soak.Report{Broken: []string{"v has 3 events, 4 were acknowledged"}}); !strings.Contains(broken, "1 PROMISES BROKEN") || strings.Contains(broken, "nothing") {
		t.Error(broken)
	}
}
