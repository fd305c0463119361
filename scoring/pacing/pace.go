package pacing

import (
	"math"
	"time"
)

// Supply is what is known of the chances that a campaign has: how often it would have
// been handed out had it always taken part, and over how much of the site's traffic,
// in average hours. Both fade: half after a day's traffic, so that a campaign follows
// what competes with it, and what its visitors do.
type Supply struct {
	Chances float64
	Hours   float64
}

const supplyHalf = 24 // average hours

// Handed is the supply after the campaign was handed out, having taken part with that
// probability, when so much traffic had passed (see Plan.Passed) since the time before. Counting it as
// 1/probability chances makes the sum right on average (Horvitz and Thompson, JASA
// 1952), whatever the probabilities were.
func (s Supply) Handed(probability, passed float64) Supply {
	s = s.after(passed)
	s.Chances += 1 / max(probability, least)
	return s
}

// after is the supply when so much traffic has passed without it.
func (s Supply) after(passed float64) Supply {
	left := math.Exp2(-passed / supplyHalf)
	return Supply{s.Chances * left, s.Hours*left + passed}
}

const (
	// least keeps the weight of one decision bounded.
	least = 1e-4
	// guess is the probability to begin with, where nothing is known of the supply.
	guess = 0.1
	// guessWeight is what the guess weighs: that part of the flight's traffic, a few
	// minutes of a week, and no less than leastWeight average hours.
	guessWeight = 0.0005
	leastWeight = 0.02
	// lead is the part of the flight by which it is to be done early: what is left
	// then is made up for before the end.
	lead = 0.01
	// maxLead bounds it.
	maxLead = time.Hour
)

// Target is the end of a flight as far as pacing goes: a little early.
func Target(start, end time.Time) time.Time {
	return end.Add(-min(time.Duration(lead*float64(end.Sub(start))), maxLead))
}

// Plan is what a campaign still has before it. Traffic is in average hours of the site,
// within the hours that the campaign may be shown in.
type Plan struct {
	Need   float64 // creatives still to be handed out
	Ahead  float64 // traffic until Target
	Flight float64 // traffic of the whole flight
}

// Part is the probability with which a campaign is to take part in a decision, so that
// what it still has to hand out is spread over the traffic that is left:
//
//	left to hand out / (chances an hour x hours left)
//
// Worked out anew for every decision it corrects itself: after an outage more is left
// for less time, and after a spike less. That is receding-horizon control; that it
// acts on the probability of taking part and not on the bid is from Agarwal, Ghosh,
// Wei and You, Budget pacing for targeted online advertisements at LinkedIn (KDD
// 2014), as is following a forecast rather than the clock.
//
// Since is the traffic since it was last handed out.
func (p Plan) Part(s Supply, since float64) float64 {
	switch {
	case p.Need <= 0:
		return 0
	case p.Ahead <= 0:
		return 1
	}
	return min(1, p.Need/(p.perHour(s.after(p.Passed(s, since)))*p.Ahead))
}

// perHour are the chances in an average hour: as known, mixed with a guess.
func (p Plan) perHour(s Supply) float64 {
	weight := max(guessWeight*p.Flight, leastWeight)
	return (weight*p.Need/(guess*max(p.Ahead, weight)) + s.Chances) / (weight + s.Hours)
}

// patience is how many times the usual time between two creatives may pass before that
// tells of an outage, of a pause or of creatives that were not there, and not of fewer
// chances: one in 20,000 is longer by chance.
const patience = 10

// Passed is what of the traffic since the campaign was last handed out says something
// of its chances.
func (p Plan) Passed(s Supply, since float64) float64 {
	if p.Need <= 0 || p.Ahead <= 0 {
		return min(since, patience)
	}
	return min(since, patience*max(1/p.perHour(s), p.Ahead/p.Need))
}
