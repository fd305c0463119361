package server

import (
	"encoding/base64"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/persona"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// maxID bounds the shop's own ids, in bytes.
const maxID = 128

func siteName(id scoring.SiteID) string { return "sites/" + string(id) }

func productName(site scoring.SiteID, id scoring.ProductID) string {
	return siteName(site) + "/products/" + string(id)
}

func placementName(site scoring.SiteID, id scoring.PlacementID) string {
	return siteName(site) + "/placements/" + string(id)
}

func campaignName(site scoring.SiteID, id scoring.CampaignID) string {
	return siteName(site) + "/campaigns/" + string(id)
}

func creativeName(site scoring.SiteID, campaign scoring.CampaignID, id scoring.CreativeID) string {
	return campaignName(site, campaign) + "/creatives/" + string(id)
}

func personaName(site scoring.SiteID, id persona.ID) string {
	return siteName(site) + "/personas/" + id.String()
}

func segmentName(site scoring.SiteID, id scoring.SegmentID) string {
	return siteName(site) + "/segments/" + string(id)
}

// splitCampaign reads `sites/{site}/campaigns/{campaign}`, which the contract's rules
// have checked.
func splitCampaign(name string) (scoring.SiteID, scoring.CampaignID) {
	site, id, _ := strings.Cut(strings.TrimPrefix(name, "sites/"), "/campaigns/")
	return scoring.SiteID(site), scoring.CampaignID(id)
}

// splitCreative reads `sites/{site}/campaigns/{campaign}/creatives/{creative}`
// likewise.
func splitCreative(name string) (scoring.SiteID, scoring.CampaignID, scoring.CreativeID) {
	parent, id, _ := strings.Cut(name, "/creatives/")
	site, campaign := splitCampaign(parent)
	return site, campaign, scoring.CreativeID(id)
}

// visitorName names a device, or the person whose key it is.
func visitorName(site scoring.SiteID, id scoring.VisitorID) string {
	if person, ok := visitor.PersonOf(id); ok {
		return personName(site, person)
	}
	return siteName(site) + "/visitors/" + string(id)
}

func personName(site scoring.SiteID, id scoring.PersonID) string {
	return siteName(site) + "/persons/" + string(id)
}

// splitPerson reads `sites/{site}/persons/{person_id}`.
func splitPerson(v *violations, field, name string) (scoring.SiteID, scoring.PersonID) {
	site, key := splitVisitor(v, field, name)
	person, ok := visitor.PersonOf(key)
	if !ok && key != "" {
		v.add(field, "is %q, must be sites/{site}/persons/{person_id}", clip(name))
	}
	return site, person
}

// splitDevices reads `sites/{site}/visitors/{device_id}` of one site.
func splitDevices(v *violations, field string, site scoring.SiteID, names []string) []scoring.VisitorID {
	devices := make([]scoring.VisitorID, 0, len(names))
	for i, name := range names {
		path := fmt.Sprintf("%s[%d]", field, i)
		of, id := splitVisitor(v, path, name)
		if _, person := visitor.PersonOf(id); person || of != site && id != "" && site != "" {
			v.add(path, "is %q, must be %s/visitors/{device_id}", clip(name), siteName(site))
		}
		devices = append(devices, id)
	}
	return devices
}

// splitVisitor reads `sites/{site}/visitors/{device_id}` or
// `sites/{site}/persons/{person_id}`: of a person it is their key.
func splitVisitor(v *violations, field, name string) (scoring.SiteID, scoring.VisitorID) {
	parts := strings.Split(name, "/")
	if len(parts) != 4 || parts[0] != "sites" || parts[2] != "visitors" && parts[2] != "persons" || !validSiteID(parts[1]) {
		v.add(field, "is %q, must be sites/{site}/visitors/{device_id} or sites/{site}/persons/{person_id}", clip(name))
		return "", ""
	}
	checkVisitorID(v, field, parts[3])
	if parts[2] == "persons" {
		return scoring.SiteID(parts[1]), visitor.PersonKey(scoring.PersonID(parts[3]))
	}
	return scoring.SiteID(parts[1]), scoring.VisitorID(parts[3])
}

func decisionName(site scoring.SiteID, id scoring.DecisionID) string {
	return siteName(site) + "/decisions/" + string(id)
}

// siteOf reads `sites/{site}`, which the contract's rules have checked.
func siteOf(name string) scoring.SiteID { return scoring.SiteID(strings.TrimPrefix(name, "sites/")) }

// splitName reads `sites/{site}/{collection}/{id}`. The id may hold anything
// but a slash.
func splitName(v *violations, field, name, collection string) (scoring.SiteID, string) {
	parts := strings.Split(name, "/")
	if len(parts) != 4 || parts[0] != "sites" || parts[2] != collection || !validSiteID(parts[1]) {
		v.add(field, "is %q, must be sites/{site}/%s/{id}", clip(name), collection)
		return "", ""
	}
	checkID(v, field, parts[3])
	return scoring.SiteID(parts[1]), parts[3]
}

func validSiteID(s string) bool {
	if s == "" || len(s) > 63 || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	for _, c := range s {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// plainID reports whether checkID certainly finds no fault with an id.
func plainID(id string) bool {
	if id == "" || len(id) > maxID {
		return false
	}
	for i := range len(id) {
		if c := id[i]; c <= ' ' || c > '~' || c == '/' {
			return false
		}
	}
	return true
}

// checkID checks one of the shop's own ids, unless the contract's rules have
// found fault with it already.
func checkID(v *violations, field, id string) {
	switch {
	case plainID(id), v.has(field):
	case id == "":
		v.add(field, "is empty, must be 1 to %d bytes", maxID)
	case len(id) > maxID:
		v.add(field, "has %d bytes, must be 1 to %d", len(id), maxID)
	case strings.ContainsFunc(id, func(r rune) bool { return r == '/' || unicode.IsControl(r) || r == utf8.RuneError }):
		v.add(field, `is %q, must be without "/" and control characters`, clip(id))
	}
}

// checkVisitorID checks a device's or a person's id.
func checkVisitorID(v *violations, field, id string) {
	checkID(v, field, id)
	if !v.has(field) && isShared(id) {
		v.add(field, "is %q, which many people share: leave the visitor out when there is none", id)
	}
}

// clip shortens what is quoted from a caller's input.
func clip(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "..."
}

func etagOf(revision uint64) string { return strconv.FormatUint(revision, 36) }

// stale reports whether the caller's etag, if they gave one, is out of date.
func stale(etag string, revision uint64) bool { return etag != "" && etag != etagOf(revision) }

// pageToken says where the next page begins: after this id.
func pageToken(last string) string { return base64.RawURLEncoding.EncodeToString([]byte(last)) }

// pageAfter reads a token that pageToken wrote.
func pageAfter(v *violations, token string) string {
	last, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || !utf8.Valid(last) {
		v.add("page_token", "is not one that this server gave: begin again without it")
		return ""
	}
	return string(last)
}

// cutPage is a page of a list in the order of its ids: what comes after an id, so
// many at most, and the token of the next page.
func cutPage[T any](list []T, id func(*T) string, after string, asked int32) (page []T, next string) {
	from := sort.Search(len(list), func(i int) bool { return id(&list[i]) > after })
	page = list[from:]
	if size := pageSize(asked); len(page) > size {
		page = page[:size]
		next = pageToken(id(&page[size-1]))
	}
	return page, next
}

// pageSize is what a list call returns at most.
func pageSize(asked int32) int {
	if asked == 0 {
		return 100
	}
	return int(asked)
}
