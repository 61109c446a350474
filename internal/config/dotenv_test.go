package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/config"
)

const wholeAccount = "MAIL_IMAP_DEFAULT_HOST=file.example.org\nMAIL_IMAP_DEFAULT_USER=bob\nMAIL_IMAP_DEFAULT_PASS=filepw\n"

// dotenv writes content into a working directory of its own.
func dotenv(t testing.TB, content string, mode os.FileMode) (dir string) {
	t.Helper()
	dir = t.TempDir()
	path := filepath.Join(dir, ".env")
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask
		t.Fatal(err)
	}
	return dir
}

func TestDotenv_InTheWorkingDirectoryIsRead(t *testing.T) {
	dir := dotenv(t, "# mail\nexport "+wholeAccount+"MAIL_IMAP_LOG_FORMAT='json'\nPATH=/nowhere\n", 0o600)
	cfg, err := config.Load(config.Source{WorkDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if a := cfg.Accounts[0]; a.Host != "file.example.org" || a.Password.Reveal() != "filepw" || cfg.LogFormat != "json" || len(cfg.Warnings) != 0 {
		t.Errorf("account %+v, format %s, warnings %q", a, cfg.LogFormat, cfg.Warnings)
	}
}

func TestDotenv_EnvironmentWins(t *testing.T) {
	file := filepath.Join(dotenv(t, wholeAccount+"MAIL_IMAP_LOG_LEVEL=debug\n", 0o600), ".env")
	cfg, err := config.Load(config.Source{Environ: []string{"MAIL_IMAP_DEFAULT_HOST=env.example.org", "MAIL_IMAP_DEFAULT_USER="}, EnvFile: file})
	if err != nil {
		t.Fatal(err)
	}
	if a := cfg.Accounts[0]; a.Host != "env.example.org" || a.User != "bob" || cfg.LogLevel.String() != "DEBUG" {
		t.Errorf("account %+v, level %s; want the environment's host, the file's user (blank in the environment) and level", a, cfg.LogLevel)
	}
}

func TestDotenv_ThatOthersCanReadIsRefusedWithWhatToType(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no permission bits")
	}
	for _, mode := range []os.FileMode{0o644, 0o640, 0o604, 0o660, 0o620, 0o610, 0o601, 0o777} {
		dir := dotenv(t, wholeAccount, mode)
		for name, src := range map[string]config.Source{"implicit": {WorkDir: dir}, "--env-file": {EnvFile: filepath.Join(dir, ".env")}} {
			_, err := config.Load(src)
			if list := problems(t, err); !strings.Contains(list[0], "chmod 600 "+filepath.Join(dir, ".env")) || !strings.Contains(list[0], fmt.Sprintf("%#o", mode)) {
				t.Errorf("%s of mode %o: %q", name, mode, list[0])
			}
		}
	}
	for _, mode := range []os.FileMode{0o600, 0o400, 0o700} {
		if _, err := config.Load(config.Source{WorkDir: dotenv(t, wholeAccount, mode)}); err != nil && os.Getuid() == 0 {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
}

func TestDotenv_TheChmodLineCanBePasted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "it's $HOME; rm")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, ".env")
	if err := os.WriteFile(path, []byte(wholeAccount), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := config.Load(config.Source{WorkDir: dir})
	if want := `it'\''s $HOME; rm/.env'`; !strings.Contains(problems(t, err)[0], want) {
		t.Errorf("%v does not quote the path as %s", err, want)
	}
}

func TestDotenv_OfSomebodyElseIsLeftAlone(t *testing.T) {
	for name, content := range map[string]string{
		"no variable of ours": "DATABASE_URL=postgres://x\n", "empty": "", "malformed": "this is = not ' an env\nfile \"", "binary": "\x00\xff\x01",
		"too large": strings.Repeat("X=y\n", 100_000),
	} {
		cfg, err := config.Load(config.Source{Environ: minimal, WorkDir: dotenv(t, content, 0o644)})
		if err != nil || len(cfg.Warnings) != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".env"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]string{"a directory": dir, "missing": t.TempDir(), "no working directory": ""} {
		if _, err := config.Load(config.Source{Environ: minimal, WorkDir: d}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEnvFile_ThatCannotBeReadIsAProblem(t *testing.T) {
	dir := dotenv(t, strings.Repeat("X=y\n", 100_000), 0o600)
	for path, want := range map[string]string{
		filepath.Join(dir, "gone"): "no such file", dir: "not a regular file", filepath.Join(dir, ".env"): "larger than",
		filepath.Join(dotenv(t, "'", 0o600), ".env"): "NAME=value",
	} {
		_, err := config.Load(config.Source{Environ: minimal, EnvFile: path})
		assertProblem(t, err, path, want)
	}
}

func TestEnvFile_ReplacesTheImplicitOne(t *testing.T) {
	dir := dotenv(t, "MAIL_IMAP_LOG_FORMAT=json\n", 0o644) // would be refused
	cfg, err := config.Load(config.Source{WorkDir: dir, EnvFile: filepath.Join(dotenv(t, wholeAccount, 0o600), ".env")})
	if err != nil || cfg.LogFormat != "text" {
		t.Errorf("%v", err)
	}
}

// An editor may start us inside a hostile repository.
func TestDotenv_OfAHostileRepositoryCannotRedirectAnAccount(t *testing.T) {
	hostile := "MAIL_IMAP_DEFAULT_HOST=evil.example.org\nMAIL_IMAP_DEFAULT_PORT=1\nMAIL_IMAP_default_SECURE=false\nMAIL_IMAP_DEFAULT_TLS=none\n" +
		"MAIL_IMAP_DEFAULT_AUTH=login\nMAIL_IMAP_CA_CERT_PATH=/evil.pem\nMAIL_IMAP_CURSOR_KEY=x\nMAIL_IMAP_LOG_LEVEL=off\nMAIL_IMAP_WRITE_ENABLED=true\n" +
		"MAIL_IMAP_DEFAULT_PASS_COMMAND=curl evil\nMAIL_IMAP_OTHER_PASS_COMMAND=curl evil\nMAIL_IMAP_OTHER_OAUTH_TOKEN_COMMAND=curl evil\n" +
		"MAIL_IMAP_DEFAULT_USER=eve\nMAIL_IMAP_DEFAULT_PASS=evepw\n"
	cfg, err := config.Load(config.Source{Environ: minimal, WorkDir: dotenv(t, hostile, 0o600)})
	if err != nil {
		t.Fatal(err)
	}
	a := cfg.Accounts[0]
	if a.Host != "imap.example.org" || a.Port != 993 || a.TLS != config.TLSImplicit || a.Auth != config.AuthAuto || a.User != "ann" || a.Password.Reveal() != "pw" {
		t.Errorf("the account was changed: %+v", a)
	}
	if cfg.RootCAs != nil || !cfg.CursorKey.Empty() || cfg.LogLevel.String() != "INFO" || cfg.WriteEnabled || len(cfg.Accounts) != 1 {
		t.Errorf("a setting was changed: %+v", cfg)
	}
	if len(cfg.Warnings) != 11 {
		t.Errorf("%d warnings, want one for each of 11 ignored settings: %q", len(cfg.Warnings), cfg.Warnings)
	}
}

func TestDotenv_MayAddWhatTheEnvironmentLacks(t *testing.T) {
	for _, c := range []struct {
		name    string
		environ []string
		file    string
		host    string
		pass    string
	}{
		{"a missing password", minimal[:2], "MAIL_IMAP_DEFAULT_PASS=filepw\n", "imap.example.org", "filepw"},
		{"user and password", minimal[:1], "MAIL_IMAP_DEFAULT_USER=bob\nMAIL_IMAP_DEFAULT_PASS=filepw\n", "imap.example.org", "filepw"},
		{"a password left blank", append(minimal[:2:2], "MAIL_IMAP_DEFAULT_PASS="), "MAIL_IMAP_DEFAULT_PASS=filepw\n", "imap.example.org", "filepw"},
		{"an account left blank altogether", []string{"MAIL_IMAP_DEFAULT_HOST=", "MAIL_IMAP_DEFAULT_PASS="}, wholeAccount, "file.example.org", "filepw"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, err := config.Load(config.Source{Environ: c.environ, WorkDir: dotenv(t, c.file, 0o600)})
			if err != nil {
				t.Fatal(err)
			}
			if a := cfg.Accounts[0]; a.Host != c.host || a.Password.Reveal() != c.pass {
				t.Errorf("account %+v", a)
			}
		})
	}
}

func TestDotenv_CannotCompleteAnAccountByItsHost(t *testing.T) {
	_, err := config.Load(config.Source{Environ: minimal[1:], WorkDir: dotenv(t, "MAIL_IMAP_DEFAULT_HOST=evil.example.org\n", 0o600)})
	assertProblem(t, err, "MAIL_IMAP_DEFAULT_HOST is not set")
	if !strings.Contains(err.Error(), "is ignored: the environment sets up this account") {
		t.Errorf("%v does not say why the file's host does not count", err)
	}
}

func TestDotenv_MayAddAnAccountOfItsOwn(t *testing.T) {
	file := strings.ReplaceAll(wholeAccount, "DEFAULT", "OTHER")
	cfg, err := config.Load(config.Source{Environ: minimal, WorkDir: dotenv(t, file, 0o600)})
	if err != nil || len(cfg.Accounts) != 2 || cfg.Accounts[1].Host != "file.example.org" {
		t.Errorf("got %v", err)
	}
}

func TestDotenv_CommandsNeverComeFromAnImplicitOne(t *testing.T) {
	for _, field := range []string{"PASS_COMMAND", "OAUTH_TOKEN_COMMAND"} {
		dir := dotenv(t, wholeAccount+"MAIL_IMAP_DEFAULT_"+field+"=touch /tmp/x\n", 0o600)
		cfg, err := config.Load(config.Source{WorkDir: dir})
		if err != nil || len(cfg.Warnings) != 1 || !strings.Contains(cfg.Warnings[0], field) {
			t.Errorf("%s: %v", field, err)
		}
		_, err = config.Load(config.Source{EnvFile: filepath.Join(dir, ".env")})
		assertProblem(t, err, field, "not supported yet")
	}
}

func FuzzEnvFile(f *testing.F) {
	for _, seed := range []string{
		"", wholeAccount, "MAIL_IMAP_DEFAULT_HOST=\"", "MAIL_IMAP_DEFAULT_HOST='x", "export", "=", "MAIL_IMAP_", "MAIL_IMAP_X_HOST: y",
		"\"", "A=${", "A=$", "A=\\", "\xef\xbb\xbfA=b", "MAIL_IMAP_DEFAULT_PORT=\"1\n", "#", "A=b#c", "A='\\'", "A=\"\\", "\x00", "MAIL_IMAP_ſ_HOST=x", "A=\r\n",
	} {
		f.Add(seed)
	}
	const secret = "hunter2secret"
	path := filepath.Join(f.TempDir(), ".env")
	f.Fuzz(func(t *testing.T, content string) {
		if strings.Contains(content, secret[:4]) {
			return
		}
		start := time.Now()
		if err := os.WriteFile(path, []byte(content+"\nMAIL_IMAP_DEFAULT_PASS="+secret+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Load(config.Source{EnvFile: path})
		text := fmt.Sprintf("%v %+v", err, cfg)
		if strings.Contains(text, secret) {
			// What a user or a log prints, and all that a Config prints of itself.
			t.Errorf("the password is printed: %s", text)
		}
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("reading took %v", took)
		}
	})
}

// A repository's broken file, or one that all can read, does not keep a server from
// starting that the environment sets up.
func TestDotenv_OfARepositoryIsAWarningWhereTheEnvironmentNamesAnAccount(t *testing.T) {
	for name, dir := range map[string]string{
		"broken":           dotenv(t, "MAIL_IMAP_DEFAULT_PASS='never ends", 0o600),
		"readable by all":  dotenv(t, wholeAccount, 0o644),
		"broken, readable": dotenv(t, "MAIL_IMAP_X='", 0o644),
	} {
		cfg, err := config.Load(config.Source{Environ: minimal, WorkDir: dir})
		if err != nil || len(cfg.Warnings) != 1 || !strings.Contains(cfg.Warnings[0], "it is ignored") || cfg.Accounts[0].Host != "imap.example.org" {
			t.Errorf("%s: %+v, %v", name, cfg, err)
		}
	}
}
