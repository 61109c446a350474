package safety

import (
	"path"
	"regexp"
	"strings"
	"sync"

	"mail-imap-mcp/internal/message"
)

// Endings by what opening such a file does.
const (
	endingsRun = " exe scr com bat cmd pif ps1 psm1 vbs vbe js jse ws wsf wsh hta msi msp mst lnk url scf reg cpl dll jar jnlp " +
		"apk ipa app pkg deb rpm run sh command gadget inf xll appref-ms application chm settingcontent-ms library-ms ade mde workflow py "
	endingsMacro = " docm dotm xlsm xltm xlam xlsb pptm potm ppam ppsm sldm one onepkg "
	endingsImage = " iso img vhd vhdx dmg udf wim "
	endingsPage  = " htm html xhtml shtml mht mhtml svg xht "
	endingsZip   = " zip 7z rar gz tgz xz bz2 arj cab ace lzh z "
	endingsCalm  = " pdf doc docx xls xlsx ppt pptx odt ods odp txt rtf csv jpg jpeg png gif bmp tif tiff webp mp3 mp4 wav avi mov htm html eml ics vcf "
)

// endingsSource are programs as developers send them to each other, which no
// usual system runs when they are opened.
const endingsSource = " sh py run deb rpm "

// leftOver reports the names that Exchange gives to pieces of the body that it
// makes attachments of: ATT00001.htm.
func leftOver(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	return strings.HasPrefix(stem, "att") && len(stem) > len("att") && strings.Trim(stem[len("att"):], "0123456789") == ""
}

func ends(list, ending string) bool {
	return ending != "" && strings.Contains(list, " "+ending+" ")
}

// maxAttachments is how many are looked at; an answer lists 50.
const maxAttachments = 1000

func (d *drawer) attachments(f Facts) {
	archive := ""
	for _, a := range f.Attachments[:min(len(f.Attachments), maxAttachments)] {
		name := strings.ToLower(strings.TrimRight(a.Filename, " ."))
		ending := endingOf(name)
		if strings.HasPrefix(a.ContentType, "message/") {
			ending = "" // named after its subject: "Re: www.shop.com"
		}
		what := a.Filename
		if what == "" {
			what = a.ContentType
		}
		if ends(endingsRun, ending) || runs(a.ContentType) {
			d.add(Signal{Kind: KindExecutable, Level: warnIf(!d.viaList && !ends(endingsSource, ending)), Message: "An attachment is a program or a script, or starts one.", Evidence: what})
		}
		if ends(endingsMacro, ending) || strings.Contains(a.ContentType, "macroenabled") {
			d.add(Signal{Kind: KindMacro, Level: warnIf(!(d.isOwn(d.from) && d.authenticated)), Message: "An attachment can carry macros or embedded programs.", Evidence: what})
		}
		if ends(endingsImage, ending) {
			d.add(Signal{Kind: KindDiskImage, Level: Warning, Message: "An attachment is a disk image, whose files escape some checks.", Evidence: what})
		}
		if ends(endingsPage, ending) || a.Filename != "" && (a.ContentType == "text/html" || a.ContentType == "image/svg+xml") {
			d.add(Signal{Kind: KindHTMLAttachment, Level: warnIf(!d.viaList && !leftOver(name) && a.ContentType != "image/svg+xml"), Message: "An attachment is a web page; opened, it can show a sign-in form or run scripts.", Evidence: what})
		}
		if first := endingOf(strings.TrimRight(strings.TrimSuffix(name, "."+ending), " .")); ends(endingsCalm, first) && (ends(endingsRun, ending) || ends(endingsMacro, ending) || ends(endingsImage, ending) || ends(endingsPage, ending)) && first != ending {
			d.add(Signal{Kind: KindDoubleExtension, Level: Warning, Message: "An attachment's name has two endings; programs that hide the last one show it as a ." + first + " file.", Evidence: what})
		}
		if mismatch(ending, a) {
			d.add(Signal{Kind: KindTypeMismatch, Level: Notice, Message: "An attachment's name and its declared type do not fit.", Evidence: what + " as " + a.ContentType})
		}
		if archive == "" && (ends(endingsZip, ending) || a.ContentType == "application/zip") {
			archive = what
		}
	}
	if archive != "" {
		if at := saysPassword().FindString(f.Text[:min(len(f.Text), passwordReach)]); at != "" {
			d.add(Signal{Kind: KindLockedArchive, Level: warnIf(!d.bulk), Message: "An archive comes with its password in the text, which keeps scanners out of it.", Evidence: archive + ": " + at})
		}
	}
}

// passwordReach is how much of the text, in bytes, is searched for a password:
// it stands beside the mention of the attachment.
const passwordReach = 32 << 10

// saysPassword matches a password given in the text, in the languages of the
// lexicon.
var saysPassword = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:password|passcode|passwort|kennwort|mot de passe|contraseña|clave|senha|wachtwoord|hasło|пароль|密码|密碼|パスワード|비밀번호|كلمة المرور|पासवर्ड|parola|şifre)(?:[^\n.:=]{0,30}?)(?:\s*[:=：]\s*|\s+(?:is|ist|est|es|é|è|to|jest)\s+)\S{2,40}`)
})

// endingOf is the last ending of a file name, "" for none.
func endingOf(name string) string {
	ending := strings.TrimPrefix(path.Ext(name), ".")
	if len(ending) > 20 || strings.ContainsAny(ending, " /") {
		return ""
	}
	return ending
}

func runs(contentType string) bool {
	switch contentType {
	case "application/x-msdownload", "application/x-msdos-program", "application/x-dosexec", "application/vnd.microsoft.portable-executable",
		"application/x-sh", "application/hta", "application/x-msi", "application/java-archive", "application/vnd.android.package-archive",
		"application/x-ms-shortcut", "application/javascript", "text/javascript", "application/x-javascript":
		return true
	}
	return false
}

// mismatch reports a name that promises one kind of file where the declared
// type says another. Types that mean anything prove nothing.
func mismatch(ending string, a message.Attachment) bool {
	want := ""
	switch {
	case ending == "":
		return false
	case ends(" jpg jpeg png gif bmp tif tiff webp ", ending):
		want = "image/"
	case ending == "pdf":
		want = "application/pdf"
	case ends(" mp3 wav ", ending):
		want = "audio/"
	case ends(" mp4 avi mov ", ending):
		want = "video/"
	}
	switch kind := a.ContentType; {
	case kind == "", kind == "application/octet-stream", kind == "application/x-pdf", kind == "application/acrobat", kind == "application/binary", kind == "application/download", kind == "application/force-download", kind == "application/x-download":
		return false
	case want != "":
		return !strings.HasPrefix(kind, want) && !(want == "audio/" && strings.HasPrefix(kind, "video/")) && !(want == "video/" && strings.HasPrefix(kind, "audio/"))
	case runs(kind):
		return !ends(endingsRun, ending)
	}
	return ends(endingsRun, ending) && (strings.HasPrefix(a.ContentType, "image/") || a.ContentType == "application/pdf" || strings.HasPrefix(a.ContentType, "audio/") || strings.HasPrefix(a.ContentType, "video/"))
}
