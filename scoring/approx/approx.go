// Package approx has logarithm and exponential to a few digits, for those who need
// thousands of them in a decision. They are the same on every machine that does not
// fuse multiplications with additions.
package approx

import "math"

// Ln is the natural logarithm of a positive number to 4e-6. It takes the exponent off
// and interpolates the logarithm of the rest, from 1 to 2, between 256 points.
func Ln(x float32) float32 {
	bits := math.Float32bits(x)
	p := &lnPoints[bits>>15&0xff]
	return float32(int32(bits>>23)-127)*math.Ln2 + p[0] + p[1]*float32(bits&0x7fff)
}

// lnPoints are the logarithm at 1 + k/256 and its growth for each further bit.
var lnPoints = func() (points [256][2]float32) {
	for k := range points {
		at, next := math.Log1p(float64(k)/256), math.Log1p(float64(k+1)/256)
		points[k] = [2]float32{float32(at), float32((next - at) / (1 << 15))}
	}
	return points
}()

// Exp is the exponential of a number that is not positive to a relative 2e-5, and 0
// below -80: 2^i by the exponent's bits times the series of 2^f, |f| <= 1/2.
func Exp(x float32) float32 {
	if x < -80 {
		return 0
	}
	y := x * math.Log2E
	i := int32(y - 0.5)
	f := (y - float32(i)) * math.Ln2
	p := 1 + f*(1+f*(1.0/2+f*(1.0/6+f*(1.0/24+f*(1.0/120)))))
	return math.Float32frombits(uint32(i+127)<<23) * p
}
