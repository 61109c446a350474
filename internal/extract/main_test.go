package extract

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	RunIfChild()
	if len(os.Args) == 2 {
		if behave, ok := children[os.Args[1]]; ok {
			os.Exit(behave())
		}
	}
	goleak.VerifyTestMain(m)
}

// children are programs that no attachment should become, by the argument that
// starts them in place of a child.
var children = map[string]func() int{
	"child-loops": func() int {
		return serveChild(func(header, []byte) Result {
			for { //nolint:staticcheck // that is the point
			}
		})
	},
	"child-allocates": func() int {
		return serveChild(func(header, []byte) Result {
			var held [][]byte
			for {
				b := make([]byte, 8<<20)
				for i := 0; i < len(b); i += 4096 {
					b[i] = 1
				}
				if held = append(held, b); len(held) > 1<<20 {
					return Result{}
				}
			}
		})
	},
	"child-recurses": func() int {
		var deeper func(n int) int
		deeper = func(n int) int { return deeper(n+1) + n }
		return serveChild(func(header, []byte) Result { return Result{Note: fmt.Sprint(deeper(0))} })
	},
	"child-panics": func() int {
		return serveChild(func(header, []byte) Result { panic("an index out of range") })
	},
	"child-exits":   func() int { return serveChild(func(header, []byte) Result { os.Exit(0); return Result{} }) },
	"child-garbles": answering("{]"),
	"child-lies":    answering(`{"Status":"splendid","Text":"x"}`),
	"child-exceeds": answering(`{"Status":"ok","Text":"` + strings.Repeat("x", 5000) + `"}`),
	"child-babbles": func() int {
		return serveChild(func(header, []byte) Result {
			w := bufio.NewWriterSize(os.Stdout, 64<<10)
			_, _ = w.WriteString(`{"Status":"ok","Text":"`)
			for {
				if _, err := w.WriteString(strings.Repeat("x", 4096)); err != nil {
					os.Exit(1)
				}
			}
		})
	},
	"child-complains": func() int {
		return serveChild(func(header, []byte) Result {
			for range 100 {
				fmt.Fprintln(os.Stderr, strings.Repeat("!", 64<<10))
			}
			return Result{Status: OK, Text: "done"}
		})
	},
	"child-forks": func() int {
		return serveChild(func(h header, _ []byte) Result {
			heir := exec.CommandContext(context.Background(), "/proc/self/exe", "grandchild")
			heir.Stdin, heir.Stdout, heir.Stderr = os.Stdin, os.Stdout, os.Stderr // holds every pipe
			if err := heir.Start(); err != nil {
				return Result{Status: OK, Text: "cannot start: " + err.Error()}
			}
			return Result{Status: OK, Text: fmt.Sprint(heir.Process.Pid)}
		})
	},
	"grandchild": func() int { time.Sleep(time.Hour); return 0 },
	"child-reports": func() int {
		return serveChild(func(header, []byte) Result {
			dir, err := os.Getwd()
			return Result{Status: OK, Text: strings.Join(append(os.Environ(), "dir="+dir, fmt.Sprint("err=", err)), "\n")}
		})
	},
	"child-writes": func() int {
		return serveChild(func(_ header, name []byte) Result {
			err := os.WriteFile(string(name), []byte("x"), 0o600)
			return Result{Status: OK, Text: fmt.Sprint(err)}
		})
	},
	"child-early": func() int { // answers before it was asked
		fmt.Print(greeting, `{"Status":"ok","Text":"early"}`)
		return 0
	},
	"stranger-silent": func() int { _, _ = io.Copy(io.Discard, os.Stdin); return 0 },
	"stranger-other":  func() int { fmt.Println(strings.Repeat("usage: something else entirely\n", 10)); return 0 },
	"stranger-ends":   func() int { return 3 },
}

// answering is a child that greets, reads and says these bytes.
func answering(s string) func() int {
	return func() int {
		return serveChild(func(header, []byte) Result { fmt.Print(s); os.Exit(0); return Result{} })
	}
}

// extractor is one whose children behave as the argument says.
func extractor(arg string, timeout time.Duration) *Extractor {
	e := New(Options{Timeout: timeout})
	e.arg = arg
	return e
}

// text extracts with a real child.
func text(t *testing.T, in Input) Result {
	t.Helper()
	if in.MaxChars == 0 {
		in.MaxChars = 10_000
	}
	res, err := New(Options{}).Text(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if res.Removed == nil {
		t.Error("Removed is nil")
	}
	if res.Status != OK && res.Text != "" {
		t.Errorf("status %s with text %q", res.Status, res.Text)
	}
	if res.Status != OK && res.Note == "" {
		t.Errorf("status %s without a note", res.Status)
	}
	return res
}
