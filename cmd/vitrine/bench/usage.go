package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/types/known/emptypb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// usage is what the server says of its process, if it has an echo, and of the
// site.
type usage struct {
	cpu      time.Duration
	resident int64
	behind   int64 // events stored and not yet learned from
}

// The fields in which the echo tells of its process.
const (
	cpuField      protowire.Number = 1 // ns
	residentField protowire.Number = 2 // bytes
)

// processUsage is the echo's answer about this process.
func processUsage() *emptypb.Empty {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	families, err := r.Gather()
	if err != nil {
		return opaque(nil) // a system that does not tell
	}
	var b []byte
	for _, f := range families {
		m := f.GetMetric()[0]
		switch f.GetName() {
		case "process_cpu_seconds_total":
			b = protowire.AppendVarint(protowire.AppendTag(b, cpuField, protowire.VarintType), uint64(m.GetCounter().GetValue()*1e9))
		case "process_resident_memory_bytes":
			b = protowire.AppendVarint(protowire.AppendTag(b, residentField, protowire.VarintType), uint64(m.GetGauge().GetValue()))
		}
	}
	return opaque(b)
}

// usage asks the server.
func (b *bench) usage(ctx context.Context) (*usage, error) {
	u := &usage{}
	if b.o.Echo {
		a := answer{keep: true}
		if err := patient(ctx, func() error { return b.conns[0].Invoke(ctx, echoUsage, []byte{}, &a, asIs) }); err != nil {
			return nil, fmt.Errorf("ask for the server's CPU time: %w", err)
		}
		u.read(a.bytes)
	}
	status, err := pb.NewAdminServiceClient(b.conns[0]).GetStatus(ctx, &pb.GetStatusRequest{})
	if err != nil {
		return nil, fmt.Errorf("ask how far learning is: %w", err)
	}
	for _, s := range status.GetSites() {
		if s.GetSite() == b.shop.site {
			u.behind = max(s.GetStoredSequence()-s.GetLearnedSequence(), 0)
		}
	}
	return u, nil
}

// read takes in what processUsage wrote.
func (u *usage) read(b []byte) {
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 || kind != protowire.VarintType {
			return
		}
		value, m := protowire.ConsumeVarint(b[n:])
		if m < 0 {
			return
		}
		switch number {
		case cpuField:
			u.cpu = time.Duration(value)
		case residentField:
			u.resident = int64(value)
		}
		b = b[n+m:]
	}
}
