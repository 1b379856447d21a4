// The number beside a slider, typed exactly, in a field in its place: Enter or leaving takes what it
// says, Escape does not. Fetched when somebody begins to type.

/** @typedef {import("./session.js").Session} Session */

/** Here and not in a sheet, as few readers type. */
const LOOKS =
  "flex:none;min-width:3.25rem;height:1.75rem;padding:0 0.15rem;border:0;border-radius:2px;" +
  "background:var(--explorable-paper);box-shadow:0 1px var(--explorable-accent);" +
  "outline-offset:0;text-align:end";

/**
 * @param {HTMLOutputElement} output @param {HTMLInputElement} slider
 * @param {Session} session @param {string} name
 * @param {(settings: Record<string, unknown>) => void} set
 * @param {string} first what was typed on the slider, if anything
 */
export function typeNumber(output, slider, session, name, set, first) {
  const { unit, label } = session.spec.program.controls[name];
  const field = document.createElement("input");
  field.className = "explorable-exact";
  field.inputMode = "decimal";
  field.autocomplete = "off";
  field.setAttribute("aria-label", unit ? `${label}, ${unit}` : label);
  field.value = first || String(Number(Number(session.values[name]).toPrecision(7)));
  field.style.cssText = LOOKS;
  field.style.width = `${output.offsetWidth}px`;
  const hadFocus = slider.matches(":focus");
  /** @param {boolean} take */
  const close = (take) => {
    if (output.hidden === false) return;
    output.hidden = false;
    const asked = numberOf(field.value, unit);
    field.remove();
    if (take && asked !== null) {
      session.sweeping.delete(name);
      set({ [name]: asked });
    }
  };
  field.addEventListener("blur", () => close(true));
  // The figure's listeners are not told of what is half typed.
  field.addEventListener("input", (event) => event.stopPropagation());
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    close(event.key === "Enter");
    if (hadFocus || event.key === "Enter") slider.focus({ preventScroll: true });
  });
  output.hidden = true;
  output.after(field);
  field.focus({ preventScroll: true });
  if (!first) field.select();
}

/**
 * A number as people write it: with a comma or a point, a real minus sign, the unit after it.
 * @param {string} text @param {string} [unit]
 */
export function numberOf(text, unit) {
  let plain = text.trim();
  if (unit && plain.endsWith(unit)) plain = plain.slice(0, -unit.length).trim();
  plain = plain.replace("−", "-").replace(",", ".");
  return plain && Number.isFinite(Number(plain)) ? Number(plain) : null;
}
