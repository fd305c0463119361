// Package contact keeps what was handed out to one visitor and what ended it: what
// frequency caps and contact budgets count by.
package contact

import (
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/vitrine-io/vitrine/scoring"
)

// MaxBytes bounds the encoded log of a profile: some hundred contacts with thirty
// creatives.
const MaxBytes = 1024

// leap is how much longer than they are needed contacts are remembered where there is
// room: a clock that leapt so far ahead and was set right finds them again.
const leap = 24 * time.Hour

// Key stands for a creative, a campaign or an advertiser; 0 for none. Two of a
// visitor's few have the same with probability 1 in 4 billion a pair; their contacts
// then count together.
type Key uint32

// CreativeKey is the key of a creative.
func CreativeKey(campaign scoring.CampaignID, id scoring.CreativeID) Key {
	return keyOf("creative\x00" + string(campaign) + "\x00" + string(id))
}

// CampaignKey is the key of a campaign.
func CampaignKey(id scoring.CampaignID) Key { return keyOf("campaign\x00" + string(id)) }

// AdvertiserKey is the key of an advertiser; 0 for none.
func AdvertiserKey(name string) Key {
	if name == "" {
		return 0
	}
	return keyOf("advertiser\x00" + name)
}

func keyOf(s string) Key {
	h := xxhash.Sum64String(s)
	return max(1, Key(h^h>>32))
}

// thing is what contacts were with: a creative; or, with keys of 0, something that is
// none of ours.
type thing struct {
	creative, campaign, advertiser Key

	keep      int64 // how long its contacts are needed, in minutes
	clicked   int64 // when last, in Unix seconds; 0: never
	dismissed int64
}

// contact is a number of times that a thing was handed out.
type contact struct {
	thing   int // index of the thing
	channel scoring.Channel
	times   int64
	at      int64 // Unix second, rounded up: a cap never ends early
}

// Log is what was handed out to a visitor, exact to the second as long as it fits
// its bound: what no longer fits errs on the side of not showing. The zero value is
// empty. A Log is not changed: what adds to it returns another.
type Log struct {
	things   []thing
	contacts []contact // oldest first
	// missing is the Unix second of the latest contact that had to be given up; 0 if
	// none had to be.
	missing int64
	// room is how many encoded bytes it may take; 0 for MaxBytes.
	room int
}

// Empty reports whether nothing is remembered.
func (l Log) Empty() bool { return len(l.things) == 0 && l.missing == 0 }

// Add remembers what was handed out at a time, and forgets what has not been needed for a
// day then. What nothing counts is left out.
func (l Log) Add(served []scoring.Served, at time.Time) Log {
	next := l.at(at)
	second := ceil(at)
	for i := range served {
		s := &served[i]
		if s.Keep <= 0 {
			continue
		}
		t := next.find(s.Campaign, s.Creative, s.Advertiser)
		next.things[t].keep = max(next.things[t].keep, int64((min(s.Keep, scoring.MaxCapWindow)+time.Minute-1)/time.Minute))
		next.insert(contact{thing: t, channel: s.Channel, times: 1, at: second})
	}
	next.compact(next.bound())
	return next
}

// insert keeps the contacts in order; those of one thing at one second are one.
func (l *Log) insert(c contact) {
	k := len(l.contacts)
	for ; k > 0 && l.contacts[k-1].at >= c.at; k-- {
		if x := &l.contacts[k-1]; x.at == c.at && x.thing == c.thing && x.channel == c.channel {
			x.times += c.times
			return
		}
	}
	l.contacts = slices.Insert(l.contacts, k, c)
}

// Clicked remembers that the visitor clicked a creative, if it was handed out.
func (l Log) Clicked(campaign scoring.CampaignID, creative scoring.CreativeID, at time.Time) Log {
	next := l.at(at)
	if t := next.index(CreativeKey(campaign, creative)); t >= 0 {
		next.things[t].clicked = max(next.things[t].clicked, ceil(at))
	}
	return next
}

// Dismissed remembers that the visitor waved a creative away, handed out by what we
// know or not.
func (l Log) Dismissed(campaign scoring.CampaignID, creative scoring.CreativeID, at time.Time) Log {
	next := l.at(at)
	t := next.find(campaign, creative, "")
	next.things[t].dismissed = max(next.things[t].dismissed, ceil(at))
	next.compact(next.bound())
	return next
}

// at is a copy without what has not been needed for long.
func (l Log) at(now time.Time) Log { return l.needed(now.Unix(), int64(leap/time.Second)) }

// needed is a copy without what is no longer needed at a second, and was not so many
// seconds before.
func (l Log) needed(second, spare int64) Log {
	next := Log{missing: l.missing, room: l.room}
	if second-next.missing >= int64(scoring.MaxCapWindow/time.Second) {
		next.missing = 0
	}
	place := make([]int, len(l.things))
	needed := make([]bool, len(l.things))
	live := func(c *contact) bool { return second-c.at < 60*l.things[c.thing].keep+spare }
	for k := range l.contacts {
		if live(&l.contacts[k]) {
			needed[l.contacts[k].thing] = true
		}
	}
	next.things = make([]thing, 0, len(l.things)+1)
	for i, t := range l.things {
		if !needed[i] {
			t.keep, t.clicked = 0, 0
			if t.dismissed == 0 || second-t.dismissed >= int64(scoring.MaxCapWindow/time.Second) {
				continue
			}
		}
		place[i] = len(next.things)
		next.things = append(next.things, t)
	}
	next.contacts = make([]contact, 0, len(l.contacts)+1)
	for k := range l.contacts {
		if c := l.contacts[k]; live(&c) {
			c.thing = place[c.thing]
			next.contacts = append(next.contacts, c)
		}
	}
	next.settle()
	return next
}

// settle makes two logs of the same contents equal.
func (l *Log) settle() {
	if len(l.things) == 0 {
		l.things = nil
	}
	if len(l.contacts) == 0 {
		l.contacts = nil
	}
}

// find is the index of a creative, which is put in if it is not there.
func (l *Log) find(campaign scoring.CampaignID, creative scoring.CreativeID, advertiser string) int {
	t := thing{advertiser: AdvertiserKey(advertiser)}
	if creative != "" {
		t.creative, t.campaign = CreativeKey(campaign, creative), CampaignKey(campaign)
	}
	k := l.index(t.creative)
	if k < 0 {
		k, l.things = len(l.things), append(l.things, t)
	}
	if t.advertiser != 0 {
		l.things[k].advertiser = t.advertiser
	}
	return k
}

func (l *Log) index(creative Key) int {
	return slices.IndexFunc(l.things, func(t thing) bool { return t.creative == creative })
}

// ceil is a time in Unix seconds, rounded up; of a time before 1970 it is 1.
func ceil(at time.Time) int64 {
	if at.Nanosecond() > 0 {
		return max(1, at.Unix()+1)
	}
	return max(1, at.Unix())
}
