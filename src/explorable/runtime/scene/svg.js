// A scene as SVG text: complete by itself in the light theme, recoloured by style.css through its
// classes.

import { hexOf, SEAM } from "./facets.js";
import { cssOf } from "./spots.js";
import { placing, rounded, twin } from "./twins.js";
import { element, inside, round, words } from "./words.js";

/** @typedef {import("../spec").Scene} Scene */
/** @typedef {import("../spec").Panel} Panel */
/** @typedef {import("../spec").Shape} Shape */
/** @typedef {Extract<Shape, { kind: "raster" }>} Raster */
/** @typedef {Extract<Shape, { kind: "path" }>} Path */

const MOST_RECTS = 1024;
/** As in style.css, which has the dark theme too. @type {Record<string, string>} */
const LIGHT = {
  ...{ c0: "#4a60cc", c1: "#b43f06", c2: "#51a378", c3: "#a982d6" },
  ...{ c4: "#c18110", c5: "#065271", c6: "#86293c", c7: "#797065" },
  ...{ ink: "#1f2328", soft: "#5f646c", grid: "#e8eaed", frame: "#b4b8bf", paper: "#ffffff" },
  // Text on cells, whose colours are the same in both themes.
  ...{ bright: "#ffffff", dark: "#16181c" },
};

const FONT = "system-ui,sans-serif";
const DASH = [6, 4];
const DENSE = 300; // points from which a still's line is thinned
const THIN = 0.4; // pixels that thinning may move it

/**
 * A tenth of a pixel as short as it can be written.
 * @param {number} tenths a whole number of them
 */
const short = (tenths) => String(tenths / 10).replace(/^(-?)0\./, "$1.");

/** The role as a class; its light colour where there is no style sheet. @param {string} paint */
const role = (paint) => ({ class: `ex-${paint}`, color: LIGHT[paint] });

/** @param {Scene} scene */
const rastersOf = (scene) =>
  scene.panels.flatMap(({ shapes }) =>
    shapes.filter((shape) => shape.kind === "raster" && shape.rows * shape.columns > MOST_RECTS),
  );

/** The pictures that an SVG refers to by file. @param {Scene} scene */
export const rasters = (scene) =>
  rastersOf(scene).map((shape, k) => {
    const { rows, columns, rgba } = /** @type {Raster} */ (shape);
    return { id: `r${k}`, rows, columns, rgba };
  });

/**
 * A complete SVG document. `hrefs` has the URL of each of `rasters(scene)` by its id. Shapes that are those of the
 * scene `beside` moved and scaled have the same text as there.
 * @param {Scene} scene
 * @param {{ alt: string, id: string, hrefs?: Record<string, string>, beside?: Scene | null }} options
 */
export function toSvg(scene, { alt, id, hrefs = {}, beside }) {
  const { width, height } = scene;
  const pictures = rastersOf(scene);
  const safe = id.replace(/[^\w-]/g, "-");
  const panels = scene.panels.map((panel, k) => {
    const clip = { id: `${safe}-${k}`, used: false };
    const others = beside?.panels[k]?.shapes ?? [];
    const shapes = panel.shapes.map((shape) => {
      const drawn = draw(shape, (raster) => hrefs[`r${pictures.indexOf(raster)}`] ?? "", others);
      if (!drawn || !exceeds(shape, panel)) return drawn;
      clip.used = true;
      return `<g clip-path="url(#${clip.id})">${drawn}</g>`;
    });
    const { x, y, width: across, height: up } = panel;
    const area = { x: round(x), y: round(y), width: round(across), height: round(up) };
    const defined = clip.used ? element("clipPath", { id: clip.id }, element("rect", area)) : "";
    return defined + shapes.join("");
  });
  const head = {
    xmlns: "http://www.w3.org/2000/svg",
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "img",
    fill: "none",
    "font-family": FONT,
  };
  return element("svg", head, element("title", {}, inside(alt)) + panels.join(""));
}

/**
 * Does a shape that is to be clipped leave the data area?
 * @param {Shape} shape @param {Panel} panel
 */
function exceeds(shape, { x, y, width, height }) {
  const slack = 1;
  const out = (/** @type {number} */ px, /** @type {number} */ py) =>
    px < x - slack || px > x + width + slack || py < y - slack || py > y + height + slack;
  if (shape.kind === "raster")
    return (
      !shape.free && (out(shape.x, shape.y) || out(shape.x + shape.width, shape.y + shape.height))
    );
  if (shape.kind === "text" || !shape.clip) return false;
  if (shape.kind === "rects") {
    for (let i = 0; i < shape.boxes.length; i += 4) {
      const [left, top, across, up] = shape.boxes.subarray(i, i + 4);
      if (across && (out(left, top) || out(left + across, top + up))) return true;
    }
    return false;
  }
  for (let i = 0; i < shape.points.length; i += 2)
    if (out(shape.points[i], shape.points[i + 1])) return true;
  return false;
}

/**
 * @param {Shape} shape @param {(raster: Raster) => string} href
 * @param {Shape[]} others of the same panel in the scene beside
 * @returns {string}
 */
function draw(shape, href, others) {
  switch (shape.kind) {
    case "text":
      return words(shape, LIGHT);
    case "raster":
      return shape.rows * shape.columns > MOST_RECTS ? picture(shape, href(shape)) : cells(shape);
    case "path": {
      const { points, transform, scale } = twin(shape, others);
      const path = data({ ...shape, points });
      if (!path) return "";
      const { paint, width, dash, fill, opacity } = shape;
      const line = {
        stroke: "currentColor",
        "stroke-width": width === scale ? undefined : rounded(width / scale, 2),
        "stroke-dasharray": dash ? DASH.map((length) => rounded(length / scale, 2)).join(" ") : undefined,
        "stroke-linejoin": width > 1 ? "round" : undefined,
      };
      return element("path", {
        ...role(width > 0 ? paint : (fill ?? paint)),
        ...(width > 0 ? line : {}),
        fill: fill && "currentColor",
        opacity: opacity && round(opacity * 10) / 10,
        transform,
        d: path,
      });
    }
    case "rects": {
      let path = "";
      for (let i = 0; i < shape.boxes.length; i += 4) {
        const [x, y, width, height] = shape.boxes.subarray(i, i + 4).map(round);
        if (width > 0 && height > 0)
          path += `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}z`;
      }
      const { paint, opacity } = shape;
      return path && element("path", { ...role(paint), fill: "currentColor", opacity, d: path });
    }
    case "facets":
      return facets(shape, twin(shape, others));
    case "dots":
      return dots(shape, twin(shape, others));
  }
}

/**
 * Dots are lines of no length with round ends: one path for all of a colour and a size, from left to right, so that
 * the steps between them are short to write.
 * @param {Extract<Shape, { kind: "dots" }>} shape @param {import("./twins.js").Written} written
 */
function dots({ radius, paint, opacity, paints, radii, rgba }, { points, transform, scale }) {
  /** @typedef {{ attributes: Record<string, string | number>, places: [number, number][] }} Alike */
  /** @type {Map<string, Alike>} */ const alike = new Map();
  for (let i = 0; i < points.length / 2; i++) {
    const colour = rgba ? { color: cssOf(rgba, i) } : role(paints ? `c${paints[i]}` : paint);
    const width = rounded(round(2 * (radii ? radii[i] : radius)) / scale, 2);
    const attributes = { ...colour, stroke: "currentColor", "stroke-width": width };
    const key = JSON.stringify(attributes);
    const found = alike.get(key) ?? /** @type {Alike} */ ({ attributes, places: [] });
    found.places.push([Math.round(10 * points[2 * i]), Math.round(10 * points[2 * i + 1])]);
    alike.set(key, found);
  }
  return [...alike.values()]
    .map(({ attributes, places }) =>
      element("path", { ...attributes, "stroke-linecap": "round", opacity, transform, d: stepsOf(places) }),
    )
    .join("");
}

/** A line of no length at each place. @param {[number, number][]} places in tenths of a pixel */
function stepsOf(places) {
  let [fromX, fromY] = [0, 0];
  let text = "";
  for (const [x, y] of places.sort((a, b) => a[0] - b[0])) {
    const [across, down] = [short(x - fromX), short(y - fromY)];
    text += `m${across}${y < fromY ? "" : " "}${down}h0`;
    [fromX, fromY] = [x, y];
  }
  return text;
}

/**
 * Pieces of a surface.
 * @param {Extract<Shape, { kind: "facets" }>} shape @param {import("./twins.js").Written} written
 */
function facets(shape, { points, transform, scale }) {
  let inner = "";
  for (let k = 0; k < points.length / 8; k++) {
    const d = data({ points: points.subarray(8 * k, 8 * k + 8), starts: [0], closed: true, fill: "currentColor" });
    inner += element("path", { color: hexOf(shape, k), d });
  }
  const painted = { fill: "currentColor", stroke: "currentColor", "stroke-width": rounded(SEAM / scale, 2) };
  return element("g", { ...painted, opacity: shape.opacity, transform }, inner);
}

/** Relative lines in tenths of a pixel. @param {Pick<Path, "points" | "starts" | "closed" | "fill">} path */
function data({ points, starts, closed, fill }) {
  let text = "";
  for (const [k, start] of starts.entries()) {
    const end = starts[k + 1] ?? points.length / 2;
    const kept = end - start > DENSE ? thin(points, start, end) : null;
    let [x, y] = [NaN, NaN];
    let last = "";
    for (let i = start; i < end; i++) {
      if (kept && !kept[i - start]) continue;
      const [toX, toY] = [Math.round(points[2 * i] * 10), Math.round(points[2 * i + 1] * 10)];
      if (i === start) text += `M${short(toX)} ${short(toY)}`;
      else if (toX === x && toY === y) continue;
      else {
        const [dx, dy] = [toX - x, toY - y];
        const command = dy === 0 ? "h" : dx === 0 ? "v" : "l";
        const numbers =
          dy === 0
            ? short(dx)
            : dx === 0
              ? short(dy)
              : `${short(dx)}${dy < 0 ? "" : " "}${short(dy)}`;
        text += command === "l" && last === "l" ? (dx < 0 ? "" : " ") + numbers : command + numbers;
        last = command;
      }
      [x, y] = [toX, toY];
    }
    if (closed && fill) text += "z";
  }
  return text;
}

/**
 * Which points a line can't do without, by Douglas and Peucker.
 * @param {Float32Array} points @param {number} start @param {number} end
 */
function thin(points, start, end) {
  const kept = new Uint8Array(end - start);
  kept[0] = kept[end - start - 1] = 1;
  /** @type {[number, number][]} */ const open = [[start, end - 1]];
  for (let piece = open.pop(); piece; piece = open.pop()) {
    const [a, b] = piece;
    const [x, y, dx, dy] = [
      points[2 * a],
      points[2 * a + 1],
      points[2 * b] - points[2 * a],
      points[2 * b + 1] - points[2 * a + 1],
    ];
    const length = dx * dx + dy * dy || 1;
    let [worst, at] = [THIN * THIN, -1];
    for (let i = a + 1; i < b; i++) {
      const [px, py] = [points[2 * i] - x, points[2 * i + 1] - y];
      const t = Math.min(1, Math.max(0, (px * dx + py * dy) / length));
      const distance = (px - t * dx) ** 2 + (py - t * dy) ** 2;
      if (distance > worst) [worst, at] = [distance, i];
    }
    if (at > 0) {
      kept[at - start] = 1;
      open.push([a, at], [at, b]);
    }
  }
  return kept;
}

/** @param {Raster} raster @param {string} href */
function picture({ x, y, width, height, smooth }, href) {
  return element("image", {
    x: round(x),
    y: round(y),
    width: round(width),
    height: round(height),
    preserveAspectRatio: "none",
    "image-rendering": smooth ? undefined : "pixelated",
    href,
  });
}

/** A small raster as rectangles a cell high, runs of one colour joined, in units of a cell. @param {Raster} raster */
function cells({ x, y, width, height, rows, columns, rgba }) {
  /** @type {Map<string, string>} */ const paths = new Map();
  const shade = (/** @type {number} */ i) =>
    "#" +
    [...rgba.subarray(4 * i, 4 * i + (rgba[4 * i + 3] < 255 ? 4 : 3))]
      .map((byte) => byte.toString(16).padStart(2, "0"))
      .join("");
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns;) {
      const colour = shade(row * columns + column);
      const from = column;
      while (column < columns && shade(row * columns + column) === colour) column++;
      if (colour.endsWith("00") && colour.length === 9) continue;
      paths.set(colour, `${paths.get(colour) ?? ""}M${from} ${row}h${column - from}v1H${from}z`);
    }
  }
  // Neighbouring edges would shimmer if they were smoothed.
  const drawn = [...paths].map(([fill, d]) => element("path", { fill, d })).join("");
  const transform = placing(x, y, width / columns, height / rows);
  return element("g", { "shape-rendering": "crispEdges", transform }, drawn);
}
