package main

import (
	"strings"
	"testing"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server/config"
)

// A CRM's table and the store's orders go in with two commands, devices are linked and
// unlinked with two more, and what is known is shown.
func TestVisitorsFromElsewhere(t *testing.T) {
	data := t.TempDir()
	crm := text(t, "crm.csv", "visitor,person,attributes.tier\nphone,alice,gold\n,bob,\nguest,,gold\n")
	store := text(t, "store.csv", "id,type,person,time,product,order,channel\nc1,order_completed,alice,2026-03-01T10:00:00Z,A,o1,store\n")
	into := []string{"visitors", crm, "--site", "shop", "--data-dir", data}
	out, _, err := runCommand(t, "", newImportCommand, append(into, "--create-site")...)
	if err != nil || !strings.Contains(out, "--consent granted") {
		t.Errorf("without consent: %v\n%s", err, out)
	}
	out, errs, err := runCommand(t, "", newImportCommand, append(into, "--consent", "granted")...)
	if err != nil || !strings.Contains(out, "2  taken in, durably") || !strings.Contains(out, "1  refused as invalid") {
		t.Errorf("%v\n%s", err, out)
	}
	if !strings.Contains(errs, `crm.csv:4: visitor.device_id: is "guest"`) {
		t.Errorf("of the bad line: %s", errs)
	}
	for _, want := range []string{"1  events of theirs stored", "1  taken in, durably"} { // and again, once
		out, _, err := runCommand(t, "", newImportCommand, "visitors", store, "--site", "shop", "--data-dir", data, "--consent", "granted")
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("%v\n%s", err, out)
		}
	}
	a := &app{stdout: &strings.Builder{}, stderr: &strings.Builder{}}
	n, remove, err := a.startPrivate(data, config.ClockSystem)
	if err != nil {
		t.Fatal(err)
	}
	defer remove()
	defer n.Close()
	to := []string{"--target", n.Addr(), "--site", "shop"}
	for _, c := range []struct{ args, want string }{
		{"show phone", "tier: gold"},
		{"show person:alice", "a person, with the devices phone"},
		{"link person:alice laptop", "sites/shop/persons/alice has phone, laptop\n"},
		{"unlink alice phone", "sites/shop/persons/alice has laptop\n"},
		{"unlink person:alice --all", "sites/shop/persons/alice has no devices\n"},
	} {
		out, err := command(t, newVisitorCommand, "", append(strings.Fields(c.args), to...)...)
		if err != nil || !strings.Contains(out, c.want) {
			t.Errorf("visitor %s: %v\n%s", c.args, err, out)
		}
	}
	for _, args := range []string{"link person:alice", "unlink person:alice", "unlink person:alice phone --all"} {
		if _, err := command(t, newVisitorCommand, "", append(strings.Fields(args), to...)...); err == nil || !strings.Contains(err.Error(), "vitrine visitor") {
			t.Errorf("visitor %s: got %v", args, err)
		}
	}
}

func TestASharedDeviceIsShown(t *testing.T) {
	c := &canned{visitor: &pb.Visitor{Name: "sites/shop/visitors/tablet", SharedDevice: true}}
	out, err := command(t, newVisitorCommand, "", "show", "tablet", "--target", c.serve(t), "--site", "shop")
	if err != nil || !strings.Contains(out, "several persons") {
		t.Errorf("%v\n%s", err, out)
	}
}
