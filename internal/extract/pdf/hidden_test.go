package pdf

import (
	"errors"
	"maps"
	"strings"
	"testing"
)

func image(b *builder) {
	b.stream(10, "/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray", "x")
}

// type3 is a bitmap font as Ghostscript writes them: in pixels, its box unsaid.
const type3 = "/Other 1 >> /Resources << /Font << /F1 5 0 R /T << /Type /Font /Subtype /Type3 /FontBBox [0 0 0 0] " +
	"/FontMatrix [1 0 0 1 0 0] /FirstChar 101 /LastChar 114 /Widths [22 1 25 1 12 1 1 1 1 25 25 1 1 17] " +
	"/Encoding << /Differences [101 /e 103 /g 105 /i 110 /n /o 114 /r] >> >> >>"

func TestText_LeavesOutWhatNobodySees(t *testing.T) {
	t.Parallel()
	secret := line(500, "ignore")
	for name, tc := range map[string]struct {
		content, resources string
		kind               string // "" when the text is visible
	}{
		"rendering mode 3":                {"3 Tr " + secret, "", "invisible_text"},
		"rendering mode 7, nothing shown": {"q 7 Tr " + secret + " Q", "", "invisible_text"},
		"rendering mode 7 over a fill":    {"q 7 Tr " + secret + " 50 480 300 50 re f Q", "", ""},
		"white on the page":               {"1 g " + secret, "", "same_color_text"},
		"nearly white":                    {".98 .98 .97 rg " + secret, "", "same_color_text"},
		"white in CMYK":                   {"0 0 0 0 k " + secret, "", "same_color_text"},
		"white by a colour space":         {"/DeviceRGB cs 1 1 1 sc " + secret, "", "same_color_text"},
		"white by an ICC profile":         {"/C cs 1 1 1 scn " + secret, "/ColorSpace << /C [/ICCBased 10 0 R] >>", "same_color_text"},
		"pale but readable":               {".8 g " + secret, "", ""},
		"white on a dark rectangle":       {"0 0 .3 rg 50 480 300 50 re f 1 g " + secret, "", ""},
		"white beside a dark rectangle":   {"0 0 .3 rg 50 600 300 50 re f 1 g " + secret, "", "same_color_text"},
		"dark on the same dark":           {"0 0 .3 rg 50 480 300 50 re f " + secret, "", "same_color_text"},
		"white on a dark rounded shape":   {"0 g 50 480 m 350 480 l 400 490 400 520 350 530 c 50 530 l f 1 g " + secret, "", ""},
		"white on white on dark":          {"0 g 0 400 600 200 re f 1 g 50 480 300 50 re f " + secret, "", "same_color_text"},
		"white on a picture":              {"q 600 0 0 800 0 0 cm /I Do Q 1 g " + secret, "/XObject << /I 10 0 R >>", ""},
		"white on a shading":              {"/S sh 1 g " + secret, "", ""},
		"white, outlined in black":        {"1 g 0 G 2 Tr " + secret, "", ""},
		"white outline alone":             {"1 G 1 Tr " + secret, "", "same_color_text"},
		"unknown colour":                  {"/P cs /X scn " + secret, "/ColorSpace << /P [/Pattern] >>", ""},
		"no opacity":                      {"/G gs " + secret, "/ExtGState << /G << /ca 0 >> >>", "invisible_text"},
		"tiny by its size":                {"BT /F1 1 Tf 72 500 Td (ignore) Tj ET", "", "tiny_text"},
		"tiny by the matrix":              {"q .05 0 0 .05 0 0 cm BT /F1 12 Tf 900 900 Td (ignore) Tj ET Q", "", "tiny_text"},
		"squeezed to nothing":             {"1 Tz " + secret, "", "tiny_text"},
		"size 1 scaled up":                {"BT /F1 1 Tf 12 0 0 12 72 500 Tm (ignore) Tj ET", "", ""},
		"size 1, Type 3 in pixels":        {"q .24 0 0 .24 0 0 cm BT /T 1 Tf 300 2000 Td (ignore) Tj ET Q", type3, ""},
		"left of the page":                {"BT /F1 12 Tf -900 500 Td (ignore) Tj ET", "", "off_screen_text"},
		"below the page":                  {"BT /F1 12 Tf 72 -50 Td (ignore) Tj ET", "", "off_screen_text"},
		"clipped away":                    {"q 0 0 10 10 re W n " + secret + " Q", "", "off_screen_text"},
		"inside a clip":                   {"q 0 400 600 400 re W n " + secret + " Q", "", ""},
		"under a later rectangle":         {secret + " 1 g 50 480 300 50 re f", "", "invisible_text"},
		"under a later transparent one":   {secret + " /G gs 1 1 0 rg 50 480 300 50 re f", "/ExtGState << /G << /ca .3 >> >>", ""},
		"under a multiplied marker":       {secret + " /G gs 1 1 0 rg 50 480 300 50 re f", "/ExtGState << /G << /BM /Multiply >> >>", ""},
		"in a frame drawn later":          {secret + " 50 480 300 50 re S", "", ""},
		"under two rectangles, a hole":    {secret + " 50 480 300 50 re 60 490 280 30 re f*", "", ""},
		"after a state was restored":      {"q 1 g Q " + secret, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			doc := textOf(t, onePage(line(700, "Seen by all")+tc.content, tc.resources, func(b *builder) {
				if strings.Contains(tc.resources, "ICCBased") {
					b.stream(10, "/N 3", "")
				} else {
					image(b)
				}
			}))
			wantText(t, doc, "Seen by all")
			want := map[string]int{}
			if tc.kind != "" {
				want[tc.kind] = len("ignore")
			}
			if strings.Contains(doc.Text, "ignore") != (tc.kind == "") || !maps.Equal(doc.Removed, want) {
				t.Errorf("text %q, removed %v, want removed %v", doc.Text, doc.Removed, want)
			}
		})
	}
}

func TestText_LeavesOutWhatTheCropBoxCutsOff(t *testing.T) {
	t.Parallel()
	b := newBuilder()
	b.object(1, catalog)
	b.object(2, "<< /Kids [3 0 R] /MediaBox [0 0 600 800] /CropBox [0 600 600 800] /Resources << /Font << /F1 5 0 R >> >> >>")
	b.object(3, "<< /Type /Page /Contents [4 0 R] >>")
	b.stream(4, "", line(700, "above")+line(500, "below"))
	b.object(5, helvetica)
	doc := textOf(t, b.finish(""))
	if doc.Text != "above" || doc.Removed["off_screen_text"] != len("below") {
		t.Errorf("text %q, removed %v", doc.Text, doc.Removed)
	}
}

func TestText_LeavesOutLayersThatAreOff(t *testing.T) {
	t.Parallel()
	b := newBuilder()
	b.object(1, "<< /Pages 2 0 R /OCProperties << /OCGs [10 0 R 11 0 R] /D << /OFF [10 0 R] >> >> >>")
	b.object(2, pageTree)
	b.object(3, "<< /Type /Page /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> /Properties << /Off 10 0 R /On 11 0 R >> >> >>")
	b.stream(4, "", "/OC /Off BDC /Span BMC "+line(700, "hidden")+"EMC EMC /OC /On BDC "+line(600, "shown")+"EMC")
	b.object(5, helvetica)
	b.object(10, "<< /Type /OCG /Name (a) >>")
	b.object(11, "<< /Type /OCG /Name (b) >>")
	doc := textOf(t, b.finish(""))
	if doc.Text != "shown" || doc.Removed["invisible_text"] != len("hidden") {
		t.Errorf("text %q, removed %v", doc.Text, doc.Removed)
	}
}

func TestText_ReadsTheRecognisedTextBehindAScan(t *testing.T) {
	t.Parallel()
	scan := "q 600 0 0 800 0 0 cm /I Do Q "
	doc := textOf(t, onePage(scan+"3 Tr "+line(700, "recognised words")+"0 Tr "+line(20, "page 1"), "/XObject << /I 10 0 R >>", image))
	wantText(t, doc, "recognised words", "page 1")
	if len(doc.Removed) > 0 {
		t.Errorf("removed %v", doc.Removed)
	}

	letter := scan + line(700, "A letter on paper with a watermark") + "3 Tr " + line(600, "ignore")
	doc = textOf(t, onePage(letter, "/XObject << /I 10 0 R >>", image))
	if strings.Contains(doc.Text, "ignore") || doc.Removed["invisible_text"] != len("ignore") {
		t.Errorf("text %q, removed %v", doc.Text, doc.Removed)
	}
}

func TestText_SaysThatPagesArePictures(t *testing.T) {
	t.Parallel()
	doc, err := Text(onePage("q 600 0 0 800 0 0 cm /I Do Q", "/XObject << /I 10 0 R >>", image), 1000)
	if !errors.Is(err, ErrNoText) || doc.Pages != 1 || doc.PagesRead != 1 || doc.Text != "" {
		t.Errorf("%+v, %v", doc, err)
	}
}

func TestText_ReadsFilledInFormFields(t *testing.T) {
	t.Parallel()
	b := newBuilder()
	b.object(1, catalog)
	b.object(2, pageTree)
	b.object(3, "<< /Type /Page /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> /Annots [10 0 R 11 0 R] >>")
	b.stream(4, "", line(700, "Name:"))
	b.object(5, helvetica)
	b.object(10, "<< /Subtype /Widget /Rect [120 690 300 720] /AP << /N 12 0 R >> >>")
	b.object(11, "<< /Subtype /Widget /F 2 /Rect [120 590 300 620] /AP << /N 12 0 R >> >>")
	b.stream(12, "/Subtype /Form /BBox [0 0 180 30] /Resources << /Font << /F1 5 0 R >> >>", "BT /F1 12 Tf 2 10 Td (Jane Sample) Tj ET")
	if doc := textOf(t, b.finish("")); doc.Text != "Name: Jane Sample" && doc.Text != "Name:  Jane Sample" {
		t.Errorf("text %q", doc.Text)
	}
}
