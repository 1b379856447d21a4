// The contract between Python and the page: one spec per bundle (a wired group of figures).
// Python writes it (figures/bundle.py), the machine and the scene read it. All URLs are file names
// in the spec's own folder.

export type Dtype =
  | "float32" | "float64" | "int8" | "int16" | "int32" | "int64" | "uint8" | "bool"
  | "complex64" | "complex128" | "float16" | "bfloat16";

/**
 * Byte offset in the arena, dtype, shape. Complex is interleaved, bool one byte. An extent that moves is its bound, which
 * the slot has the strides of, and the int64 () slot that holds what it is now.
 */
export type Slot = [offset: number, dtype: Dtype, shape: Extent[]];
export type Extent = number | [bound: number, now: string];

export interface Spec {
  format: 1;
  /** Version of Explorable that wrote the bundle. */
  version: string;
  /** File name of the runtime this bundle was checked with, as one module. */
  runtime: string;
  /** The files it consists of, if there are several: the core, then its parts. All may be fetched at once. */
  modules?: string[];
  style: string;
  /** What is fetched when it is wanted, by what wants it, e.g. {"worker": "worker-3f2a.js"}. */
  parts?: Record<string, string>;
  lang?: string;
  program: Program;
  figures: Record<string, FigureSpec>;
  /** Worst verification error per output, shown on request. */
  verified: { worst: number; settings: number; ill: number; variants: string[]; rounding?: number; weights?: string };
}

export interface Program {
  wasm: { plain: string; relaxed?: string };
  /** Use the relaxed variant where the engine has it. */
  fast?: boolean;
  /** A run is known to take more than a few milliseconds: computed in a worker from the start. */
  heavy?: boolean;
  memory: number;
  slots: Record<string, Slot>;
  /**
   * Written into memory before init(). `stored` is the dtype in the file. With `along`, float32 scales stand before
   * int8 codes, one for each index of that dimension: a number is code times scale. With `apart`, words are differences
   * from those so far before, modulo their width (a part of a complex number is a word); with `planes` all first bytes of the words stand before all second ones.
   */
  arrays: { slot: Slot; file: string; stored: Dtype; start: number; along?: number; apart?: number; planes?: boolean }[];
  /** By name on the page. */
  controls: Record<string, Control>;
  /** In dependency order: values, simulations and figures. */
  nodes: ProgramNode[];
}

export interface ControlBase {
  kind: string;
  label: string;
  unit?: string;
  /** Slot the value is written to; absent when only entries depend on it. */
  slot?: string;
  /** True if other bundles of the page share it by name. */
  shared?: boolean;
}
export interface SliderControl extends ControlBase {
  kind: "slider"; low: number; high: number; value: number; step?: number;
  scale: "linear" | "log"; play?: number; style?: "slider" | "stepper";
}
export interface IntegerControl extends ControlBase {
  kind: "integer"; low: number; high: number; value: number; style?: "slider" | "stepper";
}
/** Two ends, the lower first. */
export interface RangeControl extends ControlBase {
  kind: "range"; low: number; high: number; value: [number, number]; step?: number; scale: "linear" | "log";
}
export interface SeedControl extends ControlBase { kind: "seed"; value: number; }
export interface ToggleControl extends ControlBase { kind: "toggle"; value: boolean; }
/** The value is the label. */
export interface ChoiceControl extends ControlBase {
  kind: "choice"; options: string[]; value: string; style?: "radio" | "menu" | "segmented" | "stages";
}
/** Value [x, y]; `complex` when the author wrote a complex number (slot is complex64 ()). */
export interface PointControl extends ControlBase { kind: "point"; value: [number, number]; complex?: boolean; }
/** Value: array of [x, y]; n moves between min (0) and max. */
export interface PointsControl extends ControlBase {
  kind: "points"; value: ([number, number] | [number, number, number])[]; max: number; min?: number; classes?: number[]; labels?: string[];
  /** int64 (max,): the classes; a value is then [x, y, class]. */
  classSlot?: string;
  /** int64 (): how many there are. */
  lengthSlot?: string;
}
/** Value: flat row-major numbers of `shape`. */
export interface TensorControl extends ControlBase {
  kind: "tensor"; value: number[]; shape: number[]; dtype: Dtype; low?: number; high?: number;
  /** Values to start from, and the radius of the brush in cells: with either there is a row of tools. */
  examples?: Record<string, number[]>; brush?: number;
  /** What the reader brings: no mark's to edit. Of a table the value has `rows` from the first number to the second. */
  upload?: Upload;
  /** int64 (): how many rows there are. */
  lengthSlot?: string;
}
export interface Upload {
  form: "table" | "image" | "sound" | "microphone";
  rows?: [number, number]; columns?: string[];
  /** Samples in a second. */
  rate?: number;
}
/** Value: the string. `ids` are those of the tokenizer: core/tokens.js. */
export interface TextControl extends ControlBase {
  kind: "text"; value: string; max: number; min?: number;
  /** Texts to begin with, by label. */
  examples?: Record<string, string>;
  tokenizer: { kind: "characters" | "words"; vocabulary: string[] } | { kind: "model"; file: string };
  /** int64 (): how many ids there are. */
  lengthSlot?: string;
}
/** What a bundle keeps of a tokenizer.json, in a file of its own. Patterns are regular expressions with flags g and u. */
export interface TokenizerFile {
  added: { content: string; id: number; normalized: boolean; left: boolean; right: boolean }[];
  normalize: (
    | ["form", form: string] | ["lower"] | ["strip", left: boolean, right: boolean]
    | ["prepend", text: string] | ["around", pattern: string] | ["replace", pattern: string, text: string]
    | ["table", units: number[], texts: string]
  )[];
  split: (
    | ["split", pattern: string, behavior: string, invert: boolean] | ["space"] | ["bytes"]
    | ["meta", sign: string, scheme: string]
  )[];
  model:
    | {
        kind: "bpe"; vocabulary: (string | null)[]; merges: number[]; prefix: string; suffix: string;
        unknown: number | null; fuse: boolean; fallback: boolean; direct: boolean;
      }
    | { kind: "wordPiece"; vocabulary: (string | null)[]; unknown: number; prefix: string; longest: number }
    | { kind: "wordLevel"; vocabulary: (string | null)[]; unknown: number | null }
    | { kind: "unigram"; vocabulary: string[]; scores: number[]; unknown: number | null; fallback: boolean };
  before: { id: number; name: string }[];
  after: { id: number; name: string }[];
}
/** Value: presses since the last step. */
export interface ButtonControl extends ControlBase { kind: "button"; value: 0; }
export type Control =
  | SliderControl | IntegerControl | RangeControl | SeedControl | ToggleControl | ChoiceControl
  | PointControl | PointsControl | TensorControl | TextControl | ButtonControl;

/**
 * An entry table: which exported function runs, by the values of the static controls.
 * `statics` lists control names (or "text.length", "points.length" of such a control); the key is their
 * values joined by "|" (true/false, the choice's index, the integer, the length).
 */
export interface EntryTable { statics: string[]; entries: Record<string, string>; }

export interface ValueNode {
  kind: "value"; name: string;
  /** Controls and nodes whose change makes this stale. */
  needs: string[];
  run: EntryTable;
  /** path -> slot name; path "" is the whole value. */
  outputs: Record<string, string>;
}
export interface SimulationNode {
  kind: "simulation"; name: string;
  /** Controls and values read by init: a change restarts the run. */
  restart: string[];
  /** Controls and values read by step: a change acts from the next step. */
  needs: string[];
  init: EntryTable;
  /** The first step, where it is another program (lazily made optimiser state). */
  first?: EntryTable;
  step: EntryTable;
  /** As step, and writes the records too. Used when the step number is a multiple of recordEvery. */
  record?: EntryTable;
  recordEvery: number;
  rate: number | null;
  steps: number | null;
  play: boolean;
  /** Slots that are the state: what checkpoints copy. */
  state: string[];
  /** int64 (): the number of the step just done; the runtime writes it before the step runs. */
  stepSlot: string;
  history: number;
  /** name -> slot of the newest record, and float32 (history, ...) slot that figures read (absent if none does). */
  records: Record<string, { slot: string; history?: string }>;
  /** float32 (history,) slot of step numbers, if a figure reads it. */
  historyStep?: string;
}
export interface FigureNode {
  kind: "figure"; name: string; needs: string[]; run: EntryTable;
}
export type ProgramNode = ValueNode | SimulationNode | FigureNode;

export interface FigureSpec {
  /** Text alternative: first paragraph of the docstring. */
  alt: string;
  width: number;
  /** Controls shown, in order: control names, or a simulation's name for its transport. */
  controls: string[];
  /** What the figure calls controls whose name is not `<figure>.<parameter>`: parameter -> name. */
  names?: Record<string, string>;
  /** What it calls values and simulations by another word: parameter -> name. */
  nodes?: Record<string, string>;
  /** Entry key of the FigureNode -> index into layouts. */
  layout: Record<string, number>;
  layouts: Layout[];
  /** Output name -> slot, as the JavaScript face gives them. */
  outputs: Record<string, string>[];
}

/** "symlog" is straight near zero, and a logarithm on both sides of it. */
export type Scale = "linear" | "log" | "symlog";
export type Layout = Row | Column | Grid | Plot;
export interface Row { kind: "row"; children: Layout[]; }
export interface Column { kind: "column"; children: Layout[]; }
/** Small multiples: at most so many columns. Shared: one range of x and one of y for all, numbers at the outer ones. */
export interface Grid { kind: "grid"; children: Plot[]; columns: number; shared: boolean; }
export interface Plot {
  kind: "plot";
  marks: Mark[];
  /** Fixed range, or null: the smallest round range that has held all data since reset. */
  x: [number, number] | null;
  y: [number, number] | null;
  xScale: Scale;
  yScale: Scale;
  /** Numbers of x are times since `start`, in milliseconds of the epoch; `unit` is that of one. */
  xDates?: { start: number; unit: number };
  /** The words at 0, 1, 2... */
  xNames?: string[];
  yNames?: string[];
  /** "equal", a ratio width/height, or null. */
  aspect: "equal" | number | null;
  title: Text | null;
  legend: boolean | null;
  /** In three dimensions: the third range, degrees around and above that it is seen from, names of the axes. */
  space?: { z: [number, number] | null; view: [number, number]; names: (Text | null)[] };
  /** No numbers and lines around the data area. */
  axes?: false;
  /** Under the x axis, over the y axis. */
  xLabel?: Text;
  yLabel?: Text;
  /** Its numbers stand at a neighbour of a grid; the scene's own. */
  quietX?: boolean;
  quietY?: boolean;
  /** The reader is told the exact values, and may look closer. */
  hover?: boolean;
  zoom?: boolean | "x" | "y";
}

/** Text with live numbers: strings and {slot, format} (a Python format spec). */
export type Text = (string | { slot: string; format: string })[];

/**
 * A place that is dragged against the gradient: the sliders and points that follow, and the entry that reads `element`
 * (int64 ()) and writes `place`, float32 (2,), and `slope`, float32 (2, columns): d place / d controls in their order, a
 * point being two columns.
 */
export interface Drag { controls: string[]; run: EntryTable; element: string; place: string; slope: string; }

/** Slot names. Positions are always float32 (..., n, 2); values keep their dtype. */
export interface MarkBase {
  kind: string;
  name?: string;
  /**
   * The control this mark edits, and how: element i of the mark is element index[i] of the control. An extent that moves
   * is null: it is the mark's own.
   */
  edit?: { control: string; offset: number; strides: number[]; shape: (number | null)[]; grows?: boolean };
  /** Its number in the palette, or its role, where the author says which. */
  paint?: number | "ink" | "soft";
  /** edit=True on a computed channel. */
  drag?: Drag;
}
/** Leading dimensions: many curves. */
export interface CurveMark extends MarkBase { kind: "curve"; xy: string; closed?: boolean; width?: number; dash?: boolean; }
/** radii, colours: float32 (..., n), one for each dot. classes: the names of the labels 0, 1... */
export interface ScatterMark extends MarkBase {
  kind: "scatter"; xy: string; size?: number; labels?: string; classes?: string[];
  radii?: string; colours?: string; low?: number; high?: number;
}
/** xy: float32 (..., 2, 2): from and to. */
/** caps: error bars, of the next mark's colour. */
export interface SegmentsMark extends MarkBase { kind: "segments"; xy: string; caps?: boolean; band?: boolean; }
/** A field's arrows are thin and quiet. */
export interface ArrowMark extends MarkBase { kind: "arrow"; xy: string; field?: boolean; }
/** vectors float32 (rows, columns, 2) over the rectangle; row 0 at y low. */
export interface StreamlinesMark extends MarkBase {
  kind: "streamlines"; vectors: string; x: [number, number]; y: [number, number];
}
/** Between two curves: float32 (..., n, 2) each; `low` absent: from y = 0. A band has the next mark's colour. */
export interface AreaMark extends MarkBase { kind: "area"; xy: string; low?: string; band?: boolean; }
/** heights float32 (n,), or (groups, n); classes: the names of the groups. Joined bars touch: a histogram's. */
export interface BarsMark extends MarkBase {
  kind: "bars"; heights: string; x?: string; labels?: Text[]; classes?: string[]; stacked?: boolean; joined?: boolean;
  /** To the right of zero, the first at the bottom. */
  horizontal?: boolean;
}
/** (rows, columns); row 0 at the top. low/high fixed range of colours or null. */
export interface HeatmapMark extends MarkBase {
  kind: "heatmap"; values: string; low: number | null; high: number | null;
  rows?: string[] | { text: string }; columns?: string[] | { text: string };
  x?: [number, number]; y?: [number, number];
  /** Values from zero fade into the ground, as what the reader paints does. */
  tint?: boolean;
}
/** (h, w), (h, w, 3) or (h, w, 4): float 0..1 or uint8. grid: the values are (n, h, w...) of so many pictures in rows. */
export interface ImageMark extends MarkBase {
  kind: "image"; values: string; x?: [number, number]; y?: [number, number];
  grid?: number[]; across?: number; labels?: Text[];
}
/** values (rows, columns) over the rectangle; row 0 at y low. */
export interface ContourMark extends MarkBase {
  kind: "contour"; values: string; x: [number, number]; y: [number, number]; levels: number | number[]; filled?: boolean;
  /** Each line's number is set into it. */
  labels?: boolean;
  width?: number;
  /** The range of the colours, if it is fixed. */
  low?: number; high?: number;
  /** As that of a heatmap. */
  tint?: boolean;
}
/** float32 (rows, columns, 2): a warped grid. */
export interface MeshMark extends MarkBase { kind: "mesh"; xy: string; }
/** at: where the text stands, with a line to its place. */
export interface LabelMark extends MarkBase { kind: "label"; xy: string; text: Text; at?: string; }
/** xy: float32 (n, 2, 2): from and to; the bracket is on the left. */
export interface BracketMark extends MarkBase { kind: "bracket"; xy: string; text: Text; }
/** A number beside the plot. */
export interface ReadoutMark extends MarkBase { kind: "readout"; text: Text; label?: string; }
/** Numbers in brackets. shape: the most rows and columns there can be. most: the number with the full colour. */
export interface MatrixMark extends MarkBase {
  kind: "matrix"; values: string; shape: [number, number]; format?: string; highlight?: string; plain?: boolean; most?: number;
  rows?: string[] | { text: string }; columns?: string[] | { text: string };
}
/** Whole numbers, 0 for an empty square; notes (rows, columns, k): small numbers 1 to k. boxes: squares between thick lines. */
export interface BoardMark extends MarkBase {
  kind: "board"; cells: string; shape: [number, number]; style: "ruled" | "checkered" | "crossings"; pieces?: string[];
  notes?: string; shade?: string; highlight?: string; boxes?: [number, number];
  rows?: string[] | { text: string }; columns?: string[] | { text: string };
}
/** Samples float32 (n,), or (2, n): left and right; `rate` of them in a second. */
export interface SoundMark extends MarkBase { kind: "sound"; samples: string; rate: number; loop?: boolean; }
/**
 * Nodes at xy and edges int64 (m, 2) between them. values, errors (n,): colour and ring of nodes; weights, slopes (m,): width
 * and dot of edges; marked, path: bool, to bring out. bare: nodes are words alone. layers: nodes of the tallest layer.
 */
export interface GraphMark extends MarkBase {
  kind: "graph"; xy: string; edges: string; values?: string; errors?: string; weights?: string; slopes?: string;
  marked?: string; path?: string; labels?: Text[]; edgeLabels?: Text[]; directed?: boolean; bare?: boolean; layers?: number;
  format?: string; size?: number; most?: number; ratio?: number;
  /** Of places that the reader moves: they do not move the range. */
  span?: [x: [number, number], y: [number, number]];
}
/** ids: int64 (n,), of the text of a control; letters: how many the longest text may have. weights: (n,) or (n, n). */
export interface TokensMark extends MarkBase {
  kind: "tokens"; ids: string; text: { text: string }; max: number; letters: number;
  groups?: string; weights?: string; arcs?: boolean;
}
/**
 * Pixels computed on the page: an entry that reads `corner` (float32 (4,): left, right by, top, up by) and writes the
 * colours of 64 x 64 of them to `block`, float32 (64, 64, 3). `picture` is how the page calls the whole.
 */
export interface Pixels { run: EntryTable; corner: string; block: string; picture: string; }
/** values: float32 (64, 64) or (64, 64, 3) over the rectangle, row 0 at the top: the picture while there is no finer one. */
export interface FieldMark extends MarkBase {
  kind: "field"; values: string; x: [number, number]; y: [number, number]; pixels: Pixels;
}
/** A grid of places in space, (rows, columns, 3). */
export interface SurfaceMark extends MarkBase { kind: "surface"; xyz: string; }
/** What a mark of a plot in space is: xyz float32 (..., n, 3) stands for its xy. */
export interface SpaceMark extends MarkBase {
  kind: "curve" | "scatter" | "segments" | "arrow" | "mesh" | "surface" | "label"; xyz: string;
  labels?: string; size?: number; width?: number; dash?: boolean; closed?: boolean; text?: Text;
}
export type Mark =
  | CurveMark | ScatterMark | SegmentsMark | ArrowMark | AreaMark | BarsMark | HeatmapMark
  | ImageMark | ContourMark | MeshMark | LabelMark | ReadoutMark | MatrixMark | BoardMark | GraphMark
  | SoundMark | StreamlinesMark | BracketMark | TokensMark
  | FieldMark
  | SurfaceMark;

/** What scene() makes and painters draw. All numbers are CSS pixels, all text is text. */
export interface Scene { width: number; height: number; panels: Panel[]; }
export interface Panel {
  /** Plot rectangle (the data area), and the clip for its shapes. */
  x: number; y: number; width: number; height: number;
  /** Data ranges in use, so that gestures can be inverted. */
  xRange: [number, number]; yRange: [number, number];
  xScale: Scale; yScale: Scale;
  shapes: Shape[];
  /** Where the reader edits: one per draggable thing. */
  handles: Handle[];
}
/**
 * `paint` is a role, never a colour: "c0".."c7" (series), "ink", "soft", "grid", "frame", "paper", and for text on
 * cells "bright" and "dark". A raster is clipped to the panel unless it is `free`. Dots may have a class, a radius and a
 * colour each.
 */
export type Shape = {
  /** The name of the mark it belongs to, "" of one without; absent from axes and words over the plot. */
  of?: string;
} & (
  | { kind: "path"; points: Float32Array; starts: number[]; paint: string; width: number; dash?: boolean; closed?: boolean; fill?: string; opacity?: number; clip: boolean }
  | { kind: "dots"; points: Float32Array; radius: number; paint: string; opacity?: number; clip: boolean; paints?: Uint8Array; radii?: Float32Array; rgba?: Uint8ClampedArray }
  | { kind: "facets"; points: Float32Array; rgb: Uint8ClampedArray; opacity?: number; clip: boolean }
  | { kind: "rects"; boxes: Float32Array; paint: string; opacity?: number; clip: boolean }
  | { kind: "raster"; x: number; y: number; width: number; height: number; rows: number; columns: number; rgba: Uint8ClampedArray; smooth?: boolean; free?: boolean }
  | { kind: "text"; x: number; y: number; text: string; size: number; anchor: "start" | "middle" | "end"; paint: string; rotate?: number; weight?: number; halo?: boolean; after?: { text: string; paint: string; gap: number; weight?: number } }
);
/** x, y: the centre of a point, the top left corner of the others. Points are in the order of the mark's elements. */
export interface Handle {
  kind: "point" | "bars" | "curve" | "cells" | "drag" | "numbers" | "board"
    | "play" | "orbit" | "tokens" | "plane";
  /** The control; of a "drag" all that follow, with spaces between; of "play" and "tokens" the slot of its samples or ids. */
  control: string;
  /** Those of the controls where it has none. */
  label?: string;
  x: number; y: number; width: number; height: number;
  mark: number;
  /** Of "orbit": from where the plot is seen. */
  view?: number[];
  /** Of "tokens": where each token is. */
  boxes?: { x: number; y: number; width: number; height: number }[];
}
