package config

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/providers/posflag"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"
)

const (
	fileFlag = "config"         // names the configuration file
	fileEnv  = "VITRINE_CONFIG" // the same, in the environment
)

// forOthers are variables that a server finds and does not read: those of commands that
// call one, and the one that has the tests leave nothing out.
var forOthers = map[string]bool{"VITRINE_API_KEY": true, "VITRINE_API_KEY_FILE": true, "VITRINE_TARGET": true, "VITRINE_CI": true}

// Sources is where a configuration is read from. The later ones win: defaults,
// file, environment, flags.
type Sources struct {
	// Defaults to start from; nil: Default().
	Defaults *Config
	// Environ is the environment as os.Environ gives it. Every variable that
	// begins with VITRINE_ must be a key's, VITRINE_CONFIG, or one that is for others.
	Environ []string
	// Flags that AddFlags was called on; nil: none.
	Flags *pflag.FlagSet
}

// AddFlags adds a flag for each key, and --config for the file.
func AddFlags(fs *pflag.FlagSet) {
	fs.String(fileFlag, "", "configuration `file` in YAML, as vitrine config prints it (environment "+fileEnv+")")
	defaults := Default()
	for _, k := range keys() {
		v := k.in(defaults)
		fs.Var(&flagValue{raw: v.text(), typ: v.kind(), words: k.words}, k.flag(), k.help)
		if v.kind() == "bool" {
			fs.Lookup(k.flag()).NoOptDefVal = "true"
		}
	}
}

// flagValue keeps a flag's text for Load, which judges all settings together.
type flagValue struct {
	raw, typ string
	words    []string // all that it may be; nil: more than can be listed
}

func (f *flagValue) Set(s string) error { f.raw = s; return nil }
func (f *flagValue) String() string     { return f.raw }
func (f *flagValue) Type() string       { return f.typ }

// Words are all that a flag of AddFlags may be, nil for one that may be more than can be
// listed, or is not of AddFlags.
func Words(f *pflag.Flag) []string {
	if v, ours := f.Value.(*flagValue); ours {
		return v.words
	}
	return nil
}

// Load reads the configuration. It reports everything that is wrong at once, as
// an *Error; a file that can't be read or parsed is an error of its own.
func Load(from Sources) (*Loaded, error) {
	cfg := Default()
	if from.Defaults != nil {
		copied := *from.Defaults
		cfg = &copied
	}
	l := &Loaded{Config: cfg, origin: make(map[string]string)}
	known := make(map[string]*key)
	table := keys()
	for i := range table {
		known[table[i].name] = &table[i]
	}

	var problems []Problem
	layers, problems, err := readLayers(from, known, problems)
	if err != nil {
		return nil, err
	}
	for _, layer := range layers {
		values := layer.values.All()
		for _, name := range slices.Sorted(maps.Keys(values)) {
			k, raw := known[name], values[name]
			origin := layer.origin(name)
			switch {
			case k != nil:
				l.origin[name] = origin
				if err := k.in(cfg).set(raw); err != nil {
					problems = append(problems, Problem{Key: name, Value: fmt.Sprint(raw), Origin: origin, Want: err.Error()})
				}
			case isEmpty(raw) && isSection(name, known): // "limits:" with nothing under it
			case isSection(name, known):
				problems = append(problems, Problem{Key: name, Value: fmt.Sprint(raw), Origin: origin, Want: "is a section: put its keys below it"})
			default:
				problems = append(problems, Problem{Key: name, Value: fmt.Sprint(raw), Origin: origin, Want: unknown(name, known)})
			}
		}
	}
	// A value that could not be read is reported as such, not once more as out
	// of bounds.
	reported := make(map[string]bool)
	for _, p := range problems {
		reported[p.Key] = true
	}
	for _, p := range check(cfg) {
		if !reported[p.Key] {
			p.Origin = l.Origin(p.Key)
			problems = append(problems, p)
		}
	}
	if len(problems) > 0 {
		return nil, &Error{Problems: problems}
	}
	return l, nil
}

// layer is one source's settings, flattened to keys.
type layer struct {
	values *koanf.Koanf
	origin func(key string) string
}

// readLayers reads the file, the environment and the flags, in that order.
func readLayers(from Sources, known map[string]*key, problems []Problem) ([]layer, []Problem, error) {
	byEnv, byFlag := make(map[string]*key), make(map[string]*key)
	for _, k := range known {
		byEnv[k.env()], byFlag[k.flag()] = k, k
	}

	fileName := ""
	environ := koanf.New(".")
	err := environ.Load(env.Provider(".", env.Opt{
		Prefix:      envPrefix,
		EnvironFunc: func() []string { return from.Environ },
		TransformFunc: func(name, text string) (string, any) {
			if name == fileEnv {
				fileName = text
				return "", nil
			}
			if k := byEnv[name]; k != nil {
				return k.name, text
			}
			if !forOthers[name] {
				// Not its value: a name mistyped may hold a secret.
				problems = append(problems, Problem{Key: name, Value: "…", Origin: "environment", Want: unknown(name, byEnv)})
			}
			return "", nil
		},
	}), nil)
	if err != nil {
		return nil, nil, fmt.Errorf("config: read environment: %w", err)
	}

	flags := koanf.New(".")
	if from.Flags != nil {
		err := flags.Load(posflag.ProviderWithFlag(from.Flags, ".", nil, func(f *pflag.Flag) (string, any) {
			if k := byFlag[f.Name]; k != nil && f.Changed {
				return k.name, f.Value.String()
			}
			return "", nil
		}), nil)
		if err != nil {
			return nil, nil, fmt.Errorf("config: read flags: %w", err)
		}
		if f := from.Flags.Lookup(fileFlag); f != nil && f.Changed {
			fileName = f.Value.String()
		}
	}

	var layers []layer
	if fileName != "" {
		fromFile := koanf.New(".")
		if err := fromFile.Load(file.Provider(fileName), yaml.Parser()); err != nil {
			if errors.Is(err, os.ErrNotExist) {
				return nil, nil, fmt.Errorf("config: there is no file %s: name another with --%s, or `vitrine config > %s` to begin one", fileName, fileFlag, fileName)
			}
			return nil, nil, fmt.Errorf("config: read %s: %w", fileName, err)
		}
		layers = append(layers, layer{fromFile, func(string) string { return "file " + fileName }})
	}
	return append(layers,
		layer{environ, func(name string) string { return "environment " + known[name].env() }},
		layer{flags, func(name string) string { return "flag --" + known[name].flag() }},
	), problems, nil
}

func isEmpty(raw any) bool {
	section, isMap := raw.(map[string]any)
	return raw == nil || isMap && len(section) == 0
}

// isSection reports whether keys begin with the name.
func isSection(name string, known map[string]*key) bool {
	for k := range known {
		if strings.HasPrefix(k, name+".") {
			return true
		}
	}
	return false
}
