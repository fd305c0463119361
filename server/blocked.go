package server

import "strings"

// sharedIDs are ids that many people share, in lower case: what shops send when they know
// nobody. A profile under one of them would be nobody's, and a person of that id everybody.
var sharedIDs = func() map[string]bool {
	ids := map[string]bool{}
	for _, list := range []string{
		"anon anonymous anonymous-user anonymous_user default device device-id device_id deviceid dummy empty",
		"false guest guest-user guest_user id n/a na nan nil no none not-set not_set noop null null@null",
		"optout opt-out opt_out sample test test-user test_user tester true unassigned undefined undefined@undefined",
		"uninitialized unknown unset user user-id user_id userid uuid visitor visitor-id visitor_id void -1",
		// What Android gave to all emulators, and to all phones of some makers before 2011
		// (Android issue 10603).
		"9774d56d682e549c",
		// What browsers make of an object that was put where a text belongs.
		"object",
	} {
		for _, id := range strings.Fields(list) {
			ids[id] = true
		}
	}
	for _, id := range []string{"object object", "not set", "no id", "opt out"} {
		ids[id] = true
	}
	return ids
}()

// isShared reports whether many people share an id: one of the list, in whatever case and
// quotes or brackets; one of nothing but zeros, as the advertising ids of phones that
// forbid tracking are, or but one other sign.
func isShared(id string) bool {
	if id == "" {
		return false
	}
	id = strings.ToLower(strings.Trim(id, " \t\"'`´‘’“”()[]{}<>"))
	if sharedIDs[id] {
		return true
	}
	bare := strings.Map(func(r rune) rune {
		if strings.ContainsRune("-_:. ", r) {
			return -1
		}
		return r
	}, id)
	for _, sign := range []string{"0", "f", "x", "?", "*", "."} {
		if strings.Trim(bare, sign) == "" && (sign == "0" || len(bare) != 1) {
			return true
		}
	}
	return false
}
