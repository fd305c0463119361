package privacy

import (
	"fmt"
	"slices"

	"github.com/prebid/go-gdpr/consentconstants"
	"github.com/prebid/go-gdpr/vendorconsent"
)

// The purposes of TCF v2 that each of ours takes consent to: all of one row. For a
// profile storage with profiles for content or for advertising, then each with its use,
// for measuring storage with that of advertising or of content. Contact is none of
// TCF's.
var tcfPurposes = [purposes][][]int{
	Profile:         {{1, 5}, {1, 3}},
	Personalization: {{1, 5, 6}},
	Advertising:     {{1, 3, 4}},
	Measurement:     {{1, 7}, {1, 8}},
}

// TCF reads a consent string of TCF v2: purposes that are not consented to are
// refused. An error says what is wrong with the string; the answer is then Refused.
func TCF(s string) (Answer, error) {
	parsed, err := vendorconsent.ParseString(s)
	if err != nil {
		return Refused(), fmt.Errorf("is no TCF v2 consent string: %w", err)
	}
	if v := parsed.Version(); v != 2 {
		return Refused(), fmt.Errorf("is a TCF string of version %d, must be of version 2", v)
	}
	return byTCF(func(purpose int) bool { return parsed.PurposeAllowed(consentconstants.Purpose(purpose)) }), nil
}

// byTCF is the answer where these purposes of TCF's are consented to.
func byTCF(consented func(purpose int) bool) Answer {
	a := all(No)
	for p, ways := range tcfPurposes {
		for _, wanted := range ways {
			if !slices.ContainsFunc(wanted, func(n int) bool { return !consented(n) }) {
				a[p] = Yes
			}
		}
	}
	return a
}
