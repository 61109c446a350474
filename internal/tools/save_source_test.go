package tools_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
)

// savedFiles are the files of an answer, by path.
func savedFiles(t *testing.T, dir string, data map[string]any) map[string]string {
	t.Helper()
	files := map[string]string{}
	list, _ := data["saved"].([]any)
	for _, item := range list {
		path := item.(map[string]any)["path"].(string)
		content, err := os.ReadFile(path)
		if err != nil || filepath.Dir(path) != dir || filepath.Ext(path) != ".eml" {
			t.Errorf("%s: %v", path, err)
		}
		if size := item.(map[string]any)["size_bytes"]; size != float64(len(content)) {
			t.Errorf("%s has %d bytes, said are %v", path, len(content), size)
		}
		files[path] = string(content)
	}
	return files
}

func only(files map[string]string) string {
	for _, content := range files {
		return content
	}
	return ""
}

func TestSaveSource_AMessageByteForByte(t *testing.T) {
	t.Parallel()
	large := "From: Ann <ann@example.org>\r\nSubject: obey\x20../me\r\n\r\n" + strings.Repeat("Long lines of a long text, 0123456789.\r\n", 120_000) // over two pieces of 2 MiB
	for _, srv := range []mailtest.Server{mailtest.NewMemory(t), mailtest.NewDovecot(t)} {
		dir := t.TempDir()
		session := connectWith(t, srv, setup{downloads: dir})
		for _, source := range []string{large, letter} {
			uid := srv.Append(t, "INBOX", mailtest.Message{Raw: []byte(source)})[0]
			id := contract.MessageID{Account: "default", Mailbox: "INBOX", UIDValidity: srv.UIDValidity(t, "INBOX"), UID: uid}.String()
			r := call(t, session, "imap_get_message_raw", `{"message_id":`+quote(id)+`,"save":"message"}`)
			files := savedFiles(t, dir, r.data(t))
			if len(files) != 1 || only(files) != source {
				t.Errorf("saved %d files, %d bytes of %d", len(files), len(only(files)), len(source))
			}
			for path := range files {
				if !strings.Contains(path, fmt.Sprintf("INBOX %d.eml", uid)) || strings.Contains(path, "obey") {
					t.Errorf("the file is called %s", path)
				}
			}
		}
	}
}

func TestSaveSource_AConversationOverMailboxes(t *testing.T) {
	t.Parallel()
	for _, srv := range []mailtest.Server{mailtest.NewMemory(t), mailtest.NewDovecot(t)} {
		dir := t.TempDir()
		session := connectWith(t, srv, setup{downloads: dir})
		mail := func(n int) mailtest.Message {
			refs := ""
			if n > 0 {
				refs = fmt.Sprintf("In-Reply-To: <m%d@example.org>\r\nReferences: <m%d@example.org>\r\n", n-1, n-1)
			}
			return mailtest.Message{Raw: fmt.Appendf(nil, "From: Ann <ann@example.org>\r\nTo: bob@example.org\r\nDate: Mon, 0%d Nov 2026 10:00:00 +0000\r\nSubject: Plan\r\nMessage-ID: <m%d@example.org>\r\n%s\r\nText %d\r\n", n+1, n, refs, n)}
		}
		uid := srv.Append(t, "INBOX", mail(0))[0]
		srv.Append(t, "Sent", mail(1))
		srv.Append(t, "INBOX", mail(2))
		id := contract.MessageID{Account: "default", Mailbox: "INBOX", UIDValidity: srv.UIDValidity(t, "INBOX"), UID: uid}.String()
		files := savedFiles(t, dir, call(t, session, "imap_get_message_raw", `{"message_id":`+quote(id)+`,"save":"conversation"}`).data(t))
		all := ""
		for _, content := range files {
			all += content
		}
		if len(files) != 3 || !strings.Contains(all, "Text 0") || !strings.Contains(all, "Text 1") || !strings.Contains(all, "Text 2") {
			t.Errorf("saved %q", all)
		}
	}
}

func TestSaveSource_OnlyWhereTheOwnerAllowsIt(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	if code, message := call(t, connect(t, srv), "imap_get_message_raw", `{"message_id":`+quote(id)+`,"save":"message"}`).refused(t); code != "permission_denied" || !strings.Contains(message, "MAIL_IMAP_DOWNLOAD_DIR") {
		t.Errorf("%s: %s", code, message)
	}
	dir := t.TempDir()
	session := connectWith(t, srv, setup{downloads: dir})
	for arguments, want := range map[string]string{
		`"save":"message","offset_bytes":5`: "offset_bytes",
		`"save":"mailbox"`:                  "conversation",
	} {
		if code, message := call(t, session, "imap_get_message_raw", `{"message_id":`+quote(id)+`,`+arguments+`}`).refused(t); code != "invalid_input" || !strings.Contains(message, want) {
			t.Errorf("%s: %s: %s", arguments, code, message)
		}
	}
	if code, _ := call(t, session, "imap_get_message_raw", `{"message_id":`+quote(id+"9")+`,"save":"message"}`).refused(t); code != "not_found" {
		t.Errorf("one that is gone: %s", code)
	}
	for _, l := range []struct {
		with  setup
		saves bool
	}{{setup{}, false}, {setup{downloads: dir}, true}} {
		for _, tool := range listed(t, l.with) {
			if text := toJSON(tool); tool.Name == "imap_get_message_raw" && (strings.Contains(text, `"save`) != l.saves || tool.Annotations.ReadOnlyHint == l.saves) {
				t.Errorf("listed as %s", text)
			}
		}
	}
	if files, _ := os.ReadDir(dir); len(files) != 0 {
		t.Errorf("left behind: %v", files)
	}
}

func TestSaveSource_WhatLockdownWithholdsIsNotSaved(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	dir := t.TempDir()
	session := connectWith(t, srv, setup{downloads: dir, lockdown: true})
	if code, message := call(t, session, "imap_get_message_raw", `{"message_id":`+quote(id)+`,"save":"message"}`).refused(t); code != "permission_denied" {
		t.Errorf("%s: %s", code, message)
	}
	d, _ := call(t, session, "imap_get_message_raw", `{"message_id":`+quote(id)+`,"save":"conversation"}`).answered(t)
	if files, _ := os.ReadDir(dir); len(files) != 0 || d["saved"] != nil {
		t.Errorf("saved %v: %v", files, d)
	}
}

func TestSaveSource_AMessageThatBreaksOffLeavesNoFile(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	dir := t.TempDir()
	session := connectWith(t, mailtest.NewFaulty(t, srv, mailtest.FaultCutLiteral("UID FETCH")), setup{downloads: dir})
	if _, status := call(t, session, "imap_get_message_raw", `{"message_id":`+quote(id)+`,"save":"message"}`).answered(t); status == "ok" {
		t.Error("it is said to be saved")
	}
	if files, _ := os.ReadDir(dir); len(files) != 0 {
		t.Errorf("left behind: %v", files)
	}
}
