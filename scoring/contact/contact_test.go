package contact

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/scoring"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// served is a creative of campaign c and advertiser a, to be kept for a day.
func served(creative scoring.CreativeID) scoring.Served {
	return scoring.Served{Campaign: "c", Creative: creative, Advertiser: "a", Channel: scoring.ChannelWeb, Keep: 24 * time.Hour}
}

func TestTimesAreOfASlidingWindow(t *testing.T) {
	var l Log
	l = l.Add([]scoring.Served{served("x"), served("y")}, noon)
	l = l.Add([]scoring.Served{served("x")}, noon.Add(time.Hour))
	l = l.Add([]scoring.Served{{Channel: scoring.ChannelEmail, Keep: 24 * time.Hour}}, noon.Add(90*time.Minute))
	x := Of{Creative: CreativeKey("c", "x")}
	for _, c := range []struct {
		of     Of
		window time.Duration
		at     time.Duration
		want   int64
	}{
		{x, time.Hour + time.Second, time.Hour, 2},
		{x, time.Hour, time.Hour, 1}, // that of noon is an hour ago: no longer within it
		{x, 2 * time.Hour, 2*time.Hour - 1, 2},
		{x, time.Hour, 2 * time.Hour, 0},
		{Of{Campaign: CampaignKey("c")}, 2 * time.Hour, time.Hour, 3},
		{Of{Advertiser: AdvertiserKey("a")}, 2 * time.Hour, time.Hour, 3},
		{Of{}, 2 * time.Hour, 90 * time.Minute, 4},
		{Of{Channels: ChannelsOf([]scoring.Channel{scoring.ChannelEmail})}, 2 * time.Hour, 90 * time.Minute, 1},
		{Of{Creative: CreativeKey("d", "x")}, 2 * time.Hour, time.Hour, 0}, // of another campaign
	} {
		if got := l.Times(c.of, c.window, noon.Add(c.at)); got != c.want {
			t.Errorf("%+v within %v, %v after noon: %d, want %d", c.of, c.window, c.at, got, c.want)
		}
	}
	// Fatigue is of a week.
	if got := l.Lately(CreativeKey("c", "x"), noon.Add(time.Hour)); got != 2 {
		t.Errorf("lately %v times, want 2", got)
	}
	if got := l.Lately(CreativeKey("c", "x"), noon.Add(7*24*time.Hour)); got != 1 {
		t.Errorf("a week later %v times, want 1: that of noon is a week ago", got)
	}
	// A day later nothing of it is needed, and after another it is forgotten; where room is
	// short, at once.
	if short := l.Add([]scoring.Served{served("z")}, noon.Add(26*time.Hour)).Within(40); len(short.All()) != 1 {
		t.Errorf("%+v is left of what is not needed", short)
	}
	if l = l.Add(nil, noon.Add(50*time.Hour)); !l.Empty() {
		t.Errorf("%+v is left", l)
	}
}

func TestWhatEndedAContact(t *testing.T) {
	l := Log{}.Add([]scoring.Served{served("x"), served("y")}, noon)
	l = l.Add([]scoring.Served{served("x")}, noon.Add(time.Minute))
	x := CreativeKey("c", "x")
	if got := l.Unanswered(x); got != 2 {
		t.Errorf("%d times without response, want 2", got)
	}
	l = l.Clicked("c", "x", noon.Add(2*time.Minute)).Add([]scoring.Served{served("x")}, noon.Add(3*time.Minute))
	if got := l.Unanswered(x); got != 1 {
		t.Errorf("%d times without response since the click, want 1", got)
	}
	l = l.Dismissed("c", "y", noon.Add(4*time.Minute))
	at, ok := l.WavedAway(Of{Campaign: CampaignKey("c")})
	if _, other := l.WavedAway(Of{Creative: x}); other || !ok || !at.Equal(noon.Add(4*time.Minute)) {
		t.Errorf("waved away at %v, %v; x: %v", at, ok, other)
	}
	// It is remembered when the contact itself is not any more, for half a year.
	l = l.Add(nil, noon.Add(72*time.Hour))
	if _, ok := l.WavedAway(Of{Creative: CreativeKey("c", "y")}); !ok || len(l.All()) != 0 {
		t.Errorf("left: %+v", l)
	}
	if l = l.Add(nil, noon.Add(scoring.MaxCapWindow+5*time.Minute)); !l.Empty() {
		t.Errorf("after half a year: %+v", l)
	}
}

// A log that no longer fits counts too many, never too few; and it is the same after
// it was written and read.
func TestABoundedLogNeverCountsTooFew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type shown struct {
			creative scoring.CreativeID
			channel  scoring.Channel
			at       time.Time
		}
		var all []shown
		var l Log
		bytes := rapid.IntRange(40, MaxBytes).Draw(t, "bytes")
		now := noon
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(6*time.Hour)).Draw(t, "later")))
			var page []scoring.Served
			for range rapid.IntRange(1, 4).Draw(t, "slots") {
				s := served(scoring.CreativeID(rapid.StringMatching(`[a-f][a-h]?`).Draw(t, "creative")))
				s.Keep = scoring.MaxCapWindow
				s.Channel = rapid.SampledFrom([]scoring.Channel{scoring.ChannelWeb, scoring.ChannelEmail}).Draw(t, "channel")
				page = append(page, s)
				all = append(all, shown{s.Creative, s.Channel, now})
			}
			l = l.Add(page, now).Within(bytes)
			b := l.Append(nil)
			if len(b) > bytes {
				t.Fatalf("%d bytes, want at most %d", len(b), bytes)
			}
			again, rest, err := Decode(append(b, 7))
			if err != nil || len(rest) != 1 || !reflect.DeepEqual(again, l) {
				t.Fatalf("wrote %+v, read %+v, %v", l, again, err)
			}
		}
		window := time.Duration(rapid.Int64Range(int64(scoring.MinCapWindow), int64(scoring.MaxCapWindow)).Draw(t, "window"))
		creative := rapid.SampledFrom(all).Draw(t, "of").creative
		var one, mails int64
		for _, s := range all {
			if now.Sub(s.at) < window {
				if s.creative == creative {
					one++
				}
				if s.channel == scoring.ChannelEmail {
					mails++
				}
			}
		}
		if got := l.Times(Of{Creative: CreativeKey("c", creative)}, window, now); got < one {
			t.Fatalf("%d times, were %d", got, one)
		}
		if got := l.Times(Of{Channels: ChannelsOf([]scoring.Channel{scoring.ChannelEmail})}, window, now); got < mails {
			t.Fatalf("%d mails, were %d", got, mails)
		}
	})
}

// A day of twenty pages with three creatives each fits, to the second.
func TestAnOrdinaryMonthIsExact(t *testing.T) {
	var l Log
	at := noon
	for k := range 60 {
		s := served(scoring.CreativeID('a' + rune(k%20)))
		s.Keep = 30 * 24 * time.Hour
		l = l.Add([]scoring.Served{s}, at)
		at = at.Add(11 * time.Hour)
	}
	if got := len(l.All()); got != 60 {
		t.Errorf("%d contacts in %d bytes, want 60", got, l.size())
	}
}

func FuzzDecode(f *testing.F) {
	l := Log{}.Add([]scoring.Served{served("x"), served("y")}, noon).Dismissed("c", "y", noon.Add(time.Minute))
	f.Add(l.Append(nil))
	small := Log{}.Add([]scoring.Served{served("x")}, noon).Within(20)
	f.Add(small.Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, _, err := Decode(b)
		if err != nil {
			return
		}
		first := got.Append(nil)
		again, rest, err := Decode(first)
		if err != nil || len(rest) != 0 || string(again.Append(nil)) != string(first) {
			t.Fatalf("%x decodes to what is written as %x: %v", b, first, err)
		}
		got.Times(Of{}, time.Hour, noon)
		got.Within(30)
	})
}
