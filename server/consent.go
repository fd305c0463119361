package server

import (
	"fmt"
	"strings"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
)

// consent is what a visitor allows, once every signal of a request has been
// read.
type consent map[pb.Purpose]bool

// personalization reports whether a profile may be kept and read.
func (c consent) personalization() bool { return c[pb.Purpose_PURPOSE_PERSONALIZATION] }

// purposes in the order of the contract.
var purposes = []pb.Purpose{
	pb.Purpose_PURPOSE_PERSONALIZATION, pb.Purpose_PURPOSE_ADVERTISING,
	pb.Purpose_PURPOSE_MEASUREMENT, pb.Purpose_PURPOSE_DIRECT_CONTACT,
}

// consentFromProto reads the signals of a request. Every signal can refuse; one
// that says nothing about a purpose leaves it to the others, and where none
// spoke the site's policy does. The most restrictive signal wins.
func consentFromProto(v *violations, field string, m *pb.Consent, policy scoring.ConsentPolicy) consent {
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
	if m.GetTcfString() != "" {
		tcf, err := parseTCF(m.GetTcfString())
		if err != nil {
			v.add(field+".tcf_string", "%v", err)
		}
		answer(pb.Purpose_PURPOSE_PERSONALIZATION, tcf.allows(1, 5, 6))
		answer(pb.Purpose_PURPOSE_ADVERTISING, tcf.allows(1, 3, 4))
		answer(pb.Purpose_PURPOSE_MEASUREMENT, tcf.allows(1, 8))
		answer(pb.Purpose_PURPOSE_DIRECT_CONTACT, false)
	}
	if m.GetGppString() != "" {
		for _, p := range purposes {
			answer(p, false)
		}
	}
	if m.GetGlobalPrivacyControl() {
		answer(pb.Purpose_PURPOSE_PERSONALIZATION, false)
		answer(pb.Purpose_PURPOSE_ADVERTISING, false)
	}
	result := consent{}
	for _, p := range purposes {
		result[p] = (granted[p] || policy == scoring.OptOut) && !refused[p]
	}
	return result
}

// tcfPurposes are the purposes of an IAB TCF v2 string that were consented to.
type tcfPurposes uint32

// allows reports consent to all of the purposes, numbered from 1.
func (t tcfPurposes) allows(numbers ...int) bool {
	for _, n := range numbers {
		if t&(1<<(24-n)) == 0 {
			return false
		}
	}
	return true
}

// Where the core segment of a TCF v2 string keeps what we read, in bits
// (IAB Tech Lab, "Transparency and Consent String with Global Vendor & CMP List
// Formats", core string).
const (
	tcfVersionBits  = 6
	tcfPurposesFrom = 152
	tcfPurposesBits = 24
)

// parseTCF reads the purposes consented to from the core segment.
func parseTCF(s string) (tcfPurposes, error) {
	core, _, _ := strings.Cut(s, ".")
	bit := func(i int) (uint32, error) {
		const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
		if i/6 >= len(core) {
			return 0, fmt.Errorf("is cut short: a TCF v2 core segment has at least %d characters, this one %d", (tcfPurposesFrom+tcfPurposesBits)/6+1, len(core))
		}
		sextet := strings.IndexByte(alphabet, core[i/6])
		if sextet < 0 {
			return 0, fmt.Errorf("is not base64url: character %d is %q", i/6+1, core[i/6])
		}
		return uint32(sextet) >> (5 - i%6) & 1, nil
	}
	number := func(from, bits int) (uint32, error) {
		n := uint32(0)
		for i := from; i < from+bits; i++ {
			b, err := bit(i)
			if err != nil {
				return 0, err
			}
			n = n<<1 | b
		}
		return n, nil
	}
	version, err := number(0, tcfVersionBits)
	if err != nil {
		return 0, err
	}
	if version != 2 {
		return 0, fmt.Errorf("has version %d, must be 2", version)
	}
	bits, err := number(tcfPurposesFrom, tcfPurposesBits)
	return tcfPurposes(bits), err
}
