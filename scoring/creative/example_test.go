package creative_test

import (
	"fmt"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/creative"
)

// Two creatives of a campaign compete for a banner; visitors who care for running
// click on the video.
func Example() {
	running := scoring.Facet{Kind: scoring.FacetCategory, Value: "shoes/running"}.ID()
	page := creative.Page{Placement: "hero", Context: []creative.Trait{{Key: "device", Value: "phone"}}}
	page.Interests = []creative.Interest{{Facet: running, Weight: 1}}
	video := creative.Subject{Creative: "video", Campaign: "spring", Attributes: []creative.Trait{{Key: "format", Value: "video"}}}
	image := creative.Subject{Creative: "image", Campaign: "spring", Attributes: []creative.Trait{{Key: "format", Value: "image"}}}

	learner := creative.NewLearner(creative.New(creative.DefaultOptions()), creative.ClickWindows)
	chooser := creative.Chooser{Floor: creative.DefaultFloor}
	prepared := []*creative.Prepared{creative.Prepare(video), creative.Prepare(image)}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var builder creative.Builder
	decide := func(seed uint64) (chosen int, propensity float64, features []creative.Feature) {
		reading := learner.Model().At(now)
		common := builder.Begin(&page)
		var list []creative.Contestant
		for _, p := range prepared {
			list = append(list, creative.Contestant{Own: builder.Own(p, 0), Value: 1})
		}
		chosen, propensity = chooser.Choose(reading.AppendArms(nil, common, list), seed)
		return chosen, propensity, append(append(features, common...), list[chosen].Own...)
	}

	_, first, _ := decide(0)
	fmt.Printf("at first each is drawn with %.2f\n", first)
	for n := range 2000 {
		now = now.Add(time.Minute)
		k, _, features := decide(uint64(n))
		token := creative.Token(n + 1)
		learner.Shown(creative.Impression{Token: token, Time: now, Features: features})
		if k == 0 && n%10 == 0 {
			learner.Responded(token, now.Add(10*time.Second))
		}
	}
	k, propensity, features := decide(7)
	fmt.Printf("then the %s with %.2f\n", []scoring.CreativeID{"video", "image"}[k], propensity)
	reading := learner.Model().At(now)
	shares := reading.AppendShares(nil, features)
	for i, name := range creative.Names(&page, video) {
		if name.Kind == creative.KindInterest && shares[i] > 0 {
			fmt.Println("because of an interest that goes with", name.Creative.Value)
		}
	}
	// Output:
	// at first each is drawn with 0.50
	// then the video with 0.99
	// because of an interest that goes with video
}
