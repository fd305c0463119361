// Package scoring holds Vitrine's vocabulary: the products, events, placements
// and pages that its subpackages learn from and decide with. It is pure: no
// I/O, no clock and no randomness but what is handed in.
package scoring

// SiteID names a tenant: one shop of an installation.
type SiteID string

// VisitorID is a device's first-party id, as the shop knows it.
type VisitorID string

// PersonID is the customer account behind one or more devices.
type PersonID string

// ProductID is the shop's own id of a product.
type ProductID string

// EventID is the idempotency key that the caller gave an event.
type EventID string

// OrderID is the shop's order number.
type OrderID string

// PlacementID names a spot on a page.
type PlacementID string

// DecisionID names one answered page: 26 lower-case letters and digits that
// sort by the time they were made.
type DecisionID string

// CampaignID names a campaign of a site.
type CampaignID string

// SegmentID names a group of a site's visitors.
type SegmentID string

// CreativeID names a creative of a campaign.
type CreativeID string
