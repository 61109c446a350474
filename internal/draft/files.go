package draft

import (
	"errors"
	"fmt"
	"path"
	"slices"

	"mail-imap-mcp/internal/compose"
)

// readFiles reads the owner's files that are attached, each once, at most room
// bytes; room becomes what is left of it.
func (q Query) readFiles(room *int64) (files []compose.Attachment, err error) {
	for i, name := range q.Files {
		if slices.Contains(q.Files[:i], name) {
			continue
		}
		f := compose.Attachment{Filename: path.Base(name), Content: &compose.Content{Max: *room}}
		switch f.ContentType, err = q.Folder.Read(name, f.Content); {
		case errors.Is(err, compose.ErrTooLarge):
			return nil, errDraftTooLarge()
		case err != nil:
			return nil, fmt.Errorf("attach %q: %w", name, err)
		}
		*room -= f.Content.Size()
		files = append(files, f)
	}
	return files, nil
}
