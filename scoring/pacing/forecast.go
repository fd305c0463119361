// Package pacing spreads what a campaign is to deliver over its flight: it learns
// when in the week a site has how much traffic, and says with what probability a
// campaign is to take part in a decision.
package pacing

import (
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

// WeekHours is the number of hours of a week.
const WeekHours = 7 * 24

// Forecast is a site's traffic by hour of the week, UTC, Sunday's first hour at the
// front: as a part of that of an average hour, so that all are 1 on average. It is
// never changed once it is made.
type Forecast struct {
	rate [WeekHours]float64
	sum  [WeekHours + 1]float64 // of those before
}

// Uniform is a forecast that knows nothing.
func Uniform() *Forecast {
	var rate [WeekHours]float64
	for h := range rate {
		rate[h] = 1
	}
	return newForecast(&rate)
}

func newForecast(rate *[WeekHours]float64) *Forecast {
	f := &Forecast{rate: *rate}
	for h, r := range f.rate {
		f.sum[h+1] = f.sum[h] + r
	}
	return f
}

// Hours are the hours of the week, in a site's time zone, in which a campaign may be
// shown: what part of each, Sunday's first hour at the front.
type Hours [WeekHours]float32

// HoursOf are those of the day parts; nil, which stands for all hours, without any.
func HoursOf(parts []scoring.DayPart) *Hours {
	if len(parts) == 0 {
		return nil
	}
	const step = 5 // minutes: day parts are seldom finer
	hours := &Hours{}
	sunday := time.Date(2026, 1, 4, 0, 0, 0, 0, time.UTC)
	for m := 0; m < WeekHours*60; m += step {
		at := sunday.Add(time.Duration(m) * time.Minute)
		for _, p := range parts {
			if p.Has(at) {
				hours[m/60] += step / 60.0
				break
			}
		}
	}
	return hours
}

// Within is what of the traffic falls into the hours, which are meant in a time zone
// that is offset so many seconds from UTC; a fraction of an hour counts as its nearest
// whole. Nil are all hours.
func (f *Forecast) Within(hours *Hours, offset int) *Forecast {
	if hours == nil {
		return f
	}
	const hour = 3600
	shift := (offset + hour/2 + WeekHours*hour) / hour
	var rate [WeekHours]float64
	for h := range rate {
		rate[h] = f.rate[h] * float64(hours[(h+shift)%WeekHours])
	}
	return newForecast(&rate)
}

// Between is how much traffic there is from one time to another, in average hours of
// the site; 0 where the one is not before the other.
func (f *Forecast) Between(from, to time.Time) float64 {
	return max(0, f.until(to)-f.until(from))
}

// until is the traffic since the beginning of 1970's first week.
func (f *Forecast) until(at time.Time) float64 {
	const thursday = 4 * 24 // Unix time begins with one
	hours := float64(at.UnixMicro())/3.6e9 + thursday
	n := int64(hours)
	h := int(n % WeekHours)
	return float64(n/WeekHours)*f.sum[WeekHours] + f.sum[h] + f.rate[h]*(hours-float64(n))
}
