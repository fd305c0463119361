package contact

import (
	"math"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

// Channels is a set of channels; the empty one has all. A page that does not say its
// channel is one of the web.
type Channels uint16

// ChannelsOf is the set of those.
func ChannelsOf(list []scoring.Channel) (set Channels) {
	for _, c := range list {
		set |= bit(c)
	}
	return set
}

// Has reports whether a channel is in the set.
func (c Channels) Has(channel scoring.Channel) bool { return c == 0 || c&bit(channel) != 0 }

func bit(c scoring.Channel) Channels {
	if c == scoring.ChannelUnspecified {
		c = scoring.ChannelWeb
	}
	return 1 << c
}

// Of says which contacts are meant: those that agree in all parts that are not 0.
type Of struct {
	Creative, Campaign, Advertiser Key
	Channels                       Channels
}

func (o Of) has(t *thing, c *contact) bool {
	return (o.Creative == 0 || o.Creative == t.creative) && (o.Campaign == 0 || o.Campaign == t.campaign) &&
		(o.Advertiser == 0 || o.Advertiser == t.advertiser) && o.Channels.Has(c.channel)
}

// Times counts the contacts less than window ago. It is never less than it was; where
// contacts of that time had to be given up it is as large as can be.
func (l *Log) Times(of Of, window time.Duration, now time.Time) int64 {
	within := func(second int64) bool { return now.Sub(time.Unix(second, 0)) < window }
	if l.missing != 0 && within(l.missing) {
		return math.MaxInt64
	}
	return l.remembered(of, within)
}

func (l *Log) remembered(of Of, within func(second int64) bool) (n int64) {
	for k := len(l.contacts) - 1; k >= 0 && within(l.contacts[k].at); k-- {
		if c := &l.contacts[k]; of.has(&l.things[c.thing], c) {
			n += c.times
		}
	}
	return n
}

// lately is how far back Lately looks: a week, in which most who come back do.
const lately = 7 * 24 * time.Hour

// Lately is how often the visitor was handed out a creative in the last week, as far as
// that is remembered: what fatigue is predicted by.
func (l *Log) Lately(creative Key, now time.Time) float64 {
	return float64(l.remembered(Of{Creative: creative}, func(second int64) bool { return now.Sub(time.Unix(second, 0)) < lately }))
}

// Unanswered counts how often a creative was handed out since the visitor last
// clicked it, as far as that is remembered.
func (l *Log) Unanswered(creative Key) int64 {
	n := int64(0)
	for k := range l.contacts {
		c := &l.contacts[k]
		if t := &l.things[c.thing]; t.creative == creative && c.at > t.clicked {
			n += c.times
		}
	}
	return n
}

// WavedAway is when the visitor last waved something away of what is meant, whose
// channel does not matter; false if they did not.
func (l *Log) WavedAway(of Of) (time.Time, bool) {
	last := int64(0)
	for k := range l.things {
		if t := &l.things[k]; of.has(t, &contact{}) {
			last = max(last, t.dismissed)
		}
	}
	return time.Unix(last, 0).UTC(), last != 0
}

// Contact is one entry of a log, for people to read.
type Contact struct {
	Creative Key // 0: none of ours
	Channel  scoring.Channel
	Times    int64
	Time     time.Time
}

// All lists the contacts, oldest first.
func (l *Log) All() []Contact {
	list := make([]Contact, len(l.contacts))
	for k, c := range l.contacts {
		list[k] = Contact{l.things[c.thing].creative, c.channel, c.times, time.Unix(c.at, 0).UTC()}
	}
	return list
}

// Until is when nothing of it is needed any more.
func (l *Log) Until() time.Time {
	last := l.missing
	if last != 0 {
		last += int64(scoring.MaxCapWindow / time.Second)
	}
	for k := range l.contacts {
		last = max(last, l.contacts[k].at+60*l.things[l.contacts[k].thing].keep)
	}
	for k := range l.things {
		if at := l.things[k].dismissed; at != 0 {
			last = max(last, at+int64(scoring.MaxCapWindow/time.Second))
		}
	}
	return time.Unix(last, 0).UTC()
}
