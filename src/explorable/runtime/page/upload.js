// The row of a control that the reader fills: a file is chosen, dropped on the figure or pasted, read
// here and nowhere else; or the microphone is listened to. Left out of bundles without such a control.

import { bindMicrophone } from "./microphone.js";
import { readPicture } from "./picture_file.js";
import { readSound } from "./sound_file.js";
import { readTable } from "./table_file.js";
import { uploadWordsOf } from "./upload_words.js";
import { say } from "./words.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("../spec").TensorControl & { upload: import("../spec").Upload }} UploadControl */
/**
 * What a reader of files has: `give` sets the control and says what was taken.
 * @typedef {object} Page
 * @property {UploadControl} control
 * @property {HTMLElement} row
 * @property {import("./upload_words.js").UploadWords} words
 * @property {(numbers: number[], told?: string) => Promise<void>} give
 * @property {(told: string, wrong?: boolean) => void} tell
 */

/** Files that one row of a figure has taken. @type {WeakSet<Event>} */
const dropped = new WeakSet();
const MEGABYTE = 1e6;
const LARGEST = 100;

/** @param {string} form */
const readerOf = (form) => ({ table: readTable, image: readPicture, sound: readSound })[form];

/** What a file may be by its type, in our forms. @param {File} file */
const formOf = ({ type }) =>
  type.startsWith("image/") ? "image" : /^(audio|video)\//.test(type) ? "sound" : "table";

/**
 * @param {HTMLElement} row @param {Session} session
 * @param {(settings: Record<string, unknown>) => void} set @param {AbortSignal} signal
 * @returns {() => void} shows the present value
 */
export function bindUpload(row, session, set, signal) {
  const name = row.dataset.control ?? "";
  const control = /** @type {UploadControl} */ (session.spec.program.controls[name]);
  const { form } = control.upload;
  const figure = /** @type {HTMLElement} */ (row.closest("explorable-figure"));
  const words = uploadWordsOf(/** @type {HTMLElement | null} */ (row.closest("[lang]"))?.lang);
  const output = /** @type {HTMLOutputElement} */ (row.querySelector("output"));
  /** What this row has given, while it is what the control holds. */
  let mine = session.values[name];
  let [giving, latest] = [false, 0];

  /** @param {string} told @param {boolean} [wrong] */
  const tell = (told, wrong = false) => {
    if (output.value !== told) output.value = told;
    output.toggleAttribute("data-wrong", wrong);
  };
  /** @param {number[]} numbers @param {string} [told] */
  const give = async (numbers, told) => {
    giving = true;
    try {
      mine = (await session.set({ [name]: numbers }))[name];
      if (told !== undefined) tell(told);
    } finally {
      giving = false;
    }
  };
  /** @type {Page} */ const page = { control, row, words, give, tell };
  const leave = form === "microphone" ? bindMicrophone(page, signal) : () => {};

  /** @param {File} file */
  const take = async (file) => {
    const turn = (latest += 1);
    const read = readerOf(form);
    try {
      if (file.size > LARGEST * MEGABYTE)
        throw new Error(say(words.large, { name: file.name, n: LARGEST }));
      // A file that was chosen meanwhile comes first, however long this one takes to read.
      await read?.(file, { ...page, give: async (...all) => (turn === latest ? give(...all) : undefined) });
    } catch (error) {
      if (turn === latest) tell(/** @type {Error} */ (error).message, true);
    }
  };

  const chosen = row.querySelector("input");
  chosen?.addEventListener(
    "change",
    () => {
      if (chosen.files?.length) void take(chosen.files[0]);
      // The same file, changed meanwhile, may be chosen again.
      chosen.value = "";
    },
    { signal },
  );
  row.querySelector("[data-tool=original]")?.addEventListener(
    "click",
    () => {
      latest += 1;
      leave();
      set({ [name]: control.value });
    },
    { signal },
  );

  /** Is a file that fell on the figure meant for this row? @param {Event} event @param {File} file */
  const isFor = (event, file) =>
    row.contains(/** @type {Node} */ (event.target)) ||
    formOf(file) === form ||
    figure.querySelectorAll("input[type=file]").length === 1;
  const over = (/** @type {DragEvent} */ event) => {
    const files = event.dataTransfer?.types.includes("Files");
    if (files) event.preventDefault();
    figure.toggleAttribute("data-over", Boolean(files));
  };
  const away = () => figure.removeAttribute("data-over");
  const drop = (/** @type {DragEvent} */ event) => {
    away();
    // The browser would open it in the place of the page.
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (!file || dropped.has(event) || !isFor(event, file)) return;
    dropped.add(event);
    void take(file);
  };
  /** A picture, or a table as text. @param {ClipboardEvent} event */
  const paste = (event) => {
    const root = /** @type {Document | ShadowRoot} */ (figure.getRootNode());
    const near = figure.contains(root.activeElement) || figure.matches(":hover");
    if (!near) return;
    const text = event.clipboardData?.getData("text/plain");
    const file = event.clipboardData?.files[0] ?? (text ? new File([text], words.pasted) : undefined);
    if (!file || event.defaultPrevented || formOf(file) !== form) return;
    event.preventDefault();
    void take(file);
  };
  if (readerOf(form)) {
    for (const type of /** @type {const} */ (["dragenter", "dragover"]))
      figure.addEventListener(type, over, { signal });
    figure.addEventListener("dragleave", away, { signal });
    figure.addEventListener("drop", drop, { signal });
    document.addEventListener("paste", paste, { signal });
  }

  return () => {
    if (giving || session.values[name] === mine) return;
    mine = session.values[name];
    tell("");
    row.querySelector("[data-columns]")?.remove();
  };
}
