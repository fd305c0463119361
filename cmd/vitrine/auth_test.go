package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	reflectionpb "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/server/config"
	"github.com/vitrine-io/vitrine/store"
)

// guarded is a server that wants keys, on a real folder behind a real socket.
type guarded struct {
	t    *testing.T
	node *node
	log  *guardedLog
	conn *grpc.ClientConn
}

type guardedLog struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *guardedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *guardedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func guard(t *testing.T) *guarded {
	t.Helper()
	cfg := config.Default()
	cfg.DataDir, cfg.Listen, cfg.OpsListen, cfg.Door.Listen = t.TempDir(), "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0"
	cfg.Clock = config.ClockEvents // stands still between two answers
	g := &guarded{t: t, log: &guardedLog{}}
	var err error
	g.node, err = startNode(context.Background(), cfg, slog.New(slog.NewTextHandler(g.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	g.conn, err = grpc.NewClient("passthrough:///"+g.node.Addr(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(g.conn.Close(), g.node.Close()); err != nil {
			t.Error(err)
		}
	})
	return g
}

// key creates a key and returns its secret.
func (g *guarded) key(id string, sites []scoring.SiteID, roles ...store.Role) bearer {
	g.t.Helper()
	_, secret, err := g.node.services.Keys().Create(g.t.Context(), store.APIKey{ID: store.APIKeyID(id), Roles: roles, Sites: sites})
	if err != nil {
		g.t.Fatal(err)
	}
	return bearer(secret.Reveal())
}

// method is one of the API's.
type method struct{ protoreflect.MethodDescriptor }

func (m method) wire() string { return fmt.Sprintf("/%s/%s", m.Parent().FullName(), m.Name()) }

func message(t *testing.T, d protoreflect.MessageDescriptor) proto.Message {
	t.Helper()
	kind, err := protoregistry.GlobalTypes.FindMessageByName(d.FullName())
	if err != nil {
		t.Fatal(err)
	}
	return kind.New().Interface()
}

// methods are those of every service of ours that the server says it has.
func (g *guarded) methods(key bearer) (all []method) {
	g.t.Helper()
	stream, err := reflectionpb.NewServerReflectionClient(g.conn).ServerReflectionInfo(g.t.Context(), grpc.PerRPCCredentials(key))
	if err != nil {
		g.t.Fatal(err)
	}
	if err := stream.Send(&reflectionpb.ServerReflectionRequest{MessageRequest: &reflectionpb.ServerReflectionRequest_ListServices{}}); err != nil {
		g.t.Fatal(err)
	}
	resp, err := stream.Recv()
	if err != nil {
		g.t.Fatal(err)
	}
	if err := stream.CloseSend(); err != nil {
		g.t.Fatal(err)
	}
	for _, service := range resp.GetListServicesResponse().GetService() {
		if strings.HasPrefix(service.GetName(), "grpc.") {
			continue
		}
		found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(service.GetName()))
		if err != nil {
			g.t.Fatal(err)
		}
		methods := found.(protoreflect.ServiceDescriptor).Methods()
		for i := range methods.Len() {
			all = append(all, method{methods.Get(i)})
		}
	}
	return all
}

// call calls a method with messages, and returns the answers as JSON, and the error that
// the call ended with. Without a key when that is empty.
func (g *guarded) call(key bearer, m method, requests ...proto.Message) (answers string, err error) {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(g.t.Context(), time.Minute)
	defer cancel()
	var options []grpc.CallOption
	if key != "" {
		options = append(options, grpc.PerRPCCredentials(key))
	}
	if !m.IsStreamingClient() && !m.IsStreamingServer() {
		answer := message(g.t, m.Output())
		err := g.conn.Invoke(ctx, m.wire(), requests[0], answer, options...)
		return protojson.Format(answer), err
	}
	desc := &grpc.StreamDesc{ClientStreams: m.IsStreamingClient(), ServerStreams: m.IsStreamingServer()}
	stream, err := g.conn.NewStream(ctx, desc, m.wire(), options...)
	if err != nil {
		return "", err
	}
	for _, request := range requests {
		if err := stream.SendMsg(request); err != nil {
			break // Recv tells why
		}
	}
	_ = stream.CloseSend() // likewise
	for {
		answer := message(g.t, m.Output())
		if err := stream.RecvMsg(answer); errors.Is(err, io.EOF) {
			return answers, nil
		} else if err != nil {
			return answers, err
		}
		answers += protojson.Format(answer)
	}
}

// naming is the method's request, about something: in the field that says what it is
// about, which it returns, too. The field is empty if there is none.
func naming(t *testing.T, m method, name string) (proto.Message, string) {
	t.Helper()
	request := message(t, m.Input())
	r := request.ProtoReflect()
	text := func(r protoreflect.Message, field string) bool {
		f := r.Descriptor().Fields().ByName(protoreflect.Name(field))
		if f == nil || f.Kind() != protoreflect.StringKind || f.IsList() {
			return false
		}
		r.Set(f, protoreflect.ValueOfString(name))
		return true
	}
	for _, field := range []string{"site", "parent", "name", "person"} {
		if text(r, field) {
			return request, field
		}
	}
	if strings.HasPrefix(string(m.Name()), "Update") { // the resource names itself
		for _, resource := range []string{"product", "placement", "campaign", "creative", "segment", "site"} {
			f := r.Descriptor().Fields().ByName(protoreflect.Name(resource))
			if f != nil && f.Message() != nil && text(r.Mutable(f).Message(), "name") {
				return request, resource + ".name"
			}
		}
	}
	return request, ""
}

// What the other site has, one of each kind; hidden is in all of its texts.
const hidden = "nothing-for-others"

// furnish gives a site something of every kind, and returns the names of it by kind.
func (g *guarded) furnish(site string, key bearer) map[string]string {
	g.t.Helper()
	ctx, by := g.t.Context(), grpc.PerRPCCredentials(key)
	parent := "sites/" + site
	must := func(_ any, err error) {
		g.t.Helper()
		if err != nil {
			g.t.Fatal(err)
		}
	}
	must(pb.NewSiteServiceClient(g.conn).CreateSite(ctx, &pb.CreateSiteRequest{SiteId: site, Site: &pb.Site{DisplayName: hidden}}, by))
	must(pb.NewCatalogServiceClient(g.conn).CreateProduct(ctx, &pb.CreateProductRequest{Parent: parent, ProductId: "p1", Product: &pb.Product{Title: hidden, Categories: []string{hidden}}}, by))
	must(pb.NewCampaignServiceClient(g.conn).CreateCampaign(ctx, &pb.CreateCampaignRequest{Parent: parent, CampaignId: "c1", Campaign: &pb.Campaign{DisplayName: hidden}}, by))
	must(pb.NewCampaignServiceClient(g.conn).CreateCreative(ctx, &pb.CreateCreativeRequest{Parent: parent + "/campaigns/c1", CreativeId: "k1", Creative: &pb.Creative{DisplayName: hidden, Format: "banner"}}, by))
	must(pb.NewSegmentServiceClient(g.conn).CreateSegment(ctx, &pb.CreateSegmentRequest{Parent: parent, SegmentId: "s1", Segment: &pb.Segment{DisplayName: hidden, Rule: "visitor.known"}}, by))
	consent := &pb.Consent{Purposes: []*pb.PurposeConsent{{Purpose: pb.Purpose_PURPOSE_PERSONALIZATION, Granted: true}, {Purpose: pb.Purpose_PURPOSE_MEASUREMENT, Granted: true}}}
	visitor := &pb.VisitorKey{DeviceId: hidden}
	must(pb.NewEventServiceClient(g.conn).TrackEvent(ctx, &pb.TrackEventRequest{Site: parent, Event: &pb.Event{
		Id: "e1", Type: pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, Visitor: visitor, Consent: consent, Items: []*pb.EventItem{{ProductId: "p1"}},
	}}, by))
	page, err := pb.NewDecisionServiceClient(g.conn).Decide(ctx, &pb.DecideRequest{Site: parent, Visitor: visitor, Consent: consent, Placements: []*pb.PlacementRequest{{Placement: "home"}}}, by)
	must(nil, err)
	compaction, err := pb.NewAdminServiceClient(g.conn).Compact(ctx, &pb.CompactRequest{}, by) // begins when all is learned
	for err == nil {
		_, err = compaction.Recv()
	}
	if !errors.Is(err, io.EOF) {
		g.t.Fatal(err)
	}
	return map[string]string{
		"Product": parent + "/products/p1", "Placement": parent + "/placements/home", "Weights": parent + "/placements/home/weights",
		"Campaign": parent + "/campaigns/c1", "Creative": parent + "/campaigns/c1/creatives/k1", "Segment": parent + "/segments/s1",
		"Visitor": parent + "/visitors/" + hidden, "Consent": parent + "/visitors/" + hidden, "Decision": page.GetDecision(), "Site": parent,
	}
}

// about is what a method with a name in its request is about, of the things of a site.
func about(m method, things map[string]string) string {
	for _, kind := range slices.Backward(slices.Sorted(maps.Keys(things))) {
		if strings.Contains(string(m.Name()), kind) {
			return things[kind]
		}
	}
	return things["Site"]
}

// seen is all that there is to see of a site.
func (g *guarded) seen(key bearer, all []method, things map[string]string) string {
	g.t.Helper()
	var text strings.Builder
	for _, m := range all {
		name := string(m.Name())
		if !strings.HasPrefix(name, "Get") && !strings.HasPrefix(name, "List") || name == "GetStatus" || name == "ListApiKeys" {
			continue
		}
		request, field := naming(g.t, m, things["Site"])
		if field == "name" {
			request, _ = naming(g.t, m, about(m, things))
		} else if name == "ListCreatives" {
			request, _ = naming(g.t, m, things["Campaign"])
		}
		answer, err := g.call(key, m, request)
		if err != nil {
			g.t.Fatalf("%s about %v: %v", name, request, err)
		}
		fmt.Fprintf(&text, "%s %s\n", name, answer)
	}
	return text.String()
}

// Every method, asked about another site's things by a key that may do anything in its
// own: it is refused, it says nothing of them, and they are as they were.
func TestNoKeySeesAnotherSite(t *testing.T) {
	g := guard(t)
	root := g.key("root", nil, store.RoleAdmin)
	all := g.methods(root)
	g.furnish("mine", root)
	theirs := g.furnish("theirs", root)
	mine := g.key("mine", []scoring.SiteID{"mine"}, store.RoleDecide, store.RoleTrack, store.RoleCatalog, store.RoleMarketing, store.RoleAdmin)
	before := g.seen(root, all, theirs)
	if n := strings.Count(before, hidden); n < 10 { // or this test looks at nothing
		t.Fatalf("only %d of the site's texts are to be seen in\n%s", n, before)
	}
	for _, m := range all {
		own, field := naming(t, m, "sites/mine")
		for _, name := range []string{about(m, theirs), theirs["Site"], "sites/theirs/", "sites/", "sites//theirs", "/sites/theirs", "theirs"} {
			request, _ := naming(t, m, name)
			answer, err := g.call(mine, m, request)
			if m.Name() == "ListSites" {
				if err != nil || !strings.Contains(answer, "sites/mine") || strings.Contains(answer, "theirs") {
					t.Errorf("ListSites: %v, %s, want mine alone", err, answer)
				}
				continue
			}
			if status.Code(err) != codes.PermissionDenied || answer != "{}" && answer != "" {
				t.Errorf("%s with %s %q: %v, %s, want it refused", m.Name(), field, name, err, answer)
			}
			if field == "" {
				continue
			}
			if m.IsStreamingClient() { // the way in is one's own, what follows is not
				answer, err := g.call(mine, m, own, request)
				if status.Code(err) != codes.PermissionDenied {
					t.Errorf("%s with %s %q in a second message: %v, %s", m.Name(), field, name, err, answer)
				}
			}
		}
		// Nothing named at all is nobody's.
		if m.Name() != "ListSites" {
			if answer, err := g.call(mine, m, message(t, m.Input())); err == nil {
				t.Errorf("%s about nothing is answered: %s", m.Name(), answer)
			}
		}
	}
	wantSame(t, before, g.seen(root, all, theirs))
}

func wantSame(t *testing.T, before, after string) {
	t.Helper()
	now := strings.Split(after, "\n")
	for i, line := range strings.Split(before, "\n") {
		if i >= len(now) || now[i] != line {
			t.Errorf("something of the other site is not as it was: line %d was %s\nnow it reads\n%s", i+1, line, after)
			return
		}
	}
}

// Requests that are about one's own site and name another's things within.
func TestNoKeySeesAnotherSiteThroughItsOwn(t *testing.T) {
	g := guard(t)
	root := g.key("root", nil, store.RoleAdmin)
	all := g.methods(root)
	g.furnish("mine", root)
	theirs := g.furnish("theirs", root)
	mine := g.key("mine", []scoring.SiteID{"mine"}, store.RoleAdmin)
	before := g.seen(root, all, theirs)
	for name, requests := range map[string][]proto.Message{
		"BatchGetProducts": {&pb.BatchGetProductsRequest{Parent: "sites/mine", Names: []string{theirs["Product"]}}},
		"CreateProduct":    {&pb.CreateProductRequest{Parent: "sites/mine", ProductId: "p2", Product: &pb.Product{Name: theirs["Product"], Title: "p2"}}},
		"ImportProducts":   {&pb.ImportProductsRequest{Parent: "sites/mine", Products: []*pb.Product{{Name: theirs["Product"], Title: "p"}}}},
		"ImportCampaigns":  {&pb.ImportCampaignsRequest{Parent: "sites/mine", Campaigns: []*pb.Campaign{{Name: theirs["Campaign"]}}, Creatives: []*pb.Creative{{Name: theirs["Creative"]}}}},
		"LinkVisitors":     {&pb.LinkVisitorsRequest{Person: "sites/mine/persons/ada", Visitors: []string{theirs["Visitor"]}}},
		"UnlinkVisitors":   {&pb.UnlinkVisitorsRequest{Person: "sites/mine/persons/ada", Visitors: []string{theirs["Visitor"]}}},
		"UpdateCreative":   {&pb.UpdateCreativeRequest{Creative: &pb.Creative{Name: "sites/mine/campaigns/../../theirs/campaigns/c1/creatives/k1", DisplayName: "x"}}},
		"GetProduct":       {&pb.GetProductRequest{Name: "sites/mine/../theirs/products/p1"}},
	} {
		i := slices.IndexFunc(all, func(m method) bool { return string(m.Name()) == name })
		if i < 0 {
			t.Fatalf("there is no %s", name)
		}
		answer, err := g.call(mine, all[i], requests...)
		if strings.Contains(answer, `"title": "`+hidden) || strings.Contains(answer, `"name": "sites/theirs`) {
			t.Errorf("%s: %v, answered %s", name, err, answer)
		}
	}
	wantSame(t, before, g.seen(root, all, theirs))
}

// No secret is in the log or the metrics, whoever sends one, in whatever way.
func TestSecretsAreInNoLogAndNoMetric(t *testing.T) {
	g := guard(t)
	key := g.key("web", nil, store.RoleAdmin)
	mistyped := bearer(strings.Replace(string(key), "vk_", "vk_x", 1))
	made, err := pb.NewAdminServiceClient(g.conn).CreateApiKey(t.Context(), &pb.CreateApiKeyRequest{ApiKeyId: "new", ApiKey: &pb.ApiKey{Roles: []pb.Role{pb.Role_ROLE_DECIDE}}}, grpc.PerRPCCredentials(key))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range g.methods(key) {
		for _, key := range []bearer{mistyped, bearer(made.GetSecret()), key} {
			if _, err := g.call(key, m, message(t, m.Input())); err != nil && strings.Contains(err.Error(), string(key)) {
				t.Errorf("%s: the error repeats the secret", m.Name())
			}
		}
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+g.node.OpsAddr()+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	metrics, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`vitrine_key_calls_total{key="web",method="vitrine.v1.SiteService/ListSites"} 1`,
		`vitrine_key_calls_total{key="new",method="vitrine.v1.SiteService/ListSites"} 1`,
		`vitrine_refused_calls_total{key="new",reason="role"}`,
		`vitrine_refused_calls_total{key="",reason="malformed"}`,
	} {
		if !strings.Contains(string(metrics), want) {
			t.Errorf("metrics have no %s", want)
		}
	}
	for _, secret := range []string{string(key), string(mistyped), made.GetSecret()} {
		// The first nine characters may be shown, and only by ListApiKeys.
		if strings.Contains(g.log.String(), secret[3:12]) || strings.Contains(string(metrics), secret[3:12]) {
			t.Errorf("log or metrics have a secret:\n%s", g.log)
		}
	}
}
