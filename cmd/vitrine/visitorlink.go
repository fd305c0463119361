package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// newVisitorLinkCommand is `vitrine visitor link`.
func newVisitorLinkCommand(a *app) *cobra.Command {
	var l linkCommand
	cmd := &cobra.Command{
		Use:   "link PERSON DEVICE...",
		Short: "Join devices to a person",
		Long: `Join devices to a person, as when a customer signs in on them. From the next call on
decisions, caps and contact budgets see all that the person did on any of them. What
each device contributed is kept apart: unlink takes it back. A device of another
person is taken from them.`,
		Example: `  vitrine visitor link --site shop person:c-1042 phone-81f3 laptop-20aa`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usagef("which devices of whom? For instance: vitrine visitor link person:c-1042 phone-81f3")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return l.run(cmd.Context(), a, args, func(ctx context.Context, client pb.VisitorServiceClient, person string, devices []string) (*pb.Person, error) {
				return client.LinkVisitors(ctx, &pb.LinkVisitorsRequest{Person: person, Visitors: devices})
			})
		},
	}
	l.flags(a, cmd)
	return cmd
}

// newVisitorUnlinkCommand is `vitrine visitor unlink`.
func newVisitorUnlinkCommand(a *app) *cobra.Command {
	var l linkCommand
	var all bool
	cmd := &cobra.Command{
		Use:   "unlink PERSON DEVICE...",
		Short: "Take devices from a person",
		Long:  `Take devices from a person. Both are then as if they had never been joined.`,
		Example: `  vitrine visitor unlink --site shop person:c-1042 laptop-20aa
  vitrine visitor unlink --site shop person:c-1042 --all`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || (len(args) == 1) != all {
				return usagef("name a person and their devices, or --all for all of them: vitrine visitor unlink person:c-1042 laptop-20aa")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return l.run(cmd.Context(), a, args, func(ctx context.Context, client pb.VisitorServiceClient, person string, devices []string) (*pb.Person, error) {
				return client.UnlinkVisitors(ctx, &pb.UnlinkVisitorsRequest{Person: person, Visitors: devices})
			})
		},
	}
	l.flags(a, cmd)
	cmd.Flags().BoolVar(&all, "all", false, "take all devices from the person")
	return cmd
}

// linkCommand is what both have in common.
type linkCommand struct {
	remote remote
	who    whose
	json   bool
}

func (l *linkCommand) flags(a *app, cmd *cobra.Command) {
	l.remote.flags(a, cmd.Flags())
	l.who.siteFlag(cmd.Flags())
	cmd.Flags().BoolVar(&l.json, "json", false, "print the person as JSON")
}

// run calls the server about a person, the first argument, and devices, the others, and
// prints the person as they are then.
func (l *linkCommand) run(
	ctx context.Context, a *app, args []string, call func(context.Context, pb.VisitorServiceClient, string, []string) (*pb.Person, error),
) error {
	person := l.who.visitorName("person:" + strings.TrimPrefix(args[0], "person:"))
	if strings.HasPrefix(args[0], "sites/") {
		person = args[0]
	}
	var devices []string
	for _, arg := range args[1:] {
		devices = append(devices, l.who.visitorName(arg))
	}
	conn, err := l.remote.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, l.remote.timeout)
	defer cancel()
	p, err := call(ctx, pb.NewVisitorServiceClient(conn), person, devices)
	if err != nil {
		return l.remote.explain(err)
	}
	if l.json {
		_, err := fmt.Fprintln(a.stdout, protojson.Format(p))
		return err
	}
	return printPerson(a.stdout, p)
}

// printPerson writes which devices a person has.
func printPerson(w io.Writer, p *pb.Person) error {
	if len(p.GetDevices()) == 0 {
		_, err := fmt.Fprintf(w, "%s has no devices\n", p.GetName())
		return err
	}
	_, err := fmt.Fprintf(w, "%s has %s\n", p.GetName(), strings.Join(lastParts(p.GetDevices()), ", "))
	return err
}

// printIdentity writes who a visitor is, and what the shop told of them.
func printIdentity(w io.Writer, v *pb.Visitor) {
	switch {
	case v.GetSharedDevice():
		fmt.Fprintln(w, "a device that several persons use: it stands for none of them, and is known by the visit alone")
	case len(v.GetDevices()) > 0:
		fmt.Fprintf(w, "a person, with the devices %s\n", strings.Join(lastParts(v.GetDevices()), ", "))
	}
	for _, key := range slices.Sorted(maps.Keys(v.GetAttributes())) {
		fmt.Fprintf(w, "%s: %s\n", key, v.GetAttributes()[key])
	}
}

// lastParts are the ids of resource names.
func lastParts(names []string) []string {
	ids := make([]string, len(names))
	for i, name := range names {
		ids[i] = name[strings.LastIndexByte(name, '/')+1:]
	}
	return ids
}
