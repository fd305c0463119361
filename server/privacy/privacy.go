// Package privacy reads what a visitor's privacy strings allow: those of the IAB's
// Transparency and Consent Framework, and of its Global Privacy Platform.
package privacy

// Purpose is what data may be used for.
type Purpose int

// The purposes.
const (
	Profile         Purpose = iota // keep one
	Personalization                // products by it
	Advertising                    // creatives by it
	Measurement
	DirectContact
	purposes
)

// Answer is what a string says: yes, no, or nothing for each purpose. The zero
// value says nothing.
type Answer [purposes]Word

// Word is the answer for a purpose.
type Word int8

// The words. Where a string has both for a purpose, No stands.
const (
	Silent Word = iota
	Yes
	No
)

// all is one word for every purpose.
func all(w Word) (a Answer) {
	for p := range a {
		a[p] = w
	}
	return a
}

// with is both answers: of each purpose the more restrictive.
func (a Answer) with(b Answer) Answer {
	for p := range a {
		a[p] = max(a[p], b[p])
	}
	return a
}

// Refused is the answer of whoever can't be understood.
func Refused() Answer { return all(No) }
