package scoring

// The types of control entries: something the shop did, which is learned at its
// place among the events, so that replaying the journal does it again. They are
// not in the wire contract, and no client can send them. Control entries have no
// visitor.
const (
	// WeightsReset lets the learned weights go: all of them, or those of one page
	// and objective (Control.Objective not 0).
	WeightsReset EventType = 200 + iota
	// ProductDeleted says that the shop no longer sells the products in Items.
	ProductDeleted
	// ProductRestored says that it sells them again.
	ProductRestored
	// VisitorErased takes back what a visitor taught (Control.Visitor).
	VisitorErased
	// CampaignDeleted lets go of what a campaign brought about (Control.Campaign).
	CampaignDeleted
)

// Control reports whether an event is a control entry.
func (t EventType) Control() bool { return t >= WeightsReset }

// Control is what a control entry is about. It holds no id of a person.
type Control struct {
	Page      PageType   `cbor:"1,keyasint,omitempty"`
	Objective Objective  `cbor:"2,keyasint,omitempty"`
	Visitor   uint64     `cbor:"3,keyasint,omitempty"` // hash of the visitor's id, by model.VisitorHash
	Person    uint64     `cbor:"4,keyasint,omitempty"` // hash of the person's id, by model.PersonHash; 0: none
	Campaign  CampaignID `cbor:"5,keyasint,omitempty"`
	// Products are hashes, by model.ProductHash, of those that an erased visitor's
	// events name and that the shop does not sell: their ids may be the visitor's own
	// words.
	Products []uint64 `cbor:"6,keyasint,omitempty"`
}
