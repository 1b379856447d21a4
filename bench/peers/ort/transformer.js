import { prepareModel } from "./start.js";

export const prepare = (given) => prepareModel(new URL("./transformer.onnx", import.meta.url), given);
