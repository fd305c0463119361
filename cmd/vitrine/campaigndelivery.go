package main

import (
	"fmt"
	"strings"
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// amountOf is money in words: "12.50 EUR"; empty for none.
func amountOf(m *pb.Money) string {
	if m == nil {
		return ""
	}
	return fmt.Sprintf("%.2f %s", float64(m.GetUnits())+float64(m.GetNanos())/1e9, m.GetCurrencyCode())
}

// worthOf is what a campaign competes with: what a click is worth, or its bid.
func worthOf(m *pb.Campaign) string {
	if v := m.GetClickValue(); v != nil {
		return amountOf(v) + " a click"
	}
	if m.GetBid() == nil {
		return ""
	}
	return amountOf(m.GetBid().GetAmount()) + map[pb.Charge]string{
		pb.Charge_CHARGE_THOUSAND_IMPRESSIONS: " a thousand",
		pb.Charge_CHARGE_CLICK:                " a click",
		pb.Charge_CHARGE_CONVERSION:           " an order",
	}[m.GetBid().GetCharge()]
}

// goalOf is what a campaign is to bring about, and what it may cost.
func goalOf(m *pb.Campaign) string {
	var parts []string
	if g := m.GetGoal(); g != nil && g.GetMetric() != pb.GoalMetric_GOAL_METRIC_SPEND {
		parts = append(parts, fmt.Sprintf("%d %s", g.GetAmount(), enumWords(g.GetMetric().String(), "GOAL_METRIC_")))
	}
	if b := m.GetBudget(); b != nil {
		parts = append(parts, amountOf(b))
	}
	return strings.Join(parts, ", ")
}

// progressOf is how much of goal or budget is reached, as a bar.
func progressOf(m *pb.Campaign) string {
	if m.GetDelivery().Progress == nil {
		return ""
	}
	if m.GetDelivery().GetProgress() == 0 {
		return fmt.Sprintf("%*s", chanceWidth+len("   0.0 %"), "0.0 %")
	}
	return chanceBar(min(1, m.GetDelivery().GetProgress()))
}

// paceOf says how a campaign keeps up with its plan, and how often it takes part.
func paceOf(m *pb.Campaign) string {
	d := m.GetDelivery()
	if d.Participation == nil {
		return ""
	}
	text := fmt.Sprintf("takes part in %.0f %%", 100*d.GetParticipation())
	if d.GetParticipation() == 0 {
		text = "no room"
	}
	if d.Planned == nil {
		return text
	}
	switch off := 100 * (d.GetProgress() - d.GetPlanned()); {
	case off >= 0.5:
		return fmt.Sprintf("%.0f %% ahead, %s", off, text)
	case off <= -0.5:
		return fmt.Sprintf("%.0f %% behind, %s", -off, text)
	}
	return "on plan, " + text
}

// timeLeft is how long a flight still lasts, roughly.
func timeLeft(m *pb.Campaign, now time.Time) string {
	if m.GetEndTime() == nil {
		return ""
	}
	switch left := m.GetEndTime().AsTime().Sub(now); {
	case left <= 0:
		return "over"
	case left < 2*time.Hour:
		return fmt.Sprintf("%d min", int(left.Minutes()))
	case left < 48*time.Hour:
		return fmt.Sprintf("%d h", int(left.Hours()))
	default:
		return fmt.Sprintf("%d days", int(left.Hours()/24))
	}
}
