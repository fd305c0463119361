package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
)

//go:embed scenarios.yaml
var scenariosYAML []byte

//go:embed clients.yaml
var clientsYAML []byte

// scenario is a story that every client lives through. scenarios.yaml explains its
// fields to those who write one.
type scenario struct {
	Name   string
	About  string
	Needs  []string
	TLS    bool
	Long   bool
	Faults []fault
	Steps  []step

	// What must be true at the end.
	Attempts map[string]any
	Batches  []int
	Stored   map[string][]string
}

// step is one thing that happens. Of Do, Proxy, Server, Await, Release, Faults, Count
// and Attempts one is set.
type step struct {
	Do      string
	Proxy   string
	Server  string
	Await   map[string]int
	Release bool
	Faults  *[]fault
	Count   string
	// Attempts of each method, by now.
	Attempts map[string]any

	// Of Do: what the reply must be, what it is repeated for until it is, how often it is
	// done, how many of these must fail with which error, and how long each may take.
	Expect   map[string]any
	Until    map[string]any
	Times    int
	Errors   map[string]any
	WithinMS int `yaml:"within_ms"`

	// Command is all else, which the driver gets.
	Command map[string]any `yaml:",inline"`
}

// fault is what the proxy does to the next calls of a method.
type fault struct {
	On       string
	Times    int    // 0: to all that come
	Answer   string // a gRPC status, without asking the server
	AdviceMS int    `yaml:"advice_ms"`
	SlowMS   int    `yaml:"slow_ms"`
	Hang     bool
	Hold     bool
	LoseIt   bool   `yaml:"lose_answer"`
	Cut      string // before or amid
}

const (
	cutBefore = "before" // the server was asked
	cutAmid   = "amid"   // the answer
)

// client says how a driver is started.
type client struct {
	Build   []string
	Run     []string
	Bench   []string
	Needs   []string
	Lacks   []string
	Prepare string
	Door    bool
}

func loadScenarios(data []byte) ([]scenario, error) {
	var all []scenario
	if err := strict(data, &all); err != nil {
		return nil, fmt.Errorf("scenarios: %w", err)
	}
	seen := map[string]bool{}
	for _, s := range all {
		if err := s.check(); err != nil {
			return nil, fmt.Errorf("scenario %q: %w", s.Name, err)
		}
		if seen[s.Name] {
			return nil, fmt.Errorf("scenario %q stands there twice", s.Name)
		}
		seen[s.Name] = true
	}
	return all, nil
}

func loadClients(data []byte) (map[string]client, error) {
	all := map[string]client{}
	if err := strict(data, &all); err != nil {
		return nil, fmt.Errorf("clients: %w", err)
	}
	return all, nil
}

func strict(data []byte, into any) error {
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	return d.Decode(into)
}

// abilities are what a scenario may need of a client.
var abilities = []string{"background", "grpc"}

func (s *scenario) check() error {
	if s.Name == "" || s.About == "" || len(s.Steps) == 0 {
		return errors.New("needs a name, an about and steps")
	}
	for _, need := range s.Needs {
		if !slices.Contains(abilities, need) {
			return fmt.Errorf("needs %q: want one of %v", need, abilities)
		}
	}
	for _, f := range s.Faults {
		if err := f.check(); err != nil {
			return err
		}
	}
	for i, st := range s.Steps {
		if err := st.check(); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	return nil
}

func (st *step) check() error {
	kinds := 0
	for _, set := range []bool{
		st.Do != "", st.Proxy != "", st.Server != "", st.Await != nil, st.Release, st.Faults != nil,
		st.Count != "", st.Attempts != nil,
	} {
		if set {
			kinds++
		}
	}
	if kinds != 1 {
		return fmt.Errorf("does %d things: want one", kinds)
	}
	if st.Do == "" && len(st.Command) > 0 {
		return fmt.Errorf("what is %v?", slices.Sorted(maps.Keys(st.Command)))
	}
	if st.Faults != nil {
		for _, f := range *st.Faults {
			if err := f.check(); err != nil {
				return err
			}
		}
	}
	return nil
}

var methods = []string{"Decide", "TrackEvent", "TrackEvents"}

func (f *fault) check() error {
	if !slices.Contains(methods, f.On) {
		return fmt.Errorf("fault on %q: want one of %v", f.On, methods)
	}
	kinds := 0
	for _, set := range []bool{f.Answer != "", f.SlowMS > 0, f.Hang, f.Hold, f.LoseIt, f.Cut != ""} {
		if set {
			kinds++
		}
	}
	if kinds != 1 {
		return fmt.Errorf("fault on %s does %d things: want one", f.On, kinds)
	}
	if f.Answer != "" {
		if _, err := codeNamed(f.Answer); err != nil {
			return err
		}
	}
	if f.Cut != "" && f.Cut != cutBefore && f.Cut != cutAmid {
		return fmt.Errorf("cut %q: want %s or %s", f.Cut, cutBefore, cutAmid)
	}
	return nil
}
