package config_test

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"mail-imap-mcp/internal/config"
)

func TestLoad_WritingIsCarefulUnlessToldOtherwise(t *testing.T) {
	w := mustLoad(t).Writing
	if len(w.Toolsets) != 0 || len(w.AllowTools) != 0 || w.AllowPermanentDelete || w.Confirm != config.ConfirmAuto {
		t.Errorf("toolsets %q, tools %q, permanent %t, confirm %q", w.Toolsets, w.AllowTools, w.AllowPermanentDelete, w.Confirm)
	}
	if w.RateReads != (config.Rate{PerSecond: 10, Burst: 20}) || w.RateWrites != (config.Rate{PerSecond: 1, Burst: 5}) {
		t.Errorf("rates %v, %v", w.RateReads, w.RateWrites)
	}
	if w.BulkPerMinute != 500 || w.BulkPerDay != 5000 || w.UndoWindow != time.Hour || w.OperationMax != 256 {
		t.Errorf("bulk %d, %d, undo %v, operations %d", w.BulkPerMinute, w.BulkPerDay, w.UndoWindow, w.OperationMax)
	}
	if !w.AuditKey.Empty() || len(w.AuditTargets) != 0 || w.StateDir != "" {
		t.Errorf("audit to %q, state in %q", w.AuditTargets, w.StateDir)
	}
}

func TestLoad_RatesAreHowOftenAndHowManyAtOnce(t *testing.T) {
	for in, want := range map[string]config.Rate{
		"10/s,20": {PerSecond: 10, Burst: 20}, "0.5/s,1": {PerSecond: 0.5, Burst: 1}, "30/m,2": {PerSecond: 0.5, Burst: 2},
		"3600/H,9": {PerSecond: 1, Burst: 9}, "1 / s, 5": {PerSecond: 1, Burst: 5}, "10000/s,10000": {PerSecond: 10000, Burst: 10000},
		"off": {}, "OFF": {},
	} {
		got := mustLoad(t, "MAIL_IMAP_RATE_WRITES="+in).Writing.RateWrites
		if got != want || got.Off() != (want.Burst == 0) {
			t.Errorf("%q is %+v", in, got)
		}
	}
	for _, bad := range []string{
		"10", "10/s", "10/s,", "/s,5", "10/d,5", "0/s,5", "-1/s,5", "10/s,0", "10/s,-1", "10/s,1.5",
		"10001/s,5", "10/s,10001", "NaN/s,5", "Inf/s,5", "1e999/s,5", "10/s,20,30", "ten/s,5", "none",
	} {
		_, err := load(t, "MAIL_IMAP_RATE_READS="+bad)
		assertProblem(t, err, "MAIL_IMAP_RATE_READS", "for example MAIL_IMAP_RATE_READS=10/s,20")
	}
}

func TestLoad_ToolsetsAreKnownNames(t *testing.T) {
	w := mustLoad(t, "MAIL_IMAP_TOOLSETS= Read, organize,,READ ", "MAIL_IMAP_ALLOW_TOOLS=imap_get_message").Writing
	if !slices.Equal(w.Toolsets, []string{"read", "organize"}) || !slices.Equal(w.AllowTools, []string{"imap_get_message"}) {
		t.Errorf("toolsets %q, tools %q", w.Toolsets, w.AllowTools)
	}
	_, err := load(t, "MAIL_IMAP_TOOLSETS=read,organise")
	assertProblem(t, err, "MAIL_IMAP_TOOLSETS", `"organise"`, "read, organize, drafts, mailboxes")
	_, err = load(t, "MAIL_IMAP_ALLOW_TOOLS=,")
	assertProblem(t, err, "MAIL_IMAP_ALLOW_TOOLS", "for example")
}

func TestLoad_ConfirmIsOneOfThree(t *testing.T) {
	for in, want := range map[string]config.Confirm{"auto": config.ConfirmAuto, "Always": config.ConfirmAlways, "NEVER": config.ConfirmNever} {
		if got := mustLoad(t, "MAIL_IMAP_CONFIRM="+in).Writing.Confirm; got != want {
			t.Errorf("%q is %q", in, got)
		}
	}
	for _, bad := range []string{"no", "false", "never,always"} {
		_, err := load(t, "MAIL_IMAP_CONFIRM="+bad)
		assertProblem(t, err, "MAIL_IMAP_CONFIRM", "auto, always or never")
	}
}

func TestLoad_CeilingsHaveBounds(t *testing.T) {
	for name, most := range map[string]string{"BULK_PER_MINUTE": "10000000", "BULK_PER_DAY": "10000000", "UNDO_WINDOW_SECONDS": "604800", "OPERATION_MAX_ENTRIES": "1000000"} {
		mustLoad(t, "MAIL_IMAP_"+name+"=1")
		mustLoad(t, "MAIL_IMAP_"+name+"="+most)
		for _, bad := range []string{"0", "-1", most + "0", "many"} {
			_, err := load(t, "MAIL_IMAP_"+name+"="+bad)
			assertProblem(t, err, "MAIL_IMAP_"+name)
		}
	}
}

func TestLoad_AnAuditFileNeedsAKey(t *testing.T) {
	key := bytes.Repeat([]byte{0xfb}, 32)
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(base64.StdEncoding.EncodeToString(key)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, given := range []string{
		"MAIL_IMAP_AUDIT_KEY=" + base64.StdEncoding.EncodeToString(key),
		"MAIL_IMAP_AUDIT_KEY=" + base64.RawURLEncoding.EncodeToString(key),
		"MAIL_IMAP_AUDIT_KEY_FILE=" + file,
	} {
		w := mustLoad(t, given, "MAIL_IMAP_AUDIT_FILE=/var/log/a.jsonl, stderr,syslog").Writing
		if w.AuditKey.Reveal() != string(key) || !slices.Equal(w.AuditTargets, []string{"/var/log/a.jsonl", "stderr", "syslog"}) {
			t.Errorf("%s: targets %q", given, w.AuditTargets)
		}
	}
	mustLoad(t, "MAIL_IMAP_AUDIT_FILE=stderr,syslog")
	_, err := load(t, "MAIL_IMAP_AUDIT_FILE=/var/log/a.jsonl")
	assertProblem(t, err, "MAIL_IMAP_AUDIT_FILE", "openssl rand -base64 32")
	for _, bad := range []string{"audit.jsonl", "./a", "stdout", "stderr,,"} {
		_, err := load(t, "MAIL_IMAP_AUDIT_FILE="+bad)
		assertProblem(t, err, "MAIL_IMAP_AUDIT_FILE", "whole path")
	}
	for _, n := range []int{31, 33} {
		secret := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, n))
		_, err := load(t, "MAIL_IMAP_AUDIT_KEY="+secret)
		assertProblem(t, err, "MAIL_IMAP_AUDIT_KEY", "32 bytes")
		if bytes.Contains([]byte(err.Error()), []byte(secret)) {
			t.Error("the key is shown")
		}
	}
	_, err = load(t, "MAIL_IMAP_AUDIT_KEY_FILE="+file, "MAIL_IMAP_AUDIT_KEY=x")
	assertProblem(t, err, "MAIL_IMAP_AUDIT_KEY", "both set")
}

func TestLoad_TheStateNeedsADirectoryThatExists(t *testing.T) {
	dir := t.TempDir()
	if got := mustLoad(t, "MAIL_IMAP_STATE_DIR="+dir).Writing.StateDir; got != dir {
		t.Errorf("the directory is %q", got)
	}
	for _, bad := range []string{"state", "./state", filepath.Join(dir, "missing")} {
		_, err := load(t, "MAIL_IMAP_STATE_DIR="+bad)
		assertProblem(t, err, "MAIL_IMAP_STATE_DIR")
	}
}
