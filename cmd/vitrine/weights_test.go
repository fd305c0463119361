package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server/config"
)

// The story of a placement's weights on a server that has learned from a log:
// shown, exported, imported into another placement, frozen, let go.
func TestWeights(t *testing.T) {
	a := &app{stderr: &bytes.Buffer{}}
	n, remove, err := a.startPrivate("", config.ClockSystem)
	if err != nil {
		t.Fatal(err)
	}
	defer remove()
	defer n.Close()
	var log strings.Builder
	for v := range 60 {
		for step := range 4 {
			fmt.Fprintf(&log, `{"id":"e%d-%d","type":"EVENT_TYPE_PRODUCT_VIEWED","visitor":{"deviceId":"v%d"},"time":"2026-01-02T10:%02d:%02dZ","items":[{"productId":"p%d"}]}`+"\n",
				v, step, v, v%60, 10*step, (v/3+step*(1+v%4))%12)
		}
	}
	vitrine := func(args ...string) (string, error) {
		t.Helper()
		var out, errs bytes.Buffer
		root := newRootCommand(&app{stdin: strings.NewReader(""), stdout: &out, stderr: &errs})
		root.SetArgs(append(args, "--target", n.Addr()))
		root.SetOut(&out)
		err := root.ExecuteContext(t.Context())
		return out.String(), err
	}
	must := func(args ...string) string {
		t.Helper()
		out, err := vitrine(args...)
		if err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		return out
	}
	const home, other = "sites/shop/placements/home", "sites/shop/placements/other"
	must("sites", "create", "shop")
	must("import", "events", "--site", "shop", "--consent", "granted", text(t, "log.jsonl", log.String()))

	shown := must("weights", "show", "--placement", home)
	for _, want := range []string{home + "/weights\n", "objective click, learning", "steps of visitors", "feature", "near ", "in effect", "not learned"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not in\n%s", want, shown)
		}
	}
	if wide := must("weights", "show", "--placement", home, "--page", "cart", "--situations"); !strings.Contains(wide, "page cart") || !strings.Contains(wide, "10") {
		t.Errorf("by situation:\n%s", wide)
	}
	read := func() *pb.Weights {
		t.Helper()
		w := &pb.Weights{}
		if err := protojson.Unmarshal([]byte(must("weights", "show", "--placement", home, "--json")), w); err != nil {
			t.Fatal(err)
		}
		return w
	}
	if read().GetLessons().GetShared() == 0 {
		t.Fatal("nothing was learned")
	}

	file := filepath.Join(t.TempDir(), "ranking.json")
	if out := must("weights", "export", "--placement", home, "--out", file); !strings.Contains(out, file) {
		t.Errorf("export said %q", out)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	exported := &pb.RankingConfig{}
	if err := protojson.Unmarshal(b, exported); err != nil || len(exported.GetWeights()) < 30 || exported.GetLearning() != pb.Toggle_TOGGLE_OFF {
		t.Fatalf("%v: exported %v", err, exported)
	}
	conn, err := (&remote{target: n.Addr()}).dial()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := pb.NewPlacementServiceClient(conn).CreatePlacement(t.Context(), &pb.CreatePlacementRequest{
		Parent: "sites/shop", PlacementId: "other",
		Placement: &pb.Placement{Rules: &pb.Placement_Products{Products: &pb.ProductRules{Diversity: pb.DiversityLevel_DIVERSITY_LEVEL_HIGH}}},
	}); err != nil {
		t.Fatal(err)
	}
	must("weights", "import", "--placement", other, file)
	p, err := pb.NewPlacementServiceClient(conn).GetPlacement(t.Context(), &pb.GetPlacementRequest{Name: other})
	if err != nil || !proto.Equal(p.GetProducts().GetRanking(), exported) || p.GetProducts().GetDiversity() != pb.DiversityLevel_DIVERSITY_LEVEL_HIGH {
		t.Errorf("%v: the placement has %v, exported was %v", err, p.GetProducts(), exported)
	}
	if again := must("weights", "export", "--placement", other); again != string(b) {
		t.Errorf("exported from where it was imported:\n%s\nwant\n%s", again, b)
	}

	must("weights", "freeze", "--placement", home)
	if w := read(); w.GetLearning() || w.GetFreezeTime() == nil {
		t.Errorf("frozen: learning %v since %v", w.GetLearning(), w.GetFreezeTime())
	}
	if shown := must("weights", "show", "--placement", home); !strings.Contains(shown, "frozen since 20") || !strings.Contains(shown, "set in the placement") {
		t.Errorf("frozen:\n%s", shown)
	}
	must("weights", "unfreeze", "--placement", home)
	if w := read(); !w.GetLearning() {
		t.Error("unfrozen, and it does not learn")
	}
	var usage *usageError
	if _, err := vitrine("weights", "reset", "--site", "shop"); !errors.As(err, &usage) {
		t.Errorf("reset without --yes: %v", err)
	}
	must("weights", "reset", "--site", "shop", "--yes")
	if w := read(); w.GetLessons().GetShared() != 0 {
		t.Errorf("after a reset: %v", w.GetLessons())
	}
}

func TestWeightsMistakes(t *testing.T) {
	nobody := []string{"--target", "127.0.0.1:1"}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"show"}, "a full name such as sites/shop/placements/home"},
		{[]string{"show", "--placement", "home"}, "a full name such as sites/shop/placements/home"},
		{[]string{"show", "--placement", "sites/shop/placements/home", "--page", "attic"}, "one of home, product"},
		{[]string{"import", "--placement", "sites/shop/placements/home"}, "which file?"},
		{[]string{"import", "--placement", "sites/shop/placements/home", text(t, "a.json", `{"heights":[]}`)}, "is no RankingConfig"},
		{[]string{"import", "--placement", "sites/shop/placements/home", text(t, "b.json", `{}`)}, "says nothing"},
		{[]string{"import", "--placement", "sites/shop/placements/home", "/nowhere.json"}, "no such file"},
		{[]string{"reset", "--yes"}, "choose one"},
		{[]string{"reset", "--yes", "--site", "shop", "--placement", "sites/shop/placements/home"}, "choose one"},
		{append([]string{"freeze", "--placement", "sites/shop/placements/home"}, nobody...), "no server answers"},
	} {
		if _, err := command(t, newWeightsCommand, "", c.args...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.args, err, c.want)
		}
	}
}
