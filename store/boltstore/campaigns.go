package boltstore

import (
	"bytes"
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

var campaigns = collection[scoring.Campaign]{
	bucket: bucketCampaigns, one: "campaign",
	key:    func(c *scoring.Campaign) string { return string(c.ID) },
	revise: func(c *scoring.Campaign, r uint64) { c.Revision = r },
	tidy: func(c *scoring.Campaign) {
		c.Start, c.End, c.UpdatedAt = utcMicros(c.Start), utcMicros(c.End), utcMicros(c.UpdatedAt)
	},
}

var creatives = collection[scoring.Creative]{
	bucket: bucketCreatives, one: "creative",
	key:    func(c *scoring.Creative) string { return creativeKey(c.Campaign, c.ID) },
	revise: func(c *scoring.Creative, r uint64) { c.Revision = r },
	tidy:   func(c *scoring.Creative) { c.UpdatedAt = utcMicros(c.UpdatedAt) },
}

// creativeKey has a campaign's creatives stand together: ids hold no slash.
func creativeKey(campaign scoring.CampaignID, id scoring.CreativeID) string {
	return string(campaign) + "/" + string(id)
}

func (s *Store) Campaigns(_ context.Context, site scoring.SiteID) ([]scoring.Campaign, error) {
	return campaigns.all(s, site)
}

func (s *Store) PutCampaigns(_ context.Context, site scoring.SiteID, changed []scoring.Campaign, theirs []scoring.Creative) error {
	t, err := s.site(site)
	if err == nil {
		err = s.state.update(func(tx *bolt.Tx) error {
			all, own := siteBucket(tx, t.no, bucketCampaigns), siteBucket(tx, t.no, bucketCreatives)
			if all == nil || own == nil { // the site is being deleted
				return store.ErrNotFound
			}
			if err := campaigns.putAll(s, all, changed); err != nil {
				return err
			}
			return creatives.putAll(s, own, theirs)
		})
	}
	if err != nil {
		return fmt.Errorf("boltstore: put %d campaigns and %d creatives of site %q: %w", len(changed), len(theirs), site, err)
	}
	return nil
}

func (s *Store) DeleteCampaign(_ context.Context, site scoring.SiteID, id scoring.CampaignID) error {
	t, err := s.site(site)
	if err == nil {
		err = s.state.update(func(tx *bolt.Tx) error {
			all, theirs := siteBucket(tx, t.no, bucketCampaigns), siteBucket(tx, t.no, bucketCreatives)
			if all == nil || theirs == nil { // the site is being deleted
				return store.ErrNotFound
			}
			if err := deleteKey(all, string(id)); err != nil {
				return err
			}
			own := []byte(creativeKey(id, ""))
			cur := theirs.Cursor()
			for k, _ := cur.Seek(own); bytes.HasPrefix(k, own); k, _ = cur.Seek(own) {
				if err := cur.Delete(); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		return fmt.Errorf("boltstore: delete campaign %q of site %q: %w", id, site, err)
	}
	return nil
}

func (s *Store) Creatives(_ context.Context, site scoring.SiteID) ([]scoring.Creative, error) {
	return creatives.all(s, site)
}

func (s *Store) DeleteCreative(_ context.Context, site scoring.SiteID, campaign scoring.CampaignID, id scoring.CreativeID) error {
	return creatives.delete(s, site, creativeKey(campaign, id))
}
