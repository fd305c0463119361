package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"net/http"
	"regexp"
	"text/tabwriter"
)

// load is visitors who look at pages of a site that shows the ad server's ads. Their
// browsers speak HTTP, to the ad server for the ad and to Vitrine for pixel and click.
type load struct {
	url      string // of the ad server
	browser  *http.Client
	rng      *rand.Rand
	visitors int
	total    tally
	seen     map[string]map[string]int // by visitor and creative
}

// tally counts by creative.
type tally struct{ shown, clicked map[string]int }

func newTally() tally { return tally{make(map[string]int), make(map[string]int)} }

// newLoad returns one whose browsers follow no redirect: where an ad leads is not on this
// machine.
func newLoad(url string, visitors int, seed uint64) *load {
	return &load{
		url: url, visitors: visitors, rng: rand.New(rand.NewPCG(seed, 0)), total: newTally(), seen: make(map[string]map[string]int),
		browser: &http.Client{
			Transport:     &http.Transport{MaxIdleConnsPerHost: 4},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// round has visitors look at so many pages, and tells what came of it.
func (l *load) round(ctx context.Context, pages int) (tally, error) {
	now := newTally()
	for range pages {
		visitor := fmt.Sprintf("reader-%d", l.rng.IntN(l.visitors))
		b, err := l.ask(ctx, visitor)
		if err != nil {
			return now, err
		}
		now.shown[b.CrID]++
		l.total.shown[b.CrID]++
		if l.seen[visitor] == nil {
			l.seen[visitor] = make(map[string]int)
		}
		l.seen[visitor][b.CrID]++
		click, pixel := urls(b.AdM)
		if pixel != "" {
			if err := l.get(ctx, pixel, http.StatusOK); err != nil {
				return now, err
			}
		}
		if l.rng.Float64() < rateOf(b.CrID) && click != "" {
			if err := l.get(ctx, click, http.StatusFound); err != nil {
				return now, err
			}
			now.clicked[b.CrID]++
			l.total.clicked[b.CrID]++
		}
	}
	return now, nil
}

func rateOf(creative string) float64 {
	for _, a := range ads {
		if a.id == creative {
			return a.rate
		}
	}
	return 0
}

// ask asks the ad server for one slot.
func (l *load) ask(ctx context.Context, visitor string) (bid, error) {
	body := fmt.Sprintf(`{"id":"1","imp":[{"id":"top","tagid":%q}],"user":{"id":%q,"consent":true}}`, placement, visitor)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url, bytes.NewReader([]byte(body)))
	if err != nil {
		return bid{}, err
	}
	answer, err := l.browser.Do(request)
	if err != nil {
		return bid{}, err
	}
	defer func() { _ = answer.Body.Close() }()
	var got response
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
		return bid{}, fmt.Errorf("the ad server answered %s: %w", answer.Status, err)
	}
	return got.SeatBid[0].Bid[0], nil
}

var (
	href   = regexp.MustCompile(`href="([^"]+)"`)
	source = regexp.MustCompile(`<img src="([^"]+)"`)
)

// urls are what a browser finds in an ad.
func urls(ad string) (click, pixel string) {
	if m := href.FindStringSubmatch(ad); m != nil {
		click = html.UnescapeString(m[1])
	}
	if m := source.FindStringSubmatch(ad); m != nil {
		pixel = html.UnescapeString(m[1])
	}
	return click, pixel
}

func (l *load) get(ctx context.Context, url string, want int) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	request.Header.Set("User-Agent", "Mozilla/5.0")
	answer, err := l.browser.Do(request)
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, answer.Body) // so that the connection is used again
	_ = answer.Body.Close()
	if answer.StatusCode != want {
		return fmt.Errorf("%s: %s", request.URL.Path, answer.Status)
	}
	return nil
}

// mostOften is how often one visitor saw a creative at most.
func (l *load) mostOften(creative string) int {
	most := 0
	for _, of := range l.seen {
		most = max(most, of[creative])
	}
	return most
}

// header and row print how the pages of a round went, as shares of them.
func header(w io.Writer) {
	fmt.Fprintf(w, "%8s", "pages")
	for _, a := range ads {
		fmt.Fprintf(w, "%9s", a.id)
	}
	fmt.Fprintf(w, "%9s%10s\n", houseAd, "clicks")
}

func row(w io.Writer, pages, done int, t tally) {
	fmt.Fprintf(w, "%8d", done)
	clicks := 0
	for _, a := range ads {
		fmt.Fprintf(w, "%7.0f %%", 100*float64(t.shown[a.id])/float64(pages))
		clicks += t.clicked[a.id]
	}
	fmt.Fprintf(w, "%7.0f %%%8.1f %%\n", 100*float64(t.shown[houseAd])/float64(pages), 100*float64(clicks)/float64(pages))
}

// summary prints each creative beside what nobody told Vitrine.
func (l *load) summary(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "creative\tcampaign\tlet click\tshown\tclicked\tmost to one reader\tcap\t")
	for _, a := range ads {
		limit := "none"
		if a.limit > 0 {
			limit = fmt.Sprintf("%d a day", a.limit)
		}
		fmt.Fprintf(t, "%s\t%s\t%.0f %%\t%d\t%d\t%d\t%s\t\n", a.id, a.campaign, 100*a.rate, l.total.shown[a.id], l.total.clicked[a.id], l.mostOften(a.id), limit)
	}
	return t.Flush()
}
