package boltstore

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// TestDecisionRecordsAreAsTheCodecHasThem fills decisions by reflection, so that a field
// that is added and not written fails here.
func TestDecisionRecordsAreAsTheCodecHasThem(t *testing.T) {
	c := testCodec(t)
	r := rand.New(rand.NewPCG(1, 2))
	decisions := []scoring.Decision{{}, *fixtureDecision()}
	for range 2000 {
		var d scoring.Decision
		fillAtRandom(r, reflect.ValueOf(&d).Elem())
		normaliseDecision(&d)
		decisions = append(decisions, d)
	}
	before := []byte("what stands before")
	for _, d := range decisions {
		want, err := c.encode(&d)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.appendDecision(before, &d)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got[len(before):], want) {
			t.Fatalf("%+v:\n%x, want\n%x", d, got[len(before):], want)
		}
		var read scoring.Decision
		if err := c.decode(got[len(before):], &read); err != nil {
			t.Fatal(err)
		}
	}
}

// TestEventRecordsAreAsTheCodecHasThem does the same for events.
func TestEventRecordsAreAsTheCodecHasThem(t *testing.T) {
	c := testCodec(t)
	r := rand.New(rand.NewPCG(1, 2))
	entries := make([]store.Entry, 5000)
	for i := range entries {
		if e := &entries[i].Event; i > 0 {
			fillAtRandom(r, reflect.ValueOf(e).Elem())
			normaliseEvent(e)
		}
	}
	records, hashes, err := c.encodeEvents(1, entries)
	if err != nil {
		t.Fatal(err)
	}
	for i, got := range records {
		e := &entries[i].Event
		body, err := c.encode(e)
		if err != nil {
			t.Fatal(err)
		}
		want := binary.LittleEndian.AppendUint64([]byte{recordVersion}, hashes[i])
		want = sealRecord(append(want, body[1:len(body)-4]...))
		if !bytes.Equal(got, want) {
			t.Fatalf("%+v:\n%x, want\n%x", e, got, want)
		}
		var read scoring.Event
		if err := c.decodeEvent(got, &read); err != nil {
			t.Fatal(err)
		}
	}
}

// fillAtRandom sets what can be set, and leaves some of it as it is.
func fillAtRandom(r *rand.Rand, v reflect.Value) {
	if r.IntN(3) == 0 {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(strings.Repeat("ä", r.IntN(300)/(1+r.IntN(30))))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(r.Int64N(100) - 50)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(r.Uint64() >> r.IntN(64) & (1<<v.Type().Bits() - 1))
	case reflect.Float32, reflect.Float64:
		v.SetFloat([]float64{r.NormFloat64(), 1, 0.5, math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1)}[r.IntN(7)])
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), r.IntN(40)/(1+r.IntN(20)), 40))
		for k := range v.Len() {
			fillAtRandom(r, v.Index(k))
		}
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{"theme": "dark"}).Convert(v.Type()))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillAtRandom(r, v.Elem())
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(r.Int64N(4e9), r.Int64N(3)*1e8)))
			return
		}
		for k := range v.NumField() {
			fillAtRandom(r, v.Field(k))
		}
	default:
		panic("a kind that no decision had before: " + v.Type().String())
	}
}
