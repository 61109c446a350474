// Package localfile reads the owner's files that may be attached to drafts: those
// below one directory, and nothing else on the machine.
package localfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"unicode"
	"unicode/utf8"

	"mail-imap-mcp/internal/contract"
)

const (
	// maxNameChars bounds the path of a file below the directory, maxDepth its
	// elements: each is looked at.
	maxNameChars = 255
	maxDepth     = 8

	octets = "application/octet-stream"
)

// Dir is the directory below which files may be read. Nothing outside can be
// reached through it: neither by names nor by symbolic links (os.Root).
type Dir struct {
	path string
	root *os.Root
}

// Open opens an existing directory. One that others may write to is refused: they
// could put a file in that the owner means to send.
func Open(path string) (*Dir, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("directory of attachments: %w", err)
	}
	d := &Dir{path, root}
	info, err := root.Stat(".")
	if err == nil && othersWrite(info, groupOrAll) {
		err = fmt.Errorf("%s can be written by others (mode %04o); type: chmod go-w %s", path, info.Mode().Perm(), path)
	}
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return d, nil
}

// Close releases the directory.
func (d *Dir) Close() error { return d.root.Close() }

// Read writes a file to to and reports its media type, by the ending of its name.
// name is its path below the directory, with slashes. A file is refused that is
// hidden, no regular file, reached by a symbolic link, larger than
// contract.MaxDraftFileBytes, or in a directory that others may write to.
func (d *Dir) Read(name string, to io.Writer) (mediaType string, err error) {
	if err := checkName(name); err != nil {
		return "", err
	}
	seen, err := d.look(name)
	if err != nil {
		return "", err
	}
	f, err := d.root.Open(filepath.FromSlash(name))
	if err != nil {
		return "", refused(name, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	if info, err := f.Stat(); err != nil || !os.SameFile(seen, info) {
		return "", contract.Errorf(contract.Conflict, "file %q was replaced while it was being opened; try again", name)
	}
	n, err := io.Copy(to, io.LimitReader(f, contract.MaxDraftFileBytes+1)) // it may grow meanwhile
	switch {
	case n > contract.MaxDraftFileBytes:
		return "", tooLarge(name)
	case err != nil:
		return "", fmt.Errorf("read %q: %w", name, err)
	}
	if mediaType, _, err = mime.ParseMediaType(mime.TypeByExtension(path.Ext(name))); err != nil {
		mediaType = octets
	}
	return mediaType, nil
}

// look sees that each element of the path is what it must be.
func (d *Dir) look(name string) (file fs.FileInfo, err error) {
	for end := 0; end >= 0; {
		prefix := "." // the directory itself: its rights may have changed
		if end > 0 {
			prefix = name[:end]
		}
		info, err := d.root.Lstat(filepath.FromSlash(prefix))
		switch {
		case err != nil:
			return nil, refused(name, err)
		case !info.IsDir():
			return nil, contract.Errorf(contract.InvalidInput, "%q lies in no plain directory; symbolic links are not followed", name)
		case othersWrite(info, groupOrAll):
			return nil, contract.Errorf(contract.PermissionDenied, "the directory of file %q can be written by others, so nothing in it is attached; the owner can mend that with chmod go-w", name)
		}
		end = next(name, end)
	}
	info, err := d.root.Lstat(filepath.FromSlash(name))
	switch {
	case err != nil:
		return nil, refused(name, err)
	case !info.Mode().IsRegular():
		return nil, contract.Errorf(contract.InvalidInput, "%q is no regular file; directories, links and devices are not attached", name)
	case othersWrite(info, all):
		return nil, contract.Errorf(contract.PermissionDenied, "file %q can be written by everybody, so it is not attached; the owner can mend that with chmod o-w", name)
	case info.Size() > contract.MaxDraftFileBytes:
		return nil, tooLarge(name)
	}
	return info, nil
}

// next is where the directory ends that follows the one ending at end, -1 after
// the last.
func next(name string, end int) int {
	from := end
	if from > 0 {
		from++ // the slash
	}
	i := strings.IndexByte(name[from:], '/')
	if i < 0 {
		return -1
	}
	return from + i
}

// checkName refuses what is no plain path below a directory, on any system.
func checkName(name string) error {
	ok := utf8.ValidString(name) && utf8.RuneCountInString(name) <= maxNameChars && strings.Count(name, "/") < maxDepth &&
		!strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || r == '\\' || r == ':' }) && filepath.IsLocal(filepath.FromSlash(name))
	for element := range strings.SplitSeq(name, "/") {
		ok = ok && element != "" && element[0] != '.'
	}
	if !ok {
		return contract.Errorf(contract.InvalidInput, "file must be the name of a file in the directory of attachments, such as offer.pdf or 2026/offer.pdf: no hidden file, and none outside")
	}
	return nil
}

// Who but the owner must not write: nobody to a directory, where files could be
// put. A group may write to a file, for many systems make files so by default.
const (
	groupOrAll fs.FileMode = 0o022
	all        fs.FileMode = 0o002
)

// othersWrite reports whether others may write to it. Windows has no such bits.
func othersWrite(info fs.FileInfo, others fs.FileMode) bool {
	return runtime.GOOS != "windows" && info.Mode().Perm()&others != 0
}

func tooLarge(name string) error {
	return contract.Errorf(contract.InvalidInput, "file %q has more than %d MB, which is what a draft takes; attach a smaller one", name, contract.MaxDraftFileBytes>>20)
}

// refused is the answer about a file that cannot be opened. The system's own words
// name paths, which are nobody's business.
func refused(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return contract.Errorf(contract.NotFound, "there is no file %q in the directory of attachments; ask the person for its exact name there", name)
	}
	return contract.Errorf(contract.PermissionDenied, "file %q cannot be read; the owner must see to its rights, and that it lies in the directory of attachments itself", name)
}
