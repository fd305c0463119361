package auth

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// scope says whose data a method is about.
type scope string

// The scopes that are no field.
const (
	// installation: nobody's alone, so only a key for all sites may call it.
	installation scope = "(installation)"
	// filtered: the method itself answers with what Caller.MayEnter allows.
	filtered scope = "(filtered)"
)

// Method is a method of the API, and who may call it.
type Method struct {
	Name  string // as on the wire: /vitrine.v1.DecisionService/Decide
	roles []store.Role
	scope scope
}

// Methods are those of the API by their names on the wire. What is not among them
// nobody may call.
type Methods map[string]*Method

// NewMethods returns the table of who may call what. Admin may call everything; a scope
// other than those above is the request's field with the name of a site or of something
// in it.
func NewMethods() Methods {
	const (
		decide, track, catalog = store.RoleDecide, store.RoleTrack, store.RoleCatalog
		marketing, admin       = store.RoleMarketing, store.RoleAdmin
	)
	all := make(Methods)
	add := func(service string, of scope, methods string, roles ...store.Role) {
		for name := range strings.FieldsSeq(methods) {
			m := &Method{Name: "/vitrine.v1." + service + "/" + name, roles: append(roles, admin), scope: of}
			all[m.Name] = m
		}
	}
	add("DecisionService", "site", "Decide", decide)
	add("DecisionService", "name", "GetDecision", decide, marketing)

	add("EventService", "site", "TrackEvent TrackEvents StreamEvents ImportEvents", track)

	add("VisitorService", "name", "GetVisitor SetConsent ExportVisitor EraseVisitor", track)
	add("VisitorService", "person", "LinkVisitors UnlinkVisitors", track)
	add("VisitorService", "site", "ImportVisitors", track)

	add("CatalogService", "name", "GetProduct", decide, catalog, marketing)
	add("CatalogService", "parent", "BatchGetProducts ListProducts", decide, catalog, marketing)
	add("CatalogService", "parent", "CreateProduct ImportProducts", catalog)
	add("CatalogService", "product.name", "UpdateProduct", catalog)
	add("CatalogService", "name", "DeleteProduct", catalog)

	add("PlacementService", "name", "GetPlacement DeletePlacement", marketing)
	add("PlacementService", "parent", "ListPlacements CreatePlacement", marketing)
	add("PlacementService", "placement.name", "UpdatePlacement", marketing)

	add("CampaignService", "name", "GetCampaign DeleteCampaign GetCreative DeleteCreative", marketing)
	add("CampaignService", "parent", "ListCampaigns CreateCampaign ListCreatives CreateCreative ImportCampaigns", marketing)
	add("CampaignService", "campaign.name", "UpdateCampaign", marketing)
	add("CampaignService", "creative.name", "UpdateCreative", marketing)

	add("SegmentService", "name", "GetSegment DeleteSegment ListSegmentMembers", marketing)
	add("SegmentService", "parent", "ListSegments CreateSegment ListPersonas", marketing)
	add("SegmentService", "segment.name", "UpdateSegment", marketing)
	add("SegmentService", "site", "PreviewSegment", marketing)

	add("RankingService", "name", "GetWeights FreezeWeights UnfreezeWeights ResetWeights", marketing)

	add("SiteService", "name", "GetSite", decide, track, catalog, marketing)
	add("SiteService", filtered, "ListSites", decide, track, catalog, marketing)
	add("SiteService", "site.name", "UpdateSite")
	add("SiteService", installation, "CreateSite DeleteSite")

	add("AdminService", installation, "GetStatus Backup Compact CreateApiKey ListApiKeys RevokeApiKey")
	return all
}

// takes reports whether one of the roles may call the method.
func (m *Method) takes(roles []store.Role) bool {
	return slices.ContainsFunc(roles, func(r store.Role) bool { return slices.Contains(m.roles, r) })
}

// named is what the request says in the field of the method's scope.
func (m *Method) named(request any) string {
	switch m.scope {
	case "site":
		if r, ok := request.(interface{ GetSite() string }); ok {
			return r.GetSite()
		}
	case "name":
		if r, ok := request.(interface{ GetName() string }); ok {
			return r.GetName()
		}
	case "parent":
		if r, ok := request.(interface{ GetParent() string }); ok {
			return r.GetParent()
		}
	}
	r, ok := request.(proto.Message)
	if !ok {
		return ""
	}
	return field(r.ProtoReflect(), strings.Split(string(m.scope), "."))
}

// field reads the text at a path of field names, or nothing if there is no such field.
func field(m protoreflect.Message, path []string) string {
	f := m.Descriptor().Fields().ByName(protoreflect.Name(path[0]))
	switch {
	case f == nil || f.IsList() || f.IsMap():
	case len(path) == 1 && f.Kind() == protoreflect.StringKind:
		return m.Get(f).String()
	case len(path) > 1 && f.Message() != nil:
		return field(m.Get(f).Message(), path[1:])
	}
	return ""
}

// siteIn is the site in `sites/{site}` or `sites/{site}/...`.
func siteIn(name string) (scoring.SiteID, bool) {
	rest, found := strings.CutPrefix(name, "sites/")
	if !found {
		return "", false
	}
	site, _, _ := strings.Cut(rest, "/")
	return scoring.SiteID(site), site != ""
}
