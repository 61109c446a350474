package pdf

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5" //nolint:gosec // what the format prescribes; we only read
	"crypto/rc4" //nolint:gosec // the same
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
)

// A crypt deciphers a document with the standard security handler (ISO 32000-1
// §7.6, ISO 32000-2 §7.6.4) and the empty user password: such a file opens
// everywhere without asking, and its owner password only asks not to print.
type crypt struct {
	key     []byte
	opened  bool // the empty password is the right one
	strings method
	streams method
	encrypt dict
}

// A method is how bytes are enciphered.
type method int

const (
	plain method = iota
	rc4Method
	aesV2
	aesV3
)

// padding fills passwords of revisions 2 to 4 (§7.6.3.3).
var padding = []byte("\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08" +
	"\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A")

func newCrypt(f *file, d dict) *crypt {
	c := &crypt{encrypt: d}
	version, revision := f.intOr(d["V"], 0), f.intOr(d["R"], 0)
	switch version {
	case 1, 2:
		c.strings, c.streams = rc4Method, rc4Method
	case 4, 5:
		c.strings, c.streams = filterMethod(f, d, "StrF"), filterMethod(f, d, "StmF")
	}
	user, _ := f.resolve(d["U"]).(str)
	owner, _ := f.resolve(d["O"]).(str)
	if f.name(d["Filter"]) != "Standard" {
		return c
	}
	if revision >= 5 {
		wrapped, _ := f.resolve(d["UE"]).(str)
		c.openAES256([]byte(user), []byte(wrapped), revision)
		return c
	}
	length := f.intOr(d["Length"], 40) / 8
	if revision < 3 {
		length = 5
	}
	if version == 4 {
		length = 16
	}
	if length < 5 || length > 16 || len(owner) < 32 || len(user) < 16 {
		return c
	}
	var id str
	if a := f.array(f.trailer["ID"]); len(a) > 0 {
		id, _ = f.resolve(a[0]).(str)
	}
	metadata, ok := f.resolve(d["EncryptMetadata"]).(bool)
	c.openMD5(user, owner, id, uint32(f.intOr(d["P"], 0)), revision, length, ok && !metadata && revision >= 4)
	return c
}

// filterMethod looks up a crypt filter (§7.6.5).
func filterMethod(f *file, d dict, which name) method {
	filter := f.dict(f.dict(d["CF"])[f.name(d[which])])
	switch f.name(filter["CFM"]) {
	case "V2":
		return rc4Method
	case "AESV2":
		return aesV2
	case "AESV3":
		return aesV3
	}
	return plain
}

// openMD5 is algorithm 2 (the key) with 4 and 5 (is it the right one).
func (c *crypt) openMD5(user, owner, id str, permissions uint32, revision, length int, plainMetadata bool) {
	h := md5.New() //nolint:gosec // algorithm 2
	h.Write(padding)
	h.Write([]byte(owner[:32]))
	_ = binary.Write(h, binary.LittleEndian, permissions) // a hash does not fail
	h.Write([]byte(id))
	if plainMetadata {
		h.Write([]byte{255, 255, 255, 255})
	}
	key := h.Sum(nil)
	if revision >= 3 {
		for range 50 {
			sum := md5.Sum(key[:length]) //nolint:gosec // algorithm 2
			key = sum[:]
		}
	}
	c.key = key[:length]
	if revision < 3 {
		c.opened = bytes.Equal(c.rc4(c.key, padding), []byte(user[:min(32, len(user))]))
		return
	}
	sum := md5.Sum(append(bytes.Clone(padding), id...)) //nolint:gosec // algorithm 5
	check := sum[:]
	for i := range 20 {
		turn := bytes.Clone(c.key)
		for j := range turn {
			turn[j] ^= byte(i)
		}
		check = c.rc4(turn, check)
	}
	c.opened = bytes.Equal(check, []byte(user[:16]))
}

// openAES256 is algorithm 2.A of ISO 32000-2: the password's hash opens the key.
func (c *crypt) openAES256(user, wrapped []byte, revision int) {
	if len(user) < 48 || len(wrapped) < 32 {
		return
	}
	hash := func(salt []byte) []byte {
		sum := sha256.Sum256(salt)
		if revision == 5 {
			return sum[:]
		}
		return hardened(sum[:])
	}
	c.opened = bytes.Equal(hash(user[32:40]), user[:32])
	block, err := aes.NewCipher(hash(user[40:48]))
	if err != nil {
		return
	}
	c.key = make([]byte, 32)
	cipher.NewCBCDecrypter(block, make([]byte, 16)).CryptBlocks(c.key, wrapped[:32])
}

// hardened is algorithm 2.B for the empty password. It ends by chance, after
// 64 rounds and a few; 1,024 rounds have a chance of 1 in 10^100.
func hardened(k []byte) []byte {
	for round := 0; round < 1024; round++ {
		block, err := aes.NewCipher(k[:16])
		if err != nil {
			return nil
		}
		e := bytes.Repeat(k, 64)
		cipher.NewCBCEncrypter(block, k[16:32]).CryptBlocks(e, e)
		rest := 0
		for _, b := range e[:16] {
			rest += int(b)
		}
		switch rest % 3 {
		case 0:
			sum := sha256.Sum256(e)
			k = sum[:]
		case 1:
			sum := sha512.Sum384(e)
			k = sum[:]
		default:
			sum := sha512.Sum512(e)
			k = sum[:]
		}
		if round >= 63 && int(e[len(e)-1]) <= round-31 {
			break
		}
	}
	return k[:32]
}

func (c *crypt) rc4(key, data []byte) []byte {
	r, err := rc4.NewCipher(key) //nolint:gosec // the format's
	if err != nil {
		return nil
	}
	out := make([]byte, len(data))
	r.XORKeyStream(out, data)
	return out
}

// text deciphers a string of the object id.
func (c *crypt) text(id ref, s str) str { return str(c.decipher(c.strings, id, []byte(s))) }

// stream deciphers a stream, unless it says that it is not enciphered.
func (c *crypt) stream(f *file, s *stream, data []byte) []byte {
	if f.name(s.dict["Type"]) == "XRef" {
		return data
	}
	for i, filter := range f.list(s.dict, "Filter", "F") {
		if f.name(filter) != "Crypt" {
			continue
		}
		params := f.list(s.dict, "DecodeParms", "DP")
		if i >= len(params) {
			return data
		}
		if n := f.name(f.dict(params[i])["Name"]); n == "" || n == "Identity" {
			return data
		}
	}
	return c.decipher(c.streams, s.id, data)
}

func (c *crypt) decipher(m method, id ref, data []byte) []byte {
	if m == plain || !c.opened {
		return data
	}
	key := c.key
	if m != aesV3 { // algorithm 1: each object has a key of its own
		h := md5.New() //nolint:gosec // algorithm 1
		h.Write(c.key)
		h.Write([]byte{byte(id.num), byte(id.num >> 8), byte(id.num >> 16), byte(id.gen), byte(id.gen >> 8)})
		if m == aesV2 {
			h.Write([]byte("sAlT"))
		}
		key = h.Sum(nil)[:min(16, len(c.key)+5)]
	}
	if m == rc4Method {
		return c.rc4(key, data)
	}
	block, err := aes.NewCipher(key)
	if err != nil || len(data) < 32 {
		return nil
	}
	iv, data := data[:16], data[16:]
	out := make([]byte, len(data)/16*16)
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(out, data[:len(out)])
	if pad := int(out[len(out)-1]); pad >= 1 && pad <= 16 {
		out = out[:len(out)-pad]
	}
	return out
}
