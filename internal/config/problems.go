package config

import (
	"fmt"
	"strings"
)

// Problems is every reason why a configuration cannot be used.
type Problems struct {
	list []string
}

// Error lists the problems, one a line.
func (p *Problems) Error() string {
	if len(p.list) == 1 {
		return p.list[0]
	}
	return fmt.Sprintf("%d problems:\n  - %s", len(p.list), strings.Join(p.list, "\n  - "))
}

// List is the problems, each naming the variable, what is wrong, and what a
// right value looks like.
func (p *Problems) List() []string { return append([]string(nil), p.list...) }

func (p *Problems) addf(format string, args ...any) {
	p.list = append(p.list, fmt.Sprintf(format, args...))
}
