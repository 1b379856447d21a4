// Pieces of a surface as SVG text.

import { hexOf, SEAM } from "./facets.js";
import { element } from "./words.js";

/** @param {import("./facets.js").Facets} shape @param {import("./twins.js").Written} written */
export function facetsSvg(shape, { points, transform, scale }) {
  let inner = "";
  for (let k = 0; k < points.length / 8; k++) {
    const tenths = points.subarray(8 * k, 8 * k + 8).map((value) => Math.round(10 * value));
    const corners = [2, 4, 6].flatMap((i) => [tenths[i] - tenths[i - 2], tenths[i + 1] - tenths[i - 1]]);
    const d = `M${tenths[0] / 10} ${tenths[1] / 10}l${corners.map((step) => step / 10).join(" ")}z`;
    inner += element("path", { color: hexOf(shape, k), d });
  }
  const seam = Math.round((100 * SEAM) / scale) / 100;
  const painted = { fill: "currentColor", stroke: "currentColor", "stroke-width": seam };
  return element("g", { ...painted, opacity: shape.opacity, transform }, inner);
}
