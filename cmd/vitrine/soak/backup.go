package soak

import (
	"context"
	"errors"
	"fmt"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

const (
	// lookedAt is how many visitors a client looks at in what became of a backup, and
	// at as many again who were erased before it.
	lookedAt = 40
)

// backup is a file, and what was acknowledged when it was begun: per client.
type backup struct {
	file     string
	visitors []map[string]visitor
	erased   [][]string
}

// whatIsAcknowledged is a backup to be. Nobody uses the shop meanwhile.
func (r *run) whatIsAcknowledged() *backup {
	b := &backup{file: r.o.Dir + ".backup"}
	for _, c := range r.clients {
		known := make(map[string]visitor)
		for _, v := range c.visitors {
			known[v.id] = visitor{events: v.events, person: v.person}
		}
		b.visitors = append(b.visitors, known)
		b.erased = append(b.erased, append([]string(nil), c.erased...))
	}
	return b
}

// backUp takes a backup while the shop is used. One that a kill cuts off is none.
func (r *run) backUp(ctx context.Context, conn *grpc.ClientConn, b *backup) {
	err := receive(ctx, conn, b.file)
	switch {
	case err == nil:
		r.backup = b
		return
	case gone(err):
		r.count(func(rep *Report) { rep.CutBackups++ })
	default:
		r.broken("backup: %v", err)
	}
	_ = os.Remove(b.file)
}

// receive receives a backup into a file.
func receive(ctx context.Context, conn *grpc.ClientConn, file string) (err error) {
	f, err := os.Create(file) //nolint:gosec // it is beside the run's own folder
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	stream, err := pb.NewAdminServiceClient(conn).Backup(ctx, &pb.BackupRequest{})
	if err != nil {
		return err
	}
	for {
		piece, err := stream.Recv()
		if err != nil {
			return err
		}
		if _, err := f.WriteAt(piece.GetData(), piece.GetOffset()); err != nil {
			return err
		}
		if len(piece.GetSha256()) > 0 {
			return nil
		}
	}
}

// lookAtBackup restores the backup of the last life, if there is one, and looks at it: it
// has all that was acknowledged when it was begun, no event twice or that was never sent,
// and nobody who was erased before. The clients have settled what they did not know, so
// that what they know now is the most that it may have.
func (r *run) lookAtBackup(ctx context.Context) error {
	b := r.backup
	if b == nil {
		return nil
	}
	r.backup = nil
	dir := r.o.Dir + ".restored"
	if err := r.o.Restore(ctx, b.file, dir); err != nil {
		r.broken("a backup can't be restored: %v", err)
		return nil
	}
	c, conn, err := r.start(ctx, dir)
	if err != nil {
		return fmt.Errorf("on a restored backup: %w", err)
	}
	err = r.each(func(cl *client) error { return cl.lookAtRestored(ctx, conn, b) })
	_ = conn.Close()
	c.kill()
	<-c.exited
	if err != nil || len(r.snapshot().Broken) > 0 {
		return err // what was found can be looked at
	}
	r.count(func(rep *Report) { rep.Backups++ })
	return errors.Join(os.RemoveAll(dir), os.Remove(b.file))
}

// lookAtRestored looks at what a server that was restored knows of this client's visitors.
func (c *client) lookAtRestored(ctx context.Context, conn *grpc.ClientConn, b *backup) error {
	service := pb.NewVisitorServiceClient(conn)
	then := b.visitors[c.number]
	for _, now := range c.someOf(c.visitors) {
		was, there := then[now.id]
		if !there {
			continue
		}
		got, err := service.GetVisitor(ctx, &pb.GetVisitorRequest{Name: visitorName(now.id)})
		if status.Code(err) == codes.NotFound {
			c.r.broken("a backup does not know %s, of whom %d events were acknowledged before", now.id, was.events)
			continue
		}
		if err != nil {
			return err
		}
		if n := got.GetEventCount(); n < int64(was.events) || n > int64(now.events) {
			c.r.broken("a backup has %d events of %s; %d were acknowledged before it, and %d after", n, now.id, was.events, now.events)
		}
		if was.person != "" && got.GetPerson() != was.person {
			c.r.broken("a backup has %s linked to %q; %q was acknowledged before", now.id, got.GetPerson(), was.person)
		}
	}
	erased := b.erased[c.number]
	for _, id := range erased[max(0, len(erased)-lookedAt):] {
		if err := c.lookAtErased(ctx, conn, id); err != nil {
			return err
		}
	}
	return nil
}

// someOf is the latest visitors, and some of all.
func (c *client) someOf(all []*visitor) []*visitor {
	some := append([]*visitor(nil), all[max(0, len(all)-lookedAt/2):]...)
	for range min(lookedAt/2, len(all)) {
		some = append(some, all[c.rng.IntN(len(all))])
	}
	return some
}
