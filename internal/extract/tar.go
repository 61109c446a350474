package extract

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
)

const (
	// tarMagicAt is where a TAR header says so (POSIX.1-1988 ustar).
	tarMagicAt = 257
	tarBlock   = 512

	// maxUnpacked is how much of a compressed TAR is unpacked to find the
	// names: some 0.3 s of work.
	maxUnpacked = 100 << 20
)

// isTar knows a TAR by its first header.
func isTar(j *job) bool { return isTarBlock(j.data[:min(len(j.data), tarBlock)]) }

func isTarBlock(b []byte) bool {
	return len(b) == tarBlock && bytes.HasPrefix(b[tarMagicAt:], []byte("ustar"))
}

// readTar lists the names in an archive.
func readTar(j *job) document { return listTar(bytes.NewReader(j.data), "TAR archive") }

func listTar(r io.Reader, kind string) document {
	l := newListing(kind)
	for t := tar.NewReader(r); ; {
		h, err := t.Next()
		if err != nil {
			l.cut = !errors.Is(err, io.EOF)
			break
		}
		link := ""
		if h.Typeflag == tar.TypeSymlink || h.Typeflag == tar.TypeLink {
			link = h.Linkname
		}
		l.add(entry{name: h.Name, size: uint64(max(h.Size, 0)), dir: h.Typeflag == tar.TypeDir, link: link})
	}
	if l.cut && l.files == 0 {
		return without(Damaged, "the archive's first entry cannot be read; it is damaged or was cut")
	}
	return l.document()
}

// readGzip lists the names in a compressed TAR, and else says the name of what
// is in it.
func readGzip(j *job) document {
	z, err := gzip.NewReader(bytes.NewReader(j.data))
	if err != nil {
		return without(Damaged, "the gzip file's header cannot be read; it is damaged or was cut")
	}
	r := bufio.NewReaderSize(io.LimitReader(z, maxUnpacked), tarBlock)
	if first, err := r.Peek(tarBlock); err == nil && isTarBlock(first) {
		return listTar(r, "compressed TAR archive")
	}
	name := strings.TrimSpace(z.Name)
	if name == "" {
		name = "without a name"
	}
	return document{status: OK, text: "A gzip file of one file: " + name, note: "it is compressed and was not unpacked"}
}
