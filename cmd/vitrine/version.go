package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// version says what this binary was built from.
type version struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Time     string `json:"time,omitempty"`     // of the revision
	Modified bool   `json:"modified,omitempty"` // there were changes on top of it
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// number is the version that this code is, or is on its way to: the one place where it
// is written down for the server. The clients' packages repeat it, and a test holds them to it.
//
//go:embed version.txt
var number string

// What the build of a package stamps in (-ldflags -X), empty elsewhere: the Go tool reads
// them from version control where it may, which a package's build can't rely on.
var stampedVersion, stampedRevision, stampedTime string

// buildVersion is what was stamped in, or else what the Go tool left in the binary.
func buildVersion() version {
	v := version{
		Version: strings.TrimSpace(number) + "-dev", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
	if stampedVersion != "" {
		v.Version, v.Revision, v.Time = stampedVersion, stampedRevision, stampedTime
		v.Modified = strings.HasSuffix(v.Version, ".modified")
		return v
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	// go install of a release; a commit in between has a pseudo-version, which begins
	// with the release before it.
	if strings.TrimPrefix(info.Main.Version, "v") == strings.TrimSpace(number) {
		v.Version = strings.TrimSpace(number)
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.time":
			v.Time = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

// newVersionCommand is `vitrine version`.
func newVersionCommand(a *app) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Print what this binary was built from",
		Example: "  vitrine version\n  vitrine version --json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := buildVersion()
			if asJSON {
				encoder := json.NewEncoder(a.stdout)
				encoder.SetIndent("", "  ")
				return encoder.Encode(v)
			}
			_, err := fmt.Fprintf(a.stdout, "vitrine %s, %s, %s\n", v.Version, v.Go, v.Platform)
			if err == nil && v.Revision != "" {
				modified := ""
				if v.Modified {
					modified = ", modified"
				}
				_, err = fmt.Fprintf(a.stdout, "revision %s, %s%s\n", v.Revision, v.Time, modified)
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, for machines")
	return cmd
}
