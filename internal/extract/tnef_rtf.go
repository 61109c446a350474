package extract

import (
	"bytes"
	"encoding/binary"
)

const (
	// maxRTF is what a message's RTF may decompress to; pictures are not in it.
	maxRTF = 16 << 20

	rtfHead = 16 // COMPSIZE, RAWSIZE, COMPTYPE and CRC, each four bytes
	rtfRing = 4096

	// rtfStart is what the dictionary holds at first (MS-OXRTFCP §2.1.2.1).
	rtfStart = `{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0` +
		"\r\n" + `\par \pard\plain\f0\fs20\b\i\u\tab\tx`
)

// decompressRTF undoes the compression of MS-OXRTFCP, as far as the data goes;
// the sizes and the checksum in it are the sender's and are not needed.
func decompressRTF(data []byte) []byte {
	if len(data) < rtfHead {
		return nil
	}
	kind, data := string(data[8:12]), data[rtfHead:]
	switch kind {
	case "MELA": // not compressed
		return data[:min(len(data), maxRTF)]
	case "LZFu":
		return inflateRTF(data)
	}
	return nil
}

// inflateRTF reads runs of eight tokens (§2.1.3.1): a byte as it is, or twelve
// bits of where in the dictionary to copy from and four of how much.
func inflateRTF(data []byte) []byte {
	var out bytes.Buffer
	var ring [rtfRing]byte
	at := copy(ring[:], rtfStart)
	put := func(c byte) {
		out.WriteByte(c)
		ring[at] = c
		at = (at + 1) % rtfRing
	}
	for len(data) > 0 && out.Len() < maxRTF {
		run := data[0]
		data = data[1:]
		for bit := range 8 {
			if run>>bit&1 == 0 {
				if len(data) < 1 {
					return out.Bytes()
				}
				put(data[0])
				data = data[1:]
				continue
			}
			if len(data) < 2 {
				return out.Bytes()
			}
			token := int(binary.BigEndian.Uint16(data))
			data = data[2:]
			from := token >> 4
			if from == at { // the end
				return out.Bytes()
			}
			for i := range token&15 + 2 {
				put(ring[(from+i)%rtfRing])
			}
		}
	}
	return out.Bytes()
}
