package audit

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
)

// rawLine is one line of a file as it stands there.
type rawLine struct {
	number  int    // in its file, from 1
	bytes   []byte // without its end; valid until the next line is read
	ended   bool   // a newline stands after it
	tooLong bool   // bytes is only a piece of it, and more pieces follow
}

// eachLine reads lines in constant memory: one that is longer than any of ours
// comes in pieces. It looks at ctx between lines.
func eachLine(ctx context.Context, r io.Reader, do func(rawLine) error) error {
	lines := bufio.NewReaderSize(r, maxLine)
	for number := 1; ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, err := lines.ReadSlice('\n')
		full := errors.Is(err, bufio.ErrBufferFull)
		if err != nil && !full && !errors.Is(err, io.EOF) {
			return fmt.Errorf("reading line %d: %w", number, err)
		}
		text, ended := bytes.CutSuffix(b, []byte("\n"))
		if len(b) > 0 {
			if err := do(rawLine{number, text, ended, full}); err != nil {
				return err
			}
		}
		if err != nil && !full {
			return nil // the end
		}
		if ended {
			number++
		}
	}
}
