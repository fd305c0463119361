package server

import (
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/server/privacy"
)

// consent is what a visitor allows, once every signal of a request has been
// read.
type consent map[pb.Purpose]bool

// personalization reports whether a profile may be kept and read.
func (c consent) personalization() bool { return c[pb.Purpose_PURPOSE_PERSONALIZATION] }

// purposes of the contract, by those that privacy strings answer for.
var purposes = map[privacy.Purpose]pb.Purpose{
	privacy.Personalization: pb.Purpose_PURPOSE_PERSONALIZATION,
	privacy.Advertising:     pb.Purpose_PURPOSE_ADVERTISING,
	privacy.Measurement:     pb.Purpose_PURPOSE_MEASUREMENT,
	privacy.DirectContact:   pb.Purpose_PURPOSE_DIRECT_CONTACT,
}

// consentFromProto reads the signals of a request. Every signal can refuse; one
// that says nothing about a purpose leaves it to the others, and where none
// spoke the site's policy does. The most restrictive signal wins. A string that can't
// be read refuses everything, and unread says what is wrong with it.
func consentFromProto(field string, m *pb.Consent, policy scoring.ConsentPolicy) (c consent, unread violations) {
	granted, refused := consent{}, consent{}
	answer := func(p pb.Purpose, yes bool) {
		if yes {
			granted[p] = true
		} else {
			refused[p] = true
		}
	}
	for _, p := range m.GetPurposes() {
		answer(p.GetPurpose(), p.GetGranted())
	}
	for _, signal := range []struct {
		name, text string
		read       func(string) (privacy.Answer, error)
	}{{"tcf_string", m.GetTcfString(), privacy.TCF}, {"gpp_string", m.GetGppString(), privacy.GPP}} {
		if signal.text == "" {
			continue
		}
		says, err := signal.read(signal.text)
		if err != nil {
			unread.add(field+"."+signal.name, "%v: it counts as a refusal of every purpose", err)
		}
		for p, word := range says {
			if word != privacy.Silent {
				answer(purposes[privacy.Purpose(p)], word == privacy.Yes)
			}
		}
	}
	if m.GetGlobalPrivacyControl() {
		answer(pb.Purpose_PURPOSE_PERSONALIZATION, false)
		answer(pb.Purpose_PURPOSE_ADVERTISING, false)
	}
	c = consent{}
	for _, p := range purposes {
		c[p] = (granted[p] || policy == scoring.OptOut) && !refused[p]
	}
	return c, unread
}
