package download_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"mail-imap-mcp/internal/download"
)

func open(t *testing.T) (*download.Dir, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "inner")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	d, err := download.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d, path
}

func save(t *testing.T, d *download.Dir, name, content string) *download.File {
	t.Helper()
	f, err := d.Create(name, "application/pdf")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := f.Keep(); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestSafeName(t *testing.T) {
	long := strings.Repeat("é", 300)
	for in, want := range map[string]string{
		"invoice.pdf":                     "invoice.pdf",
		"Rechnung für März.pdf":           "Rechnung für März.pdf",
		"会議.txt":                          "会議.txt",
		"../../etc/passwd":                "passwd",
		`..\..\windows\win.ini`:           "win.ini",
		"/etc/cron.d/job":                 "job",
		`C:\Users\me\x.doc`:               "x.doc",
		"C:evil.txt":                      "C_evil.txt",
		"..":                              "attachment.pdf",
		".":                               "attachment.pdf",
		"":                                "attachment.pdf",
		"/":                               "attachment.pdf",
		".bashrc":                         "bashrc",
		"...hidden":                       "hidden",
		"-rf":                             "rf",
		"name. . .":                       "name",
		"CON":                             "_CON",
		"nul.txt":                         "_nul.txt",
		"Com1.tar.gz":                     "_Com1.tar.gz",
		"a\x00b.txt":                      "ab.txt",
		"two\r\nlines.txt":                "two lines.txt",
		"photo\u202egpj.exe":              "photogpj.exe",
		"zero\u200bwidth.pdf":             "zerowidth.pdf",
		"$(rm -rf ~).sh":                  "_(rm -rf _).sh",
		"a|b<c>d?e*f\"g.txt":              "a_b_c_d_e_f_g.txt",
		"file.txt::$DATA":                 "file.txt___DATA",
		"\xff\xfe.pdf":                    "__.pdf",
		long + ".pdf":                     strings.Repeat("é", 58) + ".pdf",
		strings.Repeat("x", 300):          strings.Repeat("x", 120),
		"x." + strings.Repeat("e", 300):   "x." + strings.Repeat("e", 118),
		"  spaced   out  .pdf":            "spaced out .pdf",
		"invoice.pdf                .exe": "invoice.pdf .exe",
	} {
		if got := download.SafeName(in, "application/pdf"); got != want {
			t.Errorf("SafeName(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzSafeName(f *testing.F) {
	for _, s := range []string{"a.pdf", "../x", "CON.txt", "\u202e", strings.Repeat("a/", 50), ".", "com¹.x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := download.SafeName(s, "image/png")
		if got == "" || len(got) > 120 || !utf8.ValidString(got) || !filepath.IsLocal(got) || filepath.Base(got) != got ||
			strings.ContainsAny(got, "/\\:\x00\n") || strings.HasPrefix(got, ".") || strings.HasPrefix(got, "-") || strings.HasSuffix(got, ".") {
			t.Errorf("SafeName(%q) = %q", s, got)
		}
		if again := download.SafeName(got, "image/png"); again != got {
			t.Errorf("SafeName(%q) = %q, again %q", s, got, again)
		}
	})
}

func TestCreate_NeverTouchesWhatIsThere(t *testing.T) {
	d, path := open(t)
	outside := filepath.Join(filepath.Dir(path), "outside.pdf")
	if err := os.WriteFile(filepath.Join(path, "a.pdf"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(path, "link.pdf")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	for name, want := range map[string]string{"a.pdf": "a (2).pdf", "link.pdf": "link (2).pdf"} {
		if f := save(t, d, name, "sent"); f.Name() != want || f.Path() != filepath.Join(path, want) {
			t.Errorf("%q was saved as %q at %q, want %q", name, f.Name(), f.Path(), want)
		}
	}
	if content, err := os.ReadFile(filepath.Join(path, "a.pdf")); err != nil || string(content) != "mine" {
		t.Errorf("the file that was there is now %q (%v)", content, err)
	}
	if _, err := os.Lstat(outside); err == nil {
		t.Error("a file was made through a link, outside of the directory")
	}
}

func TestCreate_OnlyTheOwnerCanRead(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such bits")
	}
	d, _ := open(t)
	info, err := os.Stat(save(t, d, "secret.pdf", "x").Path())
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %#o, want 0600", info.Mode().Perm())
	}
}

func TestFile_ResetAndDiscard(t *testing.T) {
	d, path := open(t)
	f, err := d.Create("x.txt", "text/plain")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.Write([]byte("a first try that broke off"))
	if err := f.Reset(); err != nil {
		t.Fatal(err)
	}
	_, _ = f.Write([]byte("whole"))
	if err := f.Keep(); err != nil {
		t.Fatal(err)
	}
	if content, _ := os.ReadFile(f.Path()); string(content) != "whole" {
		t.Errorf("the file holds %q", content)
	}
	g, err := d.Create("y.txt", "text/plain")
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Discard(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(filepath.Join(path, "y.txt")); err == nil {
		t.Error("a discarded file is still there")
	}
}

func TestOpen_RefusesADirectoryThatEverybodyMayWriteTo(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no permission bits")
	}
	for mode, ok := range map[os.FileMode]bool{0o700: true, 0o755: true, 0o775: true, 0o777: false, 0o702: false, 0o777 | os.ModeSticky: false} {
		path := t.TempDir()
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		d, err := download.Open(path)
		if (err == nil) != ok || err != nil && !strings.Contains(err.Error(), "chmod o-w "+path) {
			t.Errorf("mode %o: %v", mode, err)
		}
		if d != nil {
			_ = d.Close()
		}
	}
}
