package soak

import (
	"context"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// choose has a visitor say what they allow, and looks whether the next answer heeds it.
func (c *client) choose(ctx context.Context, conn *grpc.ClientConn) error {
	if c.chooser == "" {
		v := &visitor{id: c.id("c"), cart: make(map[string]bool)}
		e := c.event(v)
		return ended(c.attempt(ctx, conn, c.tracking(e, func() { c.chooser = v.id })))
	}
	refuse := !c.refused
	err := c.attempt(ctx, conn, &op{
		what: "consent of " + c.chooser,
		do: func(ctx context.Context, conn *grpc.ClientConn, _ bool) error {
			_, err := pb.NewVisitorServiceClient(conn).SetConsent(ctx, &pb.SetConsentRequest{Name: visitorName(c.chooser), Consent: granted(!refuse)})
			return err
		},
		done: func() {
			c.refused = refuse
			c.r.count(func(r *Report) { r.Consents++ })
		},
	})
	if err != nil {
		return ended(err)
	}
	return c.allowed(ctx, conn)
}

func (c *client) link(ctx context.Context, conn *grpc.ClientConn) error {
	v := c.someone()
	if v.events == 0 || v.person != "" {
		return nil
	}
	person := site + "/persons/" + c.id("p")
	err := c.attempt(ctx, conn, &op{
		what: "link " + v.id,
		do: func(ctx context.Context, conn *grpc.ClientConn, _ bool) error {
			_, err := pb.NewVisitorServiceClient(conn).LinkVisitors(ctx, &pb.LinkVisitorsRequest{Person: person, Visitors: []string{visitorName(v.id)}})
			return err
		},
		done: func() {
			v.person = person
			c.r.count(func(r *Report) { r.Links++ })
		},
	})
	if err != nil {
		return ended(err)
	}
	return c.lookAt(ctx, conn, v)
}

// erase has somebody forgotten, whom nobody is linked to.
func (c *client) erase(ctx context.Context, conn *grpc.ClientConn) error {
	if len(c.visitors) < 20 {
		return nil
	}
	k := c.rng.IntN(len(c.visitors))
	v := c.visitors[k]
	if v.person != "" {
		return nil
	}
	c.visitors = append(c.visitors[:k:k], c.visitors[k+1:]...)
	err := c.attempt(ctx, conn, &op{
		what: "erase " + v.id,
		do: func(ctx context.Context, conn *grpc.ClientConn, again bool) error {
			_, err := pb.NewVisitorServiceClient(conn).EraseVisitor(ctx, &pb.EraseVisitorRequest{Name: visitorName(v.id)})
			if again && status.Code(err) == codes.NotFound {
				return nil // it was done
			}
			return err
		},
		done: func() {
			c.erased = append(c.erased, v.id)
			c.forgetDecisions(v.id)
			c.r.count(func(r *Report) { r.Erasures++ })
		},
	})
	if err != nil {
		return ended(err)
	}
	return c.lookAtErased(ctx, conn, v.id)
}

// forgetDecisions lets go of an erased visitor's decisions, which are gone, too.
func (c *client) forgetDecisions(id string) {
	rest := c.decisions[:0]
	for _, d := range c.decisions {
		if d.read.GetVisitor().GetDeviceId() != id {
			rest = append(rest, d)
		}
	}
	c.decisions = rest
}

// product is this client's to change: nobody looks at it.
func (c *client) product() string {
	return fmt.Sprint(site, "/products/", productID(products-1-c.number))
}

func (c *client) reprice(ctx context.Context, conn *grpc.ClientConn) error {
	next := c.price + 1
	return ended(c.attempt(ctx, conn, &op{
		what: "price of " + c.product(),
		do: func(ctx context.Context, conn *grpc.ClientConn, _ bool) error {
			_, err := pb.NewCatalogServiceClient(conn).UpdateProduct(ctx, &pb.UpdateProductRequest{
				Product:    &pb.Product{Name: c.product(), Price: &pb.Money{CurrencyCode: "EUR", Units: 5, Nanos: int32(next)}},
				UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"price"}},
			})
			return err
		},
		done: func() {
			c.price = next
			c.r.count(func(r *Report) { r.Products++ })
		},
	}))
}
