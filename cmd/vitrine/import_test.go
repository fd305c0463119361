package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server/config"
)

// runCommand runs one command by itself.
func runCommand(t *testing.T, stdin string, build func(*app) *cobra.Command, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	a := &app{stdin: strings.NewReader(stdin), stdout: &out, stderr: &errs}
	cmd := build(a)
	cmd.SetArgs(args)
	cmd.SetOut(&out)
	cmd.SetErr(&errs)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	err = cmd.ExecuteContext(t.Context())
	return out.String(), errs.String(), err
}

// text writes a file and returns its path.
func text(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const invoices = `Invoice,Code,Text,Qty,When,Price,Who
1,A,RED BOX,2,2026-03-01 10:00,2.50,v1
1,B,BLUE BOX,1,2026-03-01 10:00,4,v1
2,A,RED BOX,1,2026-03-01 11:00,2.50,
3,C,GREEN TIN,1,2026-03-02 10:00,3,v2
C4,A,RED BOX,-1,2026-03-03 10:00,2.50,v1
`

const invoiceMapping = `
currency: GBP
events:
  skip: [{name: no visitor, when: {column: Who, empty: true}}]
  group_by: "{Invoice}"
  id: "{Invoice}"
  type: [{when: {column: Invoice, prefix: C}, value: ORDER_REFUNDED}, ORDER_COMPLETED]
  visitor: "{Who}"
  time: "{When}"
  order: {id: "{Invoice}", revenue_from_items: true}
  item: {product: "{Code}", quantity: {value: "{Qty}", absolute: true}, price: "{Price}"}
products:
  repeated: last
  id: "{Code}"
  title: {value: "{Text}", case: sentence}
  price: "{Price}"
`

func TestImportInvoicesIntoAFolder(t *testing.T) {
	log, mapping, data := text(t, "invoices.csv", invoices), text(t, "invoices.yaml", invoiceMapping), t.TempDir()
	into := []string{log, "--mapping", mapping, "--site", "gifts", "--data-dir", data}

	out, _, err := runCommand(t, "", newImportCommand, append([]string{"products", "--create-site"}, into...)...)
	if err != nil || !strings.Contains(out, "3  stored, new or changed") {
		t.Fatalf("products: %v\n%s", err, out)
	}

	out, _, err = runCommand(t, "", newImportCommand, append([]string{"events"}, into...)...)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"1  rows skipped: no visitor", "3  not covered by consent", "repeat it with --consent granted"} {
		if !strings.Contains(out, want) {
			t.Errorf("without consent, the summary does not say %q:\n%s", want, out)
		}
	}

	events := append([]string{"events", "--consent", "granted", "--json"}, into...)
	for _, want := range []string{`"stored": 3`, `"duplicates": 3`} { // the second time each counts once
		out, _, err = runCommand(t, "", newImportCommand, events...)
		var summary map[string]any
		if err != nil || json.Unmarshal([]byte(out), &summary) != nil || !strings.Contains(out, want) {
			t.Errorf("%v: %s is not in\n%s", err, want, out)
		}
	}

	// Of A two were bought and one was sent back; of B one was bought.
	visitor := atNode(t, data, func(ctx context.Context, conn grpc.ClientConnInterface) (*pb.Visitor, error) {
		return pb.NewVisitorServiceClient(conn).GetVisitor(ctx, &pb.GetVisitorRequest{Name: "sites/gifts/visitors/v1"})
	})
	left := map[string]int32{}
	for _, p := range visitor.GetPurchases() {
		left[p.GetProductId()] += p.GetQuantity()
	}
	if left["A"] != 1 || left["B"] != 1 || visitor.GetEventCount() != 2 {
		t.Errorf("purchases %v after %d events, want one A and one B after 2", left, visitor.GetEventCount())
	}
}

// atNode calls a server on a data folder.
func atNode[T any](t *testing.T, data string, call func(context.Context, grpc.ClientConnInterface) (T, error)) T {
	t.Helper()
	a := &app{stderr: &bytes.Buffer{}}
	n, _, err := a.startPrivate(data, config.ClockSystem)
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	r := remote{target: n.Addr()}
	conn, err := r.dial()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	got, err := call(t.Context(), conn)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestImportSaysWhatIsBad(t *testing.T) {
	data := t.TempDir()
	lines := `{"type":"home_viewed","visitor":"v","time":"2026-03-01T10:00:00Z"}
{"type":"home_viewed","visitor":"guest","time":"2026-03-01T10:00:00Z"}
nonsense
{"type":"home_viewed","visitor":"v","time":"1999-03-01T10:00:00Z"}
{"type":"home_viewed","visitor":"v","time":"2026-03-01T10:01:00Z"}
`
	args := []string{"events", "-", "--site", "shop", "--create-site", "--data-dir", data, "--consent", "granted"}
	out, errs, err := runCommand(t, lines, newImportCommand, args...)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"stdin:2: visitor.device_id: ", "stdin:3: no JSON object", "stdin:4: time: "} {
		if !strings.Contains(errs, want) {
			t.Errorf("%q is not in\n%s", want, errs)
		}
	}
	for _, want := range []string{"1  bad lines", "2  stored, durably", "2  refused as invalid"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}

	_, _, err = runCommand(t, lines, newImportCommand, append(args, "--on-error", "fail")...)
	if err == nil || !strings.Contains(err.Error(), "stdin:") {
		t.Errorf("with --on-error fail: %v", err)
	}
	_, _, err = runCommand(t, strings.Repeat("{nonsense\n", 10), newImportCommand, append(args, "--max-errors", "5")...)
	if err == nil || !strings.Contains(err.Error(), "5 bad lines: ") {
		t.Errorf("with --max-errors 5: %v", err)
	}
}

func TestImportFullRemovesTheRest(t *testing.T) {
	data := t.TempDir()
	products := func(lines string) string {
		out, errs, err := runCommand(t, lines, newImportCommand, "products", "-", "--site", "shop", "--create-site", "--full", "--data-dir", data)
		if err != nil {
			t.Fatalf("%v\n%s", err, errs)
		}
		return out
	}
	products("id,title,price\n1,Boot,99.50\n2,Shoe,80\n")
	if out := products("id,title,price\n1,Boot,NaN\n"); !strings.Contains(out, "Nothing was removed") {
		t.Errorf("a full import with a bad line says\n%s", out)
	}
	if out := products("id,title,price\n1,Boot,99.50\n"); !strings.Contains(out, "1  removed") || !strings.Contains(out, "1  the same as before") {
		t.Errorf("a full import says\n%s", out)
	}
}

func TestImportMistakes(t *testing.T) {
	file := text(t, "log.jsonl", `{"type":"home_viewed","visitor":"v","time":1e9}`+"\n")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"events"}, "name the files to import"},
		{[]string{"events", file, "--on-error", "cry"}, "skip or fail"},
		{[]string{"events", file, "--consent", "yes"}, "granted or as-recorded"},
		{[]string{"events", file, file}, "is named twice"},
		{[]string{"events", "no-such-file"}, "no such file"},
		{[]string{"events", file, "--mapping", "no-such-file"}, "no such file"},
		{[]string{"events", file, "--target", "127.0.0.1:1"}, "no server answers at 127.0.0.1:1"},
		{[]string{"events", file, "--data-dir", t.TempDir(), "--site", "nosuch"}, "--create-site"},
	} {
		out, _, err := runCommand(t, "", newImportCommand, c.args...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: got %v, want %q", c.args, err, c.want)
		}
		if out != "" {
			t.Errorf("%v: printed %q", c.args, out)
		}
	}
}

func TestImportInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var out, errs bytes.Buffer
	a := &app{stdin: &endless{after: 3000, call: cancel}, stdout: &out, stderr: &errs}
	cmd := newImportCommand(a)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs([]string{"events", "-", "--site", "shop", "--create-site", "--data-dir", t.TempDir(), "--consent", "granted"})
	err := cmd.ExecuteContext(ctx)
	if err == nil || !strings.Contains(err.Error(), "interrupted; repeat the command to go on") {
		t.Fatalf("got %v", err)
	}
	if !strings.Contains(out.String(), "broken off after") || !strings.Contains(out.String(), "stored, durably") {
		t.Errorf("the summary does not tell what is stored:\n%s", out.String())
	}
}

func TestImportKnownFormats(t *testing.T) {
	data := t.TempDir()
	logs, err := filepath.Glob("records/testdata/logs/*")
	if err != nil || len(logs) != 7 {
		t.Fatalf("%v, %v", logs, err)
	}
	args := append([]string{"events", "--site", "s", "--create-site", "--consent", "granted", "--data-dir", data}, logs...)
	out, errs, err := runCommand(t, "", newImportCommand, args...)
	// 5 + 3 + 3 + 2 + 4 + 4 + 3 events, and the rows passed over
	for _, want := range []string{"24  events received", "24  stored, durably", "1  rows skipped: calls of type page"} {
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("%q is missing: %v\n%s%s", want, err, out, errs)
		}
	}
	again := []string{"events", "records/testdata/logs/otto.jsonl", "--site", "s", "--consent", "granted", "--data-dir", data}
	out, errs, err = runCommand(t, "", newImportCommand, append(again, "--format", "otto")...)
	if err != nil || !strings.Contains(out, "4  duplicates") {
		t.Errorf("again: %v\n%s%s", err, out, errs)
	}
	out, errs, _ = runCommand(t, "", newImportCommand, append(again, "--format", "segment")...)
	if !strings.Contains(errs, "otto.jsonl:1: event: is missing in a track call (read as segment; --format says otherwise)") {
		t.Errorf("as another format:\n%s%s", out, errs)
	}
	for want, more := range map[string][]string{
		`--format "xml": one of retailrocket`: {"--format", "xml"}, "choose one": {"--format", "otto", "--mapping", "m.yaml"},
	} {
		if _, _, err := runCommand(t, "", newImportCommand, append(again, more...)...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// endless is a log without an end, which calls call behind the first lines.
type endless struct {
	after, line int
	call        func()
	rest        []byte
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.rest) == 0 {
		if e.line++; e.line == e.after {
			e.call()
		}
		if e.line > 1_000_000 {
			return 0, errors.New("read on long after it was told to stop")
		}
		e.rest = fmt.Appendf(nil, `{"type":"product_viewed","visitor":"v%d","time":%d,"product":"p"}`+"\n", e.line%100, 1_500_000_000+e.line)
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

// The documented mappings stay readable.
func TestDocumentedMappings(t *testing.T) {
	paths, err := filepath.Glob("../../docs/mappings/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%v, %v", paths, err)
	}
	for _, path := range paths {
		if _, err := readMapping(path); err != nil {
			t.Error(err)
		}
	}
}
