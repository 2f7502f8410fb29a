// The colours of pynn.plot: blue is positive and class 1, orange is negative and class 0; Okabe and Ito's, for all eyes.

const ON_DARK = [[240, 180, 41], [86, 180, 233], [60, 201, 160], [255, 140, 70], [225, 150, 195], [150, 210, 245], [245, 235, 110], [170, 170, 170]];
const CLASSES = [[230, 159, 0], [0, 114, 178], [0, 158, 115], [213, 94, 0], [204, 121, 167], [86, 180, 233], [240, 228, 66], [110, 110, 110]];
const VIRIDIS = [[68, 1, 84], [71, 44, 122], [59, 81, 139], [44, 113, 142], [33, 144, 141], [39, 173, 129], [92, 200, 99], [170, 220, 50], [253, 231, 37]];
const PAPER = { light: [255, 255, 255], dark: [27, 33, 42] };

const css = (colour) => `rgb(${colour.join(" ")})`;
const mix = (from, to, part) => from.map((value, k) => value + (to[k] - value) * part);

/* Colours of the bytes 0 … 254 along stops, as the 32-bit numbers that a canvas stores; 255, not finite, is grey. */
function table(stops) {
  const colours = new Uint32Array(256).fill(0xff888888);
  for (let k = 0; k < 255; k += 1) {
    const at = k / 254 * (stops.length - 1), low = Math.min(Math.floor(at), stops.length - 2);
    const [r, g, b] = mix(stops[low], stops[low + 1], at - low).map(Math.round);
    colours[k] = (255 << 24 | b << 16 | g << 8 | r) >>> 0;
  }
  return colours;
}

/* A theme's tables: of signs (0 is the most negative, 254 the most positive), of values, of one class; and its other colours. */
export function tablesOf(theme) {
  const paper = PAPER[theme], dark = theme === "dark";
  const signs = (strength) => table([mix(paper, CLASSES[0], strength), paper, mix(paper, CLASSES[1], strength)]);
  return {
    surface: signs(dark ? 0.5 : 0.55),
    units: signs(dark ? 0.9 : 0.85),
    values: table(VIRIDIS),
    classes: CLASSES.map((colour) => table([mix(paper, colour, 0.12), mix(paper, colour, dark ? 0.5 : 0.6)])),
    points: (dark ? ON_DARK : CLASSES).map(css),
    positive: dark ? "#56b4e9" : "#0072b2",
    negative: dark ? "#f0b429" : "#e69f00",
    ink: dark ? "#e9ecef" : "#1b2430",
    soft: dark ? "#a9b2bd" : "#56606d",
    faint: dark ? "#7d8793" : "#8a929c",
    line: dark ? "#2b333e" : "#e2e0d9",
    card: dark ? "#191f27" : "#ffffff",
    halo: dark ? "rgb(25 31 39 / 60%)" : "rgb(255 255 255 / 70%)",
    train: dark ? "#e9ecef" : "#1b2430",
    test: dark ? "#4cc9a0" : "#009e73",
  };
}

export function classColour(k) {
  return css(CLASSES[k % CLASSES.length]);
}

const viridis = table(VIRIDIS);

/* The colour of a part in 0…1 of a range of values. */
export function valueColour(part) {
  const colour = viridis[Math.max(0, Math.min(255, Math.round(part * 255)))];
  return `rgb(${colour & 255} ${colour >> 8 & 255} ${colour >> 16 & 255})`;
}

/* Paint the bytes of a map into a canvas of the map's own size; its first row is at the bottom. With `leader`, each byte has
   the table of its class. */
export function paint(canvas, map, colours, leader = null) {
  const [high, wide] = map.shape.slice(-2);
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  const context = canvas.getContext("2d"), picture = context.createImageData(wide, high);
  const pixels = new Uint32Array(picture.data.buffer), bytes = map.values;
  for (let row = 0; row < high; row += 1) {
    const from = row * wide, to = (high - 1 - row) * wide;
    for (let k = 0; k < wide; k += 1) {
      pixels[to + k] = leader ? colours[leader.values[from + k] % colours.length][bytes[from + k]] : colours[bytes[from + k]];
    }
  }
  context.putImageData(picture, 0, 0);
}

/* Unit k of a stack of maps. */
export function layerOf(stack, k) {
  const [, high, wide] = stack.shape, size = high * wide;
  return { shape: [high, wide], values: stack.values.subarray(k * size, (k + 1) * size) };
}
