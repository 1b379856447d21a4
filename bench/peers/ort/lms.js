import { prepareModel } from "./start.js";

export const prepare = (given) => prepareModel(new URL("./lms.onnx", import.meta.url), given);
