package app

import (
	"runtime/debug"
	"strings"
)

// version is set by the release build: -ldflags "-X mail-imap-mcp/internal/app.version=1.2.3".
var version string

// Version is the version of this program: as released, else as the Go tool
// knows the module, else "devel" with the commit it was built from.
func Version() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return strings.TrimPrefix(v, "v")
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "devel+" + s.Value[:12]
		}
	}
	return "devel"
}
