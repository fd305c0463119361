package creative

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/scoring/logit"
)

var windows = LearnerOptions{Window: time.Hour, Remember: 24 * time.Hour, MaxImpressions: 100}

func impression1(token Token, at time.Duration) Impression {
	return Impression{Token: token, Visitor: 1, Time: start.Add(at), Features: []Feature{site(), of(KindCreative, "a")}}
}

// mean is what the model thinks of the creative, long after.
func mean(m *Model) float64 {
	r := m.At(start)
	return r.Logit([]Feature{site(), of(KindCreative, "a")}).Mean
}

func TestOutcomes(t *testing.T) {
	yes, no := New(DefaultOptions()), New(DefaultOptions())
	yes.Learn(impression1(1, 0).Features, true, start)
	no.Learn(impression1(1, 0).Features, false, start)
	untouched := New(DefaultOptions())
	for _, test := range []struct {
		name     string
		tell     func(l *Learner) Verdict
		want     Verdict
		likeThat *Model
	}{
		{"within the window nothing counts", func(l *Learner) Verdict {
			l.Advance(start.Add(59 * time.Minute))
			return 0
		}, 0, untouched},
		{"a response counts at once", func(l *Learner) Verdict {
			return l.Responded(1, start.Add(time.Minute))
		}, Counted, yes},
		{"and not again when the window ends", func(l *Learner) Verdict {
			v := l.Responded(1, start.Add(time.Minute))
			l.Advance(start.Add(2 * time.Hour))
			return v
		}, Counted, yes},
		{"after the window it counts as without", func(l *Learner) Verdict {
			l.Advance(start.Add(time.Hour))
			return 0
		}, 0, no},
		{"a late response reverses that", func(l *Learner) Verdict {
			return l.Responded(1, start.Add(5*time.Hour))
		}, Reversed, yes},
		{"a second response is none", func(l *Learner) Verdict {
			l.Responded(1, start.Add(5*time.Hour))
			return l.Responded(1, start.Add(6*time.Hour))
		}, Repeated, yes},
		{"a second impression with the token is none", func(l *Learner) Verdict {
			v := l.Shown(impression1(1, time.Minute))
			l.Advance(start.Add(2 * time.Hour))
			return v
		}, Repeated, no},
		{"an unknown token", func(l *Learner) Verdict {
			return l.Responded(2, start.Add(time.Minute))
		}, Unknown, untouched},
		{"too late", func(l *Learner) Verdict {
			return l.Responded(1, start.Add(24*time.Hour))
		}, Unknown, no},
		{"a response that is undone within the window waits on", func(l *Learner) Verdict {
			l.Responded(1, start.Add(time.Minute))
			return l.Undone(1, start.Add(2*time.Minute))
		}, Reversed, untouched},
		{"and counts as without when the window ends", func(l *Learner) Verdict {
			l.Responded(1, start.Add(time.Minute))
			v := l.Undone(1, start.Add(2*time.Minute))
			l.Advance(start.Add(time.Hour))
			return v
		}, Reversed, no},
		{"one that is undone later counts as without", func(l *Learner) Verdict {
			l.Responded(1, start.Add(5*time.Hour))
			return l.Undone(1, start.Add(6*time.Hour))
		}, Reversed, no},
		{"of two responses one is left", func(l *Learner) Verdict {
			l.Responded(1, start.Add(time.Minute))
			l.Responded(1, start.Add(2*time.Minute))
			return l.Undone(1, start.Add(3*time.Minute))
		}, Counted, yes},
		{"what was not there can't be undone", func(l *Learner) Verdict {
			return l.Undone(1, start.Add(5*time.Hour))
		}, Repeated, no},
		{"undone and come back", func(l *Learner) Verdict {
			l.Responded(1, start.Add(time.Minute))
			l.Undone(1, start.Add(5*time.Hour))
			return l.Responded(1, start.Add(6*time.Hour))
		}, Reversed, yes},
		{"the visitor is erased while it waits", func(l *Learner) Verdict {
			l.Erase(1)
			return l.Responded(1, start.Add(2*time.Hour))
		}, Unknown, untouched},
		{"the visitor is erased after it counted", func(l *Learner) Verdict {
			l.Advance(start.Add(time.Hour))
			l.Erase(1)
			return 0
		}, 0, untouched},
		{"the visitor is erased after a response", func(l *Learner) Verdict {
			l.Responded(1, start.Add(5*time.Hour))
			l.Erase(1)
			return 0
		}, 0, untouched},
	} {
		l := NewLearner(New(DefaultOptions()), windows)
		if v := l.Shown(impression1(1, 0)); v != Counted {
			t.Fatalf("%s: the impression: %v", test.name, v)
		}
		if got := test.tell(l); got != test.want {
			t.Errorf("%s: verdict %v, want %v", test.name, got, test.want)
		}
		// The lesson is some hours younger or older, of a half-life of a month.
		near(t, test.name, mean(l.Model()), mean(test.likeThat), 0.02*(1e-9+max(mean(yes)-mean(untouched), 0)))
	}
}

// When more impressions wait than may, the oldest counts as without a response, and a
// response to it is one to an unknown token.
func TestImpressionsAreBounded(t *testing.T) {
	l := NewLearner(New(DefaultOptions()), windows)
	for n := range 250 {
		l.Shown(impression1(Token(n), 0))
	}
	if got := l.Waiting(); got != 100 {
		t.Errorf("%d wait, want 100", got)
	}
	without := New(DefaultOptions())
	for range 150 {
		without.Learn(impression1(0, 0).Features, false, start)
	}
	near(t, "150 counted", mean(l.Model()), mean(without), 1e-12)
	if got := l.Responded(149, start); got != Unknown {
		t.Errorf("the response to a forgotten one: %v", got)
	}
	if got := l.Responded(150, start); got != Counted {
		t.Errorf("the response to the oldest: %v", got)
	}
}

// When more impressions wait than may, a sample of them is waited for: what is learned
// stays true to one response in ten, which counting the oldest as without would halve.
func TestSampleStaysTrue(t *testing.T) {
	sampled := LearnerOptions{Window: 24 * time.Hour, Remember: 48 * time.Hour, MaxImpressions: 1000, Sample: true}
	l := NewLearner(New(DefaultOptions()), sampled)
	rng := rand.New(rand.NewPCG(1, 1))
	at, most := start, 0
	var due []Token // who responds 12 hours later
	for range 20_000 {
		at = at.Add(20 * time.Second) // 4,320 come within the window
		token := Token(rng.Uint64())
		i := impression1(token, 0)
		i.Time = at
		l.Shown(i)
		most = max(most, l.Waiting())
		if rng.IntN(10) > 0 {
			token = 0
		}
		if due = append(due, token); len(due) > 2160 {
			if due[0] != 0 {
				l.Responded(due[0], at)
			}
			due = due[1:]
		}
	}
	if most > 1000 {
		t.Errorf("%d waited, want 1000 at most", most)
	}
	r := l.Model().At(at)
	p := logit.P(r.Logit(impression1(1, 0).Features).Mean)
	if p < 0.08 || p > 0.125 { // of some 2,500 in the sample: a tenth, give or take three deviations of .006
		t.Errorf("a response is thought %.3f likely, want one in ten", p)
	}
	rare := l.rare
	for range 40 { // an impression an hour: there is room for all again
		at = at.Add(time.Hour)
		l.Advance(at)
	}
	if rare == 0 || l.rare >= rare {
		t.Errorf("one in 2^%d was waited for, and 2^%d later", rare, l.rare)
	}
}

// play tells a learner what rapid draws.
func play(t *rapid.T, l *Learner, steps int, at *time.Time) {
	for range steps {
		*at = at.Add(time.Duration(rapid.IntRange(-20, 200).Draw(t, "minutes")) * time.Minute)
		token := Token(rapid.Uint64Range(0, 60).Draw(t, "token"))
		switch rapid.IntRange(0, 6).Draw(t, "what") {
		case 0, 1, 2:
			f := []Feature{site(), of(KindCreative, rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "creative"))}
			l.Shown(Impression{Token: token, Visitor: rapid.Uint64Range(0, 5).Draw(t, "visitor"), Time: *at, Features: f})
		case 3, 4:
			l.Responded(token, *at)
		case 5:
			if rapid.IntRange(0, 9).Draw(t, "erase") == 0 {
				l.Erase(rapid.Uint64Range(1, 5).Draw(t, "whom"))
			}
			l.Advance(*at)
		case 6:
			l.Undone(token, *at)
		}
	}
}

// A learner that was saved and restored goes on as if it had never stopped, bit for
// bit.
func TestRestoredGoesOn(t *testing.T) {
	options := DefaultOptions()
	options.HalfLife = 24 * time.Hour
	few := windows
	few.MaxImpressions = 12
	rapid.Check(t, func(t *rapid.T) {
		few := few
		few.Sample = rapid.Bool().Draw(t, "sample")
		at := start
		l := NewLearner(New(options), few)
		play(t, l, rapid.IntRange(0, 60).Draw(t, "before"), &at)
		saved := l.AppendTo(nil)
		again := NewLearner(New(options), few)
		rest, err := again.Restore(append(saved, "rest"...))
		if err != nil || string(rest) != "rest" {
			t.Fatalf("%v, %q", err, rest)
		}
		if !bytes.Equal(again.AppendTo(nil), saved) {
			t.Fatal("what was restored is saved in other bytes")
		}
		draws := rapid.SliceOfN(rapid.Uint64(), 40, 40).Draw(t, "after")
		for _, both := range []*Learner{l, again} {
			now := at
			for _, d := range draws {
				now = now.Add(time.Duration(d%7919) * time.Second)
				if d%3 == 0 {
					both.Responded(Token(d>>8%60), now)
				} else {
					both.Shown(Impression{Token: Token(d >> 8 % 60), Time: now, Features: []Feature{site(), of(KindCreative, "b")}})
				}
			}
		}
		if !bytes.Equal(l.AppendTo(nil), again.AppendTo(nil)) {
			t.Fatal("they went apart")
		}
	})
}

func TestRestoreRefuses(t *testing.T) {
	l := NewLearner(New(DefaultOptions()), windows)
	l.Shown(impression1(1, 0))
	l.Shown(impression1(2, time.Minute))
	l.Responded(2, start.Add(2*time.Hour))
	good := l.AppendTo(nil)
	for name, test := range map[string]struct {
		bytes []byte
		want  error
	}{
		"nothing":       {nil, ErrCorrupt},
		"cut off":       {good[:len(good)-1], ErrCorrupt},
		"newer learner": {append([]byte{3}, good[1:]...), ErrVersion},
		"newer model":   {append([]byte{2, 2}, good[2:]...), ErrVersion},
	} {
		if _, err := l.Restore(test.bytes); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
		if l.Waiting() != 0 || l.Model().Features() != 0 {
			t.Errorf("%s: something is left", name)
		}
	}
}

// Whatever the bytes, Restore returns, and what it takes it gives back.
func FuzzRestore(f *testing.F) {
	l := NewLearner(New(DefaultOptions()), windows)
	f.Add(l.AppendTo(nil))
	l.Shown(impression1(1, 0))
	l.Shown(impression1(2, time.Minute))
	l.Responded(2, start.Add(2*time.Hour))
	l.Shown(impression1(3, 2*time.Hour))
	l.Erase(1)
	l.Shown(impression1(4, 2*time.Hour))
	f.Add(l.AppendTo(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		l := NewLearner(New(DefaultOptions()), windows)
		rest, err := l.Restore(b)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrVersion) {
				t.Fatal(err)
			}
			return
		}
		saved := l.AppendTo(nil)
		again := NewLearner(New(DefaultOptions()), windows)
		if _, err := again.Restore(saved); err != nil || !bytes.Equal(again.AppendTo(nil), saved) {
			t.Fatalf("%v, of %x behind %d bytes", err, b, len(rest))
		}
	})
}
