package office

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// cellFormat is what matters of a cell's style.
type cellFormat struct {
	date, clock bool // the number is a moment, of which these are shown
	percent     bool
	decimals    int // -1: as many as there are
	general     bool
	blank       bool // the format ";;;" shows nothing
	white, tiny bool
}

// sheetStyles reads the fonts, fills and number formats of a workbook
// (ECMA-376-1 §18.8). Without it cells show their numbers.
func (b *workbook) sheetStyles(name string) {
	x, err := b.p.xml(name)
	if err != nil {
		return
	}
	defer x.close()
	codes := map[string]string{}
	type font struct{ white, tiny bool }
	var fonts []font
	var fills []bool
	in := ""
	for x.next() {
		switch x.start {
		case "fonts", "fills", "cellXfs", "cellStyleXfs", "dxfs", "numFmts":
			in = x.start
		case "numFmt":
			if in == "numFmts" && len(codes) < maxStyles {
				codes[x.attr("numFmtId")] = x.attr("formatCode")
			}
		case "font":
			if in == "fonts" && len(fonts) < maxStyles {
				fonts = append(fonts, font{})
			}
		case "sz":
			if size, err := strconv.ParseFloat(x.attr("val"), 64); in == "fonts" && len(fonts) > 0 && err == nil {
				fonts[len(fonts)-1].tiny = size <= 1
			}
		case "color":
			if in == "fonts" && len(fonts) > 0 { // theme 0 is the paper's colour
				fonts[len(fonts)-1].white = isWhite(x.attr("rgb")) || x.attr("indexed") == "9" || (x.attr("theme") == "0" && x.attr("tint") == "")
			}
		case "patternFill":
			if in == "fills" && len(fills) < maxStyles {
				kind := x.attr("patternType")
				fills = append(fills, kind != "" && kind != "none")
			}
		case "fgColor":
			if in == "fills" && len(fills) > 0 && (isWhite(x.attr("rgb")) || x.attr("indexed") == "9") {
				fills[len(fills)-1] = false // white on white
			}
		case "gradientFill":
			if in == "fills" && len(fills) < maxStyles {
				fills = append(fills, true)
			}
		case "xf":
			if in != "cellXfs" || len(b.formats) >= 65_536 {
				continue
			}
			f := formatOf(x.attr("numFmtId"), codes)
			fontID, errFont := strconv.Atoi(x.attr("fontId"))
			fillID, errFill := strconv.Atoi(x.attr("fillId"))
			filled := errFill == nil && fillID >= 0 && fillID < len(fills) && fills[fillID]
			if errFont == nil && fontID >= 0 && fontID < len(fonts) {
				f.white, f.tiny = fonts[fontID].white && !filled, fonts[fontID].tiny
			}
			b.formats = append(b.formats, f)
		}
	}
}

// builtin are the codes of ECMA-376-1 §18.8.30 that need no definition.
var builtin = map[string]string{
	"1": "0", "2": "0.00", "3": "#,##0", "4": "#,##0.00", "9": "0%", "10": "0.00%",
	"14": "yyyy-mm-dd", "15": "d-mmm-yy", "16": "d-mmm", "17": "mmm-yy", "18": "h:mm", "19": "h:mm:ss",
	"20": "h:mm", "21": "h:mm:ss", "22": "yyyy-mm-dd h:mm", "37": "#,##0", "38": "#,##0", "39": "#,##0.00",
	"40": "#,##0.00", "45": "mm:ss", "46": "[h]:mm:ss", "47": "mm:ss", "49": "@",
}

func formatOf(id string, codes map[string]string) cellFormat {
	code, ok := codes[id]
	if !ok {
		code = builtin[id]
	}
	f := cellFormat{decimals: -1, general: code == "" || strings.EqualFold(code, "general") || code == "@"}
	if f.general {
		return f
	}
	if strings.TrimSpace(code) == ";;;" {
		f.blank = true
		return f
	}
	bare := unquoted(strings.ToLower(code[:min(len(code), 1000)]))
	bare, _, _ = strings.Cut(bare, ";") // the section for positive numbers
	f.clock = strings.ContainsAny(bare, "hs")
	f.date = strings.ContainsAny(bare, "yd") || (strings.Contains(bare, "m") && !f.clock)
	f.percent = strings.Contains(bare, "%")
	if strings.ContainsAny(bare, "0#?") && !strings.Contains(bare, "e") {
		f.decimals = 0
		if _, after, found := strings.Cut(bare, "."); found {
			f.decimals = min(len(after)-len(strings.TrimLeft(after, "0#?")), 15)
			if strings.ContainsAny(after, "#?") {
				f.decimals = -1
			}
		}
	}
	return f
}

// unquoted drops what a format code shows literally, and its [colours].
func unquoted(code string) string {
	var out strings.Builder
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '\\', '_', '*':
			i++
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return out.String()
			}
			i += end + 1
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return out.String()
			}
			if inner := code[i+1 : i+end]; strings.Trim(inner, "hms") == "" {
				out.WriteString(inner) // elapsed hours
			}
			i += end
		default:
			out.WriteByte(code[i])
		}
	}
	return out.String()
}

// number shows a numeric cell, as cheaply as can be close to what is seen.
func (f cellFormat) number(value string, from1904 bool) string {
	n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return value
	}
	switch {
	case f.date || f.clock:
		if text, ok := f.moment(n, from1904); ok {
			return text
		}
	case f.percent:
		return strconv.FormatFloat(n*100, 'f', max(f.decimals, 0), 64) + "%"
	case !f.general && f.decimals >= 0 && math.Abs(n) < 1e15:
		return strconv.FormatFloat(n, 'f', f.decimals, 64)
	}
	return general(n)
}

// general writes 15 digits, as Excel keeps: 0.30000000000000004 is 0.3.
func general(n float64) string {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(n, 'g', 15, 64), 64)
	if err != nil {
		rounded = n
	}
	if a := math.Abs(rounded); a != 0 && (a >= 1e15 || a < 1e-9) {
		return strconv.FormatFloat(rounded, 'g', -1, 64)
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// moment turns a serial number into a date. Excel's 1900 had a 29 February.
func (f cellFormat) moment(n float64, from1904 bool) (string, bool) {
	if n < 0 || n > 2_958_466 { // the year 10000
		return "", false
	}
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case from1904:
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case n < 60:
		epoch = epoch.AddDate(0, 0, 1)
	}
	whole, part := math.Modf(n)
	t := epoch.AddDate(0, 0, int(whole)).Add(time.Duration(math.Round(part*86400)) * time.Second)
	switch {
	case !f.date && whole > 0: // elapsed time
		seconds := int(math.Round(n * 86400))
		return strconv.Itoa(seconds/3600) + t.Format(":04:05"), true
	case !f.date:
		return clockOf(t, "15:04"), true
	case f.clock:
		return clockOf(t, "2006-01-02 15:04"), true
	}
	return t.Format(time.DateOnly), true
}

// clockOf adds seconds where there are some.
func clockOf(t time.Time, layout string) string {
	if t.Second() != 0 {
		layout += ":05"
	}
	return t.Format(layout)
}
