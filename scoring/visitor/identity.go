package visitor

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/vitrine-io/vitrine/scoring"
)

const (
	// MaxDevices bounds the devices of a person.
	MaxDevices = 100
	// maxPersons bounds the persons that a device is remembered to have been linked to:
	// those linked last.
	maxPersons = 100
	// SharedWindow is how long a device remembers whom it was linked to: a season, in
	// which everybody of a household signs in.
	SharedWindow = 90 * 24 * time.Hour
	// MaxAttributes bounds what the shop tells of a visitor.
	MaxAttributes = 32
	// MaxAttributeBytes bounds all their keys and values together.
	MaxAttributeBytes = 1024
)

// maxIdentity bounds what Identity takes of a record: a person's id, the persons of a
// device at 13 bytes, devices with ids of 128, attributes with their lengths and times.
const maxIdentity = 8 + 130 + maxPersons*13 + MaxDevices*130 + MaxAttributeBytes + MaxAttributes*12

// Identity is who a device belongs to, or which devices a person has, and what the shop
// told of them. It is not changed once a profile has it.
type Identity struct {
	Person     scoring.PersonID    // of a device: whose it is; empty for nobody's
	Persons    []Belonged          // of a device: whose it was of late, by the hash
	Devices    []scoring.VisitorID // of a person, in the order in which they were linked
	Attributes []Attribute         // by key
}

// Person is whose the device is; empty for nobody's. p may be nil.
func (p *Profile) Person() scoring.PersonID {
	if p == nil || p.Identity == nil {
		return ""
	}
	return p.Identity.Person
}

// Devices are a person's, in the order in which they were linked. p may be nil. They are
// not the caller's to change.
func (p *Profile) Devices() []scoring.VisitorID {
	if p == nil || p.Identity == nil {
		return nil
	}
	return p.Identity.Devices
}

// Attributes are what the shop told, by key. p may be nil. They are not the caller's to
// change.
func (p *Profile) Attributes() []Attribute {
	if p == nil || p.Identity == nil {
		return nil
	}
	return p.Identity.Attributes
}

// Belonged is a person that a device was linked to.
type Belonged struct {
	Person uint64 // a hash of the id
	Last   time.Time
}

// Attribute is something that the shop told of a visitor.
type Attribute struct {
	Key, Value string
	Time       time.Time
}

// PersonKey is the key of a person's own record among the profiles. No device has it,
// for no id of one may hold control characters.
func PersonKey(id scoring.PersonID) scoring.VisitorID { return "\x00" + scoring.VisitorID(id) }

// PersonOf is the person whose key that is; false for a device's.
func PersonOf(key scoring.VisitorID) (scoring.PersonID, bool) {
	if key == "" || key[0] != 0 {
		return "", false
	}
	return scoring.PersonID(key[1:]), true
}

// Shared reports whether the device is linked to a person, and was to at least so many
// within the last 90 days.
func (p *Profile) Shared(persons int, now time.Time) bool {
	if p == nil || p.Identity == nil || p.Identity.Person == "" {
		return false
	}
	n := 0
	for k := range p.Identity.Persons {
		if now.Sub(p.Identity.Persons[k].Last) < SharedWindow {
			n++
		}
	}
	return n >= persons
}

// empty leaves out whom the device was linked to before: nobody gets to see that.
func (i *Identity) empty() bool {
	return i == nil || i.Person == "" && len(i.Devices) == 0 && len(i.Attributes) == 0
}

// identify folds in what is told of whose the device is, or of a person, and reports
// whether the event was of that kind. It touches nothing else of the profile, so that
// an unlinked device is as it was, and on the way takes what happens to it as if it had
// not been linked.
func (p *Profile) identify(e *scoring.Event, at time.Time) bool {
	switch e.Type {
	case scoring.VisitorLinked, scoring.VisitorUnlinked, scoring.VisitorDescribed:
	default:
		return false
	}
	var next Identity
	if p.Identity != nil {
		next = *p.Identity
	}
	switch e.Type {
	case scoring.VisitorLinked, scoring.VisitorUnlinked:
		if e.Link == nil {
			break
		}
		linked := e.Type == scoring.VisitorLinked
		if e.Visitor == e.Link.Device {
			next.belong(e.Link.Person, linked, at)
		} else {
			next.have(e.Link.Device, linked)
		}
	default:
		next.describe(e.Attributes, at)
	}
	p.Identity = nil
	if !next.empty() || len(next.Persons) > 0 {
		p.Identity = &next
	}
	return true
}

func (i *Identity) belong(person scoring.PersonID, linked bool, at time.Time) {
	if !linked {
		if i.Person == person {
			i.Person = ""
		}
		return
	}
	i.Person = person
	hash := xxhash.Sum64String(string(person))
	persons := slices.DeleteFunc(slices.Clone(i.Persons), func(b Belonged) bool {
		return b.Person == hash || at.Sub(b.Last) >= SharedWindow
	})
	i.Persons = newest(append(persons, Belonged{hash, at.Truncate(time.Second)}), maxPersons)
}

func (i *Identity) have(device scoring.VisitorID, linked bool) {
	k := slices.Index(i.Devices, device)
	switch {
	case linked && k < 0 && len(i.Devices) < MaxDevices:
		i.Devices = append(slices.Clone(i.Devices), device)
	case !linked && k >= 0:
		i.Devices = newest(slices.Delete(slices.Clone(i.Devices), k, k+1), MaxDevices)
	}
}

// describe takes attributes in; an empty value removes one. Those told longest ago make
// room for new ones.
func (i *Identity) describe(attributes map[string]string, at time.Time) {
	at = at.Truncate(time.Second)
	list := slices.DeleteFunc(slices.Clone(i.Attributes), func(a Attribute) bool {
		_, again := attributes[a.Key]
		return again
	})
	for key, value := range attributes {
		if value != "" {
			list = append(list, Attribute{key, value, at})
		}
	}
	i.Attributes = boundAttributes(list)
}

// boundAttributes keeps those told last, by key.
func boundAttributes(list []Attribute) []Attribute {
	slices.SortFunc(list, func(a, b Attribute) int { return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(a.Key, b.Key)) })
	bytes := 0
	for k := range list {
		if bytes += len(list[k].Key) + len(list[k].Value); k == MaxAttributes || bytes > MaxAttributeBytes {
			list = list[:k]
			break
		}
	}
	slices.SortFunc(list, func(a, b Attribute) int { return cmp.Compare(a.Key, b.Key) })
	return newest(list, MaxAttributes)
}

// identity writes 0 when there is nothing, or 1, the person, count, { person's hash,
// last }, count, { device }, count, { key, value, time }. Strings are lengths and bytes,
// times seconds since the year 1.
func (w *writer) identity(i *Identity) {
	if i == nil {
		w.b = append(w.b, 0)
		return
	}
	w.b = append(w.b, 1)
	w.text(string(i.Person))
	w.uint(uint64(len(i.Persons)))
	for k := range i.Persons {
		w.b = binary.BigEndian.AppendUint64(w.b, i.Persons[k].Person)
		w.second(i.Persons[k].Last)
	}
	w.uint(uint64(len(i.Devices)))
	for k := range i.Devices {
		w.text(string(i.Devices[k]))
	}
	w.uint(uint64(len(i.Attributes)))
	for k := range i.Attributes {
		a := &i.Attributes[k]
		w.text(a.Key)
		w.text(a.Value)
		w.second(a.Time)
	}
}

func (w *writer) text(s string) {
	w.uint(uint64(len(s)))
	w.b = append(w.b, s...)
}

func (w *writer) second(t time.Time) { w.uint(uint64(t.Unix() - minMillis/1000)) }

func (r *reader) identity(p *Profile) {
	switch r.byte() {
	case 0:
		return
	case 1:
	default:
		r.failed = true
		return
	}
	i := &Identity{}
	i.Person = scoring.PersonID(r.text())
	i.Persons = list[Belonged](r, maxPersons)
	for k := range i.Persons {
		i.Persons[k] = Belonged{r.word(), r.second()}
	}
	i.Devices = list[scoring.VisitorID](r, MaxDevices)
	for k := range i.Devices {
		i.Devices[k] = scoring.VisitorID(r.text())
	}
	i.Attributes = list[Attribute](r, MaxAttributes)
	for k := range i.Attributes {
		i.Attributes[k] = Attribute{r.text(), r.text(), r.second()}
	}
	if r.failed = r.failed || i.empty() && len(i.Persons) == 0; !r.failed {
		p.Identity = i
	}
}

func (r *reader) text() string {
	n := r.uint()
	if r.failed || n > uint64(len(r.s)-r.pos) {
		r.failed = true
		return ""
	}
	s := r.s[r.pos : r.pos+int(n)]
	r.pos += int(n)
	return s
}

func (r *reader) second() time.Time {
	return time.Unix(int64(r.upTo((maxMillis-minMillis)/1000))+minMillis/1000, 0).UTC()
}
