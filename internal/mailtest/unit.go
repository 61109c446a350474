package mailtest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// maxUnit bounds one response or command; a 25 MB mail fits with ease.
const maxUnit = 128 << 20

var errUnitTooLong = errors.New("line or literal is too long for this test server")

// readLine reads up to and including LF.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		if err == nil {
			return line, nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
		if len(line) > maxUnit {
			return nil, errUnitTooLong
		}
	}
}

// literalAtEnd reads the announcement that ends a line: {n}, {n+} or {n-}
// (RFC 9051 §4.3, RFC 7888). Sync tells whether the sender waits for "+".
func literalAtEnd(line []byte) (size int, sync, ok bool) {
	line = bytes.TrimRight(line, "\r\n")
	if !bytes.HasSuffix(line, []byte("}")) {
		return 0, false, false
	}
	open := bytes.LastIndexByte(line, '{')
	if open < 0 {
		return 0, false, false
	}
	digits := line[open+1 : len(line)-1]
	sync = true
	if n := len(digits); n > 0 && (digits[n-1] == '+' || digits[n-1] == '-') {
		digits, sync = digits[:n-1], false
	}
	size, err := strconv.Atoi(string(digits))
	if err != nil || size < 0 {
		return 0, false, false
	}
	return size, sync, true
}

// readUnit reads one whole server response: a line and the literals in it.
func readUnit(in *bufio.Reader) ([]byte, error) {
	unit, err := readLine(in)
	if err != nil {
		return unit, err
	}
	if isStatus(unit) {
		return unit, nil // its text may end in anything
	}
	line := unit
	for {
		size, _, ok := literalAtEnd(line)
		if !ok {
			return unit, nil
		}
		if len(unit)+size > maxUnit {
			return nil, errUnitTooLong
		}
		literal := make([]byte, size)
		if _, err := io.ReadFull(in, literal); err != nil {
			return unit, fmt.Errorf("literal: %w", err)
		}
		unit = append(unit, literal...)
		if line, err = readLine(in); err != nil {
			return unit, err
		}
		unit = append(unit, line...)
	}
}

// isStatus reports a status response or a continuation: free text at the end.
func isStatus(line []byte) bool {
	if bytes.HasPrefix(line, []byte("+")) {
		return true
	}
	fields := bytes.SplitN(line, []byte(" "), 3)
	if len(fields) < 2 {
		return false
	}
	switch string(bytes.ToUpper(bytes.TrimRight(fields[1], "\r\n"))) {
	case "OK", "NO", "BAD", "BYE", "PREAUTH":
		return true
	}
	return false
}
