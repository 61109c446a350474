package demo

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
)

// writePhotos writes a mail whose pictures stand in its text.
func writePhotos(d *desk) {
	page := `<html><body>
<p>Hi Maya,</p>
<p>this was last night from the gallery:</p>
<p><img src="cid:dusk@northlight.example" alt="The tower at dusk" width="96" height="64"></p>
<p>and this an hour later, when the fog came in:</p>
<p><img src="cid:fog@northlight.example" alt="The same, in fog" width="96" height="64"></p>
<p>Use them for the <em>postcards</em> if you like.<br>Dev</p>
</body></html>
`
	d.put(inbox, mail{
		from: dev, subject: "Two pictures from the gallery", date: d.ago(2, 7, 12),
		body: multipart("mixed",
			multipart("alternative",
				plain(utf8QP, "Hi Maya,\n\nthis was last night from the gallery: [The tower at dusk]\nand this an hour later, when the fog came in: [The same, in fog]\n\nUse them for the postcards if you like.\nDev\n"),
				multipart("related",
					html(utf8QP, page),
					inline("image/png", "dusk.png", "dusk@northlight.example", sky(color.RGBA{28, 38, 84, 255}, color.RGBA{238, 132, 62, 255})),
					inline("image/png", "fog.png", "fog@northlight.example", sky(color.RGBA{150, 156, 160, 255}, color.RGBA{205, 208, 210, 255})))),
			attachment("text/plain; charset=utf-8", "exposure notes.txt", []byte("f/8, 1/15 s, tripod, no filter\n"))),
	})
}

// sky paints a sky from top to horizon with a tower before it.
func sky(top, horizon color.RGBA) []byte {
	const width, height = 96, 64
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	mix := func(a, b uint8, y int) uint8 { return uint8((int(a)*(height-y) + int(b)*y) / height) }
	for y := range height {
		for x := range width {
			c := color.RGBA{mix(top.R, horizon.R, y), mix(top.G, horizon.G, y), mix(top.B, horizon.B, y), 255}
			if y > 14 && x > 44-y/12 && x < 52+y/12 {
				c = color.RGBA{235, 235, 230, 255}
			}
			img.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	_ = png.Encode(&b, img) // a bytes.Buffer never fails
	return b.Bytes()
}
