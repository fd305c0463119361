package docstest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// place is what all pages run with.
type place struct {
	root         string // of the repository
	vitrine      string // the binary
	shop         string // a folder with files of a made-up shop
	certificates string // a folder with certificates
}

// script is what a page has run: its blocks in order, in one shell and one folder of
// their own, on ports of their own.
type script struct {
	place

	dir     string // where the page's commands are
	steps   string // what belongs to the script, and to no command
	ports   map[string]string
	lines   []step
	missing map[string]string // languages that can not run here, with the target that helps
}

// step is one block in the script, and what is to be true of what it printed.
type step struct {
	line  int
	shell string
	check func(printed string) error
}

// prelude stands before every page. A server that a page starts goes into the background
// and is waited for; one that was there before ends. make only looks for its targets.
// shop_server is for setups: a server with a shop, or the one it names, that has products
// and visitors.
const prelude = `set -euo pipefail
step() { exec >"$DOCS_STEPS/$1.out" 2>&1; echo "$1" >"$DOCS_STEPS/now"; }
ready() {
	(exec 3<>"/dev/tcp/127.0.0.1/$DOCS_OPS_PORT" && printf 'GET /readyz HTTP/1.0\r\n\r\n' >&3 && grep -q ' 200 ' <&3) 2>/dev/null
}
vitrine() {
	if [[ ${1-} != serve ]]; then command vitrine "$@"; return; fi
	stop_server
	command vitrine "$@" >>"$DOCS_STEPS/server.log" 2>&1 &
	server=$!
	until ready; do
		kill -0 "$server" 2>/dev/null || { echo "the server ended:"; cat "$DOCS_STEPS/server.log"; return 1; }
		sleep 0.1
	done
}
stop_server() {
	if [[ ${server-} ]]; then kill "$server" 2>/dev/null || true; wait "$server" || true; fi
	server=
}
trap stop_server EXIT
shop_server() {
	vitrine serve --auth none --data-dir data
	vitrine import products "$DOCS_SHOP/catalogue.csv" --on-error fail --site "${1-shop}" --create-site
	vitrine import events "$DOCS_SHOP/log.jsonl" --on-error fail --site "${1-shop}" --consent granted
}
make() {
	local word
	for word; do
		[[ $word == *=* ]] || grep -q "^$word:" "$DOCS_ROOT/Makefile" || { echo "no target $word"; return 1; }
	done
}
go() {
	local sub=$1 out=()
	shift
	if [[ ${1-} == -o ]]; then out=(-o "$(realpath -m "$2")"); shift 2; fi
	command go "$sub" -C "$DOCS_ROOT" "${out[@]}" "$@"
}
`

// background is a server that a page puts into the background itself: the prelude does.
var background = regexp.MustCompile(`(?m)^(vitrine serve .*?)\s*&$`)

// defaultPorts are those that pages speak of.
var defaultPorts = regexp.MustCompile(`\b765[4-9]\b`)

// newScript prepares a folder for a page.
func newScript(t *testing.T, in place) *script {
	t.Helper()
	s := &script{place: in, dir: t.TempDir(), steps: t.TempDir(), ports: make(map[string]string), missing: make(map[string]string)}
	for _, port := range []string{"7654", "7655", "7656", "7657", "7658", "7659"} {
		s.ports[port] = freePort(t)
	}
	return s
}

// freePort is one that nobody has, of those that the system gives nobody by itself.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		port := strconv.Itoa(10_000 + rand.IntN(20_000))
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:"+port)
		if err == nil {
			_ = l.Close()
			return port
		}
	}
	t.Fatal("no free port")
	return ""
}

// here puts the page's own ports in the place of the default ones.
func (s *script) here(text string) string {
	return defaultPorts.ReplaceAllStringFunc(text, func(port string) string { return s.ports[port] })
}

// sh adds a block of shell, changed as its "with" says.
func (s *script) sh(b block) error {
	text := b.text
	if with := b.notes["with"]; with != "" {
		for change := range strings.SplitSeq(with, ";") {
			from, to, ok := strings.Cut(change, "=>")
			from, to = strings.TrimSpace(from), strings.TrimSpace(to)
			if !ok || from == "" || !strings.Contains(text, from) {
				return fmt.Errorf("with %q: needs `what the block has => what to run instead`", change)
			}
			text = strings.ReplaceAll(text, from, to)
		}
	}
	text = background.ReplaceAllString(text, "$1")
	s.lines = append(s.lines, step{line: b.line, shell: s.here(text)})
	return nil
}

// file adds a block that is a file's content.
func (s *script) file(b block, name string) error {
	if !filepath.IsLocal(name) {
		return fmt.Errorf("file %q is outside of the page's folder", name)
	}
	kept := filepath.Join(s.steps, fmt.Sprintf("file-%d", b.line))
	if err := os.WriteFile(kept, []byte(b.text), 0o600); err != nil {
		return err
	}
	s.lines = append(s.lines, step{line: b.line, shell: fmt.Sprintf("mkdir -p %q && cp %q %q\n", filepath.Dir(name), kept, name)})
	return nil
}

// check says what is to be true of what the last step printed.
func (s *script) check(check func(printed string) error) error {
	if len(s.lines) == 0 {
		return errors.New("nothing ran above it that could print this")
	}
	last := &s.lines[len(s.lines)-1]
	if last.check != nil {
		return errors.New("what ran above it has an output already")
	}
	last.check = check
	return nil
}

// run runs it all and reports what failed, by line.
func (s *script) run(ctx context.Context, t *testing.T, path string) {
	t.Helper()
	if len(s.lines) == 0 {
		return
	}
	var text strings.Builder
	text.WriteString(prelude)
	for _, l := range s.lines {
		fmt.Fprintf(&text, "step %d\n%s\n", l.line, l.shell)
	}
	file := filepath.Join(s.steps, "page.sh")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, "bash", file)
	cmd.Dir = s.dir
	cmd.Env = s.environ()
	// A group of its own, so that nothing a page started outlives it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	err := cmd.Run()
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	if err != nil {
		now, _ := os.ReadFile(filepath.Join(s.steps, "now"))
		at := strings.TrimSpace(string(now))
		printed, _ := os.ReadFile(filepath.Join(s.steps, at+".out"))
		t.Errorf("%s:%s: %v\n%s", path, at, err, lastLines(string(printed), 25))
		return
	}
	for _, l := range s.lines {
		if l.check == nil {
			continue
		}
		printed, err := os.ReadFile(filepath.Join(s.steps, fmt.Sprintf("%d.out", l.line)))
		if err != nil {
			t.Error(err)
			continue
		}
		if err := l.check(string(printed)); err != nil {
			t.Errorf("%s:%d: %v", path, l.line, err)
		}
	}
}

// lastLines is the end of a text.
func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// environ is that of the test without settings of Vitrine, and with the page's own.
func (s *script) environ() []string {
	var kept []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "VITRINE_") && !strings.HasPrefix(kv, "PATH=") {
			kept = append(kept, kv)
		}
	}
	return append(kept,
		"PATH="+filepath.Dir(s.vitrine)+string(os.PathListSeparator)+os.Getenv("PATH"),
		"VITRINE_LISTEN=127.0.0.1:"+s.ports["7654"],
		"VITRINE_OPS_LISTEN=127.0.0.1:"+s.ports["7655"],
		"VITRINE_TARGET=127.0.0.1:"+s.ports["7654"],
		"DOCS_OPS_PORT="+s.ports["7655"],
		"DOCS_ROOT="+s.root,
		"DOCS_STEPS="+s.steps,
		"DOCS_SHOP="+s.shop,
		"DOCS_CERTIFICATES="+s.certificates,
		"CGO_ENABLED=0",
	)
}
