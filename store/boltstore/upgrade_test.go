package boltstore

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// TestAnUpgradeMayBeKilledAnywhere opens a folder of the first version, which is ended at
// each of its commits in turn, and opens it again.
func TestAnUpgradeMayBeKilledAnywhere(t *testing.T) {
	killed := errors.New("killed")
	commits := 0
	count := func(string) error {
		commits++
		return nil
	}
	open := func(dir string, before func(string) error) error {
		opts := fixtureOptions()
		opts.hooks.beforeCommit = before
		s, err := Open(dir, opts)
		if err == nil {
			err = s.Close()
		}
		return err
	}
	if err := open(copyFolder(t, fixtureDir), count); err != nil {
		t.Fatal(err)
	}
	if commits < 3 {
		t.Fatalf("%d commits: nothing was upgraded", commits)
	}
	for at := range commits {
		dir := copyFolder(t, fixtureDir)
		n := 0
		err := open(dir, func(string) error {
			if n++; n > at {
				return killed
			}
			return nil
		})
		if !errors.Is(err, killed) {
			t.Errorf("at commit %d: error %v", at, err)
		}
		wantFixture(t, dir)
	}
}

// TestDecisionsOfTheHourOfAnUpgradeAreFound: that hour has records of both versions, and
// of some of them nobody wrote down whose they are.
func TestDecisionsOfTheHourOfAnUpgradeAreFound(t *testing.T) {
	ctx := context.Background()
	s := openTest(t, copyFolder(t, fixtureDir), fixtureOptions())
	for _, d := range []scoring.Decision{
		{ID: "02", Visitor: "v1"}, {ID: "03", Person: "person"}, {ID: "04", Visitor: "v2", Person: "person"}, {ID: "05", Visitor: "v11"},
	} {
		d.Time, d.Mode = fixtureNow(), scoring.ModeProfile
		if !s.RecordDecision("shop", &d) {
			t.Fatalf("decision %s was not taken", d.ID)
		}
	}
	for _, when := range []string{"while they wait", "on disk"} {
		for who, want := range map[scoring.VisitorID]string{"v1": "01jx 02", visitor.PersonKey("person"): "03 04", "v2": "04", "v11": "05"} {
			var got []string
			err := s.DecisionsOf(ctx, "shop", who, func(d *scoring.Decision) error {
				got = append(got, string(d.ID))
				return nil
			})
			slices.Sort(got)
			if strings.Join(got, " ") != want || err != nil {
				t.Errorf("%s, of %q: %v, %v; want %s", when, who, got, err, want)
			}
		}
		flushDecisions(s)
	}
	erased, err := s.EraseVisitor(ctx, "shop", erasureOf("v1"))
	if err != nil || erased.Decisions != 2 {
		t.Errorf("erased %+v, %v; want both of v1", erased, err)
	}
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
}
