package decide

import "math"

// ln is the natural logarithm of a positive number to 2e-5, and exp that
// function of a number that is not positive to a relative 2e-5: a decision needs
// thousands of them, and the blend no more digits. They are the same on every
// machine that does not fuse multiplications with additions.

// ln takes the exponent off and approximates the rest: with m in [1/sqrt 2, sqrt
// 2) and s = (m-1)/(m+1), ln m = 2 (s + s^3/3 + s^5/5 + ...).
func ln(x float32) float32 {
	bits := math.Float32bits(x)
	e := int32(bits>>23) - 127
	m := math.Float32frombits(bits&0x7fffff | 127<<23)
	if m > math.Sqrt2 {
		m *= 0.5
		e++
	}
	s := (m - 1) / (m + 1)
	t := s * s
	return float32(e)*math.Ln2 + 2*s*(1+t*(1.0/3+t*(1.0/5)))
}

// exp is 2^i by the exponent's bits times the series of 2^f, |f| <= 1/2.
func exp(x float32) float32 {
	if x < -80 {
		return 0
	}
	y := x * math.Log2E
	i := int32(y - 0.5)
	f := (y - float32(i)) * math.Ln2
	p := 1 + f*(1+f*(1.0/2+f*(1.0/6+f*(1.0/24+f*(1.0/120)))))
	return math.Float32frombits(uint32(i+127)<<23) * p
}
