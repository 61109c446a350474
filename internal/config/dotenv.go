package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/joho/godotenv"
)

// maxEnvFile bounds an .env file; fifty accounts need 20 kB.
const maxEnvFile = 256 << 10

// gather joins the environment with an .env file; the environment wins. An
// --env-file may say anything. An implicit .env may have been put there by
// whoever wrote the repository an editor was opened in, so it may not redirect
// an account or loosen anything that the environment set up.
func gather(src Source, p *Problems, warn *[]string) map[string]string {
	env := map[string]string{}
	for _, kv := range src.Environ {
		name, value, ok := strings.Cut(kv, "=")
		// MAIL_IMAP_work_HOST and MAIL_IMAP_WORK_HOST mean the same account.
		if name = strings.ToUpper(name); ok && strings.HasPrefix(name, prefix) {
			env[name] = value
		}
	}
	var file map[string]string
	implicit := src.EnvFile == ""
	path := src.EnvFile
	if implicit && src.WorkDir != "" {
		path = filepath.Join(src.WorkDir, ".env")
	}
	if path == "" {
		return env
	}
	file, err := readEnvFile(path, implicit)
	if err != nil {
		p.addf("%v", err)
		return env
	}
	mentioned := accountsIn(env)
	for name, value := range file {
		if _, set := env[name]; set {
			continue
		}
		if implicit {
			if reason := notFromImplicit(name, mentioned); reason != "" {
				*warn = append(*warn, fmt.Sprintf("%s in %s is ignored: %s", name, path, reason))
				continue
			}
		}
		env[name] = value
	}
	return env
}

// notFromImplicit says why an implicit .env may not set a variable; "" means
// it may.
func notFromImplicit(name string, mentioned map[string]bool) string {
	account, field, isAccount := splitAccount(name)
	switch {
	case isAccount && (field == "PASS_COMMAND" || field == "OAUTH_TOKEN_COMMAND"):
		return "commands are taken only from the environment or --env-file"
	case len(mentioned) == 0:
		return ""
	case !isAccount:
		return "server-wide settings count only where the environment names no account; set it there, or use --env-file"
	case mentioned[account] && field != "USER" && field != "PASS":
		return "the environment sets up this account; use --env-file to change it"
	}
	return ""
}

// accountsIn names the accounts of which any variable is set.
func accountsIn(env map[string]string) map[string]bool {
	accounts := map[string]bool{}
	for name := range env {
		if account, _, ok := splitAccount(name); ok {
			accounts[account] = true
		}
	}
	return accounts
}

// readEnvFile reads the MAIL_IMAP_* variables of a file. A missing implicit
// file, or one without such variables, is nothing.
func readEnvFile(path string, implicit bool) (map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		if implicit && errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		if implicit {
			// A directory or an unreadable file called .env is somebody else's.
			return nil, nil
		}
		return nil, fmt.Errorf("--env-file: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("env file %s: %w", path, err)
	}
	if !info.Mode().IsRegular() {
		if implicit {
			return nil, nil
		}
		return nil, fmt.Errorf("--env-file %s is not a regular file", path)
	}
	content, err := io.ReadAll(io.LimitReader(f, maxEnvFile+1))
	if err != nil {
		return nil, fmt.Errorf("env file %s: %w", path, err)
	}
	if len(content) > maxEnvFile {
		if implicit {
			return nil, nil
		}
		return nil, fmt.Errorf("--env-file %s is larger than %d bytes", path, maxEnvFile)
	}
	vars, err := parseEnv(string(content))
	if err != nil {
		if implicit && !strings.Contains(string(content), prefix) {
			return nil, nil
		}
		// The parser's own words quote the line, which may hold a password.
		return nil, fmt.Errorf("%s cannot be read as an .env file; write one NAME=value a line, quote values with special characters", path)
	}
	if len(vars) == 0 {
		return nil, nil
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return nil, fmt.Errorf("%s can be read by others (mode %#o) and holds mail settings; type: chmod 600 %s", path, mode, shellQuote(path))
	}
	return vars, nil
}

// parseEnv reads the content of an .env file and keeps our variables.
func parseEnv(content string) (vars map[string]string, err error) {
	// The library indexes past the end on some malformed input.
	defer func() {
		if recover() != nil {
			vars, err = nil, errors.New("malformed .env")
		}
	}()
	all, err := godotenv.Unmarshal(content)
	if err != nil {
		return nil, errors.New("malformed .env")
	}
	vars = map[string]string{}
	for name, value := range all {
		if name = strings.ToUpper(name); strings.HasPrefix(name, prefix) {
			vars[name] = value
		}
	}
	return vars, nil
}

func shellQuote(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+", r)
	}) {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}
