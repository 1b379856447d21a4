// Words of the runtime's parts that few figures have, by language.

/**
 * @typedef {object} PartWords
 * @property {string} play
 * @property {string} pause
 * @property {string} step with {n}
 * @property {string} add with {name}: a point to the plane
 * @property {string} full with {n}
 * @property {string} fewest with {n}
 * @property {string} shape with {wanted} and {got}, rows × columns
 * @property {string} noTable what was pasted
 * @property {string} angles with {around} and {above}
 * @property {string} turn
 * @property {string} listen with {name}
 * @property {string} silence with {name}
 * @property {string} read
 * @property {string} zoom
 * @property {string} empty a square of a board
 * @property {string} token with {token} and {weights}
 * @property {string} cell with {row}, {column} and {value}
 * @property {string} bar with {i} and {value}
 */

/** @type {Record<string, PartWords>} */
export const PART_WORDS = {
  en: {
    bar: "number {i}: {value}",
    cell: "row {row}, column {column}: {value}",
    play: "Play",
    pause: "Pause",
    step: "step {n}",
    add: "{name}: add a point",
    full: "there is room for {n} points",
    fewest: "this takes at least {n} points",
    shape: "this takes a table of {wanted}, got {got}",
    noTable: "what was pasted is no table of numbers",
    angles: "seen from {around}°, {above}° above",
    turn: "Turn the drawing",
    listen: "Listen: {name}",
    silence: "Stop: {name}",
    read: "Read the values",
    zoom: "Zoom: plus, minus; 0 shows all",
    empty: "empty",
    token: "{token}: looks at {weights}",
  },
  ta: {
    bar: "எண் {i}: {value}",
    cell: "வரிசை {row}, நிரல் {column}: {value}",
    play: "இயக்கு",
    pause: "நிறுத்து",
    step: "படி {n}",
    add: "{name}: ஒரு புள்ளி சேர்",
    full: "{n} புள்ளிகளுக்கு மட்டுமே இடம்",
    fewest: "குறைந்தது {n} புள்ளிகள் வேண்டும்",
    shape: "இங்கே {wanted} அட்டவணை வேண்டும், கிடைத்தது {got}",
    noTable: "ஒட்டியது எண்களின் அட்டவணை அல்ல",
    angles: "{around}° திசையில், {above}° மேலிருந்து",
    turn: "படத்தைத் திருப்பு",
    listen: "கேள்: {name}",
    silence: "நிறுத்து: {name}",
    read: "மதிப்புகளைப் படி",
    zoom: "பெரிதாக்க +, சிறிதாக்க −, முழுதும் காட்ட 0",
    empty: "காலி",
    token: "{token}: பார்ப்பது {weights}",
  },
};
