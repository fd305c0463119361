package main

import (
	"github.com/spf13/cobra"

	"github.com/vitrine-io/vitrine/server/config"
)

// newConfigCommand is `vitrine config`.
func newConfigCommand(a *app) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Print the configuration that vitrine serve would run with",
		Long: `Print the configuration that vitrine serve would run with, given the same flags,
environment and file: every setting with what it means, what it allows and where
its value comes from. The output is a configuration file.

Exit code 2 says that something in it is wrong; standard error says what.`,
		Example: `  vitrine config > vitrine.yaml
  vitrine config --config vitrine.yaml --limits-drain-timeout 5s
  VITRINE_LISTEN=:9000 vitrine config --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.loadConfig(cmd.Flags())
			if err != nil {
				return err
			}
			if asJSON {
				return cfg.WriteJSON(a.stdout)
			}
			return cfg.WriteYAML(a.stdout)
		},
	}
	config.AddFlags(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, for machines")
	return cmd
}
