package creative

import (
	"encoding/binary"
	"math/bits"

	"github.com/cespare/xxhash/v2"

	"github.com/vitrine-io/vitrine/scoring"
)

// Kind is what a feature is about. The numbers stand in snapshots and never change.
type Kind uint8

// The kinds of features. Those up to KindFacet are the same for all creatives that
// compete for a slot.
const (
	KindSite      Kind = iota + 1 // always there: the intercept
	KindPlacement                 // where it is shown
	KindContext                   // device, country, hours ...
	KindFacet                     // what the visitor cares for
	KindCategory                  // a level of the creative's category
	KindCampaign
	KindCreative
	KindAttribute // of the creative
	KindInterest  // what the visitor cares for x a trait of the creative
	KindSetting   // placement or context x a trait of the creative
	KindFatigue   // how often the visitor has been shown the creative
	kinds
)

// FeatureID identifies a feature: its kind in the upper eight bits over 56 bits of
// its name's hash, so that it is the same in every process. Among 100,000 features
// of a kind two share an id with probability 7e-8. It is never 0.
type FeatureID uint64

const kindShift = 56

// Kind is the kind of the feature behind the id.
func (id FeatureID) Kind() Kind { return Kind(id >> kindShift) }

// Feature is one that is there, and how much of it.
type Feature struct {
	ID FeatureID
	X  float32
}

// Trait is a property of a creative or of a page, such as format=video or
// device=phone.
type Trait struct{ Key, Value string }

// Name says what a feature is: the creative's part, the page's, or both.
type Name struct {
	Kind     Kind
	Creative Trait           // campaign, creative, category and attributes, by key and value
	Page     Trait           // placement and context, by key and value
	Facet    scoring.FacetID // the visitor's; 0: none
}

// ID is the id of the feature with that name.
func (n Name) ID() FeatureID {
	return featureID(n.Kind, creativePart(n.Creative), pagePart(n.Page, n.Facet))
}

// hash is 0 for no trait.
func (t Trait) hash() uint64 {
	if t == (Trait{}) {
		return 0
	}
	var d xxhash.Digest
	d.Reset()
	var size [4]byte
	binary.BigEndian.PutUint32(size[:], uint32(len(t.Key)))
	d.Write(size[:])       //nolint:errcheck // a hash never fails to write
	d.WriteString(t.Key)   //nolint:errcheck // the same
	d.WriteString(t.Value) //nolint:errcheck // the same
	return d.Sum64()
}

// creativePart and pagePart are the two sides of an id.
func creativePart(t Trait) uint64 { return mix(t.hash() + 0x9e3779b97f4a7c15) }

func pagePart(t Trait, facet scoring.FacetID) uint64 {
	return bits.RotateLeft64(mix(t.hash()+0xbf58476d1ce4e5b9), 23) + mix(uint64(facet)+0x94d049bb133111eb)
}

func featureID(kind Kind, creative, page uint64) FeatureID {
	return FeatureID(kind)<<kindShift | FeatureID(mix(creative^page)>>(64-kindShift))
}

// mix is the finalizer of splitmix64 (Steele, Lea, Flood, OOPSLA 2014).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
