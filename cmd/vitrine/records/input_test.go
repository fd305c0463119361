package records

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"
)

// lines reads everything, bad lines as "!reason".
func lines(t testing.TB, in *Input) []string {
	t.Helper()
	var all []string
	for {
		line, _, err := in.Line()
		var bad *LineError
		switch {
		case errors.Is(err, io.EOF):
			return all
		case errors.As(err, &bad):
			all = append(all, "!"+bad.Error())
		case err != nil:
			t.Fatal(err)
		default:
			all = append(all, string(line))
		}
	}
}

func TestLines(t *testing.T) {
	long := strings.Repeat("x", maxLine+1)
	longest := strings.Repeat("y", maxLine-1)
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"empty", "", nil},
		{"one without an end", "a", []string{"a"}},
		{"both kinds of ends", "a\r\nb\n\nc", []string{"a", "b", "", "c"}},
		{"byte order mark", "\ufeffa\n", []string{"a"}},
		{"invalid UTF-8", "a\nb\xffc\nd\n", []string{"a", "!stdin:2: invalid UTF-8 at byte 2: save the file as UTF-8", "d"}},
		{"too long", "a\n" + long + "\nb\n", []string{"a", "!stdin:2: longer than 1048576 bytes", "b"}},
		{"too long at the end", long, []string{"!stdin:1: longer than 1048576 bytes"}},
		{"as long as allowed", longest + "\nb", []string{longest, "b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			sameLines(t, lines(t, input(t, c.text)), c.want...)
		})
	}
}

func TestOpen(t *testing.T) {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	if _, err := w.Write([]byte("a\nb\n")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}

	t.Run("gzip is told by its content", func(t *testing.T) {
		in, err := Open(writeFile(t, "log.txt", z.Bytes()), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		sameLines(t, lines(t, in), "a", "b")
		if read, size := in.Progress(); read != size || size != int64(z.Len()) {
			t.Errorf("progress %d of %d, want all of %d", read, size, z.Len())
		}
	})
	t.Run("a gzip file that breaks off is an error", func(t *testing.T) {
		in, err := Open(writeFile(t, "log.gz", z.Bytes()[:z.Len()-6]), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		for {
			_, _, err := in.Line()
			if errors.Is(err, io.ErrUnexpectedEOF) {
				return
			}
			if err != nil {
				t.Fatalf("got %v, want an unexpected end", err)
			}
		}
	})
	t.Run("UTF-16 is refused with what to do", func(t *testing.T) {
		_, err := Open("-", strings.NewReader("\xff\xfea\x00"))
		if err == nil || !strings.Contains(err.Error(), "iconv") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a folder is refused", func(t *testing.T) {
		if _, err := Open(t.TempDir(), nil); err == nil || !strings.Contains(err.Error(), "is a folder") {
			t.Errorf("got %v", err)
		}
	})
}
