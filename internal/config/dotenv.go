package config

import (
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// maxEnvFile bounds an .env file; fifty accounts need 20 kB.
const maxEnvFile = 256 << 10

// gather joins the environment with an .env file; the environment wins. An
// --env-file may say anything. An implicit .env may have been put there by
// whoever wrote the repository an editor was opened in, so it may not redirect
// an account or loosen anything that the environment set up.
func gather(src Source, p *Problems) map[string]string {
	env := fromEnviron(src.Environ, p)
	implicit := src.EnvFile == ""
	path := src.EnvFile
	if implicit && src.WorkDir != "" {
		path = filepath.Join(src.WorkDir, ".env")
	}
	if path == "" {
		return env
	}
	mentioned := accountsIn(env)
	file, err := readEnvFile(path, implicit)
	switch {
	case err != nil && implicit && len(mentioned) > 0:
		p.warnf("%v; it is ignored", err)
		return env
	case err != nil:
		p.addf("%v", err)
		return env
	}
	ignored := 0
	for _, name := range slices.Sorted(maps.Keys(file)) {
		if _, set := env[name]; set {
			continue
		}
		if implicit {
			if reason := notFromImplicit(name, mentioned); reason != "" {
				if ignored++; ignored <= maxUnknown {
					p.warnf("%s in %s is ignored: %s", showName(name), path, reason)
				}
				continue
			}
		}
		env[name] = file[name]
	}
	if implicit && len(mentioned) > 0 {
		readOnly(env, mentioned)
	}
	if ignored > maxUnknown {
		p.warnf("%d more settings in %s are ignored", ignored-maxUnknown, path)
	}
	return env
}

// readOnly keeps mail from being copied to an account that a repository brought
// along, whose server may be anybody's.
func readOnly(env map[string]string, mentioned map[string]bool) {
	for account := range accountsIn(env) {
		if !mentioned[account] {
			env[accountPrefix(account)+"WRITE_ENABLED"] = "false"
		}
	}
}

// fromEnviron picks our variables. Names are upper-cased, for MAIL_IMAP_work_HOST
// and MAIL_IMAP_WORK_HOST mean the same account; Unix allows both at once, and
// then it is not for us to choose. A blank one counts as not set, for launchers
// pass empty strings for what their user left blank.
func fromEnviron(environ []string, p *Problems) map[string]string {
	env, spelt := map[string]string{}, map[string]string{}
	for _, kv := range environ {
		spelling, value, ok := strings.Cut(kv, "=")
		name := strings.ToUpper(spelling)
		if !ok || !strings.HasPrefix(name, prefix) || strings.TrimSpace(value) == "" {
			continue
		}
		if earlier, twice := spelt[name]; twice && earlier != spelling && env[name] != value {
			p.addf("%s and %s are the same setting with different values; unset one", showName(earlier), showName(spelling))
			continue
		}
		env[name], spelt[name] = value, spelling
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
	case !mentioned[account] && field == "WRITE_ENABLED":
		return "an account beside those that the environment sets up is only read; use --env-file to change it"
	case mentioned[account] && field != "USER" && field != "PASS":
		return "the environment sets up this account; use --env-file to change it"
	}
	return ""
}

// accountsIn names the accounts of which any variable is set, but for those whose
// names others use too: MAIL_IMAP_SENDER_NAME alone configures nothing.
func accountsIn(env map[string]string) map[string]bool {
	accounts := map[string]bool{}
	for name := range env {
		if account, field, ok := splitAccount(name); ok && field != "NAME" && field != "ADDRESSES" {
			accounts[account] = true
		}
	}
	return accounts
}

// readEnvFile reads the MAIL_IMAP_* variables of a file. An implicit file that
// is missing, cannot be read, or has no such variable is somebody else's.
func readEnvFile(path string, implicit bool) (map[string]string, error) {
	content, mode, err := readFile(path, maxEnvFile)
	if err != nil {
		if implicit {
			return nil, nil
		}
		return nil, fmt.Errorf("--env-file: %w", err)
	}
	if implicit && !strings.Contains(strings.ToUpper(string(content)), prefix) {
		return nil, nil
	}
	// Windows has no such bits; Go makes them up there.
	if mode := mode.Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return nil, fmt.Errorf("%s can be read by others (mode %#o) and holds mail settings; type: chmod 600 %s", path, mode, shellQuote(path))
	}
	vars, err := parseEnv(string(content))
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read as an .env file: %w", path, err)
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
