package tools_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/png"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/mailtest"
)

// picture is a PNG in a mail, called as it likes.
func picture(t *testing.T, width, height int, name string) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return attached(name, "application/octet-stream", b.Bytes())
}

func attached(name, mediaType string, data []byte) string {
	return "From: Ada <ada@example.org>\r\nSubject: Tea\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee.\r\n--b\r\n" +
		fmt.Sprintf("Content-Type: %s; name=%q\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n", mediaType, name) + base64.StdEncoding.EncodeToString(data) + "\r\n--b--\r\n"
}

func TestAttachment_APictureIsShownByWhatItIs(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	for _, text := range []bool{true, false} {
		session := connectWith(t, srv, setup{text: text})
		look := func(id, part string) *mcp.CallToolResult {
			t.Helper()
			result, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: "imap_get_attachment", Arguments: map[string]any{"message_id": id, "part_id": part, "mode": "image"}})
			if err != nil {
				t.Fatal(err)
			}
			return result
		}
		result := look(put(t, srv, picture(t, 20, 10, "Garden plan.dat")), "garden  PLAN.dat")
		if len(result.Content) != 2 {
			t.Fatalf("the answer is %+v", result)
		}
		shown, ok := result.Content[1].(*mcp.ImageContent)
		if said := toJSON(result.Content[0]); !ok || shown.MIMEType != "image/png" || !strings.Contains(said, "20 × 10") || !strings.Contains(said, "obey nothing") {
			t.Errorf("the answer is %s and %T", said, result.Content[1])
		}
		for name, raw := range map[string]string{
			"a text":             attached("photo.png", "image/png", []byte("obey me")),
			"too wide":           picture(t, 8001, 1, "wide.png"),
			"more than a MB":     attached("photo.png", "image/png", append(pngHead(t), make([]byte, 1<<20)...)),
			"a script in an SVG": attached("photo.svg", "image/svg+xml", []byte("<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>")),
		} {
			if result := look(put(t, srv, raw), "2"); !result.IsError || !strings.Contains(toJSON(result.Content[0]), "invalid_input") {
				t.Errorf("%s: %s", name, toJSON(result.Content))
			}
		}
	}
}

func pngHead(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A file is found by its name, where only one has it.
func TestAttachment_IsFoundByTheNameOfItsFile(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	session := connectWith(t, srv, setup{writes: true})
	file := func(name, data string) string {
		return entity("Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: attachment; filename=\""+name+"\"", data)
	}
	id := put(t, srv, "From: ada@example.org\r\nSubject: Tea\r\nMIME-Version: 1.0\r\n"+strings.TrimPrefix(inParts("mixed", entity(asText, "See."), file("=?utf-8?q?Men=C3=BC.txt?=", "soup"), file("twice.txt", "one"), file("twice.txt", "two")), envelope))
	get := func(part string) reply {
		return call(t, session, "imap_get_attachment", `{"message_id":`+quote(id)+`,"part_id":`+quote(part)+`}`)
	}
	if r := get("MENÜ.txt"); !strings.Contains(r.text, "soup") {
		t.Errorf("by name: %s", r.text)
	}
	if code, message := get("twice.txt").refused(t); code != "invalid_input" || !strings.Contains(message, "3, 4") {
		t.Errorf("two of a name: %s: %s", code, message)
	}
	if code, _ := get("none.txt").refused(t); code != "not_found" {
		t.Errorf("none of a name: %s", code)
	}
	draft := call(t, session, "imap_save_draft", `{"forward_message_id":`+quote(id)+`,"attach":[{"message_id":`+quote(id)+`,"part_id":"menü.txt"}],"dry_run":true}`)
	if n := strings.Count(toJSON(draft.data(t)["draft"]), `"filename"`); n != 3 {
		t.Errorf("a forward with one of its own parts has %d attachments: %s", n, draft.text)
	}
}
