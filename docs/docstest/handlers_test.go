package docstest

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
	_ "github.com/vitrine-io/vitrine/proto/vitrine/v1" // the messages that JSON may be
	"github.com/vitrine-io/vitrine/server/config"
)

// outcome is what the test did with a block.
type outcome int

const (
	ran     outcome = iota // executed, and its output compared if the page shows one
	parsed                 // read by what reads it in earnest
	shown                  // a picture, a formula, a measurement: nothing can check it
	skipped                // could be executed and is not, for a reason
	leftOut                // is for a client that is not built here
	outcomes
)

// handlers are what is done with a block, by its language.
var handlers = map[string]func(*script, block) (outcome, error){
	setup:     runShell,
	"sh":      runShell,
	"console": runConsole,
	"go":      runProgram,
	"ts":      runProgram,
	"python":  runProgram,
	"java":    runProgram,
	"php":     runProgram,
	"json":    readJSON,
	"jsonl":   readJSON,
	"yaml":    readYAML,
	"xml":     readXML,
	"cel":     runRule,
	"text":    readText,
	"csv":     readText,
}

// handle does with a block what its language and its notes say.
func handle(s *script, b block) (outcome, error) {
	if _, ok := b.notes["skip"]; ok {
		return skipped, nil
	}
	h, ok := handlers[b.language]
	if !ok {
		return 0, fmt.Errorf("no handler for a block in %q; those with one are in docs/docstest/handlers_test.go", b.language)
	}
	// What is written into a file is read by the command that the page gives it to.
	if name, ok := b.notes["file"]; ok {
		return ran, s.file(b, name)
	}
	return h(s, b)
}

func runShell(s *script, b block) (outcome, error) { return ran, s.sh(b) }

// runConsole runs the lines that begin with "$ ", and compares what stands below each
// with what it prints.
func runConsole(s *script, b block) (outcome, error) {
	if !strings.HasPrefix(b.text, "$ ") {
		return 0, errors.New(`console begins with a command: "$ ..."`)
	}
	line := b.line
	for part := range strings.SplitSeq(b.text[len("$ "):], "\n$ ") {
		command, output, _ := strings.Cut(part, "\n")
		if err := s.sh(block{line: line, text: command, notes: b.notes}); err != nil {
			return 0, err
		}
		if err := s.output(b, output); err != nil {
			return 0, err
		}
		line += 1 + strings.Count(part, "\n")
	}
	return ran, nil
}

// output has what was printed last compared with what is shown.
func (s *script) output(b block, shown string) error {
	vary := b.notes["output"] == "numbers vary"
	if rest := b.notes["output"]; rest != "" && !vary {
		return fmt.Errorf(`output knows "numbers vary", not %q`, rest)
	}
	return s.check(func(printed string) error { return looksLike(s.here(shown), printed, vary) })
}

// readText is for what no program reads: it is an output, or it is said to be shown only.
func readText(s *script, b block) (outcome, error) {
	if _, ok := b.notes["output"]; ok {
		return ran, s.output(b, b.text)
	}
	if _, ok := b.notes["shown"]; ok {
		return shown, nil
	}
	return 0, errors.New("text is an output, a file, or shown for a reason: say which in a comment above it")
}

// readJSON reads one value or several, as the message that "is" names.
func readJSON(s *script, b block) (outcome, error) {
	if _, ok := b.notes["output"]; ok {
		return ran, s.output(b, b.text)
	}
	message := b.notes["is"]
	if message == "" {
		return 0, errors.New("JSON is a file, an output, or a message: say which in a comment above it")
	}
	typ, err := protoregistry.GlobalTypes.FindMessageByName(protoreflect.FullName("vitrine.v1." + message))
	if err != nil {
		return 0, fmt.Errorf("no message %q: %w", message, err)
	}
	for dec := json.NewDecoder(strings.NewReader(b.text)); ; {
		var value json.RawMessage
		switch err := dec.Decode(&value); {
		case errors.Is(err, io.EOF):
			return parsed, nil
		case err != nil:
			return 0, err
		}
		if err := protojson.Unmarshal(value, typ.New().Interface()); err != nil {
			return 0, err
		}
	}
}

// readYAML reads a mapping or a configuration as the program does.
func readYAML(s *script, b block) (outcome, error) {
	file := filepath.Join(s.steps, fmt.Sprintf("%d.yaml", b.line))
	if err := os.WriteFile(file, []byte(b.notes["given"]+"\n"+b.text), 0o600); err != nil {
		return 0, err
	}
	switch kind := b.notes["is"]; kind {
	case "mapping":
		_, err := records.ReadMapping(file)
		return parsed, err
	case "configuration":
		_, err := config.Load(config.Sources{Environ: []string{"VITRINE_CONFIG=" + file}})
		return parsed, err
	case "YAML": // whose program is none of ours
		return parsed, yaml.Unmarshal([]byte(b.text), new(any))
	default:
		return 0, fmt.Errorf("YAML is a mapping, a configuration, a file or YAML, not %q: say which in a comment above it", kind)
	}
}

// readXML reads it as far as any XML goes.
func readXML(_ *script, b block) (outcome, error) {
	return parsed, xml.Unmarshal([]byte(b.text), new(any))
}

// runRule asks a server for the visitors whom each rule is true of.
func runRule(s *script, b block) (outcome, error) {
	var shell strings.Builder
	for rule := range strings.SplitSeq(strings.TrimSpace(b.text), "\n") {
		fmt.Fprintf(&shell, "vitrine segments preview --site shop --rule %s\n", quoted(rule))
	}
	return ran, s.sh(block{line: b.line, text: shell.String()})
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
