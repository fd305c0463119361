package model

import (
	"math"
	"sync/atomic"
	"time"
)

// The half-lives, in real time. They were found as e-foldings counted in sessions
// of Diginetica's log, 187,000 in about 150 days; a half-life of the same span is
// that number x ln 2 x 150 d / 187,000.
const (
	fastHalfLife = 20 * time.Hour       // 1,500 sessions
	slowHalfLife = 160 * time.Hour      // 12,000
	longHalfLife = 10000 * time.Hour    // as long as pairs are remembered
	pairHalfLife = 222 * 24 * time.Hour // 400,000: ten times faster cost 0.6 to 1 HR
	rateHalfLife = 30 * 24 * time.Hour  // how visitors return to products is a habit of the shop
)

// epoch is where the seconds of counters begin; 32 bits last until 2136.
const epoch = 946684800 // 2000-01-01, Unix seconds

// seconds is never 0, which stands for never.
func seconds(t instantMillis) uint32 {
	return uint32(max(1, min(math.MaxUint32, int64(t)/1000-epoch)))
}

// timeOf is the instant of a second.
func timeOf(second uint32) instantMillis { return (instantMillis(second) + epoch) * 1000 }

// A packed counter is a decayed sum in one atomic word: the sum as a float32 in
// the upper half, the second it is as of in the lower half. Forward decay with
// the landmark at the last update, as in interest.Vector.

// add adds w as of t and returns the sum as of then.
func add(c *atomic.Uint64, w float64, t instantMillis, halfLife time.Duration) float64 {
	sum, at := unpack(c.Load())
	now := seconds(t)
	if sum == 0 || now >= at {
		sum = sum*fade(int64(now)-int64(at), halfLife) + w
		at = now
	} else {
		sum += w * fade(int64(at)-int64(now), halfLife)
	}
	c.Store(uint64(math.Float32bits(float32(sum)))<<32 | uint64(at))
	return float64(float32(sum)) * fade(int64(now)-int64(at), halfLife)
}

// read returns the sum as of t, to a relative 1e-6.
func read(c uint64, t instantMillis, halfLife time.Duration) float64 {
	sum, at := unpack(c)
	s := int64(seconds(t)) - int64(at)
	if sum == 0 || s <= 0 {
		return sum
	}
	return sum * half(float64(s)/halfLife.Seconds())
}

// half is 2^-x for x from 0 upwards: decisions need it hundreds of times. The
// series of e^(f ln 2) for the fraction, f <= 1/2 on either side.
func half(x float64) float64 {
	if x > 1000 {
		return 0
	}
	i := int64(x + 0.5)
	f := (float64(i) - x) * math.Ln2
	p := 1 + f*(1+f*(1.0/2+f*(1.0/6+f*(1.0/24+f*(1.0/120+f*(1.0/720))))))
	return p * math.Float64frombits(uint64(1023-i)<<52)
}

func unpack(c uint64) (sum float64, at uint32) {
	return float64(math.Float32frombits(uint32(c >> 32))), uint32(c)
}

// fade is what remains after that many seconds.
func fade(s int64, halfLife time.Duration) float64 {
	if s <= 0 {
		return 1
	}
	return math.Exp2(-float64(s) / halfLife.Seconds())
}
