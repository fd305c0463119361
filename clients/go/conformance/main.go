// Conformance is the Go client's driver: it does what the conformance suite tells it, a
// JSON command a line, and says what came of it. See clients/README.md.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) //nolint:forbidigo // this is main
	}
}

// run carries out the commands of in, one a line, until it ends.
func run(in io.Reader, out io.Writer) error {
	d := &driver{}
	defer d.release()
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	replies := json.NewEncoder(out)
	for lines.Scan() {
		reply, err := d.do(context.Background(), lines.Bytes())
		if err != nil {
			reply = map[string]string{"fatal": err.Error()}
		}
		if err := replies.Encode(reply); err != nil {
			return err
		}
	}
	return lines.Err()
}

var errUnknown = errors.New("unknown command")
