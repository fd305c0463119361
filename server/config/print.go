package config

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Loaded is a configuration that knows where each value comes from.
type Loaded struct {
	*Config
	origin map[string]string
}

// Origin says where the key's value comes from: "default", "file x.yaml",
// "environment VITRINE_LISTEN", "flag --listen".
func (l *Loaded) Origin(key string) string {
	if origin := l.origin[key]; origin != "" {
		return origin
	}
	return "default"
}

// WriteYAML writes the configuration as a file that Load reads back to the same
// values, with what each key means and where its value comes from.
func (l *Loaded) WriteYAML(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# Vitrine's configuration, as it holds. Flags win over the environment, that\n" +
		"# over the file, that over the defaults. Durations: 500ms, 90s, 24h, 30d.\n")
	var section []string
	for _, k := range keys() {
		parts := strings.Split(k.name, ".")
		path, name := parts[:len(parts)-1], parts[len(parts)-1]
		for depth, part := range path {
			if depth >= len(section) || section[depth] != part {
				fmt.Fprintf(&b, "\n%s%s:\n", strings.Repeat("  ", depth), part)
				section = append(section[:depth:depth], part)
			}
		}
		section = path
		indent := strings.Repeat("  ", len(path))
		if len(path) == 0 {
			b.WriteString("\n")
		}
		for _, line := range wrap(k.help, 76-len(indent)) {
			fmt.Fprintf(&b, "%s# %s\n", indent, line)
		}
		if k.ok != nil {
			for _, line := range wrap("Allowed: "+k.want+".", 76-len(indent)) {
				fmt.Fprintf(&b, "%s# %s\n", indent, line)
			}
		}
		fmt.Fprintf(&b, "%s# %s, --%s. From: %s.\n", indent, k.env(), k.flag(), l.Origin(k.name))
		fmt.Fprintf(&b, "%s%s: %s\n", indent, name, scalar(k.in(l.Config)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteJSON writes an object with a member for each key: its value, where that
// comes from, the variable, the flag and the help text.
func (l *Loaded) WriteJSON(w io.Writer) error {
	type setting struct {
		Key         string `json:"key"`
		Value       any    `json:"value"`
		Origin      string `json:"origin"`
		Environment string `json:"environment"`
		Flag        string `json:"flag"`
		Help        string `json:"help"`
		Allowed     string `json:"allowed,omitempty"`
	}
	settings := make([]setting, 0, len(keys()))
	for _, k := range keys() {
		settings = append(settings, setting{
			Key: k.name, Value: k.in(l.Config).json(), Origin: l.Origin(k.name),
			Environment: k.env(), Flag: "--" + k.flag(), Help: k.help, Allowed: k.want,
		})
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(map[string]any{"settings": settings})
}

// scalar is the value in YAML. Texts and lists of them are written as JSON, which YAML
// reads alike.
func scalar(v value) string {
	switch v.(type) {
	case *stringValue, *listValue:
	default:
		return v.text()
	}
	quoted, err := json.Marshal(v.json())
	if err != nil { // can't be: it is text
		return `""`
	}
	return string(quoted)
}

// wrap breaks text into lines of at most that many bytes, where words allow it.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
