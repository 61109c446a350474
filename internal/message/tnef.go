package message

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"

	"mail-imap-mcp/internal/safetext"
)

// TNEF is what Outlook wrapped in a winmail.dat (MS-OXTNEF).
type TNEF struct {
	// Text and HTML are the message's text, "" when it is not there: mostly it
	// is only in RTF, compressed as MS-OXRTFCP says.
	Text, HTML string
	RTF        []byte
	Files      []TNEFFile
}

// TNEFFile is one file in it.
type TNEFFile struct {
	Name        string // one safe line; "" when the file has none
	ContentType string // "" when it names none
	Data        []byte // a piece of what was given to ParseTNEF
}

const (
	// maxTNEFAttributes and maxTNEFFiles bound what is read of one: each file
	// takes five attributes.
	maxTNEFAttributes = 5000
	maxTNEFFiles      = 500

	tnefSignature = 0x223e9f78 // MS-OXTNEF §2.1.3.1

	// Attributes, MS-OXTNEF §2.1.3.2, by the lower half of their identifier.
	attBody        = 0x800c
	attAttachData  = 0x800f
	attAttachTitle = 0x8010
	attAttachRend  = 0x9002 // begins a file
	attMsgProps    = 0x9003
	attAttachment  = 0x9005
	attOEMCodepage = 0x9007

	// Properties, MS-OXPROPS, by identifier.
	propBody         = 0x1000
	propRTF          = 0x1009
	propHTML         = 0x1013
	propAttachData   = 0x3701
	propAttachName   = 0x3704
	propAttachLong   = 0x3707
	propAttachMIME   = 0x370e
	propNamedFrom    = 0x8000 // identifiers from here carry a name
	propMultiple     = 0x1000 // flag of a type
	longestPropCount = 1 << 16
)

// ParseTNEF reads a winmail.dat, decoded. It is lenient: what is broken or cut
// ends the reading, and ok is false when it is no TNEF at all. Time is linear,
// and nothing but text is copied.
func ParseTNEF(b []byte) (t TNEF, ok bool) {
	if len(b) < 6 || binary.LittleEndian.Uint32(b) != tnefSignature {
		return t, false
	}
	r := &tnefReader{charset: "windows-1252"}
	for b, n := b[6:], 0; n < maxTNEFAttributes; n++ {
		// Level, identifier, length, data, checksum (MS-OXTNEF §2.1.1).
		if len(b) < 9 {
			break
		}
		id, size := binary.LittleEndian.Uint32(b[1:])&0xffff, uint64(binary.LittleEndian.Uint32(b[5:]))
		b = b[9:]
		if size > uint64(len(b)) {
			break
		}
		r.attribute(id, b[:size])
		b = b[min(size+2, uint64(len(b))):]
	}
	return r.found, true
}

type tnefReader struct {
	found   TNEF
	charset string
}

func (r *tnefReader) attribute(id uint32, data []byte) {
	switch id {
	case attOEMCodepage:
		if len(data) >= 4 {
			r.charset = "cp" + strconv.Itoa(int(binary.LittleEndian.Uint32(data)))
		}
	case attBody:
		if r.found.Text == "" {
			r.found.Text = r.text(data, false)
		}
	case attAttachRend:
		if len(r.found.Files) < maxTNEFFiles {
			r.found.Files = append(r.found.Files, TNEFFile{})
		}
	case attMsgProps:
		properties(data, func(p property) { r.messageProperty(p) })
	case attAttachTitle, attAttachData, attAttachment:
		if len(r.found.Files) == 0 {
			return
		}
		r.file(&r.found.Files[len(r.found.Files)-1], id, data)
	}
}

func (r *tnefReader) messageProperty(p property) {
	switch p.id {
	case propBody:
		if text := r.text(p.value, p.isUnicode()); text != "" {
			r.found.Text = text
		}
	case propHTML:
		r.found.HTML = r.text(p.value, p.isUnicode())
	case propRTF:
		r.found.RTF = p.value
	}
}

// file reads an attribute of a file. A long name is better than a short one.
func (r *tnefReader) file(f *TNEFFile, id uint32, data []byte) {
	switch id {
	case attAttachData:
		f.Data = data
	case attAttachTitle:
		if f.Name == "" {
			f.Name = r.name(data, false)
		}
	case attAttachment:
		properties(data, func(p property) {
			switch p.id {
			case propAttachLong:
				f.Name = r.name(p.value, p.isUnicode())
			case propAttachName:
				if f.Name == "" {
					f.Name = r.name(p.value, p.isUnicode())
				}
			case propAttachMIME:
				f.ContentType = cleanMediaType(r.text(p.value, p.isUnicode()))
			case propAttachData:
				if f.Data == nil {
					f.Data = p.value
				}
			}
		})
	}
}

// text decodes a string, which ends in a NUL.
func (r *tnefReader) text(b []byte, wide bool) string {
	charset := "utf-16le"
	if !wide {
		charset = r.charset
		b, _, _ = bytes.Cut(b, []byte{0})
	}
	text, _, _ := toUTF8(b, charset)
	text, _, _ = strings.Cut(text, "\x00")
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(text, "\uFFFD"))
}

func (r *tnefReader) name(b []byte, wide bool) string {
	const longest = 4 << 10 // bytes; file systems allow 255 characters
	name := []rune(safetext.Line(r.text(b[:min(len(b), longest)], wide)))
	return string(name[:min(len(name), maxFilename)])
}

// property is one MAPI property with its first value.
type property struct {
	id, kind uint16
	value    []byte
}

func (p property) isUnicode() bool { return p.kind&^propMultiple == 0x1f }

// properties reads a list of MAPI properties (MS-OXTNEF §2.1.3.4) as far as it
// makes sense.
func properties(b []byte, each func(property)) {
	c := &cursor{rest: b}
	for n := min(c.number(), longestPropCount); n > 0 && !c.broken; n-- {
		head := c.take(4)
		if c.broken {
			return
		}
		p := property{kind: binary.LittleEndian.Uint16(head), id: binary.LittleEndian.Uint16(head[2:])}
		if p.id >= propNamedFrom {
			c.propertyName()
		}
		if p.value = c.values(p.kind); !c.broken {
			each(p)
		}
	}
}

// cursor reads little-endian numbers and pieces; broken is set when there is too
// little left.
type cursor struct {
	rest   []byte
	broken bool
}

func (c *cursor) take(n uint32) []byte {
	if c.broken || uint64(n) > uint64(len(c.rest)) {
		c.broken = true
		return nil
	}
	piece := c.rest[:n]
	c.rest = c.rest[n:]
	return piece
}

func (c *cursor) number() uint32 {
	if b := c.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// padded takes a piece that is filled up to four bytes.
func (c *cursor) padded(n uint32) []byte {
	piece := c.take(n)
	c.take(min(-n&3, uint32(len(c.rest)))) // the last one's filling may be missing
	return piece
}

// propertyName skips the name of a named property.
func (c *cursor) propertyName() {
	c.take(16) // its set
	if kind := c.number(); kind == 0 {
		c.number()
		return
	}
	c.padded(c.number())
}

// values takes the values of a property and returns the first.
func (c *cursor) values(kind uint16) []byte {
	count, size, variable := uint32(1), uint32(4), false
	switch kind &^ propMultiple {
	case 0x02, 0x03, 0x04, 0x0a, 0x0b: // numbers of up to four bytes
	case 0x05, 0x06, 0x07, 0x14, 0x40: // of eight
		size = 8
	case 0x48: // a GUID
		size = 16
	case 0x0d, 0x1e, 0x1f, 0x102: // object, string, Unicode string, binary
		variable = true
	default:
		c.broken = true // without its size nothing behind it can be read
		return nil
	}
	if variable || kind&propMultiple != 0 {
		count = c.number()
	}
	var first []byte
	for i := uint32(0); i < count && !c.broken; i++ {
		if variable {
			size = c.number()
		}
		if value := c.padded(size); i == 0 {
			first = value
		}
	}
	if kind == 0x0d && len(first) >= 16 {
		first = first[16:] // behind the interface's GUID
	}
	return first
}
