package privacy

import (
	"fmt"
	"strings"

	"github.com/prebid/go-gpp/util"
)

// The numbers of a GPP string's sections that are read in a way of their own.
const (
	sectionTCFEU = 2
	sectionTCFCA = 5
	sectionUSP   = 6
)

// optOuts are the sections of the United States, by number: how many notices of two
// bits each stand between the version and the opt-outs, and how many opt-outs there
// are. The opt-outs are those of sale, of sharing where there is one, and of targeted
// advertising (IAB Tech Lab, Global Privacy Platform, Sections, US National and the
// states').
var optOuts = map[int]struct {
	place            string
	notices, optOuts int
}{
	7:  {"usnat", 6, 3},
	8:  {"usca", 3, 2}, // sale and sharing
	9:  {"usva", 3, 2},
	10: {"usco", 3, 2},
	11: {"usut", 4, 2},
	12: {"usct", 3, 2},
	13: {"usfl", 3, 2},
	14: {"usmt", 3, 2},
	15: {"usor", 3, 2},
	16: {"ustx", 3, 2},
	17: {"usde", 3, 2},
	18: {"usia", 4, 2},
	19: {"usne", 3, 2},
	20: {"usnh", 3, 2},
	21: {"usnj", 3, 2},
	22: {"ustn", 3, 2},
}

// maxSections bounds how many sections a string may have; 22 are known.
const maxSections = 64

// GPP reads a string of the Global Privacy Platform. European and Canadian sections
// answer as TCF does. Those of the United States refuse personalization and
// advertising where the visitor opted out of sale, sharing or targeted advertising,
// or sends the Global Privacy Control, and say nothing else. A section that is not
// known refuses everything. An error says what is wrong with the string; the answer
// is then Refused.
func GPP(s string) (Answer, error) {
	parts := strings.Split(s, "~")
	ids, err := sectionsIn(parts[0])
	if err != nil {
		return Refused(), err
	}
	if len(ids) != len(parts)-1 {
		return Refused(), fmt.Errorf("has %d sections, and its header tells of %d", len(parts)-1, len(ids))
	}
	var a Answer
	for k, id := range ids {
		says, err := section(id, parts[k+1])
		if err != nil {
			return Refused(), fmt.Errorf("section %d: %w", id, err)
		}
		a = a.with(says)
	}
	return a, nil
}

// sectionsIn reads the header: the numbers of the sections that follow.
func sectionsIn(header string) ([]int, error) {
	const kind, version = 3, 1
	bits, err := util.NewBitStreamFromBase64(header)
	if err != nil {
		return nil, fmt.Errorf("has a header that is not base64url: %w", err)
	}
	if k, err := bits.ReadByte6(); err != nil || k != kind {
		return nil, fmt.Errorf("is no GPP string: those begin with \"D\"")
	}
	if v, err := bits.ReadByte6(); err != nil || v != version {
		return nil, fmt.Errorf("is a GPP string of version %d, must be of version %d", v, version)
	}
	if !endsNumbers(bits) {
		return nil, fmt.Errorf("has a header with a number that does not end")
	}
	ranges, err := bits.ReadFibonacciRange()
	if err != nil {
		return nil, fmt.Errorf("has a header that does not tell its sections: %w", err)
	}
	var ids []int
	for _, r := range ranges.Range {
		for id := int(r.StartID); id <= int(r.EndID); id++ {
			if ids = append(ids, id); len(ids) > maxSections {
				return nil, fmt.Errorf("has more than %d sections", maxSections)
			}
		}
	}
	return ids, nil
}

// endsNumbers reports whether each number of a header ends, by two ones in a row, within
// as many bits as the number of a section and what pads the header may have: the time
// that the library takes for a number grows exponentially with its length.
func endsNumbers(bits *util.BitStream) bool {
	const (
		begin = 6 + 6 + 12 // behind kind, version and how many there are
		most  = 24
	)
	end := 8 * int(bits.Len())
	if end > 1<<12 { // positions are 16 bits
		return false
	}
	defer bits.SetPosition(6 + 6)
	bits.SetPosition(begin)
	since, last := 0, byte(0)
	for at := begin; at < end && since <= most; at++ {
		bit, err := bits.ReadByte1()
		if err != nil {
			break
		}
		if since++; bit == 1 && last == 1 {
			since, bit = 0, 0
		}
		last = bit
	}
	return since <= most
}

func section(id int, s string) (Answer, error) {
	switch id {
	case sectionTCFEU:
		return TCF(s)
	case sectionTCFCA:
		return tcfCanada(s)
	case sectionUSP:
		return usPrivacy(s)
	}
	us, known := optOuts[id]
	if !known {
		return Refused(), nil
	}
	a, err := american(s, us.notices, us.optOuts)
	if err != nil {
		return a, fmt.Errorf("%s: %w", us.place, err)
	}
	return a, nil
}

// optedOut is the answer of somebody who opted out of sale, sharing or targeted
// advertising: what the Global Privacy Control means, too.
func optedOut() (a Answer) {
	a[Profile], a[Personalization], a[Advertising] = No, No, No
	return a
}

// american reads the core of a section, and the segment that says whether the browser
// sends the Global Privacy Control.
func american(s string, notices, optOuts int) (a Answer, err error) {
	segments := strings.Split(s, ".")
	bits, err := util.NewBitStreamFromBase64(segments[0])
	if err != nil {
		return Refused(), err
	}
	if v, err := bits.ReadByte6(); err != nil || v == 0 {
		return Refused(), fmt.Errorf("has no version")
	}
	for k := range notices + optOuts {
		const out = 1
		answer, err := bits.ReadByte2()
		switch {
		case err != nil:
			return Refused(), fmt.Errorf("is cut short: %w", err)
		case k >= notices && answer == out:
			a = optedOut()
		}
	}
	for _, extra := range segments[1:] {
		const gpc = 1
		bits, err := util.NewBitStreamFromBase64(extra)
		if err != nil {
			return Refused(), err
		}
		kind, err := bits.ReadByte2()
		if err != nil {
			return Refused(), fmt.Errorf("has an empty segment")
		}
		if sent, err := bits.ReadByte1(); kind == gpc && (err != nil || sent == 1) {
			a = optedOut()
		}
	}
	return a, nil
}

// usPrivacy reads the string of four letters that came before: its third one says
// whether the visitor opted out of sale.
func usPrivacy(s string) (a Answer, err error) {
	if len(s) != 4 || s[0] != '1' || strings.Trim(s[1:], "YN-yn") != "" {
		return Refused(), fmt.Errorf("is %.8q, must be a US Privacy string such as \"1YNN\"", s)
	}
	if s[2] == 'Y' || s[2] == 'y' {
		a = optedOut()
	}
	return a, nil
}

// tcfCanada reads a Canadian section: a purpose is consented to expressly or by
// implication.
func tcfCanada(s string) (Answer, error) {
	core, _, _ := strings.Cut(s, ".")
	bits, err := util.NewBitStreamFromBase64(core)
	if err != nil {
		return Refused(), err
	}
	// Version, created, updated, platform, its version, screen, language, vendor list
	// and policy, then a bit for stacks and twelve special features; 24 purposes with
	// express consent and 24 with implied consent.
	const (
		express = 6 + 36 + 36 + 12 + 12 + 6 + 12 + 12 + 6 + 1 + 12
		implied = express + 24
		end     = implied + 24
	)
	if has := 8 * int(bits.Len()); has < end {
		return Refused(), fmt.Errorf("is cut short: has %d bits, must have %d", has, end)
	}
	at := func(bit int) bool {
		bits.SetPosition(uint16(bit))
		b, err := bits.ReadByte1()
		return err == nil && b == 1
	}
	return byTCF(func(purpose int) bool { return at(express+purpose-1) || at(implied+purpose-1) }), nil
}
