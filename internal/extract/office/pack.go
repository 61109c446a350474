package office

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

const (
	// maxUnpacked is the most of all parts together that is unpacked, in bytes;
	// the parts of a large spreadsheet take tens of megabytes.
	maxUnpacked = 100 << 20

	// maxEntries of a file; a presentation of 500 slides has about 3,000.
	maxEntries = 10_000

	// maxToken is the most between two "<" of a part: more text in one piece,
	// which the XML decoder would hold in memory, no program writes.
	maxToken = 8 << 20
)

// pack is a zip file with parts.
type pack struct {
	parts map[string]*zip.File // by lower-case name with slashes; the first of a name
	left  int                  // bytes that may still be unpacked
}

func open(data []byte, limit int) (*pack, error) {
	if !bytes.HasPrefix(data, []byte("PK")) {
		return nil, fmt.Errorf("%w: not a zip file", ErrDamaged)
	}
	// Before archive/zip makes a value for each.
	if bytes.Count(data, []byte("PK\x01\x02")) > maxEntries {
		return nil, fmt.Errorf("%w: more than %d entries", ErrTooLarge, maxEntries)
	}
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && (r == nil || !errors.Is(err, zip.ErrInsecurePath)) {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	p := &pack{parts: map[string]*zip.File{}, left: limit}
	for _, f := range r.File {
		if f.Flags&1 != 0 { // APPNOTE §4.4.4, bit 0
			return nil, ErrEncrypted
		}
		name := clean(f.Name)
		if _, twice := p.parts[name]; !twice {
			p.parts[name] = f
		}
	}
	return p, nil
}

// clean makes names comparable: some programs write backslashes or a leading
// slash, and part names ignore case (ECMA-376-2 §6.2.2).
func clean(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean(strings.ReplaceAll(name, `\`, "/")), "/"))
}

func (p *pack) has(name string) bool { return p.parts[clean(name)] != nil }

// reader unpacks a part, within what is left for all of them.
func (p *pack) reader(name string) (io.ReadCloser, error) {
	f := p.parts[clean(name)]
	if f == nil {
		return nil, fmt.Errorf("%w: %s is missing", ErrDamaged, path.Base(name))
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return &counted{ReadCloser: r, p: p}, nil
}

type counted struct {
	io.ReadCloser
	p     *pack
	token int // bytes since the last "<"
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.ReadCloser.Read(b)
	c.p.left -= n
	if i := bytes.LastIndexByte(b[:n], '<'); i >= 0 {
		c.token = n - i
	} else {
		c.token += n
	}
	if c.p.left < 0 || c.token > maxToken {
		return 0, ErrTooLarge
	}
	return n, err
}

// mainPart finds what the package's relationships call the document.
func (p *pack) mainPart() string {
	for _, r := range p.rels("") {
		if strings.HasSuffix(r.kind, "/officeDocument") && p.has(r.target) {
			return clean(r.target)
		}
	}
	for _, name := range []string{"word/document.xml", "xl/workbook.xml", "ppt/presentation.xml"} {
		if p.has(name) {
			return name
		}
	}
	return ""
}

// rel is a relationship (ECMA-376-2 §6.5).
type rel struct{ id, kind, target string }

// maxRels of one part; a presentation has one for each slide.
const maxRels = 5000

// rels returns the relationships of a part, "" for the package's; none when
// they cannot be read.
func (p *pack) rels(part string) (list []rel) {
	dir, file := path.Split(part)
	x, err := p.xml(dir + "_rels/" + file + ".rels")
	if err != nil {
		return nil
	}
	defer x.close()
	for x.next() && len(list) < maxRels {
		if x.start != "Relationship" || strings.EqualFold(x.attr("TargetMode"), "External") {
			continue
		}
		target := strings.ReplaceAll(x.attr("Target"), `\`, "/")
		if !strings.HasPrefix(target, "/") {
			target = path.Join("/", dir, target)
		}
		list = append(list, rel{x.attr("Id"), x.attr("Type"), clean(target)})
	}
	return list
}
