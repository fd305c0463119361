package persona

import (
	"cmp"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/interest"
)

// The bounds of what is kept, half a megabyte of a sample and 2 MB of who was here last.
const (
	// maxSample is how many visitors the groups are found by: those with the smallest
	// hashes, so that it does not matter who came first.
	maxSample = 4096
	// forgotten is after what time a visitor of the sample who was not here makes place.
	forgotten = 180 * 24 * time.Hour
	// maxLately is of how many visitors, the last that were here, it is known which
	// persona they resemble.
	maxLately = 1 << 16
	// maxCampaigns is how many campaigns are counted for each persona.
	maxCampaigns = 64
	// least is how many visitors it takes to find groups.
	least = 100
	// nearest is how near a visitor must be to resemble a persona, as a cosine.
	nearest = 0.25
)

// ID names a persona for good, as its number: centres move, and labels stay. 0 is none.
type ID uint32

// String is the persona as rules name it: "p1".
func (id ID) String() string {
	if id == 0 {
		return ""
	}
	return "p" + strconv.FormatUint(uint64(id), 10)
}

// Response is what visitors who resemble a persona made of a campaign.
type Response struct {
	Campaign                         scoring.CampaignID
	Impressions, Clicks, Conversions int64
}

// Persona is a typical profile.
type Persona struct {
	ID        ID
	Share     float64    // of the visitors who resemble any
	Interests []Interest // the strongest first
}

// Interest is what a persona cares for: the squares of the weights add up to 1.
type Interest struct {
	Facet  scoring.FacetID
	Weight float64
}

// Learner finds personas. It is a deterministic fold of what it is told. It is for one
// goroutine at a time; Reading may be called beside it.
type Learner struct {
	sample  []member // by hash
	changed int      // of the sample, since groups were found
	groups  []group
	scale   scale
	last    ID // given away

	lately [maxLately]seen // a visitor at their hash modulo the size

	mu        sync.Mutex // for what others read while it changes
	responses map[ID][]Response

	reading atomic.Pointer[Reading]
}

// member is a visitor of the sample.
type member struct {
	who   uint64
	at    int64 // Unix milliseconds
	noted Noted
}

// seen is which persona a visitor resembled when they were last here.
type seen struct {
	who     uint64
	persona ID
}

// New returns a learner that has been told nothing.
func New() *Learner {
	l := &Learner{}
	l.Reset()
	return l
}

// Reset forgets everything.
func (l *Learner) Reset() {
	l.sample, l.changed, l.groups, l.scale, l.last = nil, 0, nil, nil, 0
	l.lately = [maxLately]seen{}
	l.mu.Lock()
	l.responses = map[ID][]Response{}
	l.mu.Unlock()
	l.reading.Store(&Reading{})
}

// Reading is what a Learner knows at a time. It is never changed.
type Reading struct {
	groups []group
	scale  scale
}

// Reading is what the learner knows now, for any goroutine.
func (l *Learner) Reading() *Reading { return l.reading.Load() }

// Nearest is the persona that a visitor with these interests resembles most, and how
// near they are, as a cosine; 0 where none is near.
func (r *Reading) Nearest(n Noted) (ID, float64) {
	x := r.scale.vector(n)
	best, id := 0.0, ID(0)
	for k := range r.groups {
		if s := cosine(x, r.groups[k].center); s > best {
			best, id = s, ID(r.groups[k].id)
		}
	}
	if best < nearest {
		return 0, best
	}
	return id, best
}

// Of is Nearest for a visitor's interests as of a time.
func (r *Reading) Of(v interest.Vector, now time.Time) ID {
	if len(r.groups) == 0 {
		return 0
	}
	id, _ := r.Nearest(Of(v, now))
	return id
}

// Personas are those there are, the commonest first.
func (r *Reading) Personas() []Persona {
	list := make([]Persona, len(r.groups))
	for k, g := range r.groups {
		list[k] = Persona{ID: ID(g.id), Share: g.share}
		for _, t := range g.center {
			list[k].Interests = append(list[k].Interests, Interest{t.facet, t.weight})
		}
		slices.SortFunc(list[k].Interests, func(a, b Interest) int {
			return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.Facet, b.Facet))
		})
	}
	slices.SortFunc(list, func(a, b Persona) int { return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.ID, b.ID)) })
	return list
}

// Visited tells what a visitor cares for at the beginning of a visit.
func (l *Learner) Visited(who uint64, n Noted, at time.Time) {
	if who == 0 || len(n) == 0 {
		return
	}
	l.keep(member{who, at.UnixMilli(), n})
	if len(l.sample) >= least && l.changed*8 >= len(l.sample) {
		l.find(at)
	}
	id, _ := l.reading.Load().Nearest(n)
	l.lately[who%maxLately] = seen{who, id}
}

// keep takes a visitor into the sample, or renews what is known of them.
func (l *Learner) keep(m member) {
	k, found := slices.BinarySearchFunc(l.sample, m.who, func(a member, who uint64) int { return cmp.Compare(a.who, who) })
	switch {
	case found:
		l.sample[k] = m
	case k == maxSample:
		return
	default:
		l.sample = slices.Insert(l.sample, k, m)
		l.sample = l.sample[:min(len(l.sample), maxSample)]
	}
	l.changed++
}

// find finds the groups anew, beginning with those there are.
func (l *Learner) find(now time.Time) {
	l.changed = 0
	oldest := now.Add(-forgotten).UnixMilli()
	l.sample = slices.DeleteFunc(l.sample, func(m member) bool { return m.at < oldest })
	noted := make([]Noted, len(l.sample))
	for k := range l.sample {
		noted[k] = l.sample[k].noted
	}
	l.scale = scaleOf(noted)
	vectors := make([]vector, 0, len(noted))
	for _, n := range noted {
		if v := l.scale.vector(n); len(v) > 0 {
			vectors = append(vectors, v)
		}
	}
	l.groups = cluster(vectors, l.groups).groups
	for k := range l.groups {
		if l.groups[k].id == 0 {
			l.last++
			l.groups[k].id = uint32(l.last)
		}
	}
	l.mu.Lock()
	for id := range l.responses {
		if !slices.ContainsFunc(l.groups, func(g group) bool { return ID(g.id) == id }) {
			delete(l.responses, id)
		}
	}
	l.mu.Unlock()
	l.weigh()
	l.publish()
}

// weigh finds out which part of the sample resembles each group.
func (l *Learner) weigh() {
	r, sum := Reading{groups: l.groups, scale: l.scale}, 0
	for k := range l.groups {
		l.groups[k].share = 0
	}
	for k := range l.sample {
		id, _ := r.Nearest(l.sample[k].noted)
		for j := range l.groups {
			if id != 0 && ID(l.groups[j].id) == id {
				l.groups[j].share++
				sum++
			}
		}
	}
	for k := range l.groups {
		l.groups[k].share /= float64(max(1, sum))
	}
}

// publish makes what is known readable.
func (l *Learner) publish() {
	l.reading.Store(&Reading{groups: slices.Clone(l.groups), scale: l.scale})
}

// Responded counts what a visitor made of a campaign, for the persona that they resembled
// when they were last here.
func (l *Learner) Responded(who uint64, did Response) {
	of := l.lately[who%maxLately]
	if of.who != who || of.persona == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	list := l.responses[of.persona]
	k := slices.IndexFunc(list, func(r Response) bool { return r.Campaign == did.Campaign })
	if k < 0 {
		if len(list) >= maxCampaigns { // that with the fewest impressions makes place
			fewest := 0
			for j := range list {
				if list[j].Impressions < list[fewest].Impressions {
					fewest = j
				}
			}
			list = slices.Delete(list, fewest, fewest+1)
		}
		k = len(list)
		list = append(list, Response{Campaign: did.Campaign})
		l.responses[of.persona] = list
	}
	r := &list[k]
	r.Impressions += did.Impressions
	r.Clicks += did.Clicks
	r.Conversions = max(0, r.Conversions+did.Conversions)
}

// Responses are what those who resemble a persona made of campaigns, those they saw most
// first. It may be called from any goroutine.
func (l *Learner) Responses(of ID) []Response {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := slices.Clone(l.responses[of])
	slices.SortStableFunc(list, func(a, b Response) int { return cmp.Compare(b.Impressions, a.Impressions) })
	return list
}

// Erase forgets a visitor: the groups are found without them the next time.
func (l *Learner) Erase(who uint64) {
	l.sample = slices.DeleteFunc(l.sample, func(m member) bool { return m.who == who })
	if l.lately[who%maxLately].who == who {
		l.lately[who%maxLately] = seen{}
	}
}

// Forget lets go of a campaign.
func (l *Learner) Forget(id scoring.CampaignID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for persona, list := range l.responses {
		l.responses[persona] = slices.DeleteFunc(list, func(r Response) bool { return r.Campaign == id })
	}
}
