package imports_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// docs/writing.md names, for what it promises, the test that shows it; these
// must be there.
func TestWriting_NamesTestsThatExist(t *testing.T) {
	page, err := os.ReadFile("docs/writing.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]bool{}
	err = filepath.WalkDir("internal", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, found := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllSubmatch(source, -1) {
			tests[string(found[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`(Test[^`]+)`").FindAllSubmatch(page, -1)
	if len(named) == 0 {
		t.Error("docs/writing.md names no test")
	}
	for _, name := range named {
		if !tests[string(name[1])] {
			t.Errorf("docs/writing.md names %s, which is no test", name[1])
		}
	}
}
