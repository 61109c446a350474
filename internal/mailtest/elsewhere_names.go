package mailtest

import "testing"

func (e *Elsewhere) translate(testing.TB, string) {}
