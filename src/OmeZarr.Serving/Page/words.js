// Numbers and units as people read them, and elements of the page.

const signs = {
  angstrom: "Å", nanometer: "nm", micrometer: "µm", millimeter: "mm", centimeter: "cm", meter: "m",
  nanosecond: "ns", microsecond: "µs", millisecond: "ms", second: "s", minute: "min", hour: "h", day: "d",
};

/** Metres in units of length. */
export const metres = { angstrom: 1e-10, nanometer: 1e-9, micrometer: 1e-6, millimeter: 1e-3, centimeter: 1e-2, meter: 1 };

export const sign = unit => signs[unit] ?? unit;

/** A number with so many digits, without zeros that say nothing. */
export function number(value, digits = 3) {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e7 || size < 1e-4) return value.toExponential(Math.max(0, digits - 1));
  return String(+value.toFixed(Math.max(0, digits - 1 - Math.floor(Math.log10(size)))));
}

export const physical = (value, unit) => unit === "second" ? time(value) : `${number(value, 5)} ${sign(unit)}`;

export function bytes(count) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let unit = 0;
  while (Math.abs(count) >= 1000 && unit < units.length - 1) { count /= 1024; unit++; }
  return `${count >= 100 || unit === 0 ? count.toFixed(0) : count.toFixed(1)} ${units[unit]}`;
}

export function time(seconds) {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 60) return `${number(seconds, 3)} s`;
  const whole = Math.floor(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 172800) return `${Math.floor(whole / 3600)} h ${Math.floor(whole / 60) % 60} min`;
  return `${Math.floor(whole / 86400)} days`;
}

export function nanoseconds(count) {
  if (count < 1e3) return `${count} ns`;
  if (count < 1e6) return `${number(count / 1e3)} µs`;
  return count < 1e9 ? `${number(count / 1e6)} ms` : time(count / 1e9);
}

export const count = value => value.toLocaleString("en").replaceAll(",", "\u202f");

/** An element with attributes and what is in it. Texts are never taken for markup. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Pairs of a name and a value; what is null is left out, and what is bad is marked. */
export function facts(pairs) {
  const list = element("dl");
  for (const [name, value, isBad] of pairs) {
    if (value === null || value === undefined) continue;
    list.append(element("dt", {}, name), element("dd", isBad ? { class: "bad" } : {}, String(value)));
  }
  return list;
}
