package imapconn

import (
	"io"
	"strings"
	"testing"
)

func TestGuard_SeesWhichCopyUIDsCannotBePaired(t *testing.T) {
	for line, mixed := range map[string]bool{
		"T1 OK [COPYUID 9 1:3,7 4:6,8] done":   false,
		"* OK [copyuid 9 1 1] moved":           false,
		"T1 OK [COPYUID 9 3,1 4,5] done":       true,
		"T1 OK [COPYUID 9 1,3 5,4] done":       true,
		"T1 OK [COPYUID 9 3:1 4:6] done":       true,
		"T1 OK [COPYUID 9 1,1 4,5] done":       true,
		"T1 OK [COPYUID 9 1 4:4] done":         true,
		"T1 OK [APPENDUID 9 1] done":           false,
		"T1 OK [UNKNOWN 9 3,1 4,5] done":       false,
		"T1 OK done [COPYUID 9 3,1 4,5] or so": false,
	} {
		g := newGuard(strings.NewReader(line+"\r\n"), smallGuardLimits())
		if _, err := io.ReadAll(g); err != nil || g.mixed() != mixed {
			t.Errorf("%s: mixed %t, want %t (%v)", line, g.mixed(), mixed, err)
		}
		if g.reset(); g.mixed() {
			t.Error("the next operation is told of it")
		}
	}
}
