// What the rest of the runtime uses of the scene.

import { paint } from "./canvas.js";
import { heightOf, scene } from "./scene.js";
import { overlaySvg, rasters, toSvg } from "./svg.js";

export { heightOf, overlaySvg, paint, rasters, scene, toSvg };
