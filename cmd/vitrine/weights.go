package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// weightsFlags are what the commands below `vitrine weights` were told.
type weightsFlags struct {
	remote     remote
	placement  string
	page       string
	situations bool
	json       bool
	out        string
	site       string
	yes        bool
}

// newWeightsCommand is `vitrine weights` and what can be done with them.
func newWeightsCommand(a *app) *cobra.Command {
	f := &weightsFlags{}
	cmd := &cobra.Command{
		Use:   "weights",
		Short: "Show the weights that a placement ranks by, keep them, or let what was learned go",
		Long: `Show the weights that a placement of a running server ranks by, and what they
were learned from; keep them as they are, or let what was learned go.
docs/ranking.md explains features, situations and weights.`,
		Example: `  vitrine weights show --placement sites/shop/placements/home
  vitrine weights export --placement sites/shop/placements/home --out ranking.json
  vitrine weights import --placement sites/shop/placements/product ranking.json
  vitrine weights freeze --placement sites/shop/placements/home`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	f.remote.flags(a, cmd.PersistentFlags())
	cmd.PersistentFlags().StringVar(&f.placement, "placement", "", "the `placement`, such as sites/shop/placements/home")
	cmd.AddCommand(
		newWeightsShowCommand(a, f), newWeightsExportCommand(a, f), newWeightsImportCommand(a, f),
		newWeightsFreezeCommand(a, f), newWeightsUnfreezeCommand(a, f), newWeightsResetCommand(a, f),
	)
	return cmd
}

// name is the name of the placement's weights.
func (f *weightsFlags) name() (string, error) {
	if !placementNames.MatchString(f.placement) {
		return "", usagef("--placement %q: a full name such as sites/shop/placements/home is wanted", f.placement)
	}
	return f.placement + "/weights", nil
}

// with calls do with a client, and explains its error.
func (f *weightsFlags) with(ctx context.Context, do func(context.Context, pb.RankingServiceClient) error) error {
	conn, err := f.remote.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, f.remote.timeout)
	defer cancel()
	return f.remote.explain(do(ctx, pb.NewRankingServiceClient(conn)))
}

// get reads the placement's weights.
func (f *weightsFlags) get(ctx context.Context, page pb.PageType) (w *pb.Weights, err error) {
	name, err := f.name()
	if err != nil {
		return nil, err
	}
	err = f.with(ctx, func(ctx context.Context, c pb.RankingServiceClient) (err error) {
		w, err = c.GetWeights(ctx, &pb.GetWeightsRequest{Name: name, PageType: page})
		return err
	})
	return w, err
}

func newWeightsShowCommand(a *app, f *weightsFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Show the weights in effect, and how they come about",
		Example: `  vitrine weights show --placement sites/shop/placements/home
  vitrine weights show --placement sites/shop/placements/home --page cart --situations
  vitrine weights show --placement sites/shop/placements/home --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			page := pb.PageType_PAGE_TYPE_UNSPECIFIED
			if f.page != "" {
				var err error
				if page, err = parsePage(f.page); err != nil {
					return err
				}
			}
			w, err := f.get(cmd.Context(), page)
			if err != nil {
				return err
			}
			if f.json {
				_, err := fmt.Fprintln(a.stdout, protojson.Format(w))
				return err
			}
			return printWeights(a.stdout, w, f.situations)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.page, "page", "", "the kind of `page` that they are for; by default the placement's own")
	fs.BoolVar(&f.situations, "situations", false, "show the weights in effect in each of the situations of docs/ranking.md")
	fs.BoolVar(&f.json, "json", false, "print them as JSON")
	return cmd
}

// printWeights writes weights for people.
func printWeights(out io.Writer, w *pb.Weights, situations bool) error {
	var b strings.Builder
	state := "learning"
	switch {
	case w.GetFreezeTime() != nil:
		state = "frozen since " + w.GetFreezeTime().AsTime().Format("2006-01-02 15:04 MST")
	case !w.GetLearning():
		state = "learning off"
	}
	steps := w.GetLessons()
	fmt.Fprintf(&b, "%s\npage %s, objective %s, %s\n", w.GetName(),
		enumWords(w.GetPageType().String(), "PAGE_TYPE_"), enumWords(w.GetObjective().String(), "OBJECTIVE_"), state)
	fmt.Fprintf(&b, "learned from %s steps of visitors, %s towards the objective, %s of these on this kind of page; maturity %.0f %%\n\n",
		progress.Thousands(steps.GetShared()), progress.Thousands(steps.GetObjective()), progress.Thousands(steps.GetPage()), 100*w.GetMaturity())
	t := newTable("feature", ">starts at", ">shared", ">objective", ">page", ">in effect", "")
	if situations {
		t = newTable("feature", ">1", ">2", ">3", ">4", ">5", ">6", ">7", ">8", ">9", ">10")
	}
	for _, x := range w.GetFeatures() {
		cells := []string{x.GetFeature()}
		if situations {
			for _, weight := range x.GetWeights() {
				cells = append(cells, fmt.Sprintf("%.2f", weight))
			}
			t.add(cells...)
			continue
		}
		mark := ""
		switch {
		case x.GetConfigured():
			mark = "set in the placement"
		case !x.GetLearned():
			mark = "not learned"
		}
		t.add(append(cells, fmt.Sprintf("%.2f", mean(x.GetStarting())), moved(x.GetShared()), moved(x.GetObjective()), moved(x.GetPage()),
			fmt.Sprintf("%.2f", mean(x.GetWeights())), mark)...)
	}
	if err := t.write(&b); err != nil {
		return err
	}
	if !situations {
		b.WriteString("\nStarts at and in effect are means over the situations of a visit; --situations shows each.\n")
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// visitSituations are those in which something of the visit is known. The tenth is
// for when nothing is.
const visitSituations = 9

func mean(weights []float64) (sum float64) {
	weights = weights[:min(len(weights), visitSituations)]
	for _, w := range weights {
		sum += w
	}
	return sum / float64(max(1, len(weights)))
}

// moved writes what was learned; nothing where nothing was.
func moved(by float64) string {
	if by == 0 {
		return ""
	}
	return fmt.Sprintf("%+.3f", by)
}

func newWeightsExportCommand(a *app, f *weightsFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the weights in effect as a RankingConfig, which any placement takes",
		Long: `Write the weights in effect as a RankingConfig, the file that vitrine tune writes:
the weights of all features, with learning off, and the placement's parameters.
vitrine weights import puts it into a placement, of this server or another one.`,
		Example: `  vitrine weights export --placement sites/shop/placements/home --out ranking.json
  vitrine weights export --placement sites/shop/placements/home | jq .weights`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w, err := f.get(cmd.Context(), pb.PageType_PAGE_TYPE_UNSPECIFIED)
			if err != nil {
				return err
			}
			b, err := rankingJSON(w.GetRanking())
			if err != nil {
				return err
			}
			if f.out == "" {
				_, err = a.stdout.Write(b)
				return err
			}
			if err := os.WriteFile(f.out, b, 0o644); err != nil { //nolint:gosec // no secret
				return fmt.Errorf("--out: %w", err)
			}
			_, err = fmt.Fprintf(a.stdout, "wrote the weights of %d features to %s\n", len(w.GetRanking().GetWeights()), f.out)
			return err
		},
	}
	cmd.Flags().StringVar(&f.out, "out", "", "write to this `file` in the place of standard output")
	return cmd
}

func newWeightsImportCommand(a *app, f *weightsFlags) *cobra.Command {
	return &cobra.Command{
		Use:     "import FILE",
		Short:   "Put a RankingConfig, of weights export or of tune, into a placement",
		Example: "  vitrine weights import --placement sites/shop/placements/home ranking.json",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("which file? For instance: vitrine weights import --placement sites/shop/placements/home ranking.json")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := f.name(); err != nil {
				return err
			}
			ranking, err := a.readRanking(args[0])
			if err != nil {
				return err
			}
			conn, err := f.remote.dial()
			if err != nil {
				return err
			}
			defer conn.Close()
			if err := f.remote.setRanking(cmd.Context(), pb.NewPlacementServiceClient(conn), f.placement, ranking); err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.stdout, "%s ranks by %s from now on\n", f.placement, args[0])
			return err
		},
	}
}

func newWeightsFreezeCommand(a *app, f *weightsFlags) *cobra.Command {
	return &cobra.Command{
		Use:     "freeze",
		Short:   "Rank by the weights in effect from now on, whatever is learned",
		Example: "  vitrine weights freeze --placement sites/shop/placements/home",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.changeWeights(cmd.Context(), f, func(ctx context.Context, c pb.RankingServiceClient, name string) (*pb.Weights, error) {
				return c.FreezeWeights(ctx, &pb.FreezeWeightsRequest{Name: name})
			}, "frozen; let them move again with: vitrine weights unfreeze --placement "+f.placement)
		},
	}
}

func newWeightsUnfreezeCommand(a *app, f *weightsFlags) *cobra.Command {
	return &cobra.Command{
		Use:     "unfreeze",
		Short:   "Let the weights move again, with what was learned meanwhile",
		Example: "  vitrine weights unfreeze --placement sites/shop/placements/home",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.changeWeights(cmd.Context(), f, func(ctx context.Context, c pb.RankingServiceClient, name string) (*pb.Weights, error) {
				return c.UnfreezeWeights(ctx, &pb.UnfreezeWeightsRequest{Name: name})
			}, "moving with what visitors do")
		},
	}
}

// changeWeights makes a change and tells of it.
func (a *app) changeWeights(
	ctx context.Context, f *weightsFlags, change func(context.Context, pb.RankingServiceClient, string) (*pb.Weights, error), done string,
) error {
	name, err := f.name()
	if err != nil {
		return err
	}
	return f.with(ctx, func(ctx context.Context, c pb.RankingServiceClient) error {
		w, err := change(ctx, c, name)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.stdout, "%s: %d features, %s\n", w.GetName(), len(w.GetFeatures()), done)
		return err
	})
}

func newWeightsResetCommand(a *app, f *weightsFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reset",
		Short: "Let go what was learned: of a placement's kind of page and objective, or of a whole site",
		Long: `Let go what was learned about weights: with --placement for its kind of page and
objective, with --site for the whole site. Placements on the same kind of page
with the same objective share theirs. What is written in a placement's ranking,
such as frozen weights, stays.`,
		Example: `  vitrine weights reset --placement sites/shop/placements/home --yes
  vitrine weights reset --site shop --yes`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if (f.site == "") == (f.placement == "") {
				return usagef("--placement lets go what was learned for its page and objective, --site everything: choose one")
			}
			name := (&whose{site: f.site}).name()
			if f.site == "" {
				var err error
				if name, err = f.name(); err != nil {
					return err
				}
			}
			if !f.yes {
				return usagef("what was learned of %s is gone for ever then: say --yes", name)
			}
			return f.with(cmd.Context(), func(ctx context.Context, c pb.RankingServiceClient) error {
				if _, err := c.ResetWeights(ctx, &pb.ResetWeightsRequest{Name: name}); err != nil {
					return err
				}
				_, err := fmt.Fprintf(a.stdout, "reset %s\n", name)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&f.site, "site", "", "the `site`, in the place of --placement")
	cmd.Flags().BoolVar(&f.yes, "yes", false, "really let it go")
	return cmd
}
