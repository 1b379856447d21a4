// Has an object an entry of its own by this name? `Object.hasOwn` for browsers that came before it
// (docs/browsers.md).

/** @param {object} record @param {PropertyKey} name @returns {boolean} */
export const has = (record, name) => Object.prototype.hasOwnProperty.call(record, name);
