package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"pgregory.net/rapid"
)

// load reads a configuration from a file's text, variables and arguments.
func load(t testing.TB, text string, environ, args []string) (*Loaded, error) {
	t.Helper()
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	AddFlags(flags)
	if text != "" {
		path := filepath.Join(t.TempDir(), "vitrine.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append([]string{"--config", path}, args...)
	}
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	return Load(Sources{Environ: environ, Flags: flags})
}

func TestDefaultIsValid(t *testing.T) {
	if err := Default().Validate(); err != nil {
		t.Fatal(err)
	}
	got, err := Load(Sources{})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Config, Default()) {
		t.Errorf("with no sources: %+v, want the default", got.Config)
	}
}

func TestLaterSourcesWin(t *testing.T) {
	text := "data_dir: from-file\nlisten: \":1\"\nops_listen: \":2\"\nlimits:\n  max_message_bytes: 1MiB\n  keepalive:\n    max_age: 1d12h\n"
	got, err := load(t, text,
		[]string{"HOME=/root", "VITRINE_LISTEN=:3", "VITRINE_OPS_LISTEN=:4", "VITRINE_STORE_EVENT_RETENTION=30d"},
		[]string{"--ops-listen=", "--limits-drain-timeout", "5s"})
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.DataDir = "from-file"
	want.Listen = ":3"
	want.OpsListen = ""
	want.Limits.MaxMessageBytes = 1 << 20
	want.Limits.Keepalive.MaxAge = 36 * time.Hour
	want.Limits.DrainTimeout = 5 * time.Second
	want.Store.EventRetention = 720 * time.Hour
	if !reflect.DeepEqual(got.Config, want) {
		t.Errorf("got  %+v\nwant %+v", got.Config, want)
	}
	for key, want := range map[string]string{
		"data_dir":             "file ",
		"listen":               "environment VITRINE_LISTEN",
		"ops_listen":           "flag --ops-listen",
		"limits.drain_timeout": "flag --limits-drain-timeout",
		"pprof":                "default",
	} {
		if origin := got.Origin(key); !strings.HasPrefix(origin, want) {
			t.Errorf("Origin(%q) = %q, want %q", key, origin, want)
		}
	}
}

func TestBadSettings(t *testing.T) {
	for _, test := range []struct {
		name    string
		file    string
		environ []string
		args    []string
		want    []string // parts of the message
	}{
		{name: "unknown key", file: "listne: x", want: []string{`listne = "x"`, "did you mean listen?"}},
		{name: "key without its section", file: "drain_timeout: 5s", want: []string{"did you mean limits.drain_timeout?"}},
		{name: "nothing near", file: "colour: red", want: []string{"`vitrine config` lists what is"}},
		{name: "unknown variable", environ: []string{"VITRINE_DATADIR=x"}, want: []string{"VITRINE_DATADIR", "did you mean VITRINE_DATA_DIR?"}},
		{name: "section as a value", file: "limits: 5", want: []string{"limits", "is a section"}},
		{name: "value as a section", file: "listen:\n  host: x", want: []string{"listen.host", "is not known"}},
		{name: "no number", environ: []string{"VITRINE_STORE_PROFILE_CACHE=many"}, want: []string{"store.profile_cache", `"many"`, "VITRINE_STORE_PROFILE_CACHE", "whole number"}},
		{name: "no unit", file: "store:\n  dedupe_window: 24", want: []string{"store.dedupe_window", "with its unit"}},
		{name: "negative duration", args: []string{"--limits-drain-timeout=-5s"}, want: []string{"limits.drain_timeout", "flag --limits-drain-timeout", "duration"}},
		{name: "out of bounds", file: "limits:\n  max_concurrent_streams: 0", want: []string{`"0"`, "must be 1 to 1000000"}},
		{name: "address", args: []string{"--listen=localhost"}, want: []string{"host:port"}},
		{name: "port", args: []string{"--listen=localhost:99999"}, want: []string{"host:port"}},
		{name: "same address twice", file: "listen: \":1\"\nops_listen: \":1\"", want: []string{"ops_listen", "apart from listen"}},
		{name: "certificate without key", file: "tls:\n  cert_file: a.pem", want: []string{"tls.key_file", "as tls.cert_file is"}},
		{name: "no keys on a network", file: "auth: none\nlisten: \":7654\"", want: []string{"auth", "none while listen is a loopback address"}},
		{name: "no keys on another machine", args: []string{"--auth=none", "--listen=10.0.0.5:7654"}, want: []string{"auth", "loopback"}},
		{name: "no keys at a door on a network", args: []string{"--auth=none", "--door-listen=:7657"}, want: []string{"auth", "door.listen another or empty"}},
		{name: "the door at the API's address", args: []string{"--door-listen=127.0.0.1:7654"}, want: []string{"door.listen", "apart from listen"}},
		{name: "no origin", file: "door:\n  allowed_origins: [https://shop.example/path]", want: []string{"door.allowed_origins", "nothing behind it"}},
		{name: "all origins and one", args: []string{"--door-allowed-origins=*,https://shop.example"}, want: []string{"door.allowed_origins", "* alone"}},
		{name: "origins that are no text", file: "door:\n  allowed_origins: [7]", want: []string{"door.allowed_origins", "list of texts"}},
		{name: "neither keys nor none", args: []string{"--auth=some"}, want: []string{"auth", "keys, or none"}},
		{name: "callers' authorities without TLS", file: "tls:\n  client_ca_file: ca.pem", want: []string{"tls.client_ca_file", "unless tls.cert_file is set"}},
		{name: "client_auth", file: "tls:\n  client_auth: maybe", want: []string{"tls.client_auth", "require or request"}},
		{name: "pprof without port", file: "pprof: true\nops_listen: \"\"", want: []string{"pprof", "unless ops_listen is set"}},
		{name: "clock", file: "clock: sundial", want: []string{`"sundial"`, "system or events"}},
		{name: "level", file: "log:\n  level: loud", want: []string{"debug, info, warn or error"}},
		{name: "text for a bool", file: "pprof: sometimes", want: []string{"true or false"}},
		{name: "number for text", file: "data_dir: 7", want: []string{"data_dir", "quotes"}},
		{name: "a cap below the default", file: "limits:\n  max_deadline: 1s", want: []string{"limits.max_deadline", "limits.default_deadline to 24h"}},
		{
			name: "all at once", file: "clock: sundial\nlistne: x\nlimits:\n  drain_timeout: soon\n", environ: []string{"VITRINE_LOG_LEVEL=loud"},
			want: []string{"4 problems", "clock", "listne", "limits.drain_timeout", "environment VITRINE_LOG_LEVEL"},
		},
		{name: "not YAML", file: "listen: [", want: []string{"config: read", "yaml"}},
		{name: "no such file", args: []string{"--config", "nowhere.yaml"}, want: []string{"there is no file nowhere.yaml", "vitrine config >"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(t, test.file, test.environ, test.args)
			if err == nil {
				t.Fatal("accepted")
			}
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
		})
	}
}

func TestProblemIsReportedOnce(t *testing.T) {
	_, err := load(t, "limits:\n  drain_timeout: soon\n", nil, nil)
	var all *Error
	if !errors.As(err, &all) || len(all.Problems) != 1 || all.Problems[0].Key != "limits.drain_timeout" {
		t.Errorf("got %v, want the one problem", err)
	}
}

func TestEmptySectionIsNoProblem(t *testing.T) {
	if _, err := load(t, "limits:\nstore: {}\n", nil, nil); err != nil {
		t.Error(err)
	}
}

func TestPrintedConfigurationLoads(t *testing.T) {
	first, err := load(t, "", []string{"VITRINE_STORE_DEDUPE_WINDOW=36h", `VITRINE_DATA_DIR=a "b": #c`}, []string{"--pprof"})
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := first.WriteYAML(&text); err != nil {
		t.Fatal(err)
	}
	second, err := load(t, text.String(), nil, nil)
	if err != nil {
		t.Fatalf("%v in\n%s", err, &text)
	}
	if !reflect.DeepEqual(first.Config, second.Config) {
		t.Errorf("printed %+v, read %+v", first.Config, second.Config)
	}
	for _, want := range []string{
		"  # VITRINE_STORE_DEDUPE_WINDOW, --store-dedupe-window. From: environment VITRINE_STORE_DEDUPE_WINDOW.\n  dedupe_window: 36h\n",
		"From: flag --pprof.\npprof: true\n",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, &text)
		}
	}

	var machine struct {
		Settings []struct {
			Key, Origin string
			Value       any
		}
	}
	var encoded bytes.Buffer
	if err := first.WriteJSON(&encoded); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(encoded.Bytes(), &machine); err != nil {
		t.Fatal(err)
	}
	if len(machine.Settings) != len(keys()) {
		t.Errorf("%d settings in JSON, want %d", len(machine.Settings), len(keys()))
	}
}

// Every field can be set, and no two keys share a field, a variable or a flag.
func TestEveryFieldHasItsKey(t *testing.T) {
	fields := 0
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		for i := range typ.NumField() {
			if f := typ.Field(i).Type; f.Kind() == reflect.Struct {
				walk(f)
			} else {
				fields++
			}
		}
	}
	walk(reflect.TypeFor[Config]())

	cfg := Default()
	seen := make(map[any]string)
	for _, k := range keys() {
		for _, id := range []any{reflect.ValueOf(k.in(cfg)).Pointer(), k.env(), k.flag()} {
			if seen[id] != "" {
				t.Errorf("%s and %s share %v", k.name, seen[id], id)
			}
			seen[id] = k.name
		}
		if k.help == "" || k.ok != nil && k.want == "" {
			t.Errorf("%s is not documented", k.name)
		}
	}
	if len(keys()) != fields {
		t.Errorf("%d keys for %d fields", len(keys()), fields)
	}
}

func TestDurationReadsBack(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"30d": 30 * day, "1d12h": 36 * time.Hour, "1.5d": 36 * time.Hour, "0": 0, "0s": 0, "90s": 90 * time.Second,
	} {
		if got, err := ParseDuration(text); err != nil || got != want {
			t.Errorf("ParseDuration(%q) = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "d", "-1d", "24", "1d-1h", "9e99d", "NaNd", "106751d23h59m", "1d1d"} {
		if got, err := ParseDuration(text); err == nil {
			t.Errorf("ParseDuration(%q) = %v, want an error", text, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.SampledFrom([]time.Duration{1, time.Millisecond, time.Second, time.Minute, time.Hour, day}).Draw(t, "unit")
		d := time.Duration(rapid.Int64Range(0, 100_000).Draw(t, "n")) * unit
		if got, err := ParseDuration(FormatDuration(d)); err != nil || got != d {
			t.Fatalf("%v is written %q and read back as %v, %v", d, FormatDuration(d), got, err)
		}
	})
}

func FuzzLoadFile(f *testing.F) {
	f.Add("listen: \":1\"\nlimits:\n  max_message_bytes: 16MiB\n")
	f.Add("? [a]\n: b")
	f.Add("limits: {keepalive: {max_age: 1e9d}}")
	f.Add("1: 2\nnull: ~\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := load(t, text, nil, nil)
		if err == nil && got.Validate() != nil {
			t.Errorf("loaded what is not valid: %v", got.Validate())
		}
	})
}

// A variable that is not known may be a secret in the wrong place, and one of clients is
// none of the server's.
func TestNoSecretOfTheEnvironmentIsShown(t *testing.T) {
	_, err := load(t, "", []string{"VITRINE_APIKEY=vk_secret", "VITRINE_API_KEY=vk_secret", "VITRINE_API_KEY_FILE=x"}, nil)
	if err == nil || !strings.Contains(err.Error(), "VITRINE_APIKEY") || strings.Contains(err.Error(), "vk_secret") {
		t.Errorf("got %v, want the name without the value", err)
	}
	got, err := load(t, "", []string{"VITRINE_API_KEY=vk_secret", "VITRINE_CI=1"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := errors.Join(got.WriteYAML(&text), got.WriteJSON(&text)); err != nil || strings.Contains(text.String(), "vk_secret") {
		t.Errorf("%v, printed %s", err, text.String())
	}
}

// What is read as a duration or a size is written so that it reads the same.
func FuzzValues(f *testing.F) {
	for _, s := range []string{"1d12h", "30d", "90s", "-1s", "16MiB", "1_000", "0.5d", "99999999999GiB"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDuration(s); err == nil {
			if again, err := ParseDuration(FormatDuration(d)); err != nil || again != d || d < 0 {
				t.Errorf("%q is %v, written %q, read %v, %v", s, d, FormatDuration(d), again, err)
			}
		}
		if n, err := parseSize(s); err == nil {
			if again, err := parseSize(formatSize(n)); err != nil || again != n || n < 0 {
				t.Errorf("%q is %d, written %q, read %d, %v", s, n, formatSize(n), again, err)
			}
		}
	})
}
