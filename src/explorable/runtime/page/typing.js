// The number beside a slider, typed exactly: a click on it, a digit or Enter on the slider opens a
// field in its place; Enter or leaving takes what it says, Escape does not.

/** @typedef {import("./session.js").Session} Session */

/**
 * @param {HTMLOutputElement} output @param {HTMLInputElement} slider
 * @param {Session} session @param {string} name
 * @param {(settings: Record<string, unknown>) => void} set @param {AbortSignal} signal
 */
export function bindTyping(output, slider, session, name, set, signal) {
  const { unit, label } = session.spec.program.controls[name];
  /** @param {string} [first] what was typed on the slider */
  const open = (first) => {
    if (output.hidden) return;
    const field = document.createElement("input");
    field.className = "explorable-exact";
    field.inputMode = "decimal";
    field.autocomplete = "off";
    field.setAttribute("aria-label", unit ? `${label}, ${unit}` : label);
    field.value = first ?? String(Number(Number(session.values[name]).toPrecision(7)));
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
    if (first === undefined) field.select();
  };
  output.addEventListener("click", () => open(), { signal });
  slider.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key !== "Enter" && !/^[-−.,0-9]$/.test(event.key)) return;
      event.preventDefault();
      open(event.key === "Enter" ? undefined : event.key);
    },
    { signal },
  );
  signal.addEventListener("abort", () => (output.hidden = false));
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
