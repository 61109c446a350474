//go:build !unix

package audit

const (
	noFollow         = 0
	nonBlock         = 0
	permissionsCount = false // access is by lists there, which the mode does not show
)

// syncDir does nothing: a directory cannot be synced here.
func syncDir(string) error { return nil }
