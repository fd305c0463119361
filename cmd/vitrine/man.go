package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// newManCommand is `vitrine man`.
func newManCommand(a *app) *cobra.Command {
	dir := ""
	cmd := &cobra.Command{
		Use:   "man [command...]",
		Short: "Write manual pages",
		Long: `Write the manual page of a command to standard output, or those of all commands into a
folder, where man finds them if it is one of its own: /usr/local/share/man/man1. Packages
for Linux and macOS have them already.`,
		Example: `  vitrine man sites create | man -l -
  vitrine man --dir /usr/local/share/man/man1`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			if dir == "" {
				of, rest, err := root.Find(args)
				if err != nil || len(rest) > 0 {
					return usagef("there is no command %q: see vitrine --help", strings.Join(args, " "))
				}
				return writeManPage(a.stdout, of)
			}
			if len(args) > 0 {
				return usagef("--dir writes the pages of all commands: leave out %q", strings.Join(args, " "))
			}
			return writeManPages(dir, root)
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			var names []string
			if of, rest, err := cmd.Root().Find(args); err == nil && len(rest) == 0 {
				for _, below := range of.Commands() {
					if below.IsAvailableCommand() && strings.HasPrefix(below.Name(), typed) {
						names = append(names, cobra.CompletionWithDesc(below.Name(), below.Short))
					}
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "write the pages of all commands into this `folder`")
	return cmd
}

// manName is the name of a command's page: vitrine-sites-create.
func manName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// hasManPage reports whether a command is for people to use.
func hasManPage(cmd *cobra.Command) bool {
	for c := cmd; c != nil; c = c.Parent() {
		if c.Hidden {
			return false
		}
	}
	return true
}

// writeManPages writes the page of every command into the folder, which is made if it is
// missing.
func writeManPages(dir string, root *cobra.Command) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var failed error
	eachCommand(root, func(cmd *cobra.Command) {
		if !hasManPage(cmd) {
			return
		}
		file, err := os.Create(filepath.Join(dir, manName(cmd)+".1"))
		if err == nil {
			err = errors.Join(writeManPage(file, cmd), file.Close())
		}
		failed = errors.Join(failed, err)
	})
	return failed
}

// writeManPage writes a command's help as a page for man(1), in section 1. Without a
// date, so that the same version always gives the same bytes.
func writeManPage(w io.Writer, cmd *cobra.Command) error {
	cmd.InitDefaultHelpFlag()
	out := bufio.NewWriter(w)
	p := func(format string, args ...any) { fmt.Fprintf(out, format+"\n", args...) }
	p(`.TH "%s" "1" "" "vitrine %s" "Vitrine"`, strings.ToUpper(roff(manName(cmd))), roff(buildVersion().Version))
	// Commands and sentences alike read ragged, and a long flag is not broken.
	p(".ad l\n.nh")
	p(".SH NAME\n%s \\- %s", roff(manName(cmd)), roff(cmd.Short))
	p(".SH SYNOPSIS")
	if cmd.Runnable() {
		p(".B %s", roff(cmd.UseLine()))
	}
	if cmd.HasAvailableSubCommands() {
		if cmd.Runnable() {
			p(".br")
		}
		p(".B %s", roff(cmd.CommandPath()+" command"))
	}
	p(".SH DESCRIPTION")
	text := cmd.Long
	if text == "" {
		text = cmd.Short + "."
	}
	manText(out, text)
	if cmd.HasAvailableSubCommands() {
		p(".SH COMMANDS")
		for _, below := range cmd.Commands() {
			if below.IsAvailableCommand() {
				p(".TP\n.B %s\n%s", roff(below.Name()), roff(below.Short))
			}
		}
	}
	manFlags(out, "OPTIONS", cmd.NonInheritedFlags())
	manFlags(out, "OPTIONS SHARED WITH THE COMMANDS BESIDE", cmd.InheritedFlags())
	if cmd.Example != "" {
		p(".SH EXAMPLES\n.nf\n%s\n.fi", roff(cmd.Example))
	}
	if cmd.HasParent() {
		p(".SH EXIT STATUS\n0 done, 1 failed, 2 wrong command line or configuration.")
	}
	p(".SH SEE ALSO")
	var others []string
	if cmd.HasParent() {
		others = append(others, cmd.Parent().CommandPath())
	}
	for _, below := range cmd.Commands() {
		if below.IsAvailableCommand() {
			others = append(others, below.CommandPath())
		}
	}
	for i, path := range others {
		comma := ","
		if i == len(others)-1 {
			comma = ""
		}
		p(".BR %s (1)%s", roff(strings.ReplaceAll(path, " ", "-")), comma)
	}
	return out.Flush()
}

// manFlags writes a section about flags, if there are any.
func manFlags(w io.Writer, title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	fmt.Fprintf(w, ".SH %s\n", title)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		kind, usage := pflag.UnquoteUsage(f)
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		fmt.Fprintf(w, ".TP\n\\fB%s\\fR", roff(name))
		if kind != "" {
			fmt.Fprintf(w, " \\fI%s\\fR", roff(kind))
		}
		fmt.Fprintf(w, "\n%s\n", roff(usage))
		switch f.DefValue {
		case "", "false", "[]", "0", "0s":
		default:
			fmt.Fprintf(w, "(%s)\n", roff("default "+f.DefValue))
		}
	})
}

// manText writes paragraphs. Lines that are indented stand as they are, as in the help.
func manText(w io.Writer, text string) {
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		asIs := strings.HasPrefix(paragraph, "  ") || strings.Contains(paragraph, "\n  ")
		if asIs {
			fmt.Fprintf(w, ".PP\n.nf\n%s\n.fi\n", roff(paragraph))
			continue
		}
		fmt.Fprintf(w, ".PP\n%s\n", roff(paragraph))
	}
}

// roffControl is a character that begins a request where it stands first in a line.
var roffControl = regexp.MustCompile(`(?m)^([.'])`)

// roff escapes text for a manual page: what it says is what one sees and can copy.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", "\\`", "^", `\(ha`, "~", `\(ti`, "\"", `\(dq`).Replace(text)
	return roffControl.ReplaceAllString(text, `\&$1`)
}
