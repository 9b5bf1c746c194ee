// From numbers to colours: each channel adds its colour, as bright as its window says.

/** What is black and what is full colour, so that few pixels lie beyond; null when there is nothing to go by. */
export function percentiles(pixels, low = 0.002, high = 0.998) {
  const most = 1 << 16;
  const every = Math.max(1, Math.floor(pixels.length / most));
  const some = [];
  for (let i = 0; i < pixels.length; i += every) if (Number.isFinite(pixels[i])) some.push(pixels[i]);
  if (some.length === 0) return null;
  const sorted = Float64Array.from(some).sort();
  const lo = sorted[Math.floor(low * (sorted.length - 1))];
  const hi = sorted[Math.ceil(high * (sorted.length - 1))];
  return { lo, hi: hi > lo ? hi : lo + 1, min: sorted[0], max: sorted[sorted.length - 1] };
}

/** How often values lie in each of so many equal parts. */
export function histogram(pixels, from, to, bins) {
  const counts = new Uint32Array(bins);
  const scale = bins / (to - from || 1);
  for (let i = 0; i < pixels.length; i++) {
    const bin = Math.floor((pixels[i] - from) * scale);
    if (bin >= 0 && bin < bins) counts[bin]++;
    else if (pixels[i] === to) counts[bins - 1]++;
  }
  return counts;
}

function share(value, channel) {
  const part = Math.min(1, Math.max(0, (value - channel.lo) / (channel.hi - channel.lo || 1)));
  return Number.isNaN(part) ? 0 : channel.inverted ? 1 - part : part;
}

// One table for each of red, green and blue.
function tables(channel, size) {
  const key = `${channel.lo}/${channel.hi}/${channel.inverted}/${channel.color}/${size}`;
  if (channel.tables?.key === key) return channel.tables;
  const [r, g, b] = [new Uint8ClampedArray(size), new Uint8ClampedArray(size), new Uint8ClampedArray(size)];
  for (let value = 0; value < size; value++) {
    const part = share(value, channel);
    r[value] = part * channel.color[0];
    g[value] = part * channel.color[1];
    b[value] = part * channel.color[2];
  }
  return channel.tables = { key, r, g, b };
}

/** Changes with whatever a drawn channel depends on. */
export const stateOf = (channel, tile) =>
  [channel.number, channel.lo, channel.hi, channel.color, channel.inverted, tile.asked.at, tile.version].join(":");

/** Draws channels over each other. @param layers a channel and its pixels each, all of the same size. */
export function compose(width, height, layers) {
  const image = new ImageData(width, height);
  const out = image.data;
  for (let i = 3; i < out.length; i += 4) out[i] = 255;
  for (const { channel, pixels } of layers) {
    if (pixels instanceof Float32Array) {
      const [red, green, blue] = channel.color;
      for (let i = 0, o = 0; i < pixels.length; i++, o += 4) {
        const part = share(pixels[i], channel);
        out[o] += part * red;
        out[o + 1] += part * green;
        out[o + 2] += part * blue;
      }
    } else {
      const { r, g, b } = tables(channel, pixels instanceof Uint8Array ? 1 << 8 : 1 << 16);
      for (let i = 0, o = 0; i < pixels.length; i++, o += 4) {
        const value = pixels[i];
        out[o] += r[value];
        out[o + 1] += g[value];
        out[o + 2] += b[value];
      }
    }
  }
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}
