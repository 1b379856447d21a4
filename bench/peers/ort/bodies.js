import { prepareModel } from "./start.js";

export const prepare = (given) => prepareModel(new URL("./bodies.onnx", import.meta.url), given);
