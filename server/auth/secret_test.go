package auth

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func newSecret(t testing.TB) Secret {
	t.Helper()
	s, err := NewSecret(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestASecretIsReadAsItWasGivenOut(t *testing.T) {
	s := newSecret(t)
	text := s.Reveal()
	if !strings.HasPrefix(text, "vk_") || len(text) != 61 { // 3 + 36 bytes at 5 bits a letter, rounded up
		t.Errorf("%d characters, beginning with %.3s", len(text), text)
	}
	if again, err := ParseSecret(text); err != nil || again != s {
		t.Errorf("read back as %v, %v", again, err)
	}
	if other := newSecret(t); other == s {
		t.Error("two secrets are the same")
	}
	zeros, err := NewSecret(bytes.NewReader(make([]byte, 32)))
	if want := "vk_" + strings.Repeat("a", 51); err != nil || !strings.HasPrefix(zeros.Reveal(), want) {
		t.Errorf("of zeros it is %s, %v", zeros.Reveal(), err)
	}
	if _, err := NewSecret(bytes.NewReader(make([]byte, 31))); err == nil {
		t.Error("made of too little chance")
	}
}

// Each letter that is changed, lost or doubled is noticed.
func TestAMistypedSecretIsToldSo(t *testing.T) {
	text := newSecret(t).Reveal()
	for i := len("vk_"); i < len(text); i++ {
		other := byte('a')
		if text[i] == other {
			other = 'b'
		}
		for _, typed := range []string{
			text[:i] + string(other) + text[i+1:], text[:i] + text[i+1:], text[:i] + text[i:i+1] + text[i:],
			text[:i] + strings.ToUpper(text[i:i+1]) + text[i+1:], text[:i] + "1" + text[i+1:],
		} {
			if typed == text { // a digit has no capital
				continue
			}
			if _, err := ParseSecret(typed); err == nil || strings.Contains(err.Error(), typed) {
				t.Errorf("letter %d: %v, want an error without the text", i, err)
			}
		}
	}
	for _, typed := range []string{"", "vk_", "hunter2", "Bearer " + text, text[len("vk_"):], " " + text, text + "\n"} {
		if _, err := ParseSecret(typed); err == nil {
			t.Errorf("%q is taken for a secret", typed)
		}
	}
}

func TestASecretIsNotPrintedWhole(t *testing.T) {
	s := newSecret(t)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("made", "secret", s)
	for _, printed := range []string{log.String(), fmt.Sprint(s), fmt.Sprintf("%+v %#v %s %q", s, s, s, s), fmt.Sprintf("%v", []Secret{s})} {
		if strings.Contains(printed, s.Reveal()) || !strings.Contains(printed, s.Prefix()) {
			t.Errorf("printed as %s, want %s and no more", printed, s.Prefix())
		}
	}
}

func FuzzParseSecret(f *testing.F) {
	f.Add("")
	f.Add("vk_")
	f.Add("vk_" + strings.Repeat("a", 58))
	f.Add(newSecret(f).Reveal())
	f.Add("vk_" + strings.Repeat("é", 29))
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSecret(text)
		if err != nil {
			return
		}
		if s.Reveal() != text || len(text) != 61 {
			t.Errorf("%q is read as %q", text, s.Reveal())
		}
		// There is one way to write it: another letter at its end is another secret.
		for _, c := range "abcdefghijklmnopqrstuvwxyz234567" {
			if changed := text[:60] + string(c); changed != text {
				if _, err := ParseSecret(changed); err == nil {
					t.Errorf("%q and %q are both secrets", text, changed)
				}
			}
		}
	})
}
