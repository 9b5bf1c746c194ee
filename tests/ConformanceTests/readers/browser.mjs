// What the scripts share that drive a browser: Debian's Chromium through playwright-core, and pictures as plain bytes.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import zlib from "node:zlib";
import { createRequire } from "node:module";

const readers = process.env.OMEZARR_READERS
  ?? path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache"), "omezarr-native", "readers");
export const installed = path.join(readers, "browser");

/** Opens a page; whatever it complains of ends up in complaints. */
export async function open(url, size) {
  const { chromium } = createRequire(path.join(installed, "package.json"))("playwright-core");
  const browser = await chromium.launch({
    executablePath: process.env.OMEZARR_CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox", "--disable-gpu", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--force-color-profile=srgb",
    ],
  });
  const page = await browser.newPage({ viewport: size ?? { width: 1000, height: 700 } });
  const complaints = [];
  page.on("pageerror", error => complaints.push(String(error)));
  page.on("console", message => { if (message.type() === "error") complaints.push(message.text()); });
  page.setDefaultTimeout(240_000);
  await page.goto(url);
  return { browser, page, complaints };
}

/** Waits until nothing is asked for and all that has come is drawn. */
export const settled = page => page.waitForFunction(() => document.getElementById("view").dataset.settled === "true");

/** Red, green and blue of each pixel of a part of the screen. */
export async function pixels(page, clip) {
  const png = await page.screenshot({ clip });
  const chunks = [];
  let width = 0, height = 0, samples = 0;
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at), type = png.toString("latin1", at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") [width, height, samples] = [data.readUInt32BE(0), data.readUInt32BE(4), data[9] === 6 ? 4 : 3];
    if (type === "IDAT") chunks.push(data);
    at += 12 + length;
  }
  const raw = zlib.inflateSync(Buffer.concat(chunks)), row = width * samples, out = Buffer.alloc(row * height);
  const paeth = (a, b, c) => {
    const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
    return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
  };
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (row + 1)];
    for (let i = 0; i < row; i++) {
      const left = i >= samples ? out[y * row + i - samples] : 0;
      const above = y > 0 ? out[(y - 1) * row + i] : 0;
      const corner = y > 0 && i >= samples ? out[(y - 1) * row + i - samples] : 0;
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter];
      out[y * row + i] = raw[y * (row + 1) + 1 + i] + guess;
    }
  }
  if (samples === 3) return { width, height, rgb: out };
  const rgb = Buffer.alloc(width * height * 3);
  for (let i = 0; i < width * height; i++) out.copy(rgb, i * 3, i * 4, i * 4 + 3);
  return { width, height, rgb };
}

export const save = (folder, name, picture) => fs.writeFileSync(path.join(folder, `${name}.rgb`), picture.rgb);
