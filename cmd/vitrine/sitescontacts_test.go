package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

func (c *canned) UpdateSite(_ context.Context, req *pb.UpdateSiteRequest) (*pb.Site, error) {
	c.asked = req
	return req.GetSite(), c.err
}

func TestSitesContacts(t *testing.T) {
	c := &canned{}
	target := c.serve(t)
	for args, want := range map[string]string{
		"--budget web,app:10/24h --budget all:40/30d": "sites/shop: at most 10 in 24h on web, app; at most 40 in 30d\n",
		"--after-purchase 3d --after-dismissal 90m":   "sites/shop: none for 3d after a purchase; a campaign rests for 90m after a dismissal\n",
		"": "sites/shop: no bounds\n",
	} {
		out, err := command(t, newSitesCommand, "", append([]string{"contacts", "shop", "--target", target}, strings.Fields(args)...)...)
		if err != nil || out != want {
			t.Errorf("%s: %q, %v, want %q", args, out, err, want)
		}
		if req := c.asked.(*pb.UpdateSiteRequest); strings.Join(req.GetUpdateMask().GetPaths(), " ") != "contact_policy" {
			t.Errorf("%s: asked %v", args, req)
		}
	}
	for args, want := range map[string]string{
		"--budget web:ten/24h":    "CHANNELS:TIMES/WINDOW is wanted",
		"--budget 10/24h":         "CHANNELS:TIMES/WINDOW is wanted",
		"--budget radio:1/24h":    `"radio" is no channel`,
		"--after-purchase morrow": "a time such as 90m, 12h or 3d is wanted",
	} {
		_, err := command(t, newSitesCommand, "", append([]string{"contacts", "shop", "--target", target}, strings.Fields(args)...)...)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
}

func TestCapWords(t *testing.T) {
	got := capWords([]*pb.FrequencyCap{
		{Scope: pb.CapScope_CAP_SCOPE_CAMPAIGN, Limit: 3, Window: durationpb.New(24 * time.Hour)},
		{Scope: pb.CapScope_CAP_SCOPE_CREATIVE, Limit: 1, Window: durationpb.New(90 * time.Second)},
	})
	if got != "3 in 24h by campaign, 1 in 1m30s by creative" {
		t.Errorf("got %q", got)
	}
}
