package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server"
	"github.com/vitrine-io/vitrine/server/config"
	"github.com/vitrine-io/vitrine/store"
	"github.com/vitrine-io/vitrine/store/boltstore"
)

// keysCommand is what `vitrine keys` and the commands below it have in common.
type keysCommand struct {
	app     *app
	remote  remote
	dataDir string
	json    bool
}

// newKeysCommand is `vitrine keys`.
func newKeysCommand(a *app) *cobra.Command {
	k := &keysCommand{app: a}
	cmd := &cobra.Command{
		Use:   "keys",
		Short: "Create, list and revoke the API keys that let callers in",
		Long: `Create, list and revoke API keys. A key has one or more roles:

  decide     decide, and what explains a decision; read products
  track      send events; link, show, export and erase visitors
  catalog    read and write products
  marketing  placements, campaigns, segments, the ranking; read products
  admin      everything; with a key for all sites also sites, keys, backups

and is for the sites it names, or for all. On a running server a change holds for the
very next call. The first key is made with --data-dir, while no server runs on that
folder.

Commands take their key from VITRINE_API_KEY, or from the file that --api-key-file or
VITRINE_API_KEY_FILE names: no flag takes it, since flags can be seen by everybody on
the machine.`,
		Example: `  export VITRINE_API_KEY=$(vitrine keys create me --role admin --data-dir data)
  vitrine keys create web --role decide,track --site shop
  vitrine keys list`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	fs := cmd.PersistentFlags()
	k.remote.flags(a, fs)
	fs.StringVar(&k.dataDir, "data-dir", "", "work on the keys in this `folder`, which no server has open")
	cmd.AddCommand(newKeysCreateCommand(k), newKeysListCommand(k), newKeysRevokeCommand(k))
	return cmd
}

// on calls do with the keys of a server, or of a folder.
func (k *keysCommand) on(ctx context.Context, do func(context.Context, server.APIKeyService) error) error {
	if k.dataDir != "" {
		quiet := boltstore.Options{Logger: slog.New(slog.DiscardHandler)}
		data, err := boltstore.Open(k.dataDir, quiet)
		if err != nil {
			return explainData(k.dataDir, err)
		}
		return k.remote.explain(errors.Join(onFolder(ctx, data, do), data.Close()))
	}
	conn, err := k.remote.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, k.remote.timeout)
	defer cancel()
	return k.remote.explain(do(ctx, remoteKeys{pb.NewAdminServiceClient(conn)}))
}

func onFolder(ctx context.Context, data store.APIKeys, do func(context.Context, server.APIKeyService) error) error {
	keys, err := server.NewAPIKeyService(ctx, data)
	if err != nil {
		return err
	}
	return do(ctx, keys)
}

func newKeysCreateCommand(k *keysCommand) *cobra.Command {
	var roles, sites []string
	var expires string
	key := &pb.ApiKey{}
	cmd := &cobra.Command{
		Use:   "create NAME",
		Short: "Create a key and print its secret, this once",
		Long: `Create a key and print its secret on standard output, this once: only a hash of it is
kept. What goes with it is told on standard error.`,
		Example: `  vitrine keys create web --role decide,track --site shop
  vitrine keys create feed --role catalog --site shop --rate 20 --expires 90d
  vitrine keys create me --role admin --data-dir data`,
		Args: oneKey,
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if key.Roles, err = parseRoles(roles); err != nil {
				return err
			}
			if key.ExpireTime, err = parseExpiry(expires, time.Now()); err != nil {
				return err
			}
			for _, site := range sites {
				key.Sites = append(key.Sites, "sites/"+strings.TrimPrefix(site, "sites/"))
			}
			return k.on(cmd.Context(), func(ctx context.Context, keys server.APIKeyService) error {
				made, err := keys.CreateApiKey(ctx, &pb.CreateApiKeyRequest{ApiKeyId: args[0], ApiKey: key})
				if err != nil {
					return err
				}
				return k.printMade(made)
			})
		},
	}
	fs := cmd.Flags()
	fs.StringSliceVar(&roles, "role", nil, "what it may do: `decide,track,catalog,marketing,admin`")
	fs.StringSliceVar(&sites, "site", nil, "the `sites` it is for; all when left out")
	fs.Float64Var(&key.RateLimit, "rate", 0, "`calls` a second it may make on average; as many as it likes when 0")
	fs.Int32Var(&key.Burst, "burst", 0, "`calls` it may make at once after a rest; as many as in a second when 0")
	fs.StringVar(&expires, "expires", "", "when it ends by itself: after a `time` such as 90d, or at 2027-01-31T12:00:00Z")
	fs.BoolVar(&k.json, "json", false, "print the key and its secret as JSON")
	_ = cmd.RegisterFlagCompletionFunc("role", cobra.FixedCompletions(roleNames(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (k *keysCommand) printMade(made *pb.CreateApiKeyResponse) error {
	if k.json {
		_, err := fmt.Fprintln(k.app.stdout, protojson.Format(made))
		return err
	}
	fmt.Fprintf(k.app.stderr, "created %s. Its secret, which nobody can read again, begins with %s\n", made.GetApiKey().GetName(), made.GetApiKey().GetPrefix())
	_, err := fmt.Fprintln(k.app.stdout, made.GetSecret())
	return err
}

func newKeysListCommand(k *keysCommand) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the keys, without their secrets",
		Example: `  vitrine keys list
  vitrine keys list --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var all []*pb.ApiKey
			err := k.on(cmd.Context(), func(ctx context.Context, keys server.APIKeyService) error {
				for req := (&pb.ListApiKeysRequest{PageSize: 1000}); ; {
					resp, err := keys.ListApiKeys(ctx, req)
					if err != nil {
						return err
					}
					all = append(all, resp.GetApiKeys()...)
					if req.PageToken = resp.GetNextPageToken(); req.PageToken == "" {
						return nil
					}
				}
			})
			if err != nil {
				return err
			}
			return k.printList(all)
		},
	}
	cmd.Flags().BoolVar(&k.json, "json", false, "print the keys as JSON")
	return cmd
}

func (k *keysCommand) printList(all []*pb.ApiKey) error {
	if k.json {
		_, err := fmt.Fprintln(k.app.stdout, protojson.Format(&pb.ListApiKeysResponse{ApiKeys: all}))
		return err
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(k.app.stdout, "There is no API key yet. Create one with: vitrine keys create me --role admin")
		return err
	}
	t := newTable("key", "begins with", "roles", "sites", ">calls/s", "created", "ends")
	for _, key := range all {
		var roles []string
		for _, role := range key.GetRoles() {
			roles = append(roles, roleName(role))
		}
		sites, rate, ends := "all", "any", "never"
		if len(key.GetSites()) > 0 {
			sites = strings.ReplaceAll(strings.Join(key.GetSites(), ", "), "sites/", "")
		}
		if key.GetRateLimit() > 0 {
			rate = fmt.Sprintf("%g", key.GetRateLimit())
		}
		if at := key.GetExpireTime(); at != nil {
			ends = at.AsTime().Format(time.DateTime)
			if at.AsTime().Before(time.Now()) {
				ends = "ended " + ends
			}
		}
		t.add(strings.TrimPrefix(key.GetName(), "apiKeys/"), key.GetPrefix(), strings.Join(roles, ", "), sites, rate,
			key.GetCreateTime().AsTime().Format(time.DateTime), ends)
	}
	return t.write(k.app.stdout)
}

func newKeysRevokeCommand(k *keysCommand) *cobra.Command {
	return &cobra.Command{
		Use:     "revoke NAME",
		Short:   "End a key, for the very next call",
		Example: "  vitrine keys revoke web",
		Args:    oneKey,
		RunE: func(cmd *cobra.Command, args []string) error {
			return k.on(cmd.Context(), func(ctx context.Context, keys server.APIKeyService) error {
				name := "apiKeys/" + strings.TrimPrefix(args[0], "apiKeys/")
				if _, err := keys.RevokeApiKey(ctx, &pb.RevokeApiKeyRequest{Name: name}); err != nil {
					return err
				}
				_, err := fmt.Fprintf(k.app.stdout, "revoked %s\n", name)
				return err
			})
		},
	}
}

func oneKey(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef("which key? One name of lower-case letters, digits and hyphens is wanted")
	}
	return nil
}

func roleName(r pb.Role) string { return strings.ToLower(strings.TrimPrefix(r.String(), "ROLE_")) }

func roleNames() []string {
	var names []string
	for number := pb.Role(1); pb.Role_name[int32(number)] != ""; number++ {
		names = append(names, roleName(number))
	}
	return names
}

func parseRoles(names []string) ([]pb.Role, error) {
	var roles []pb.Role
	for _, name := range names {
		number := pb.Role_value["ROLE_"+strings.ToUpper(name)]
		if number == 0 {
			return nil, usagef("--role %q: one or more of %s are wanted", name, strings.Join(roleNames(), ", "))
		}
		roles = append(roles, pb.Role(number))
	}
	if len(roles) == 0 {
		return nil, usagef("what may the key do? Say --role with one or more of %s", strings.Join(roleNames(), ", "))
	}
	return roles, nil
}

// parseExpiry reads a time from now on, or one of the calendar.
func parseExpiry(text string, now time.Time) (*timestamppb.Timestamp, error) {
	if text == "" {
		return nil, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		var d time.Duration
		d, err = config.ParseDuration(text)
		at = now.Add(d)
	}
	when := timestamppb.New(at)
	if err != nil || when.CheckValid() != nil {
		return nil, usagef("--expires %q: a time such as 90d or 12h is wanted, or one such as 2027-01-31T12:00:00Z", text)
	}
	return when, nil
}

// remoteKeys are the keys of a running server.
type remoteKeys struct{ client pb.AdminServiceClient }

func (r remoteKeys) CreateApiKey(ctx context.Context, req *pb.CreateApiKeyRequest) (*pb.CreateApiKeyResponse, error) {
	return r.client.CreateApiKey(ctx, req)
}

func (r remoteKeys) ListApiKeys(ctx context.Context, req *pb.ListApiKeysRequest) (*pb.ListApiKeysResponse, error) {
	return r.client.ListApiKeys(ctx, req)
}

func (r remoteKeys) RevokeApiKey(ctx context.Context, req *pb.RevokeApiKeyRequest) (*emptypb.Empty, error) {
	return r.client.RevokeApiKey(ctx, req)
}
