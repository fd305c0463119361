package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"sigs.k8s.io/yaml"
)

// install has the test install the .deb on this very machine, and remove it again.
var install = flag.Bool("packaging.install", false, "install the Debian package on this machine")

// needsRoot skips a test that only root can run.
func needsRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root may change its root folder, its user, and install packages")
	}
}

// started is a server that a test has started as another user.
type started struct {
	cmd     *exec.Cmd
	ops     string
	lines   chan string
	stopped chan error
}

// start starts a server and returns once it says that it serves.
func start(t *testing.T, cmd *exec.Cmd) *started {
	t.Helper()
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := &started{cmd: cmd, stopped: make(chan error, 1)}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	at := regexp.MustCompile(`"msg":"serving".*"ops":"([^"]+)"`)
	ready := make(chan string, 1)
	go func() {
		var said bytes.Buffer
		text, told := make([]byte, 4096), false
		for {
			n, err := out.Read(text)
			said.Write(text[:n])
			if m := at.FindStringSubmatch(said.String()); m != nil && !told {
				told = true
				ready <- m[1]
			}
			if err != nil {
				break
			}
		}
		if !told {
			t.Logf("the server said:\n%s", said.String())
			close(ready)
		}
		s.stopped <- cmd.Wait()
	}()
	ops, ok := <-ready
	if !ok {
		t.Fatalf("it did not begin to serve: %v", <-s.stopped)
	}
	_, port, err := net.SplitHostPort(ops)
	if err != nil {
		t.Fatal(err)
	}
	s.ops = "127.0.0.1:" + port
	return s
}

// drain sends SIGTERM and checks that the server ends as asked.
func (s *started) drain(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-s.stopped; err != nil {
		t.Errorf("after SIGTERM: %v, want exit code 0", err)
	}
}

// TestDockerfile carries out the Dockerfile without an engine: its RUN lines in a copy of
// the repository, then its command as its user in what it copies into the image, as the
// root folder. What stays untried is the base image of the first stage.
func TestDockerfile(t *testing.T) {
	needsRoot(t)
	f, err := os.Open(filepath.Join(root, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	parsed, err := parser.Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	if len(parsed.Warnings) > 0 {
		t.Errorf("warnings: %v", parsed.Warnings)
	}
	stages, _, err := instructions.Parse(parsed.AST, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(stages) != 2 || stages[1].BaseName != "scratch" {
		t.Fatalf("%d stages, the last from %s; want a build and an empty one", len(stages), stages[len(stages)-1].BaseName)
	}
	src := t.TempDir()
	copied := exec.CommandContext(t.Context(), "sh", "-c",
		`cd "$1" && git -c safe.directory='*' ls-files -z -- go.mod go.sum LICENSE proto server store scoring clients/go cmd | xargs -0 cp --parents -t "$2"`,
		"sh", root, src)
	if out, err := copied.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	env := append(os.Environ(), "TARGETOS=linux", "TARGETARCH=amd64", "VERSION=9.9.9", "REVISION=abc", "GOFLAGS=")
	runs := 0
	for _, c := range stages[0].Commands {
		run, ok := c.(*instructions.RunCommand)
		if !ok {
			continue
		}
		runs++
		line := exec.CommandContext(t.Context(), "sh", "-c", strings.Join(run.CmdLine, " "))
		line.Dir, line.Env = src, env
		if out, err := line.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", run, err, out)
		}
	}
	if runs != 3 {
		t.Errorf("%d RUN lines, want 3: modules, the binary, the rest", runs)
	}

	image := filepath.Join(src, "image")
	var user, folder string
	var entry, command, health []string
	settings := make(map[string]string)
	for _, c := range stages[1].Commands {
		switch c := c.(type) {
		case *instructions.UserCommand:
			user = c.User
		case *instructions.WorkdirCommand:
			folder = c.Path
		case *instructions.EntrypointCommand:
			entry = c.CmdLine
		case *instructions.CmdCommand:
			command = c.CmdLine
		case *instructions.HealthCheckCommand:
			health = c.Health.Test
		case *instructions.EnvCommand:
			for _, kv := range c.Env {
				settings[kv.Key] = kv.Value
			}
		case *instructions.CopyCommand:
			if c.From != stages[0].Name || len(c.SourcePaths) != 1 || c.SourcePaths[0] != "/src/image/" || c.DestPath != "/" {
				t.Errorf("%s: the image is what the build put into image/", c)
			}
		}
	}
	if user != "65532:65532" || len(health) < 2 || health[0] != "CMD" {
		t.Fatalf("user %q, health check %q", user, health)
	}
	// Ports of the test's own, each the kernel's choice.
	settings["VITRINE_LISTEN"], settings["VITRINE_OPS_LISTEN"] = "127.0.0.1:0", "127.0.0.1:0"
	inside := func(ctx context.Context, words ...string) *exec.Cmd {
		cmd := exec.CommandContext(ctx, words[0], words[1:]...)
		cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: image, Credential: &syscall.Credential{Uid: 65532, Gid: 65532}}
		cmd.Dir = folder
		for k, v := range settings {
			cmd.Env = append(cmd.Env, k+"="+v)
		}
		return cmd
	}
	// The folders above the image are the test's; others must get through.
	for dir := image; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := inside(t.Context(), append(entry, "version")...).CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "vitrine 9.9.9,") {
		t.Fatalf("version: %v %s", err, out)
	}
	if out, err := inside(t.Context(), append(entry, "keys", "create", "me", "--role", "admin", "--data-dir", settings["VITRINE_DATA_DIR"])...).CombinedOutput(); err != nil {
		t.Fatalf("the first key: %v %s", err, out)
	}
	s := start(t, inside(t.Context(), append(entry, command...)...))
	settings["VITRINE_OPS_LISTEN"] = s.ops
	if out, err := inside(t.Context(), health[1:]...).CombinedOutput(); err != nil || string(out) != "ready\n" {
		t.Errorf("health check: %v %s", err, out)
	}
	s.drain(t)
	if err := inside(t.Context(), health[1:]...).Run(); err == nil {
		t.Error("the health check is content without a server")
	}
}

// Every manifest is what its kind's type takes, with no field that it doesn't know.
func TestKubernetesManifests(t *testing.T) {
	folder := filepath.Join(root, "docs", "deploy", "kubernetes")
	kinds := map[string]func() any{
		"StatefulSet":         func() any { return &appsv1.StatefulSet{} },
		"Service":             func() any { return &corev1.Service{} },
		"NetworkPolicy":       func() any { return &networkingv1.NetworkPolicy{} },
		"PodDisruptionBudget": func() any { return &policyv1.PodDisruptionBudget{} },
	}
	text, err := os.ReadFile(filepath.Join(folder, "kustomization.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var kustomization struct {
		APIVersion         string `json:"apiVersion"`
		Kind               string
		Resources          []string
		ConfigMapGenerator []struct {
			Name  string
			Files []string
		} `json:"configMapGenerator"`
		Images []struct {
			Name    string
			NewName string `json:"newName"`
			NewTag  string `json:"newTag"`
		}
	}
	if err := yaml.UnmarshalStrict(text, &kustomization); err != nil {
		t.Fatal(err)
	}
	var set *appsv1.StatefulSet
	for _, name := range append(kustomization.Resources, "tls.yaml") {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Error(err)
			continue
		}
		for i, doc := range bytes.Split(text, []byte("\n---\n")) {
			var meta struct{ Kind string }
			if err := yaml.Unmarshal(doc, &meta); err != nil {
				t.Errorf("%s %d: %v", name, i, err)
				continue
			}
			make, known := kinds[meta.Kind]
			if !known {
				t.Errorf("%s %d: of kind %q", name, i, meta.Kind)
				continue
			}
			object := make()
			if err := yaml.UnmarshalStrict(doc, object); err != nil {
				t.Errorf("%s %d: %v", name, i, err)
			}
			if s, is := object.(*appsv1.StatefulSet); is && name == "statefulset.yaml" {
				set = s
			}
		}
	}
	if set == nil {
		t.Fatal("there is no StatefulSet")
	}
	if *set.Spec.Replicas != 1 {
		t.Errorf("%d replicas: one process has the data open", *set.Spec.Replicas)
	}
	// As the restricted standard of pod security has it.
	pod, c := set.Spec.Template.Spec.SecurityContext, set.Spec.Template.Spec.Containers[0].SecurityContext
	if !*pod.RunAsNonRoot || pod.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault || *c.AllowPrivilegeEscalation ||
		!*c.ReadOnlyRootFilesystem || len(c.Capabilities.Drop) != 1 || c.Capabilities.Drop[0] != "ALL" {
		t.Errorf("pod %v, container %v: not restricted", pod, c)
	}
	// 30 s of drain, and what comes after.
	if got := *set.Spec.Template.Spec.TerminationGracePeriodSeconds; got < 60 {
		t.Errorf("%d s to end in", got)
	}
	number, err := os.ReadFile(filepath.Join(root, "cmd", "vitrine", "version.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if tag := kustomization.Images[0].NewTag; tag != strings.TrimSpace(string(number)) {
		t.Errorf("kustomization.yaml wants the image of %s; version.txt says %s", tag, number)
	}
}

func TestSystemdUnit(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	unit, err := os.ReadFile(filepath.Join(root, "docs", "deploy", "systemd", "vitrine.service"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "vitrine.service")
	// The binary and its page need not be installed here.
	text := strings.ReplaceAll(string(unit), "ExecStart=/usr/bin/vitrine", "ExecStart=/bin/true")
	text = regexp.MustCompile(`(?m)^Documentation=.*\n`).ReplaceAllString(text, "")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), analyze, "verify", file).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("verify: %v\n%s", err, out)
	}
	// 10 is a unit that is held back from nothing; it was 1.2 when the unit was written.
	out, err := exec.CommandContext(t.Context(), analyze, "security", "--offline=true", "--threshold=15", file).CombinedOutput()
	if err != nil {
		t.Errorf("security: %v\n%s", err, out)
	}
}

// TestDebianPackage installs the package, runs the unit's very command as the unit's user,
// and removes the package.
func TestDebianPackage(t *testing.T) {
	if !*install {
		t.Skip("it would install a package on this machine: -packaging.install")
	}
	needsRoot(t)
	s := stamped(t)
	dpkg := func(args ...string) {
		t.Helper()
		if out, err := exec.CommandContext(t.Context(), "dpkg", args...).CombinedOutput(); err != nil {
			t.Fatalf("dpkg %v: %v\n%s", args, err, out)
		}
	}
	dpkg("--install", packageOf(t, s, "linux", "amd64")+".deb")
	defer os.RemoveAll("/var/lib/vitrine")
	defer dpkg("--purge", "vitrine")
	for _, name := range []string{
		"/usr/lib/systemd/system/vitrine.service", "/etc/vitrine/vitrine.yaml", "/usr/share/bash-completion/completions/vitrine",
		"/usr/share/man/man1/vitrine-serve.1.gz", "/usr/share/doc/vitrine/copyright",
	} {
		if _, err := os.Stat(name); err != nil {
			// Slim systems have dpkg leave out documentation.
			if strings.HasPrefix(name, "/usr/share/man") || strings.HasPrefix(name, "/usr/share/doc") {
				t.Logf("left out on this machine: %v", err)
				continue
			}
			t.Error(err)
		}
	}
	info, err := os.Stat("/var/lib/vitrine")
	if err != nil {
		t.Fatal(err)
	}
	owner := info.Sys().(*syscall.Stat_t)
	if info.Mode().Perm() != 0o750 || owner.Uid == 0 {
		t.Errorf("/var/lib/vitrine: %v of user %d", info.Mode(), owner.Uid)
	}
	unit, err := os.ReadFile("/usr/lib/systemd/system/vitrine.service")
	if err != nil {
		t.Fatal(err)
	}
	line := strings.Fields(regexp.MustCompile(`(?m)^ExecStart=(.*)$`).FindStringSubmatch(string(unit))[1])
	as := func(words ...string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), words[0], words[1:]...)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
		cmd.Dir = "/"
		cmd.Env = []string{"VITRINE_LISTEN=127.0.0.1:0", "VITRINE_OPS_LISTEN=127.0.0.1:0"}
		return cmd
	}
	if out, err := as("/usr/bin/vitrine", "keys", "create", "me", "--role", "admin", "--data-dir", "/var/lib/vitrine").CombinedOutput(); err != nil {
		t.Fatalf("the first key, as docs/install.md has it: %v\n%s", err, out)
	}
	server := start(t, as(line...))
	if code, err := statusOf(t.Context(), server.ops, "/readyz"); err != nil || code != http.StatusOK {
		t.Errorf("/readyz: %d %v", code, err)
	}
	server.drain(t)
}

func statusOf(ctx context.Context, address, path string) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+path, nil)
	if err != nil {
		return 0, err
	}
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, errors.Join(err, response.Body.Close())
}

// The version stands in one place; whoever repeats it, repeats it as it is.
func TestVersionsAreInStep(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "cmd", "vitrine", "version.txt"))
	if err != nil {
		t.Fatal(err)
	}
	number := strings.TrimSpace(string(text))
	if !regexp.MustCompile(`^\d+\.\d+\.\d+$`).MatchString(number) {
		t.Fatalf("version.txt: %q is no version", number)
	}
	clients, err := os.ReadDir(filepath.Join(root, "clients"))
	if err != nil {
		t.Fatal(err)
	}
	metadata := map[string]*regexp.Regexp{
		"package.json":   regexp.MustCompile(`(?m)^\s*"version":\s*"([^"]+)"`),
		"pyproject.toml": regexp.MustCompile(`(?m)^version\s*=\s*"([^"]+)"`),
		"pom.xml":        regexp.MustCompile(`<version>([^<]+)</version>`), // the first is the project's own
		"composer.json":  regexp.MustCompile(`(?m)^\s*"version":\s*"([^"]+)"`),
	}
	modules, err := filepath.Glob(filepath.Join(root, "clients", "*", "src", "*", "__init__.py"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range modules {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		// Where pyproject.toml says that the version is read from.
		if found := regexp.MustCompile(`(?m)^__version__ = "([^"]+)"`).FindSubmatch(text); found != nil && string(found[1]) != number {
			t.Errorf("%s says %s; cmd/vitrine/version.txt says %s", file, found[1], number)
		}
	}
	for _, client := range clients {
		for name, version := range metadata {
			file := filepath.Join(root, "clients", client.Name(), name)
			text, err := os.ReadFile(file)
			if err != nil {
				continue // of another language
			}
			found := version.FindSubmatch(text)
			if found == nil {
				// Composer takes it from the tag.
				t.Logf("%s names no version", strconv.Quote(file))
				continue
			}
			if string(found[1]) != number {
				t.Errorf("%s says %s; cmd/vitrine/version.txt says %s", file, found[1], number)
			}
		}
	}
}
