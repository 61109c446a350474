package localfile_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/localfile"
)

// folder is a directory with something beside it that must not be reached.
func folder(t *testing.T) (*localfile.Dir, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "attach")
	for _, dir := range []string{path, filepath.Join(path, "2026"), filepath.Join(path, ".ssh")} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range map[string]string{"offer.pdf": "%PDF", "2026/Menü.html": "<p>", "x.unheardof": "?", ".env": "PASS", ".ssh/id": "KEY", "../outside.txt": "SECRET"} {
		if err := os.WriteFile(filepath.Join(path, filepath.FromSlash(name)), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d, err := localfile.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d, path
}

func read(d *localfile.Dir, name string) (content, mediaType string, code contract.Code) {
	var b bytes.Buffer
	mediaType, err := d.Read(name, &b)
	var e *contract.Error
	switch {
	case errors.As(err, &e):
		code = e.Code
	case err != nil:
		code = contract.Internal
	}
	return b.String(), mediaType, code
}

func TestRead_FilesBelowTheDirectory(t *testing.T) {
	d, _ := folder(t)
	for name, want := range map[string][2]string{
		"offer.pdf": {"%PDF", "application/pdf"}, "2026/Menü.html": {"<p>", "text/html"}, "x.unheardof": {"?", "application/octet-stream"},
	} {
		if content, mediaType, code := read(d, name); code != "" || content != want[0] || mediaType != want[1] {
			t.Errorf("%s: %q, %s, %s", name, content, mediaType, code)
		}
	}
}

func TestRead_NothingElse(t *testing.T) {
	d, path := folder(t)
	links := map[string]string{
		"out.txt": "../outside.txt", "in.pdf": "offer.pdf", "hidden.pdf": ".env", "sub": "2026", "abs.txt": filepath.Join(filepath.Dir(path), "outside.txt"),
	}
	for name, target := range links {
		if err := os.Symlink(target, filepath.Join(path, name)); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
	}
	for name, want := range map[string]contract.Code{
		"":                       contract.InvalidInput,
		".":                      contract.InvalidInput,
		"..":                     contract.InvalidInput,
		"../outside.txt":         contract.InvalidInput,
		"2026/../offer.pdf":      contract.InvalidInput,
		"2026//Menü.html":        contract.InvalidInput,
		"/etc/passwd":            contract.InvalidInput,
		filepath.Join(path, "x"): contract.InvalidInput,
		`..\outside.txt`:         contract.InvalidInput,
		"offer.pdf:stream":       contract.InvalidInput,
		"offer.pdf\x00.txt":      contract.InvalidInput,
		".env":                   contract.InvalidInput,
		".ssh/id":                contract.InvalidInput,
		"a/b/c/d/e/f/g/h/i":      contract.InvalidInput,
		strings.Repeat("x", 256): contract.InvalidInput,
		"\xff.pdf":               contract.InvalidInput,
		"2026":                   contract.InvalidInput,
		"out.txt":                contract.InvalidInput,
		"in.pdf":                 contract.InvalidInput,
		"hidden.pdf":             contract.InvalidInput,
		"abs.txt":                contract.InvalidInput,
		"sub/Menü.html":          contract.InvalidInput,
		"offer.pdf/x":            contract.InvalidInput,
		"missing.pdf":            contract.NotFound,
		"2027/missing.pdf":       contract.NotFound,
	} {
		if content, _, code := read(d, name); code != want || content != "" {
			t.Errorf("%q: %q, %s, want %s", name, content, code, want)
		}
	}
}

func TestRead_WhatOthersMayWriteIsRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such bits")
	}
	for _, name := range []string{".", "2026", "2026/Menü.html"} {
		d, path := folder(t)
		at := filepath.Join(path, filepath.FromSlash(name))
		if err := os.Chmod(at, 0o722); err != nil {
			t.Fatal(err)
		}
		if content, _, code := read(d, "2026/Menü.html"); code != contract.PermissionDenied || content != "" {
			t.Errorf("%s: %q, %s", name, content, code)
		}
		if _, err := localfile.Open(path); (err != nil) != (name == ".") {
			t.Errorf("%s: opened with %v", name, err)
		}
	}
}

func TestRead_IsBounded(t *testing.T) {
	d, path := folder(t)
	f, err := os.OpenFile(filepath.Join(path, "big.bin"), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for size, want := range map[int64]contract.Code{contract.MaxDraftFileBytes + 1: contract.InvalidInput, contract.MaxDraftFileBytes: ""} {
		if err := f.Truncate(size); err != nil {
			t.Fatal(err)
		}
		if content, _, code := read(d, "big.bin"); code != want || (code == "" && int64(len(content)) != size) {
			t.Errorf("%d bytes: read %d, %s", size, len(content), code)
		}
	}
}

func FuzzRead_StaysInside(f *testing.F) {
	for _, name := range []string{"offer.pdf", "../outside.txt", "2026/../../outside.txt", ".env", "/", "a:b", "\u202e"} {
		f.Add(name)
	}
	path := filepath.Join(f.TempDir(), "attach")
	if err := os.Mkdir(path, 0o700); err != nil {
		f.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "outside.txt"), []byte("SECRET"), 0o600); err != nil {
		f.Fatal(err)
	}
	d, err := localfile.Open(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if content, _, code := read(d, name); content != "" || (code != contract.InvalidInput && code != contract.NotFound && code != contract.PermissionDenied) {
			t.Errorf("%q: %q, %s", name, content, code)
		}
	})
}
