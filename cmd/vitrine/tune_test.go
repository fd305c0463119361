package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/vitrine-io/vitrine/cmd/vitrine/feed"
	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	"github.com/vitrine-io/vitrine/cmd/vitrine/tune"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server/config"
)

// crowdLog is a log of visitors who look at whatever is popular: what they looked
// at before says nothing, against all that the shipped weights were fitted to.
func crowdLog(sessions int) string {
	rng := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(rng, 1.2, 4, 199)
	var b strings.Builder
	for range sessions {
		fmt.Fprintf(&b, "p%d p%d p%d\n", zipf.Uint64(), zipf.Uint64(), zipf.Uint64())
	}
	return b.String()
}

func TestTune(t *testing.T) {
	log := text(t, "log.txt", crowdLog(900))
	quick := []string{"--train", log, "--validation", "35%", "--holdout", "15%", "--lessons", "800", "--sample", "300", "--budget", "4"}
	a := &app{stderr: &bytes.Buffer{}}
	n, remove, err := a.startPrivate("", config.ClockSystem)
	if err != nil {
		t.Fatal(err)
	}
	defer remove()
	defer n.Close()
	if _, errs, err := runCommand(t, "", newSitesCommand, "create", "shop", "--target", n.Addr()); err != nil {
		t.Fatal(err, errs)
	}
	out := filepath.Join(t.TempDir(), "ranking.json")
	said, errs, err := runCommand(t, "", newTuneCommand, append(quick, "--out", out, "--target", n.Addr(), "--placement", "sites/shop/placements/home")...)
	for _, want := range []string{"validation: ", "test: ", "NDCG@20", "It is better", "written to  " + out + " and sites/shop/placements/home"} {
		if err != nil || !strings.Contains(said, want) {
			t.Fatalf("%q is missing: %v\n%s%s", want, err, said, errs)
		}
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	written := &pb.RankingConfig{}
	if err := protojson.Unmarshal(b, written); err != nil || len(written.Weights) == 0 {
		t.Fatalf("%v in\n%s", err, b)
	}
	r := remote{target: n.Addr()}
	conn, err := r.dial()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	p, err := pb.NewPlacementServiceClient(conn).GetPlacement(t.Context(), &pb.GetPlacementRequest{Name: "sites/shop/placements/home"})
	if err != nil || !proto.Equal(p.GetProducts().GetRanking(), written) {
		t.Errorf("the placement's ranking is %v (%v), the file's %v", p.GetProducts().GetRanking(), err, written)
	}

	said, errs, err = runCommand(t, "", newTuneCommand, append(quick, "--json")...)
	if err != nil {
		t.Fatal(err, errs)
	}
	var result tuned
	if err := json.Unmarshal([]byte(said), &result); err != nil {
		t.Fatal(err)
	}
	again := &pb.RankingConfig{}
	if err := protojson.Unmarshal(result.Ranking, again); err != nil || !proto.Equal(again, written) || !result.Better || result.Test == nil || result.Trials != 4 {
		t.Errorf("%v in %s", err, said)
	}
}

// Figures of this process are those that the API gives, with a catalogue and
// without one.
func TestTuneJudgesAsTheAPI(t *testing.T) {
	var products strings.Builder
	products.WriteString("id,title,category,brand\n")
	for k := range 200 {
		fmt.Fprintf(&products, "p%d,Thing %d,hall/aisle-%d,brand-%d\n", k, k, k/20, k%7)
	}
	catalogue := text(t, "products.csv", products.String())
	log := text(t, "log.txt", crowdLog(500))
	for _, with := range []bool{false, true} {
		var errs bytes.Buffer
		a := &app{stderr: &errs}
		f := &tuneFlags{train: []string{log}, validation: "20%", holdout: "none", seed: 1}
		part, test, err := a.tuneLog(f)
		if err != nil || test != nil {
			t.Fatal(err, test)
		}
		o := tune.Options{
			K: 10, End: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Span: 20 * 24 * time.Hour,
			Lessons: 200, Sample: 100, Budget: tune.Budget{Trials: 5}, Seed: 1, Display: progress.New(io.Discard, false),
		}
		if with {
			o.Products = func() (feed.Next[*pb.Product], func(), error) {
				in, r, err := openProducts(a, catalogue, "", "sites/tune")
				if err != nil {
					return nil, nil, err
				}
				return r.Next, func() { in.Close() }, nil
			}
		}
		found, err := tune.Run(t.Context(), part, o)
		if err != nil || found.Ranking == nil {
			t.Fatal(err, found)
		}
		here := found.Validation
		if _, err := a.judgeRanking(t.Context(), part, nil, found, o); err != nil {
			t.Fatal(err)
		}
		there := found.Validation
		if here == there || !reflect.DeepEqual(here.Measures, there.Measures) {
			t.Errorf("with a catalogue: %v: here %+v, through the API %+v", with, here, there)
		}
	}
}

func TestTuneThatFindsNothingWritesNothing(t *testing.T) {
	out := filepath.Join(t.TempDir(), "ranking.json")
	args := []string{"--train", text(t, "log.txt", crowdLog(300)), "--holdout", "none", "--validation", "20%", "--lessons", "0", "--budget", "0", "--out", out}
	said, errs, err := runCommand(t, "", newTuneCommand, args...)
	for _, want := range []string{"Nothing better than what is shipped was found.", "written to  nothing: --force"} {
		if err != nil || !strings.Contains(said, want) {
			t.Errorf("%q is missing: %v\n%s%s", want, err, said, errs)
		}
	}
	if _, err := os.Stat(out); !os.IsNotExist(err) {
		t.Errorf("%s was written: %v", out, err)
	}
}

func TestTuneWrongInput(t *testing.T) {
	log := text(t, "log.txt", crowdLog(100))
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"no log", nil, "--train is needed"},
		{"two tests", []string{"--train", log, "--test", log, "--holdout", "5%"}, "choose one"},
		{"a validation of nothing", []string{"--train", log, "--validation", "0%"}, "--validation"},
		{"a validation by visitor", []string{"--train", log, "--validation", "last-product"}, "a part of the time or of the sessions"},
		{"a validation of time of a log without", []string{"--train", log, "--validation", "1d"}, "--validation 1d: the log tells no times"},
		{"a budget of nonsense", []string{"--train", log, "--budget", "much"}, "a number of trials such as 60"},
		{"a negative budget", []string{"--train", log, "--budget", "-1"}, "a number of trials such as 60"},
		{"too few to judge by", []string{"--train", log, "--sample", "3"}, "100 or more"},
		{"a mapping of nothing", []string{"--train", log, "--mapping", log}, "goes with --products"},
		{"products from stdin", []string{"--train", log, "--products", "-"}, "read twice"},
		{"a placement's id alone", []string{"--train", log, "--placement", "home"}, "a full name such as sites/shop/placements/home"},
		{"no folder to write to", []string{"--train", log, "--out", "/nowhere/at/all/r.json"}, "there is no folder /nowhere/at/all"},
		{"no server", []string{"--train", log, "--placement", "sites/shop/placements/home", "--target", "127.0.0.1:1"}, "no server answers"},
		{"no such file", []string{"--train", log + ".not"}, "no such file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := runCommand(t, "", newTuneCommand, c.args...)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
