package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strings"
	"sync/atomic"
	"time"

	vitrine "github.com/vitrine-io/vitrine/clients/go"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// request is what a page asks for: the part of an OpenRTB bid request that this server
// heeds.
type request struct {
	ID  string `json:"id"`
	Imp []struct {
		ID    string `json:"id"`
		TagID string `json:"tagid"` // the placement
	} `json:"imp"`
	User struct {
		ID      string `json:"id"`      // first-party cookie
		Consent bool   `json:"consent"` // to personalization, advertising and measurement
	} `json:"user"`
	Regs struct {
		GPC int `json:"gpc"`
	} `json:"regs"`
	TMax int `json:"tmax"` // milliseconds that the page waits
}

// response is an OpenRTB bid response, with one seat.
type response struct {
	ID      string    `json:"id"`
	SeatBid []seatBid `json:"seatbid"`
}

type seatBid struct {
	Bid []bid `json:"bid"`
}

type bid struct {
	ImpID string `json:"impid"`
	CrID  string `json:"crid"` // the creative, or "house"
	CID   string `json:"cid,omitempty"`
	AdM   string `json:"adm"` // what to put into the slot
}

// houseAd is what stands in a slot when nothing else may or can: the page never waits and
// never has a hole.
const houseAd = "house"

// shortest is the least tmax that leaves time to ask; the most is the client's own limit.
const shortest = 5 * time.Millisecond

// adServer fills slots. It may be used by any number of requests at once.
type adServer struct {
	vitrine   *vitrine.Client
	headlines map[string]string // by creative: what this server knows of it
	house     string
	fallbacks atomic.Int64 // answers in which Vitrine had no part
}

var banner = template.Must(template.New("banner").Parse(
	`<a class="ad" href="{{.Click}}">{{.Headline}}</a>{{with .Pixel}}<img src="{{.}}" width="1" height="1" alt="">{{end}}`))

// ServeHTTP answers POST /ads.
func (s *adServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var req request
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&req); err != nil {
		http.Error(w, "not a request in JSON: "+err.Error(), http.StatusBadRequest)
		return
	}
	if err := req.check(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer, err := s.fill(r.Context(), &req)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(answer) // the page may have gone
}

func (r *request) check() error {
	var wrong []error
	if len(r.Imp) == 0 {
		wrong = append(wrong, errors.New("imp: at least one slot is wanted"))
	}
	for i, imp := range r.Imp {
		if imp.ID == "" || imp.TagID == "" {
			wrong = append(wrong, fmt.Errorf("imp[%d]: id and tagid are wanted", i))
		}
	}
	return errors.Join(wrong...)
}

// fill asks Vitrine once for all slots of the page, within the time that the page has.
func (s *adServer) fill(ctx context.Context, req *request) (*response, error) {
	if req.TMax > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, max(time.Duration(req.TMax)*time.Millisecond, shortest))
		defer cancel()
	}
	ask := &pb.DecideRequest{
		Visitor: &pb.VisitorKey{DeviceId: req.User.ID},
		Consent: &pb.Consent{GlobalPrivacyControl: req.Regs.GPC == 1},
	}
	if req.User.ID == "" {
		ask.Visitor = nil
	}
	if req.User.Consent {
		ask.Consent.Purposes = vitrine.Granted(vitrine.Personalization, vitrine.Advertising, vitrine.Measurement).GetPurposes()
	}
	slots := make(map[string]int32) // a placement that several slots show is asked for once
	for _, imp := range req.Imp {
		slots[imp.TagID]++
	}
	for placement, count := range slots {
		ask.Placements = append(ask.Placements, &pb.PlacementRequest{Placement: placement, Count: count})
	}
	page := s.vitrine.DecidePage(ctx, ask, nil)
	if page.Fallback {
		s.fallbacks.Add(1)
	}
	items := make(map[string][]vitrine.Item)
	for placement := range slots {
		items[placement] = page.Items(placement)
	}
	seat := seatBid{Bid: []bid{}}
	for _, imp := range req.Imp {
		var item vitrine.Item
		if rest := items[imp.TagID]; len(rest) > 0 {
			item, items[imp.TagID] = rest[0], rest[1:]
		}
		b, err := s.render(imp.ID, item.Decided.GetItem())
		if err != nil {
			return nil, err
		}
		seat.Bid = append(seat.Bid, b)
	}
	return &response{ID: req.ID, SeatBid: []seatBid{seat}}, nil
}

// render draws the creative with its pixel and its click URL, both signed by Vitrine:
// fetched by the visitor's browser, they count the impression and the click.
func (s *adServer) render(slot string, decided any) (bid, error) {
	house := bid{ImpID: slot, CrID: houseAd, AdM: s.house}
	chosen, is := decided.(*pb.DecidedItem_Creative)
	if !is {
		return house, nil
	}
	c := chosen.Creative
	id := path.Base(c.GetCreative())
	headline, known := s.headlines[id]
	if !known {
		return house, nil // a creative that this server has no words for yet
	}
	click := c.GetClickUrl()
	if click == "" {
		click = c.GetLandingUrl() // uncounted, but it leads somewhere
	}
	var html strings.Builder
	err := banner.Execute(&html, struct{ Click, Pixel, Headline string }{click, c.GetImpressionUrl(), headline})
	return bid{ImpID: slot, CrID: id, CID: path.Base(c.GetCampaign()), AdM: html.String()}, err
}
