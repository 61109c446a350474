package tools

import (
	"errors"
	"fmt"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/download"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/message"
)

// savedFile is a file that an attachment is written to. It remembers an error of
// the disk's, to tell it from one of the mail server.
type savedFile struct {
	*download.File
	failed error
}

// saving has read write into a new file, which it opens by the name it is given.
// What is not whole afterwards is taken away. nil: it opened none.
func (s *server) saving(read func(open func(message.Attachment) (mailbox.Sink, error)) error) (file *savedFile, err error) {
	err = read(func(a message.Attachment) (mailbox.Sink, error) {
		f, err := s.downloads.Create(a.Filename, a.ContentType)
		if err != nil {
			return nil, s.notSaved(err)
		}
		file = &savedFile{File: f}
		return file, nil
	})
	if file != nil {
		err = s.finish(file, err)
	}
	return file, err
}

// Write implements io.Writer.
func (f *savedFile) Write(b []byte) (int, error) {
	n, err := f.File.Write(b)
	if err != nil {
		f.failed = fmt.Errorf("write: %w", err)
	}
	return n, err
}

// finish keeps a file, or takes it away when it is not whole.
func (s *server) finish(f *savedFile, err error) error {
	switch {
	case f.failed != nil:
		return errors.Join(s.notSaved(f.failed), f.Discard())
	case err != nil:
		return errors.Join(err, f.Discard())
	}
	if err := f.Keep(); err != nil {
		return s.notSaved(err)
	}
	return nil
}

// notSaved is the answer about an error of the disk's, whose own words stay in
// the log.
func (s *server) notSaved(err error) error {
	s.log.Warn("attachment not saved", "error", err)
	return contract.Errorf(contract.Unavailable, "the file could not be written; see that the directory of MAIL_IMAP_DOWNLOAD_DIR is there, is writable and has room")
}
