package docstest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// messages are those that package server and those below it make a status of, with
// where: the text of what a caller can meet.
func messages(t *testing.T, root string) map[string]string {
	t.Helper()
	found := make(map[string]string)
	err := filepath.WalkDir(filepath.Join(root, "server"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		if strings.Contains(path, "server/filter/") { // what is wrong with an expression: a violation
			return nil
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !makesStatus(call) {
				return true
			}
			for _, arg := range call.Args {
				if made, ok := arg.(*ast.CallExpr); ok && len(made.Args) > 0 { // fmt.Sprintf
					arg = made.Args[0]
				}
				if text := withoutVerbs(textOf(arg)); strings.ContainsFunc(text, unicode.IsLetter) && strings.Contains(text, " ") {
					found[text], _ = filepath.Rel(root, path)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// textOf is a message as far as it stands in the code.
func textOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return text
		}
	case *ast.BinaryExpr:
		return textOf(e.X) + textOf(e.Y)
	}
	return "…"
}

// makesStatus reports whether a call makes what a caller sees.
func makesStatus(call *ast.CallExpr) bool {
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		return fun.Name == "precondition" || fun.Name == "refuse" || fun.Name == "newProblem"
	case *ast.SelectorExpr:
		of, ok := fun.X.(*ast.Ident)
		return ok && of.Name == "status" && (fun.Sel.Name == "Error" || fun.Sel.Name == "Errorf" || fun.Sel.Name == "New")
	}
	return false
}

// verb is where a message has something put in.
var verb = regexp.MustCompile(`%[-+#.0-9]*[a-zA-Z]`)

func withoutVerbs(s string) string { return verb.ReplaceAllString(s, "…") }

// Every message that a caller can meet stands in the catalogue of errors.
func TestTheCatalogueHasEveryError(t *testing.T) {
	root := repository(t)
	source, err := os.ReadFile(filepath.Join(root, "docs/errors.md"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := parse("docs/errors.md", source)
	if err != nil {
		t.Fatal(err)
	}
	told := make(map[string]bool)
	for _, s := range p.spans {
		told[s.text] = true
	}
	all := messages(t, root)
	if len(all) < 20 {
		t.Errorf("only %d messages found in the code: is this still how statuses are made?", len(all))
	}
	for message, where := range all {
		if !told[message] {
			t.Errorf("docs/errors.md lacks `%s` of %s", message, where)
		}
	}
}
