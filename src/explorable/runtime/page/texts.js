// The texts of a figure's text controls, as its drawings cut them.

/** @typedef {import("./session.js").Session} Session */

/**
 * What text controls hold, and how it is cut.
 * @param {Session} session @returns {import("../scene/scene.js").Texts}
 */
export const typedTexts = ({ spec, values }) =>
  Object.fromEntries(
    Object.entries(spec.program.controls).flatMap(([name, control]) =>
      control.kind === "text"
        ? [[name, { text: String(values[name]), tokenizer: control.tokenizer }]]
        : [],
    ),
  );
