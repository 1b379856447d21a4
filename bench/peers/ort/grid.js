// The model that onnx_models.py makes of this workload.

import { prepareModel } from "./start.js";

export const prepare = (given) => prepareModel(new URL("./grid.onnx", import.meta.url), given);
