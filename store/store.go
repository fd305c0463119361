// Package store says what Vitrine keeps, as small interfaces: a journal of
// events, the profiles that follow from it, the shop's own records, decisions,
// and snapshots of what was learned. Implementations live in its subfolders and
// all pass the suite in store/storetest.
package store

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// Opening errors.
var (
	// ErrLocked: another process has the data folder open.
	ErrLocked = errors.New("data folder is in use by another process")
	// ErrNewerFormat: the data was written by a newer version of Vitrine.
	ErrNewerFormat = errors.New("data was written by a newer version")
	// ErrCorrupt: a file is damaged.
	ErrCorrupt = errors.New("data is damaged")
)

// Operating errors.
var (
	// ErrNotFound: there is no such record.
	ErrNotFound = errors.New("not found")
	// ErrExists: a record with this id is there already.
	ErrExists = errors.New("already exists")
	// ErrClosed: the store has been closed.
	ErrClosed = errors.New("store is closed")
	// ErrFull: the disk has no room. Nothing of the refused change was kept, and
	// the store works on once there is room again.
	ErrFull = errors.New("disk is full")
	// ErrUnwritable: the disk failed. Nothing of the refused change is kept. Reads go on,
	// and the store takes writes again by itself once the disk does.
	ErrUnwritable = errors.New("data can't be written at present")
	// ErrBusy: the same is under way already.
	ErrBusy = errors.New("already under way")
)

// Seq numbers the events of an installation in the order they became durable.
// The first is 1; 0 stands before it. Numbers only grow, and may have gaps.
type Seq uint64

// Entry is an event in the journal.
type Entry struct {
	Seq   Seq
	Event scoring.Event
}

// Ack is the answer for one appended event.
type Ack struct {
	Seq       Seq // of the event, or 0 for a duplicate
	Duplicate bool
}

// Journal keeps events in the order they arrived.
type Journal interface {
	// Append makes events durable and visible: when it returns without an error
	// every event survives a power cut, and Profile has it in. Acks stand in the
	// order of the events. An event whose id arrived within the dedupe window is
	// acknowledged as a duplicate and not stored again. Concurrent calls share a
	// commit. On an error nothing of the call counts as acknowledged; retrying
	// with the same ids is safe. The events must not be changed afterwards.
	Append(ctx context.Context, site scoring.SiteID, events []scoring.Event) ([]Ack, error)

	// Follow calls fn with the site's durable events after seq, in order and in
	// batches, and goes on with new ones as they are committed, until ctx ends
	// or fn returns an error, and returns that error (nil when ctx ended). It
	// fails with ErrNotFound once the site is deleted. Entries are only valid
	// during the call and must not be changed.
	Follow(ctx context.Context, site scoring.SiteID, after Seq, fn func([]Entry) error) error

	// Head is the sequence number of the site's last durable event, 0 for none.
	Head(ctx context.Context, site scoring.SiteID) (Seq, error)
}

// Profiles reads what follows from the journal.
type Profiles interface {
	// Profile returns ErrNotFound for a visitor never seen. It has every
	// acknowledged event in it. The result is shared and must not be changed.
	Profile(ctx context.Context, site scoring.SiteID, id scoring.VisitorID) (*visitor.Profile, error)
	// EachProfile calls fn with the site's profiles in the order of their ids, from the
	// first after the given one, until fn returns false. Of visitors who were there when
	// it began none is left out, and each profile has every event in it that was
	// acknowledged by then; of later ones some may be seen. It keeps nobody from
	// writing. What fn is given is shared and must not be changed.
	EachProfile(ctx context.Context, site scoring.SiteID, after scoring.VisitorID, fn func(scoring.VisitorID, *visitor.Profile) bool) error
}

// Erasure says who is to be erased.
type Erasure struct {
	Visitor scoring.VisitorID // a device, or a person by visitor.PersonKey
	// Told is appended to the journal where the visitor goes: what the learners need
	// to know. It has no visitor.
	Told scoring.Event
	// Near are others whose events may name the visitor: the persons that a device was
	// linked to, the devices of a person. What those say of the visitor goes, too, with
	// the next checkpoint: of a link the whole event, of others the person's id.
	Near []scoring.VisitorID
}

// Erased is what an erasure took away.
type Erased struct {
	Profile   bool // whether there was one
	Events    int
	Decisions int
	Seq       Seq // of Erasure.Told
}

// Visitors reads and erases all that is kept of one visitor: a device, or a person by
// visitor.PersonKey.
type Visitors interface {
	// EventsOf calls fn with the events of the visitor that are in the journal, in
	// order, until fn returns an error, and returns that error. It has every event in
	// it that was acknowledged when it was called. For a visitor never seen there are
	// none. fn may keep the entries, and must not change them.
	EventsOf(ctx context.Context, site scoring.SiteID, id scoring.VisitorID, fn func(Entry) error) error
	// DecisionsOf calls fn with the decisions that were made for the visitor, the
	// oldest first, until fn returns an error, and returns that error.
	DecisionsOf(ctx context.Context, site scoring.SiteID, id scoring.VisitorID, fn func(*scoring.Decision) error) error
	// EraseVisitor deletes the visitor's profile, events and decisions. When it returns
	// the visitor is as one never seen, and stays so through every crash; an erasure
	// that fails, or that a crash cuts short, is finished later. Events that arrive
	// under the id afterwards begin a new visitor.
	EraseVisitor(ctx context.Context, site scoring.SiteID, what Erasure) (Erased, error)
}

// Sites keeps the tenants.
type Sites interface {
	// CreateSite returns ErrExists for an id that is taken. It sets the
	// revision.
	CreateSite(ctx context.Context, site scoring.Site) (scoring.Site, error)
	// PutSite changes a site and returns it with its new revision. ErrNotFound if it
	// is not there. When it was created stays.
	PutSite(ctx context.Context, site scoring.Site) (scoring.Site, error)
	// Sites returns all sites in the order of their ids.
	Sites(ctx context.Context) ([]scoring.Site, error)
	// DeleteSite removes the site and everything under it. ErrNotFound if it is
	// not there.
	DeleteSite(ctx context.Context, id scoring.SiteID) error
}

// Products keeps the catalogues. Every change is durable when it returns.
type Products interface {
	// Product returns ErrNotFound if the product, or the site, is not there.
	Product(ctx context.Context, site scoring.SiteID, id scoring.ProductID) (scoring.Product, error)
	// EachProduct calls fn with the site's products in the order of their ids,
	// from the first after the given one, until fn returns false.
	EachProduct(ctx context.Context, site scoring.SiteID, after scoring.ProductID, fn func(scoring.Product) bool) error
	// PutProducts writes all of products in one transaction, or none, and
	// returns them with their new revisions.
	PutProducts(ctx context.Context, site scoring.SiteID, products []scoring.Product) ([]scoring.Product, error)
	// DeleteProducts removes those that are there, in one transaction, and
	// returns how many.
	DeleteProducts(ctx context.Context, site scoring.SiteID, ids []scoring.ProductID) (int, error)
}

// Placements keeps the placements. Every change is durable when it returns.
type Placements interface {
	// Placements returns the site's placements in the order of their ids.
	Placements(ctx context.Context, site scoring.SiteID) ([]scoring.Placement, error)
	// PutPlacement writes one and returns it with its new revision.
	PutPlacement(ctx context.Context, site scoring.SiteID, p scoring.Placement) (scoring.Placement, error)
	// DeletePlacement returns ErrNotFound if it is not there.
	DeletePlacement(ctx context.Context, site scoring.SiteID, id scoring.PlacementID) error
}

// Campaigns keeps the campaigns and their creatives. Every change is durable when it
// returns.
type Campaigns interface {
	// Campaigns returns the site's campaigns in the order of their ids.
	Campaigns(ctx context.Context, site scoring.SiteID) ([]scoring.Campaign, error)
	// PutCampaigns writes campaigns and creatives in one transaction, or nothing, and
	// sets their revisions.
	PutCampaigns(ctx context.Context, site scoring.SiteID, campaigns []scoring.Campaign, creatives []scoring.Creative) error
	// DeleteCampaign removes it with all its creatives, or nothing. ErrNotFound if it
	// is not there.
	DeleteCampaign(ctx context.Context, site scoring.SiteID, id scoring.CampaignID) error
	// Creatives returns the creatives of all campaigns, in the order of campaigns
	// and ids.
	Creatives(ctx context.Context, site scoring.SiteID) ([]scoring.Creative, error)
	// DeleteCreative returns ErrNotFound if it is not there.
	DeleteCreative(ctx context.Context, site scoring.SiteID, campaign scoring.CampaignID, id scoring.CreativeID) error
}

// Segments keeps the segments. Every change is durable when it returns.
type Segments interface {
	// Segments returns the site's segments in the order of their ids.
	Segments(ctx context.Context, site scoring.SiteID) ([]scoring.Segment, error)
	// PutSegment writes one and returns it with its new revision.
	PutSegment(ctx context.Context, site scoring.SiteID, s scoring.Segment) (scoring.Segment, error)
	// DeleteSegment returns ErrNotFound if it is not there.
	DeleteSegment(ctx context.Context, site scoring.SiteID, id scoring.SegmentID) error
}

// Decisions keeps the decisions that were answered.
type Decisions interface {
	// RecordDecision takes the record and returns at once; Decision finds it
	// from then on. It becomes durable with one of the next commits, so a crash
	// may lose the last fraction of a second. When records come faster than the
	// disk takes them for longer than the queue holds, it returns false and the
	// record is not kept. Nothing of d is kept: it is the caller's to change.
	RecordDecision(site scoring.SiteID, d *scoring.Decision) bool
	// Decision returns ErrNotFound for one never made, not kept, or past
	// retention.
	Decision(ctx context.Context, site scoring.SiteID, id scoring.DecisionID) (*scoring.Decision, error)
}

// Snapshots keeps learned state, so that a start need not learn it all again.
type Snapshots interface {
	// SaveSnapshot replaces the site's snapshot of that name by what write
	// writes. seq is the last event it has in it. A crash leaves the old one.
	SaveSnapshot(ctx context.Context, site scoring.SiteID, name string, seq Seq, write func(io.Writer) error) error
	// LoadSnapshot hands the snapshot to read and returns its sequence number.
	// ErrNotFound if there is none, ErrCorrupt if it is damaged.
	LoadSnapshot(ctx context.Context, site scoring.SiteID, name string, read func(io.Reader) error) (Seq, error)
}

// Compaction is how far a compaction has come, in bytes.
type Compaction struct {
	Done, Total int64
	Size        int64 // of the data after it; 0 until it is at its end
}

// BackupOptions say how a backup is to be made.
type BackupOptions struct {
	// BytesPerSecond bounds how fast it is made; 0: as fast as the disk is.
	BytesPerSecond int64
	// Progress, if it is not nil, is called now and then with how many bytes are copied,
	// of about how many.
	Progress func(done, total int64)
}

// Backup is a copy of everything kept, as it was at one moment. Whoever is done with it
// closes it; it can then be opened again for a while.
type Backup struct {
	ID     string    // to open it by
	Time   time.Time // as of when it is
	Size   int64
	SHA256 [32]byte // of all of it
	io.ReadSeekCloser
}

// Backups makes copies of everything kept.
type Backups interface {
	// Backup copies everything that is kept, as it is at one moment after the call: every
	// event acknowledged before is in it, of everything erased before nothing. Reads and
	// writes go on meanwhile. It needs as much room as the data takes: ErrFull where
	// there is less. ErrBusy while a compaction or another backup is under way, and while
	// somebody reads another one.
	Backup(ctx context.Context, o BackupOptions) (*Backup, error)
	// OpenBackup opens one that was made some minutes ago at most, as often as one
	// likes. ErrNotFound when it is no longer there.
	OpenBackup(ctx context.Context, id string) (*Backup, error)
}

// Health is how a store is.
type Health struct {
	// NotWritable is why no writes are taken, in words; empty while they are.
	NotWritable string
	// Problems are what an operator should know of: a sentence each, without anything
	// personal.
	Problems []string
	// DataBytes is what the data takes on disk, FreeBytes what is free there; 0 where
	// nobody tells.
	DataBytes, FreeBytes int64
}

// Store is all of it.
type Store interface {
	Journal
	Profiles
	Visitors
	Sites
	Products
	Placements
	Campaigns
	Segments
	Decisions
	Snapshots
	Backups
	APIKeys

	// Secret returns n random bytes that are the same in every run on this data:
	// the key that attribution tokens are signed with.
	Secret(ctx context.Context, name string, n int) ([]byte, error)
	// Compact rewrites the data without what was deleted: after it no byte of that is
	// in any file. progress is called now and then, and at the end. Reads go on
	// meanwhile, writes wait. A crash leaves either the old data or the new. It fails
	// with ErrFull, and does nothing, where there is no room for a second copy, and
	// with ErrBusy while another one is under way, or a backup is made or read. A backup
	// that nobody reads is dropped: it may have what was erased since.
	Compact(ctx context.Context, progress func(Compaction)) error
	// Health tells how the store is. It is cheap enough to be asked every second.
	Health() Health
	// Check verifies the integrity of everything kept, and returns ErrCorrupt
	// with what it found.
	Check(ctx context.Context) error
	// Close makes durable what is still under way and releases the data.
	Close() error
}
