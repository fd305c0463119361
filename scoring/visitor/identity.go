package visitor

import "github.com/vitrine-io/vitrine/scoring"

// PersonKey is what a person's own record is kept under among those of devices, whose
// ids can't hold control characters.
func PersonKey(id scoring.PersonID) scoring.VisitorID { return "\x00" + scoring.VisitorID(id) }

// PersonOf is the person whose key that is; false for a device's.
func PersonOf(key scoring.VisitorID) (scoring.PersonID, bool) {
	if key == "" || key[0] != 0 {
		return "", false
	}
	return scoring.PersonID(key[1:]), true
}
