// Stages that a reader steps through: a button back, one forward, and a link for each of them,
// #figure=2.

/** @typedef {import("../spec").ChoiceControl} ChoiceControl */
/** @typedef {import("./session.js").Session} Session */

/** The stage that an address asks of a figure, from 0. @param {string} hash @param {string} figure */
export function asked(hash, figure) {
  const found = new URLSearchParams(hash.slice(1)).get(figure);
  return found !== null && /^\d+$/.test(found) ? Number(found) - 1 : null;
}

/** An address for a stage; what else it says stays. @param {string} hash @param {string} figure @param {number} stage */
export function linkTo(hash, figure, stage) {
  const said = new URLSearchParams(hash.includes("=") ? hash.slice(1) : "");
  said.set(figure, String(stage + 1));
  return `#${said}`;
}

/**
 * @param {HTMLElement} row @param {Session} session @param {string} figure
 * @param {(settings: Record<string, unknown>) => void} set @param {AbortSignal} signal
 * @returns {() => void} shows the present stage
 */
export function bindStages(row, session, figure, set, signal) {
  const name = row.dataset.control ?? "";
  const { options } = /** @type {ChoiceControl} */ (session.spec.program.controls[name]);
  const now = () => options.indexOf(String(session.values[name]));
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (row.querySelectorAll("[data-turn]"));
  for (const button of buttons) {
    button.addEventListener(
      "click",
      () => {
        const stage = options[now() + Number(button.dataset.turn)];
        if (stage !== undefined) set({ [name]: stage });
      },
      { signal },
    );
  }
  const arrive = () => {
    const stage = asked(location.hash, figure);
    if (stage === null || !(stage in options) || stage === now()) return;
    set({ [name]: options[stage] });
    row.parentElement?.closest("explorable-figure")?.scrollIntoView({ block: "nearest" });
  };
  addEventListener("hashchange", arrive, { signal });
  arrive();
  let shown = now();
  return () => {
    const stage = now();
    // Not disabled: the button keeps the focus of the reader who has come to the end.
    buttons.forEach((button, k) =>
      button.setAttribute("aria-disabled", String(stage === (k ? options.length - 1 : 0))),
    );
    if (stage === shown) return;
    shown = stage;
    try {
      history.replaceState(history.state, "", linkTo(location.hash, figure, stage));
    } catch {
      // A frame without an address of its own.
    }
  };
}
