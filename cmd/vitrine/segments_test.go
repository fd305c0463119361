package main

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// Segments are previewed, created, listed, changed, and deleted; who is in one is told
// with what lies in their cart.
func TestSegments(t *testing.T) {
	target := serveShop(t)
	conn, err := (&remote{target: target}).dial()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	granted, err := (&whose{consent: "granted"}).signals()
	if err != nil {
		t.Fatal(err)
	}
	for _, visitor := range []string{"anna", "bert"} {
		_, err := pb.NewEventServiceClient(conn).TrackEvent(t.Context(), &pb.TrackEventRequest{Site: "sites/shop", Event: &pb.Event{
			Id: visitor, Type: pb.EventType_EVENT_TYPE_PRODUCT_ADDED, Visitor: &pb.VisitorKey{DeviceId: visitor}, Consent: granted,
			Items: []*pb.EventItem{{ProductId: "shoe", Quantity: 2}}, Time: timestamppb.Now(),
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	run := func(want string, args ...string) {
		t.Helper()
		out, errs, err := runCommand(t, "", newSegmentsCommand, append(args, "--site", "shop", "--target", target)...)
		got := out + errs
		if err != nil {
			got += err.Error()
		}
		for _, part := range strings.Split(want, " ... ") {
			if !strings.Contains(got, part) {
				t.Errorf("%v: got\n%s\nwant %q", args, got, part)
			}
		}
	}
	const rule = "visitor.times('added', 'product/shoe', '1d') > 0"
	run("2 of 2 visitors (100.0 %) would be in it, 0 of them allow messages", "preview", "--rule", rule)
	run(`nobody can have "aded"`, "preview", "--rule", "visitor.times('aded', '', '1d') > 0")
	run("which rule?", "create", "cart")
	run("created sites/shop/segments/cart", "create", "cart", "--name", "Shoes in the cart", "--rule-file", text(t, "rule.cel", rule+"\n"))
	run("Shoes in the cart ... "+rule+" ... abandoned-carts ... built in", "list")
	run(`"displayName":"Shoes in the cart"`, "show", "cart")
	run("visitors/anna ... 2 shoe ... visitors/bert", "members", "cart")
	run(`"name":"sites/shop/visitors/bert"`, "members", "cart", "--json", "--after", "visitors/anna")
	run("Nobody is in it now.", "members", "cart", "--contactable")
	run("changed sites/shop/segments/cart", "update", "cart", "--name", "Shoes")
	run("change what?", "update", "cart")
	run("is built in and can't be changed", "update", "buyers", "--name", "x")
	run("deleted sites/shop/segments/cart", "delete", "cart")
	run("not found", "show", "cart")
	run("which segment?", "members")
}
