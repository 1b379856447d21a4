// Kinds of marks that the scene treats alike.

/** Marks of cells and pixels: they have no colour of their own that a legend could name. */
export const PICTURES = new Set(["heatmap", "image", "matrix", "board", "graph", "tokens"]);
