package audit

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// head says where a log ends. It stands beside the log in FILE.head, sealed, so
// that a tail that was cut off is missed.
type head struct {
	Version int    `json:"v"`
	Seq     uint64 `json:"seq"`     // of the last line; 0: there is none yet
	Last    string `json:"last"`    // its mac; before the first line a random value
	Rotated int    `json:"rotated"` // files FILE.1 … FILE.n hold the older lines
	Size    int64  `json:"size"`    // of FILE, in bytes
}

const maxHead = 1024 // bytes; a head takes some 200

var (
	errNoHead     = errors.New("the sealed head is missing")
	errForgedHead = errors.New("the sealed head was changed, or the key is not the one it was sealed with")
)

// firstHead is that of a log without lines. Its random value makes two logs of
// one key different from the first line on.
func firstHead() head {
	unique := make([]byte, KeyBytes)
	_, _ = rand.Read(unique) // never fails
	return head{Version: lineVersion, Last: base64.StdEncoding.EncodeToString(unique)}
}

// readHead reads a head and checks its seal. Who may write it does not matter to
// one who only reads: nobody can without the key.
func readHead(path string, k keys) (head, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|nonBlock, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return head{}, errNoHead
	}
	if err != nil {
		return head{}, err
	}
	defer f.Close()
	b := make([]byte, maxHead)
	n, err := readFull(f, b)
	if err != nil {
		return head{}, fmt.Errorf("reading %s: %w", path, err)
	}
	b = b[:n]
	var h head
	if n == 0 || b[n-1] != '\n' || !unseal(k.head, b[:n-1]) || json.Unmarshal(b[:n-1], &h) != nil {
		return head{}, errForgedHead
	}
	return h, nil
}

// writeHead replaces the head as a whole: after a crash there is the old one or
// the new one, never half of one.
func (c *chain) writeHead(h head) error {
	object, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("encoding the audit head: %w", err)
	}
	path := c.path + headSuffix
	next := path + ".new"
	if err := os.Remove(next); err != nil && !errors.Is(err, fs.ErrNotExist) { // of a crash
		return err
	}
	f, err := openRegular(next, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return err
	}
	err = c.write(f, append(sealed(c.keys.head, object), '\n'))
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(next, path)
	}
	if err != nil {
		_ = os.Remove(next)
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return syncDir(filepath.Dir(path))
}
