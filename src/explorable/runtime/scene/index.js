// What the page uses of the scene; the build also draws stills, by svg.js.

import { paint } from "./canvas.js";
import { scene } from "./scene.js";

export { paint, scene };
