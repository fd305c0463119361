package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server/config"
)

// completionPatience is how long a shell waits for a server's names after Tab, unless the
// line says so itself with --timeout: longer feels stuck.
const completionPatience = time.Second

// completeFlags has the shell complete the values of all flags below root that say
// nothing themselves: files and folders, words, and the names that a running server
// knows. Where nothing is known no file names are offered instead.
func (a *app) completeFlags(root *cobra.Command) {
	eachCommand(root, func(cmd *cobra.Command) {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if _, known := cmd.GetFlagCompletionFunc(f.Name); known {
				return
			}
			if err := cmd.RegisterFlagCompletionFunc(f.Name, a.completionOf(f)); err != nil {
				panic(err) // the flag is the command's own
			}
		})
		takesFiles := strings.Contains(cmd.Use, "FILE") || strings.Contains(cmd.Use, ".json")
		if cmd.ValidArgsFunction == nil && len(cmd.ValidArgs) == 0 && !takesFiles {
			cmd.ValidArgsFunction = cobra.NoFileCompletions
		}
	})
}

func (a *app) completionOf(f *pflag.Flag) cobra.CompletionFunc {
	kind, usage := pflag.UnquoteUsage(f)
	switch {
	case len(config.Words(f)) > 0:
		return cobra.FixedCompletions(config.Words(f), cobra.ShellCompDirectiveNoFileComp)
	case f.Name == "site":
		return a.completeNames(func(ctx context.Context, r *remote, _ *cobra.Command) ([]string, error) { return knownSites(ctx, r) })
	case f.Name == "placement":
		// decide takes placements of --site, others the whole name.
		whole := strings.Contains(usage, "sites/")
		return a.completeNames(func(ctx context.Context, r *remote, cmd *cobra.Command) ([]string, error) {
			return knownPlacements(ctx, r, cmd, whole)
		})
	case kind == "file" || strings.HasSuffix(f.Name, "-file"):
		return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveDefault
		}
	case kind == "folder" || f.Name == "data-dir":
		return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		}
	}
	return cobra.NoFileCompletions
}

// completeNames completes with what the server that the command would call knows: nothing
// if there is none.
func (a *app) completeNames(names func(context.Context, *remote, *cobra.Command) ([]string, error)) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		r, fs := &remote{}, pflag.NewFlagSet("", pflag.ContinueOnError)
		r.flags(a, fs)
		fs.VisitAll(func(f *pflag.Flag) {
			if given := cmd.Flag(f.Name); given != nil {
				_ = f.Value.Set(given.Value.String()) // as the command's own flag took it
			}
		})
		patience := completionPatience
		if given := cmd.Flag("timeout"); given != nil && given.Changed {
			patience = r.timeout
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), patience)
		defer cancel()
		all, err := names(ctx, r, cmd)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		before := typed[:strings.LastIndexByte(typed, ',')+1]
		var list []string
		for _, name := range all {
			if strings.HasPrefix(before+name, typed) {
				list = append(list, before+name)
			}
		}
		return list, cobra.ShellCompDirectiveNoFileComp
	}
}

// knownSites are the ids of the sites that one may see.
func knownSites(ctx context.Context, r *remote) ([]string, error) {
	conn, err := r.dial()
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	response, err := pb.NewSiteServiceClient(conn).ListSites(ctx, &pb.ListSitesRequest{PageSize: 1000})
	var names []string
	for _, s := range response.GetSites() {
		names = append(names, strings.TrimPrefix(s.GetName(), "sites/"))
	}
	return names, err
}

// knownPlacements are the ids of the placements of the command's site, or the whole names
// of all sites' placements.
func knownPlacements(ctx context.Context, r *remote, cmd *cobra.Command, whole bool) ([]string, error) {
	var sites []string
	if whole {
		var err error
		if sites, err = knownSites(ctx, r); err != nil {
			return nil, err
		}
	} else if f := cmd.Flag("site"); f != nil {
		sites = []string{strings.TrimPrefix(f.Value.String(), "sites/")}
	}
	conn, err := r.dial()
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	var names []string
	for _, site := range sites {
		response, err := pb.NewPlacementServiceClient(conn).ListPlacements(ctx, &pb.ListPlacementsRequest{Parent: "sites/" + site, PageSize: 1000})
		if err != nil {
			return nil, err
		}
		for _, p := range response.GetPlacements() {
			name := p.GetName()
			if !whole {
				name = name[strings.LastIndexByte(name, '/')+1:]
			}
			names = append(names, name)
		}
	}
	return names, nil
}
