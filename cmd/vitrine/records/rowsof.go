package records

// Rows reads a CSV file under its header, row by row, with no mapping: for files whose
// columns are known.
type Rows struct {
	Header []string
	rows   rows
}

// NewRows reads the header. The delimiter is found out.
func NewRows(in *Input) (*Rows, error) {
	header, r, err := readHeader(in, "", nil)
	if err != nil {
		return nil, err
	}
	r.want = len(header)
	return &Rows{Header: header, rows: r}, nil
}

// Next returns the next row and the line it begins on, or io.EOF behind the last. The
// slice holds until the next call. A *LineError means that the row is bad.
func (r *Rows) Next() (row []string, line int, err error) { return r.rows.next() }
