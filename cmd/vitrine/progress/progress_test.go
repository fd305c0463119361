package progress

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestLines(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(0, 0)
	d := New(&out, false)
	d.now = func() time.Time { return now }
	p := d.Phase("import", "events")
	step := func(after time.Duration, count, done, total int64) {
		now = now.Add(after)
		p.Set(count, done, total)
	}
	step(time.Second, 500, 10, 100)    // too soon for a line
	step(4*time.Second, 5000, 25, 100) // 5 s for a quarter: 15 s are left
	step(2*time.Second, 6000, 30, 100) // too soon again
	d.Println("log.csv:7: bad")
	step(13*time.Second, 20000, 100, 100)
	p.End()
	p.End()
	d.Close()
	want := `import: 25 %, 5,000 events, 1,000/s, 15s left
log.csv:7: bad
import: 100 %, 20,000 events, 1,000/s, 0s left
import: 20,000 events, 1,000/s, done in 20s
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

func TestBarEndsWithEverythingShown(t *testing.T) {
	var out bytes.Buffer
	d := New(&out, true)
	p := d.Phase("import", "events")
	p.Set(1234, 50, 100)
	d.Println("log.csv:7: bad")
	p.Set(2345, 100, 100)
	p.End()
	d.Close()
	for _, want := range []string{"import", "2,345 events", "log.csv:7: bad\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q does not say %q", out.String(), want)
		}
	}
}

func TestCloseDoesNotWaitForWhatWasBrokenOff(t *testing.T) {
	d := New(&bytes.Buffer{}, true)
	d.Phase("import", "events").Set(1, 1, 100)
	d.Close()
}

func TestThousands(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 906140: "906,140", -1234567: "-1,234,567"} {
		if got := Thousands(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}

func TestRound(t *testing.T) {
	for d, want := range map[time.Duration]string{
		83*time.Second + 456*time.Millisecond: "1m23s", 1234 * time.Millisecond: "1.2s", 12345 * time.Microsecond: "12ms", 1234: "1µs",
	} {
		if got := Round(d).String(); got != want {
			t.Errorf("%v: got %s, want %s", d, got, want)
		}
	}
}
