package server

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
)

// capsFromProto converts frequency caps. own is the scope where none is stated.
func capsFromProto(v *violations, field string, list []*pb.FrequencyCap, own scoring.CapScope) (caps []scoring.FrequencyCap) {
	for i, m := range list {
		path := fmt.Sprintf("%sfrequency_caps[%d]", field, i)
		c := scoring.FrequencyCap{Scope: scoring.CapScope(m.GetScope()), Limit: m.GetLimit(), Window: windowFromProto(v, path+".window", m.GetWindow())}
		if c.Scope == 0 {
			c.Scope = own
		}
		if own == scoring.CapCreative && c.Scope != own {
			v.add(path+".scope", "is %v, must be CAP_SCOPE_CREATIVE: say the others of the campaign", m.GetScope())
		}
		caps = append(caps, c)
	}
	return caps
}

// windowFromProto converts the window of a cap or budget.
func windowFromProto(v *violations, field string, m *durationpb.Duration) time.Duration {
	window := m.AsDuration()
	if m != nil && (window < scoring.MinCapWindow || window > scoring.MaxCapWindow) && !v.has(field) {
		v.add(field, "is %v, must be from 1 minute (60s) to 180 days (15552000s)", window)
	}
	return window
}

func capsToProto(caps []scoring.FrequencyCap) (list []*pb.FrequencyCap) {
	for _, c := range caps {
		list = append(list, &pb.FrequencyCap{Scope: pb.CapScope(c.Scope), Limit: c.Limit, Window: durationpb.New(c.Window)})
	}
	return list
}

func policyFromProto(v *violations, field string, m *pb.ContactPolicy) *scoring.ContactPolicy {
	if m == nil {
		return nil
	}
	p := &scoring.ContactPolicy{AfterPurchase: m.GetPurchaseCoolDown().AsDuration(), AfterDismissal: m.GetDismissalCoolDown().AsDuration()}
	for i, b := range m.GetBudgets() {
		budget := scoring.ContactBudget{Limit: b.GetLimit(), Window: windowFromProto(v, fmt.Sprintf("%s.budgets[%d].window", field, i), b.GetWindow())}
		for _, c := range b.GetChannels() {
			budget.Channels = append(budget.Channels, scoring.Channel(c))
		}
		p.Budgets = append(p.Budgets, budget)
	}
	return p
}

func policyToProto(p *scoring.ContactPolicy) *pb.ContactPolicy {
	if p == nil {
		return nil
	}
	m := &pb.ContactPolicy{PurchaseCoolDown: durationToProto(p.AfterPurchase), DismissalCoolDown: durationToProto(p.AfterDismissal)}
	for _, b := range p.Budgets {
		budget := &pb.ContactBudget{Limit: b.Limit, Window: durationpb.New(b.Window)}
		for _, c := range b.Channels {
			budget.Channels = append(budget.Channels, pb.Channel(c))
		}
		m.Budgets = append(m.Budgets, budget)
	}
	return m
}
