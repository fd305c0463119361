package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// usage is what the server's metrics say of its process and of the site.
type usage struct {
	cpu             time.Duration
	resident        int64
	stored, learned int64 // sequence numbers
}

// behind is how many events are stored and not yet learned from.
func (u *usage) behind() int64 { return max(u.stored-u.learned, 0) }

// readUsage asks the ops port for the site's figures.
func readUsage(ctx context.Context, url, site string) (*usage, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	resp, err := (&http.Client{}).Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close() //nolint:errcheck // it was read
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s/metrics answers %s", url, resp.Status)
	}
	return parseUsage(resp.Body, site)
}

// parseUsage picks the lines it knows out of the Prometheus text format.
func parseUsage(r io.Reader, site string) (*usage, error) {
	u := &usage{}
	storedLine := fmt.Sprintf("vitrine_stored_sequence{site=%q}", site)
	learnedLine := fmt.Sprintf("vitrine_learned_sequence{site=%q}", site)
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if !strings.HasPrefix(lines.Text(), "process_") && !strings.HasPrefix(lines.Text(), "vitrine_") {
			continue
		}
		name, text, _ := strings.Cut(lines.Text(), " ")
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			continue // with a space in a label
		}
		switch name {
		case "process_cpu_seconds_total":
			u.cpu = time.Duration(value * float64(time.Second))
		case "process_resident_memory_bytes":
			u.resident = int64(value)
		case storedLine:
			u.stored = int64(value)
		case learnedLine:
			u.learned = int64(value)
		}
	}
	return u, lines.Err()
}
