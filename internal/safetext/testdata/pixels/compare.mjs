// Compares what the fixtures in ../hidden claim with pixels.
//
//	node compare.mjs [--only word] > RESULT.txt     (CHROMIUM=/path/to/chromium, else "chromium")
//
// Each fixture is drawn by headless Chromium (no network, no JavaScript, a
// window of 1,000 x 3,000 pixels, a font of even width) as it is, and once more
// for each marker word with that word backwards. The word is visible
// if any channel of any pixel differs by 10 or more. SEEN words should be, GHOST
// words should not; DOUBT words may be either. Known differences stand in
// deviations.json with their reasons; any other makes it exit with 1. It takes
// about five minutes and needs nothing but Node 20 and Chromium.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inflateSync } from "node:zlib";

const here = import.meta.dirname;
const threshold = 10;
const deviations = JSON.parse(readFileSync(join(here, "deviations.json"), "utf8"));

// A browser by the DevTools protocol over a pipe: JSON messages that end with NUL.
class Browser {
  constructor() {
    this.profile = mkdtempSync(join(tmpdir(), "pixels-"));
    this.process = spawn(process.env.CHROMIUM ?? "chromium", ["--headless=new", "--no-sandbox", "--remote-debugging-pipe",
      "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1", "--no-first-run", "--disable-lcd-text",
      "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=" + this.profile, "about:blank"],
    { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    this.next = 1;
    this.waiting = new Map();
    this.loaded = () => {};
    let parts = [];
    this.process.stdio[4].on("data", (data) => {
      for (let end; (end = data.indexOf(0)) >= 0; data = data.subarray(end + 1)) {
        parts.push(data.subarray(0, end));
        this.receive(JSON.parse(Buffer.concat(parts).toString()));
        parts = [];
      }
      parts.push(data);
    });
  }
  receive(m) {
    if (m.method === "Page.loadEventFired") this.loaded();
    const wait = this.waiting.get(m.id);
    if (!wait) return;
    this.waiting.delete(m.id);
    m.error ? wait.reject(new Error(m.error.message)) : wait.resolve(m.result);
  }
  send(method, params = {}) {
    const id = this.next++;
    this.process.stdio[3].write(JSON.stringify({ id, method, params, sessionId: this.session }) + "\0");
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }
  async open() {
    this.version = (await this.send("Browser.getVersion")).product;
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    this.session = (await this.send("Target.attachToTarget", { targetId, flatten: true })).sessionId;
    await this.send("Page.enable");
    await this.send("Emulation.setScriptExecutionDisabled", { value: true });
    await this.send("Emulation.setDeviceMetricsOverride", { width: 1000, height: 3000, deviceScaleFactor: 1, mobile: false });
    const mono = "DejaVu Sans Mono";
    await this.send("Page.setFontFamilies", { fontFamilies: { standard: mono, serif: mono, sansSerif: mono, fixed: mono } });
  }
  async draw(page) {
    const loaded = new Promise((resolve) => { this.loaded = resolve; });
    await this.send("Page.navigate", { url: "data:text/html;charset=utf-8;base64," + Buffer.from(page).toString("base64") });
    await Promise.race([loaded, new Promise((resolve) => setTimeout(resolve, 5000))]);
    return (await this.send("Page.captureScreenshot", { format: "png", optimizeForSpeed: true })).data;
  }
  async close() {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.session = undefined;
    this.send("Browser.close").catch(() => {});
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5000))]);
    this.process.kill();
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

// pixels decodes a PNG of 8 bits a channel, as Chromium writes it.
function pixels(base64) {
  const png = Buffer.from(base64, "base64");
  const width = png.readUInt32BE(16), size = png[25] === 6 ? 4 : 3;
  const data = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  const raw = inflateSync(Buffer.concat(data)), stride = width * size, rows = raw.length / (stride + 1);
  const out = Buffer.alloc(rows * stride);
  for (let y = 0; y < rows; y++) {
    const filter = raw[y * (stride + 1)], from = y * (stride + 1) + 1, to = y * stride;
    for (let x = 0; x < stride; x++) {
      const a = x >= size ? out[to + x - size] : 0, b = y ? out[to + x - stride] : 0, c = x >= size && y ? out[to + x - stride - size] : 0;
      const p = a + b - c, pa = Math.abs(p - a), pb = Math.abs(p - b), pc = Math.abs(p - c);
      out[to + x] = raw[from + x] + [0, a, b, (a + b) >> 1, pa <= pb && pa <= pc ? a : pb <= pc ? b : c][filter];
    }
  }
  return out;
}

function differ(one, two) {
  if (one === two) return false;
  const a = pixels(one), b = pixels(two);
  for (let i = 0; i < a.length; i++) if (Math.abs(a[i] - b[i]) >= threshold) return true;
  return false;
}

// exchanged is the page with one word backwards, which is as wide; Unicode tags,
// raw or as entities, spell words too.
function exchanged(page, word) {
  const other = [...word].reverse().join("");
  const tag = (s, f) => [...s].map((c) => f(0xe0000 + c.charCodeAt(0))).join("");
  for (const spell of [(s) => s, (s) => tag(s, (n) => String.fromCodePoint(n)), (s) => tag(s, (n) => "&#x" + n.toString(16).toUpperCase() + ";")])
    page = page.replaceAll(spell(word), spell(other));
  return page;
}

function wordsOf(page) {
  const plain = page.replace(/&#xE00([2-7][0-9A-F]);/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)))
    .replace(/[\u{e0020}-\u{e007e}]/gu, (c) => String.fromCharCode(c.codePointAt(0) - 0xe0000));
  return [...new Set(plain.match(/(SEEN|GHOST|DOUBT)[A-Z]{2}/g))];
}

const only = process.argv[2] === "--only" ? process.argv[3] : "";
const browser = new Browser();
let words = 0, agreed = 0, doubtful = 0, unexplained = 0;
const lines = [];
try {
  await browser.open();
  for (const file of readdirSync(join(here, "../hidden")).filter((f) => f.endsWith(".html") && f.includes(only)).sort()) {
    const page = readFileSync(join(here, "../hidden", file), "utf8");
    const before = await browser.draw(page);
    for (const word of wordsOf(page)) {
      words++;
      const visible = differ(before, await browser.draw(exchanged(page, word)));
      if (word.startsWith("DOUBT")) doubtful++;
      else if (visible === word.startsWith("SEEN")) agreed++;
      else {
        const moves = differ(before, await browser.draw(page)) ? "it differs from itself: " : "";
        const reason = deviations[file];
        if (!reason) unexplained++;
        lines.push(`${file}: ${word} is ${visible ? "drawn" : "not drawn"}: ${moves}${reason ?? "NO REASON KNOWN"}`);
      }
    }
  }
} finally {
  await browser.close();
}
console.log(`${new Date().toISOString().slice(0, 10)}, ${browser.version}
${words} words: ${agreed} as claimed, ${lines.length} differ (${unexplained} without a reason), ${doubtful} in doubt (not compared)
${lines.join("\n")}`);
process.exitCode = unexplained ? 1 : 0;
