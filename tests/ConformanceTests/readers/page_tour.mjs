// page_tour.mjs URL FOLDER WIDTH HEIGHT: looks at an image as a user does, and saves what is on the screen: all of the image at
// one pixel for one, dragged by 40 and 25 pixels, with its second channel only, and at the second time point.
import { open, pixels, save, settled } from "./browser.mjs";

const [url, folder, width, height] = process.argv.slice(2);
const { browser, page, complaints } = await open(url);
try {
  await settled(page);
  const box = await page.locator("#view").boundingBox();
  // The image's first pixel is the canvas's first.
  await page.goto(`${url}#image=0&zoom=1&x=${box.width / 2}&y=${box.height / 2}`);
  await page.reload();
  await settled(page);
  // What lies over the image would be in the picture.
  await page.evaluate(() => {
    for (const id of ["zoom", "scale", "cursor"]) document.getElementById(id).style.visibility = "hidden";
  });
  const clip = { x: box.x, y: box.y, width: +width, height: +height };
  const take = async name => { await settled(page); save(folder, name, await pixels(page, clip)); };
  await take("first");

  await page.mouse.move(box.x + 100, box.y + 100);
  await page.mouse.down();
  await page.mouse.move(box.x + 120, box.y + 110, { steps: 3 });
  await page.mouse.move(box.x + 140, box.y + 125, { steps: 3 });
  await page.mouse.up();
  await take("dragged");
  await page.mouse.move(box.x + 100, box.y + 100);
  await page.mouse.down();
  await page.mouse.move(box.x + 60, box.y + 75, { steps: 3 });
  await page.mouse.up();

  await page.uncheck('input[data-channel="0"]');
  await take("channel");
  await page.check('input[data-channel="0"]');

  await page.locator('input[data-axis="t"]').focus();
  await page.keyboard.press("ArrowRight");
  await take("time");
  await page.waitForFunction(() => location.hash.includes(encodeURIComponent("t:1")));
  console.log(JSON.stringify({ address: page.url(), complaints, title: await page.title() }));
} finally {
  await browser.close();
}
