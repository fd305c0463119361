package creative

import (
	"slices"
	"testing"
)

func TestPackedFeatures(t *testing.T) {
	common := []Feature{{Name{Kind: KindSite}.ID(), 1}}
	own := []Feature{{Name{Kind: KindCreative, Creative: Trait{"creative", "x"}}.ID(), 1}, {Name{Kind: KindFatigue}.ID(), 0.7}}
	packed := Pack(common, own)
	if got, want := Unpack(packed), slices.Concat(common, own); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for name, b := range map[string][]byte{"cut off": packed[1:], "of no kind": make([]byte, packedFeature)} {
		if got := Unpack(b); got != nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(Pack([]Feature{{Name{Kind: KindSite}.ID(), 1}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if list := Unpack(b); list != nil && !slices.Equal(Pack(list), b) {
			t.Fatalf("%x comes back as %x", b, Pack(list))
		}
	})
}
