package server

import (
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/server/privacy"
)

// signals are what the consent signals of a request say, by purpose.
type signals [scoring.PurposeProfile + 1]struct {
	word privacy.Word
	by   scoring.Signal
}

// say takes in an answer: the most restrictive stands.
func (s *signals) say(p scoring.Purpose, word privacy.Word, by scoring.Signal) {
	if word > s[p].word {
		s[p].word, s[p].by = word, by
	}
}

// purposes that privacy strings answer for.
var purposes = map[privacy.Purpose]scoring.Purpose{
	privacy.Profile:         scoring.PurposeProfile,
	privacy.Personalization: scoring.PurposeProducts,
	privacy.Advertising:     scoring.PurposeCreatives,
	privacy.Measurement:     scoring.PurposeMeasurement,
	privacy.DirectContact:   scoring.PurposeMessages,
}

// signalsFromProto reads the signals of a request. Every signal can refuse, and the most
// restrictive wins; one that says nothing about a purpose leaves it to the others. Where
// none speaks of the profile, what they say of products stands for it. A string that
// can't be read refuses everything, and unread says what is wrong with it.
func signalsFromProto(field string, m *pb.Consent) (s signals, unread violations) {
	for _, p := range m.GetPurposes() {
		word := privacy.No
		if p.GetGranted() {
			word = privacy.Yes
		}
		s.say(scoring.Purpose(p.GetPurpose()), word, scoring.SignalPurposes)
	}
	for _, signal := range []struct {
		name, text string
		by         scoring.Signal
		read       func(string) (privacy.Answer, error)
	}{
		{"tcf_string", m.GetTcfString(), scoring.SignalTCF, privacy.TCF},
		{"gpp_string", m.GetGppString(), scoring.SignalGPP, privacy.GPP},
	} {
		if signal.text == "" {
			continue
		}
		says, err := signal.read(signal.text)
		if err != nil {
			unread.add(field+"."+signal.name, "%v: it counts as a refusal of every purpose", err)
		}
		for p, word := range says {
			s.say(purposes[privacy.Purpose(p)], word, signal.by)
		}
	}
	if m.GetGlobalPrivacyControl() {
		for _, p := range []scoring.Purpose{scoring.PurposeProfile, scoring.PurposeProducts, scoring.PurposeCreatives} {
			s.say(p, privacy.No, scoring.SignalGlobalPrivacyControl)
		}
	}
	if s[scoring.PurposeProfile].word == privacy.Silent {
		s[scoring.PurposeProfile] = s[scoring.PurposeProducts]
	}
	return s, unread
}

// answers are what is said, for SetConsent to store.
func (s *signals) answers() (list []scoring.ConsentAnswer) {
	for p := scoring.PurposeProducts; p <= scoring.PurposeProfile; p++ {
		if s[p].word != privacy.Silent {
			list = append(list, scoring.ConsentAnswer{Purpose: p, Granted: s[p].word == privacy.Yes, Signal: s[p].by})
		}
	}
	return list
}

// allowed are the purposes that may be pursued: those that neither a signal nor a stored
// answer refuses, and one of them grants; where both are silent the site's policy does.
// Without a profile nothing is allowed that would need one.
func (s *signals) allowed(stored []scoring.ConsentAnswer, policy scoring.ConsentPolicy) scoring.Purposes {
	var granted, refused scoring.Purposes
	add := func(p scoring.Purpose, yes bool) {
		if yes {
			granted |= scoring.PurposesOf(p)
		} else {
			refused |= scoring.PurposesOf(p)
		}
	}
	for p := scoring.PurposeProducts; p <= scoring.PurposeProfile; p++ {
		if word := s[p].word; word != privacy.Silent {
			add(p, word == privacy.Yes)
		}
	}
	for _, a := range stored {
		add(a.Purpose, a.Granted)
	}
	if policy == scoring.OptOut {
		granted = scoring.AllPurposes
	}
	allowed := granted &^ refused
	if !allowed.Has(scoring.PurposeProfile) {
		allowed &= scoring.PurposesOf(scoring.PurposeMessages)
	}
	return allowed
}
