// Package progress shows how far a long piece of work has come: as a bar on a
// terminal, as a line now and then elsewhere.
package progress

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// lineEvery is how often a log that nobody watches gets a line.
const lineEvery = 5 * time.Second

// Display shows phases one after another. It is safe for concurrent use.
type Display struct {
	w    io.Writer
	bars *mpb.Progress // nil: lines
	now  func() time.Time

	mu     sync.Mutex // of w, when there are no bars, and of phases
	phases []*Phase
}

// New shows on w: bars when it is a terminal. Close it at the end.
func New(w io.Writer, terminal bool) *Display {
	d := &Display{w: w, now: time.Now}
	if terminal {
		d.bars = mpb.New(mpb.WithOutput(w), mpb.WithWidth(40), mpb.WithRefreshRate(100*time.Millisecond), mpb.WithAutoRefresh())
	}
	return d
}

// Close leaves the screen as it is. A phase that was not ended stops where it
// is.
func (d *Display) Close() {
	if d.bars == nil {
		return
	}
	d.mu.Lock()
	for _, p := range d.phases {
		p.bar.Abort(false) // of no effect on one that is complete
	}
	d.mu.Unlock()
	d.bars.Wait()
}

// Println writes a line of its own, above a bar.
func (d *Display) Println(line string) {
	if d.bars != nil {
		fmt.Fprintln(d.bars, line)
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	fmt.Fprintln(d.w, line)
}

// Phase begins a piece of work that is counted in units, such as "events".
func (d *Display) Phase(name, unit string) *Phase {
	p := &Phase{display: d, name: name, unit: unit, start: d.now()}
	p.shown = p.start
	if d.bars != nil {
		p.bar = d.bars.New(0, mpb.BarStyle().Lbound("[").Filler("=").Tip(">").Padding(" ").Rbound("]"),
			mpb.PrependDecorators(decor.Name(fmt.Sprintf("%-9s", name))),
			mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return " " + p.status() })))
		d.mu.Lock()
		d.phases = append(d.phases, p)
		d.mu.Unlock()
	}
	return p
}

// Phase is a piece of work under way. It is safe for concurrent use.
type Phase struct {
	display *Display
	name    string
	unit    string
	bar     *mpb.Bar
	start   time.Time

	mu          sync.Mutex
	shown       time.Time
	count       int64
	done, total int64
	ended       time.Time
}

// Set tells how far it is: count units, which is done of total in whatever
// measure is known ahead, such as bytes; a total of 0 is not known.
func (p *Phase) Set(count, done, total int64) {
	now := p.display.now()
	p.mu.Lock()
	p.count, p.done, p.total = count, done, total
	due := now.Sub(p.shown) >= lineEvery
	if due {
		p.shown = now
	}
	p.mu.Unlock()
	switch {
	case p.bar != nil:
		p.bar.SetTotal(max(total, 1), false)
		p.bar.SetCurrent(min(done, max(total, 1)))
	case due:
		p.display.Println(p.name + ": " + p.status())
	}
}

// End closes the phase with a last line.
func (p *Phase) End() {
	p.mu.Lock()
	already := !p.ended.IsZero()
	p.ended = p.display.now()
	p.mu.Unlock()
	switch {
	case already:
	case p.bar != nil:
		p.bar.EnableTriggerComplete()
		p.bar.SetTotal(-1, true)
	default:
		p.display.Println(p.name + ": " + p.status())
	}
}

// status is "42 %, 381,000 events, 21,000/s, 12s left".
func (p *Phase) status() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.display.now()
	if !p.ended.IsZero() {
		now = p.ended
	}
	took := now.Sub(p.start)
	var parts []string
	if p.total > 0 && p.ended.IsZero() {
		parts = append(parts, fmt.Sprintf("%d %%", 100*p.done/p.total))
	}
	parts = append(parts, Thousands(p.count)+" "+p.unit)
	if took > 0 {
		parts = append(parts, Thousands(int64(float64(p.count)/took.Seconds()))+"/s")
	}
	switch {
	case !p.ended.IsZero():
		parts = append(parts, "done in "+Round(took).String())
	case p.total > 0 && p.done > 0:
		left := time.Duration(float64(took) * float64(p.total-p.done) / float64(p.done))
		parts = append(parts, Round(left).String()+" left")
	}
	return strings.Join(parts, ", ")
}

// Round drops the digits of a duration that nobody reads.
func Round(d time.Duration) time.Duration {
	switch {
	case d >= 10*time.Second:
		return d.Round(time.Second)
	case d >= time.Second:
		return d.Round(100 * time.Millisecond)
	case d >= time.Millisecond:
		return d.Round(time.Millisecond)
	}
	return d.Round(time.Microsecond)
}

// Thousands writes a number with commas: 906,140.
func Thousands(n int64) string {
	if n < 0 {
		return "-" + Thousands(-n)
	}
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
