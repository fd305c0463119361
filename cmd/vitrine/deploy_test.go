package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

// What systemd, Kubernetes and the container's engine are told of the server in
// docs/deploy and in the Dockerfile is asked of a real one here.

func TestSystemdIsTold(t *testing.T) {
	if os.PathSeparator != '/' {
		t.Skip("systemd is of Linux alone")
	}
	dir := t.TempDir()
	socket := filepath.Join(dir, "notify")
	manager, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer manager.Close()
	const over = "the server has ended" // told behind what it told itself, so that nobody waits in vain
	code, stderr := make(chan int, 1), &bytes.Buffer{}
	hear := func() string {
		t.Helper()
		message := make([]byte, 100)
		n, err := manager.Read(message)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(message[:n]); got != over {
			return got
		}
		t.Fatalf("nothing was told before the server ended with %d: %s", <-code, stderr.String())
		return ""
	}

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() {
		ended := run(ctx, []string{
			"serve", "--config", filepath.Join("..", "..", "docs", "deploy", "vitrine.yaml"),
			"--data-dir", filepath.Join(dir, "data"), "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0",
		}, []string{"NOTIFY_SOCKET=" + socket}, strings.NewReader(""), &bytes.Buffer{}, stderr)
		code <- ended
		_, _ = manager.WriteTo([]byte(over), manager.LocalAddr())
	}()
	if got := hear(); got != "READY=1" {
		t.Errorf("%q once it takes calls, want READY=1", got)
	}
	stop()
	if got := hear(); got != "STOPPING=1" {
		t.Errorf("%q when it drains, want STOPPING=1", got)
	}
	if got := <-code; got != exitOK {
		t.Errorf("it ended with %d", got)
	}
}

// probe is one of a pod's container, as far as ours have it.
type probe struct {
	HTTPGet *struct{ Path, Port string } `yaml:"httpGet"`
	GRPC    *struct {
		Port    int
		Service string
	}
}

func TestKubernetesProbes(t *testing.T) {
	folder := filepath.Join("..", "..", "docs", "deploy", "kubernetes")
	text, err := os.ReadFile(filepath.Join(folder, "statefulset.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var set struct {
		Spec struct {
			Template struct {
				Spec struct {
					Containers []struct {
						Args  []string
						Ports []struct {
							Name          string
							ContainerPort int `yaml:"containerPort"`
						}
						StartupProbe   probe `yaml:"startupProbe"`
						LivenessProbe  probe `yaml:"livenessProbe"`
						ReadinessProbe probe `yaml:"readinessProbe"`
					}
				}
			}
		}
	}
	if err := yaml.Unmarshal(text, &set); err != nil {
		t.Fatal(err)
	}
	if len(set.Spec.Template.Spec.Containers) != 1 {
		t.Fatal("want one container")
	}
	c := set.Spec.Template.Spec.Containers[0]

	// The configuration that the pod gets, on ports of this test's own.
	dir := t.TempDir()
	s := serve(t, dir, "--config", filepath.Join(folder, "vitrine.yaml"), "--log-format", "text")
	address := map[string]string{"api": s.addr, "ops": s.ops}
	ports := make(map[int]string)
	for _, p := range c.Ports {
		ports[p.ContainerPort] = p.Name
	}
	ask := func(p probe) bool {
		t.Helper()
		switch {
		case p.HTTPGet != nil:
			at, found := address[p.HTTPGet.Port]
			if !found {
				t.Errorf("a probe asks port %q, which the container does not name", p.HTTPGet.Port)
				return false
			}
			_, err := askOps(t.Context(), at, p.HTTPGet.Path)
			return err == nil
		case p.GRPC != nil:
			conn, err := grpc.NewClient("passthrough:///"+address[ports[p.GRPC.Port]], grpc.WithTransportCredentials(insecure.NewCredentials()))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			response, err := healthpb.NewHealthClient(conn).Check(t.Context(), &healthpb.HealthCheckRequest{Service: p.GRPC.Service})
			return err == nil && response.GetStatus() == healthpb.HealthCheckResponse_SERVING
		}
		t.Error("a probe asks nothing")
		return false
	}
	all := map[string]probe{"startup": c.StartupProbe, "liveness": c.LivenessProbe, "readiness": c.ReadinessProbe}
	for name, p := range all {
		if !ask(p) {
			t.Errorf("%s: no, of a server that serves", name)
		}
	}
	if code, out, stderr := call(t, nil, "health", "--ops-listen", s.ops); code != exitOK || out != "ready\n" {
		t.Errorf("vitrine health: %d %q %s", code, out, stderr)
	}
	s.end(t, dir)
	for name, p := range all {
		if ask(p) {
			t.Errorf("%s: yes, of a server that has ended", name)
		}
	}
}

// The ports that the manifests and the Dockerfile name are those that the configuration
// has the server listen at.
func TestDeployedPorts(t *testing.T) {
	for _, c := range []struct {
		file  string
		wants []string
	}{
		{"kubernetes/vitrine.yaml", []string{`listen: ":7654"`, `ops_listen: ":7655"`, "data_dir: /var/lib/vitrine"}},
		{"kubernetes/statefulset.yaml", []string{"containerPort: 7654", "containerPort: 7655", "mountPath: /var/lib/vitrine"}},
		{"kubernetes/services.yaml", []string{"targetPort: api", "targetPort: ops"}},
		{"../../Dockerfile", []string{"VITRINE_LISTEN=:7654", "VITRINE_OPS_LISTEN=:7655", "EXPOSE 7654 7655", "VOLUME /var/lib/vitrine"}},
	} {
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", "deploy", filepath.FromSlash(c.file)))
		if err != nil {
			t.Error(err)
			continue
		}
		for _, want := range c.wants {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s does not say %s", c.file, want)
			}
		}
	}
	if code, _, stderr := call(t, nil, "config", "--config", filepath.Join("..", "..", "docs", "deploy", "kubernetes", "vitrine.yaml")); code != exitOK {
		t.Error(stderr)
	}
}
