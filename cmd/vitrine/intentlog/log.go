// Package intentlog measures on a log of visitors who come back how well it is told who
// buys within the next 30 days.
package intentlog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/server"
)

// read reads the events of files, and brings them into the order of their times.
func read(ctx context.Context, files []string, stdin io.Reader, m *records.Mapping, products *catalog.Catalog) (list []scoring.Event, err error) {
	converter, err := server.NewConverter()
	if err != nil {
		return nil, err
	}
	for _, path := range files {
		if list, err = readFile(ctx, list, path, stdin, m, converter, products); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(list, func(a, b scoring.Event) int { return a.Time.Compare(b.Time) })
	return list, nil
}

func readFile(
	ctx context.Context, list []scoring.Event, path string, stdin io.Reader, m *records.Mapping, converter *server.Converter, products *catalog.Catalog,
) ([]scoring.Event, error) {
	in, err := records.Open(path, stdin)
	if err != nil {
		return nil, err
	}
	defer in.Close() //nolint:errcheck // only read from
	r, err := records.OpenEvents(in, m)
	if err != nil {
		return nil, err
	}
	for {
		rec, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return list, nil
		case err != nil:
			return nil, err
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case rec.Message.GetTime() == nil:
			return nil, fmt.Errorf("%s: has no time", rec.At)
		}
		e, err := converter.Event(rec.Message, products)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", rec.At, err)
		}
		list = append(list, *e)
	}
}
