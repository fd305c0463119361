package server

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/campaign"
	"github.com/vitrine-io/vitrine/store"
)

// hit is what became of a request to a beacon: the label of its metric.
type hit string

// What becomes of requests.
const (
	hitCounted   hit = "counted"
	hitDuplicate hit = "duplicate"  // told before
	hitNoConsent hit = "no_consent" // of a visitor who may not be known, or with Sec-GPC
	hitPrefetch  hit = "prefetch"   // a browser that runs ahead of its visitor
	hitRobot     hit = "robot"      // who names itself one
	hitHead      hit = "head"       // a HEAD request
	hitForged    hit = "forged"     // not a URL of ours, or cut short
	hitExpired   hit = "expired"    // of a decision that is not kept any more
	hitFailed    hit = "failed"     // the event could not be stored; the log says why
)

// pixel is a GIF of one transparent point (GIF89a, 43 bytes).
var pixel = []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;")

// Beacons answers the impression and click URLs of creatives: a pixel, and a redirect
// to the landing page. What they tell goes the way of TrackEvent. A visitor gets the
// pixel and is sent on whether or not anything counts.
func (s *Server) Beacons() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /"+string(beaconView)+"/", s.servePixel)
	mux.HandleFunc("GET /"+string(beaconClick)+"/", s.serveClick)
	return mux
}

func (s *Server) servePixel(w http.ResponseWriter, r *http.Request) {
	b, genuine := s.beacons.read(r.URL.Path)
	st, what := s.count(r, b, genuine)
	s.metrics.hit(st, "view", what)
	head := w.Header()
	noStore(head)
	head.Set("Content-Type", "image/gif")
	head.Set("Content-Length", fmt.Sprint(len(pixel)))
	_, _ = w.Write(pixel) // the visitor may have gone
}

func (s *Server) serveClick(w http.ResponseWriter, r *http.Request) {
	b, genuine := s.beacons.read(r.URL.Path)
	st, what := s.count(r, b, genuine)
	s.metrics.hit(st, "click", what)
	noStore(w.Header())
	if what == hitPrefetch {
		// Refused, the browser asks again when the visitor does click.
		http.Error(w, "not ahead of a click", http.StatusServiceUnavailable)
		return
	}
	to := ""
	if st != nil {
		to = landingOf(st.shelf.Load(), b.campaign, b.creative)
	}
	if to == "" {
		http.Error(w, "This link leads nowhere any more.", http.StatusNotFound)
		return
	}
	http.Redirect(w, r, to, http.StatusFound)
}

func noStore(head http.Header) {
	head.Set("Cache-Control", "no-store")
	head.Set("X-Robots-Tag", "noindex, nofollow")
}

// landingOf is where a creative leads, or its campaign once it is gone; empty if that
// can't be told.
func landingOf(shelf *campaign.Shelf, of scoring.CampaignID, id scoring.CreativeID) string {
	if ad := shelf.Ad(of, id); ad != nil {
		return ad.LandingURL()
	}
	if f := shelf.Flight(of); f != nil {
		return f.LandingURL
	}
	return ""
}

// count stores what a request tells, unless it tells nothing of a visitor. The site
// is nil if there is none of that name.
func (s *Server) count(r *http.Request, b beacon, genuine bool) (*site, hit) {
	st, err := s.sites.get(b.site)
	switch {
	case err != nil:
		return nil, hitForged
	case isPrefetch(r.Header):
		return st, hitPrefetch
	case !genuine:
		return st, hitForged
	case r.Method == http.MethodHead:
		return st, hitHead
	case isRobot(r.UserAgent()):
		return st, hitRobot
	}
	what, err := s.track(r.Context(), st, b, r.Header.Get("Sec-GPC") == "1")
	if err != nil {
		if cannotWrite(err) {
			return st, hitFailed // the store has logged it
		}
		s.log.Error("an impression or a click told over HTTP could not be stored", "site", string(st.id), "error", err)
		return st, hitFailed
	}
	return st, what
}

// isPrefetch reports whether a browser asks for what its visitor may want later
// (Fetch Metadata's Sec-Purpose, and the older headers of Chrome, Safari and Firefox).
func isPrefetch(h http.Header) bool {
	for _, name := range []string{"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"} {
		v := strings.ToLower(h.Get(name))
		if strings.Contains(v, "prefetch") || strings.Contains(v, "prerender") || strings.Contains(v, "preview") {
			return true
		}
	}
	return false
}

// isRobot reports whether somebody names themselves a robot: search engines, scanners
// of links in e-mails, previews in chats. Cubot makes phones.
func isRobot(agent string) bool {
	agent = strings.ReplaceAll(strings.ToLower(agent), "cubot", "")
	for _, word := range []string{"bot", "crawler", "spider", "preview", "scanner"} {
		if strings.Contains(agent, word) {
			return true
		}
	}
	return false
}

// beaconTimeout bounds how long a visitor waits for the disk.
const beaconTimeout = 5 * time.Second

// track stores the event of a genuine beacon as TrackEvent does. Its visitor is whom
// the decision was for; its id follows from the beacon, so that it counts once.
func (s *Server) track(ctx context.Context, st *site, b beacon, refused bool) (hit, error) {
	ctx, cancel := context.WithTimeout(ctx, beaconTimeout)
	defer cancel()
	at, ok := placeOf(b.token)
	if !ok {
		return hitForged, nil
	}
	d, err := s.store.Decision(ctx, st.id, at.decision)
	if errors.Is(err, store.ErrNotFound) {
		return hitExpired, nil
	}
	if err != nil {
		return "", fmt.Errorf("read the decision: %w", err)
	}
	if d.Visitor == "" || d.Allowed != 0 && !d.Allowed.Has(scoring.PurposeMeasurement) {
		return hitNoConsent, nil
	}
	e := &pb.Event{
		Id: b.event(), Type: pb.EventType_EVENT_TYPE_CREATIVE_VIEWED, AttributionToken: b.token,
		Visitor: &pb.VisitorKey{DeviceId: string(d.Visitor), PersonId: string(d.Person)},
		Channel: pb.Channel(d.Context.Channel),
		Consent: &pb.Consent{
			Purposes: []*pb.PurposeConsent{
				{Purpose: pb.Purpose_PURPOSE_PROFILE, Granted: true}, {Purpose: pb.Purpose_PURPOSE_MEASUREMENT, Granted: true},
			},
			GlobalPrivacyControl: refused,
		},
	}
	if b.kind == beaconClick {
		e.Type = pb.EventType_EVENT_TYPE_CREATIVE_CLICKED
	}
	batch := s.newBatch(st, false, 1)
	batch.admit(e)
	if err := batch.store(ctx); err != nil {
		return "", err
	}
	switch result := batch.results[0]; result.GetStatus() {
	case pb.EventStatus_EVENT_STATUS_STORED:
		return hitCounted, nil
	case pb.EventStatus_EVENT_STATUS_DUPLICATE:
		return hitDuplicate, nil
	case pb.EventStatus_EVENT_STATUS_NO_CONSENT:
		return hitNoConsent, nil
	default:
		return "", fmt.Errorf("the event was refused: %v", result.GetViolations())
	}
}

// event is the id of the event that a beacon tells of.
func (b *beacon) event() string {
	var sum [8]byte
	text := xxhash.Sum64String(b.text())
	for k := range sum {
		sum[k] = byte(text >> (8 * k))
	}
	return "beacon-" + string(b.kind) + "-" + base64.RawURLEncoding.EncodeToString(sum[:])
}
