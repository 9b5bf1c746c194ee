// page_follow.mjs URL FOLDER FRAMES: opens the page of a growing acquisition and leaves the file "opened"; when it shows the last
// of so many frames, saves the pixel in the middle of the image and leaves the file "seen"; ends when the page says that the
// acquisition has ended.
import fs from "node:fs";
import path from "node:path";
import { open, pixels, save, settled } from "./browser.mjs";

const [url, folder, frames] = process.argv.slice(2);
const { browser, page, complaints } = await open(url);
try {
  await page.waitForFunction(() => document.getElementById("follow").checked);
  await settled(page);
  const before = await page.locator(".axis .place").first().textContent();
  const badge = await page.locator("#badge").textContent();
  fs.writeFileSync(path.join(folder, "opened"), "");
  await page.waitForFunction(last => document.querySelector(".axis .place").textContent === `${last} / ${last}`, frames);
  // The plane that is seen follows the one that is asked for.
  await page.waitForFunction(wanted => document.getElementById("view").dataset.seen === String(wanted - 1), frames);
  await settled(page);
  const box = await page.locator("#view").boundingBox();
  const [x, y] = [Math.floor(box.x + box.width / 2), Math.floor(box.y + box.height / 2)];
  save(folder, "last", await pixels(page, { x, y, width: 1, height: 1 }));
  const live = await page.locator("#live").textContent();
  fs.writeFileSync(path.join(folder, "seen"), "");
  const said = () => page.evaluate(() => {
    const now = document.getElementById("badge");
    return now.hidden ? "" : now.textContent;
  });
  await page.waitForFunction(was => {
    const now = document.getElementById("badge");
    return now.hidden || now.textContent !== was;
  }, badge);
  // That the server is gone is what is waited for.
  const others = complaints.filter(text => !/ERR_CONNECTION_(REFUSED|RESET)|ERR_EMPTY_RESPONSE/.test(text));
  console.log(JSON.stringify({ before, badge, live, after: await said(), complaints: others }));
} finally {
  await browser.close();
}
