package docstest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// A language is how a snippet in one is run, other than the shell's.
type language struct {
	extension string
	// whole begins a program; what does not begin so is wrapped into one.
	whole *regexp.Regexp
	wrap  func(given, snippet string) string
	// run is shell that runs the file named by $snippet.
	run string
	// ready is what the client's make target leaves: a file in the repository, or a
	// program. Empty: nothing is needed.
	ready, target string
}

// languages are those with a client.
var languages = map[string]language{
	"go": {
		extension: "go",
		whole:     regexp.MustCompile(`(?m)^package `),
		wrap:      wrapGo,
		run:       `go build -o "${snippet%.go}" "$snippet" && "${snippet%.go}"`,
	},
	"ts": {
		extension: "mts",
		wrap:      func(given, snippet string) string { return given + "\n" + snippet },
		// Types are checked as a shop's compiler does that has installed the package.
		run: `client="$DOCS_ROOT/clients/typescript" folder="${snippet%.mts}"
mkdir -p "$folder/node_modules/@vitrine-io" "$folder/node_modules/@types"
ln -sfn "$client" "$folder/node_modules/@vitrine-io/client"
ln -sfn "$client/node_modules/@types/node" "$folder/node_modules/@types/node"
cp "$snippet" "$folder/snippet.mts"
(cd "$folder" && "$client/node_modules/.bin/tsc" --strict --skipLibCheck --target es2023 --module nodenext --types node snippet.mts)
node "$folder/snippet.mjs"`,
		ready:  "clients/typescript/dist/src/index.js",
		target: "client-typescript",
	},
	"python": {
		extension: "py",
		wrap:      func(given, snippet string) string { return given + "\n" + snippet },
		run:       `"$DOCS_ROOT/clients/python/.venv/bin/python" "$snippet"`,
		ready:     "clients/python/.venv/bin/python",
		target:    "client-python",
	},
	"java": {
		extension: "java",
		whole:     regexp.MustCompile(`(?m)^public class `),
		wrap:      wrapJava,
		run:       `java -cp "$DOCS_ROOT/clients/java/conformance/target/driver.jar" "$snippet"`,
		ready:     "clients/java/conformance/target/driver.jar",
		target:    "client-java",
	},
	"php": {
		extension: "php",
		whole:     regexp.MustCompile(`^<\?php`),
		wrap: func(given, snippet string) string {
			return "<?php\nspl_autoload_register(fn ($c) => require getenv('DOCS_ROOT') . '/clients/php/src/' . strtr(substr($c, strlen('Vitrine\\\\')), '\\\\', '/') . '.php');\n" + given + "\n" + snippet
		},
		run:    `php "$snippet"`,
		ready:  "php",
		target: "client-php",
	},
}

// runProgram compiles a snippet and runs it.
func runProgram(s *script, b block) (outcome, error) {
	l := languages[b.language]
	if !l.isReady(s.root) {
		if os.Getenv("VITRINE_CI") == "1" {
			return 0, fmt.Errorf("CI may not leave it out: make %s first", l.target)
		}
		s.missing[b.language] = l.target
		return leftOut, nil
	}
	program := b.text
	if l.whole == nil || !l.whole.MatchString(program) {
		program = l.wrap(b.notes["given"], program)
	}
	source := filepath.Join(s.steps, fmt.Sprintf("snippet%d.%s", b.line, l.extension))
	if err := os.WriteFile(source, []byte(s.here(program)), 0o600); err != nil {
		return 0, err
	}
	s.lines = append(s.lines, step{line: b.line, shell: fmt.Sprintf("snippet=%q\n%s\n", source, l.run)})
	return ran, nil
}

func (l language) isReady(root string) bool {
	if l.ready == "" {
		return true
	}
	_, err := os.Stat(filepath.Join(root, l.ready))
	if !strings.Contains(l.ready, "/") {
		_, err = exec.LookPath(l.ready)
	}
	return err == nil
}

// goImports are what a snippet may name without saying where it is from.
var goImports = map[string]string{
	"context":     "context",
	"credentials": "google.golang.org/grpc/credentials",
	"errors":      "errors",
	"fmt":         "fmt",
	"grpc":        "google.golang.org/grpc",
	"http":        "net/http",
	"log":         "log",
	"os":          "os",
	"time":        "time",
	"codes":       "google.golang.org/grpc/codes",
	"status":      "google.golang.org/grpc/status",
	"vitrine":     "github.com/vitrine-io/vitrine/clients/go",
	"vitrinev1":   "github.com/vitrine-io/vitrine/proto/vitrine/v1",
}

// wrapGo puts statements into a main of their own.
func wrapGo(given, snippet string) string {
	body := given + "\n" + snippet
	var head strings.Builder
	head.WriteString("package main\n")
	for name, path := range goImports {
		if regexp.MustCompile(`\b` + name + `\.[A-Z]`).MatchString(body) {
			fmt.Fprintf(&head, "import %s %q\n", name, path)
		}
	}
	return head.String() + "func main() {\n" + body + "}\n"
}

// wrapJava puts statements into a class of their own.
func wrapJava(given, snippet string) string {
	return "import static io.vitrine.v1.Purpose.*;\nimport io.grpc.*;\nimport io.vitrine.client.*;\nimport io.vitrine.v1.*;\nimport io.vitrine.client.Visitor;\n" +
		"import java.io.*;\nimport java.util.*;\npublic class Snippet {\n  public static void main(String[] args) throws Exception {\n" +
		given + "\n" + snippet + "  }\n}\n"
}
