package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"
)

// Filter says which lines to show; what is empty lets every line pass. Names are
// compared without regard to case.
type Filter struct {
	Since, Until                                           time.Time // inclusive, exclusive
	Account, Tool, Event, Operation, Code, Caller, Outcome string
}

// match reports whether a line passes. One whose time cannot be read passes no
// limit of time.
func (f Filter) match(l Line) bool {
	if !f.Since.IsZero() || !f.Until.IsZero() {
		when := l.When()
		if when.IsZero() || when.Before(f.Since) || !f.Until.IsZero() && !when.Before(f.Until) {
			return false
		}
	}
	if f.Account != "" && !strings.EqualFold(f.Account, l.Account) && !strings.EqualFold(f.Account, l.ToAccount) {
		return false
	}
	for _, pair := range [][2]string{
		{f.Tool, l.Tool},
		{f.Event, l.Event},
		{f.Operation, l.Operation},
		{f.Code, l.Code},
		{f.Caller, l.Caller},
		{f.Outcome, l.Outcome},
	} {
		if pair[0] != "" && !strings.EqualFold(pair[0], pair[1]) {
			return false
		}
	}
	return true
}

// Show reads the log at path with its rotated siblings, oldest first, and emits
// the lines that pass the filter, as they stand there: it needs no key, and does
// not ask whether they are genuine. It returns how many lines could not be read.
// An error of emit ends it and is returned.
func Show(ctx context.Context, path string, filter Filter, emit func(Line) error) (unreadable int, err error) {
	s := &snapshot{}
	defer s.close()
	numbers, err := rotatedNumbers(path)
	if err != nil {
		return 0, err
	}
	s.headErr = errNoHead // it cannot be judged without a key
	s.openRotated(path, numbers)
	current, found := openFile(path)
	if !found && len(numbers) == 0 {
		return 0, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
	}
	if found {
		s.files = append(s.files, current)
	}
	for _, f := range s.files {
		if f.open == nil && !strings.Contains(f.problem, "missing") {
			return unreadable, fmt.Errorf("%s: %w", f.path, errors.New(f.problem))
		}
		if f.open == nil {
			continue
		}
		bad := 0 // the number of the last line that could not be read
		err := eachLine(ctx, io.LimitReader(f.open, f.size), func(raw rawLine) error {
			l, err := decode(raw.bytes)
			if err != nil || raw.tooLong {
				if bad != raw.number {
					bad = raw.number
					unreadable++
				}
				return nil
			}
			if !filter.match(l) {
				return nil
			}
			return emit(l)
		})
		if err != nil {
			return unreadable, fmt.Errorf("%s: %w", f.path, err)
		}
	}
	return unreadable, nil
}
