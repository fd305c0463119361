package main

import (
	"slices"
	"strings"
	"testing"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

func TestSitesVisitors(t *testing.T) {
	c := &canned{}
	target := c.serve(t)
	for args, want := range map[string]string{
		"--sensitive health/intimate,religion": "sites/shop: sensitive: health/intimate, religion; 16 devices a person; shared from 3 persons on\n",
		"--max-devices 10 --shared-persons 4":  "sites/shop: no sensitive categories; 10 devices a person; shared from 4 persons on\n",
	} {
		out, err := command(t, newSitesCommand, "", append([]string{"visitors", "shop", "--target", target}, strings.Fields(args)...)...)
		if err != nil || out != want {
			t.Errorf("%s: %q, %v, want %q", args, out, err, want)
		}
		if req := c.asked.(*pb.UpdateSiteRequest); !slices.Equal(req.GetUpdateMask().GetPaths(), []string{"visitor_policy"}) {
			t.Errorf("%s: asked %v", args, req)
		}
	}
}
