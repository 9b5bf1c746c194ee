// vizarr.mjs IMAGE_URL FOLDER: opens an image in vizarr, which comes from another origin, and saves what it draws.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { installed, open, pixels, save } from "./browser.mjs";

const [image, folder] = process.argv.slice(2);
const script = fs.readFileSync(path.join(installed, "vizarr", "static", "index.js"), "utf8")
  // JPEG 2000 would come from elsewhere.
  .replace(/https:\/\/cdn\.jsdelivr\.net\/[^"'`]*jpx\.js/, "/jpx.js");
const files = {
  "/": ["text/html", `<!doctype html><body style="background:#000"><div id="app"
    data-incoming='{"root":"/","visualization_config":{"dataset_id":"d.json"}}'></div>
    <script type="module" src="/index.js"></script>`],
  "/index.js": ["text/javascript", script],
  "/jpx.js": ["text/javascript", "export class JpxImage {}"],
  "/api/datasets/d.json": ["application/json", JSON.stringify({
    state: "deferred", name: "image", id: "d", sources: [{ source_uri: image }],
  })],
};
const server = http.createServer((request, response) => {
  const file = files[request.url.split("?")[0]];
  response.writeHead(file ? 200 : 404, { "Content-Type": file?.[0] ?? "text/plain" }).end(file?.[1] ?? "");
});
await new Promise(done => server.listen(0, "127.0.0.1", done));

const { browser, page, complaints } = await open("about:blank");
try {
  const answers = [];
  page.on("response", response => {
    if (response.url().startsWith(image)) answers.push([response.request().method(), response.status(), response.url()]);
  });
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  // It draws when the last chunk has come; WebGL tells nobody when.
  let colors = 0;
  for (let tries = 0; tries < 240 && colors < 8; tries++) {
    await new Promise(done => setTimeout(done, 500));
    const picture = await pixels(page, { x: 300, y: 150, width: 400, height: 400 });
    save(folder, "vizarr", picture);
    const different = new Set();
    for (let i = 0; i < picture.rgb.length; i += 3) different.add(picture.rgb.readUIntBE(i, 3));
    colors = different.size;
  }
  console.log(JSON.stringify({ colors, chunks: answers.filter(([, status, url]) => status < 300 && /\/c\//.test(url)).length,
    refused: answers.filter(([, status]) => status >= 400 && status !== 404).length, complaints }));
} finally {
  await browser.close();
  server.close();
}
