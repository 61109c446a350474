package audit

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"

	"mail-imap-mcp/internal/secret"
)

// The variables that a key comes from.
const (
	EnvKey     = "MAIL_IMAP_AUDIT_KEY"
	EnvKeyFile = "MAIL_IMAP_AUDIT_KEY_FILE"
)

// maxKeyFile is far more than 32 bytes in base64, with line breaks.
const maxKeyFile = 4 << 10

// KeyFrom reads the key from the one of the two variables that is set, for
// commands that need no other configuration. lookup is like os.LookupEnv; an
// empty value counts as none.
func KeyFrom(lookup func(string) (string, bool)) (secret.Value, error) {
	value, set := lookup(EnvKey)
	path, fileSet := lookup(EnvKeyFile)
	set, fileSet = set && value != "", fileSet && path != ""
	switch {
	case set && fileSet:
		return secret.Value{}, fmt.Errorf("%s and %s are both set; unset one", EnvKey, EnvKeyFile)
	case set:
		return ParseKey(EnvKey, value)
	case fileSet:
		content, err := readKeyFile(path)
		if err != nil {
			return secret.Value{}, fmt.Errorf("%s: %w", EnvKeyFile, err)
		}
		return ParseKey(EnvKeyFile, content)
	}
	return secret.Value{}, fmt.Errorf("the key of the audit log is needed: set %s or %s as the server has it", EnvKey, EnvKeyFile)
}

// ParseKey decodes a key of 32 bytes in base64, in either alphabet. name is where
// it comes from, for the error, which never has the key in it.
func ParseKey(name, encoded string) (secret.Value, error) {
	encoded = strings.TrimSpace(encoded)
	for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if key, err := enc.DecodeString(encoded); err == nil && len(key) == KeyBytes {
			return secret.New(string(key)), nil
		}
	}
	return secret.Value{}, fmt.Errorf("%s is not 32 bytes in base64; make a key with: openssl rand -base64 32", name)
}

func readKeyFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s is not a regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b := make([]byte, maxKeyFile+1)
	n, err := readFull(f, b)
	if err != nil {
		return "", err
	}
	if n > maxKeyFile {
		return "", errors.New("the file is too large for a key")
	}
	return string(b[:n]), nil
}
