// The shapes the viewport works with; JSDoc only. JavaScript never reads DICOM: Python says in a recipe how to turn
// the bytes of one frame into a picture, and the page only does that arithmetic.

/** @typedef {"LINEAR"|"LINEAR_EXACT"|"SIGMOID"} WindowFunction  PS3.3 C.11.2.1.3 */
/** @typedef {{center: number, width: number, function: WindowFunction, name?: string}} Window */
/** @typedef {{first: number, values: ArrayLike<number>, bits: number}} VoiLut  PS3.3 C.11.2.1.1 */
/** @typedef {{top: string, right: string, bottom: string, left: string}} Letters */
/** @typedef {"uint8"|"int8"|"uint16"|"int16"|"uint32"|"int32"|"float32"|"float64"} Dtype */
/** @typedef {Uint8Array|Int8Array|Uint16Array|Int16Array|Uint32Array|Int32Array|Float32Array|Float64Array} Values */

/**
 * How one frame becomes a picture. Written by scanfolio.pixels.recipe; units in names.
 * @typedef {object} Recipe
 * @property {string} sop_instance_uid
 * @property {number} frame
 * @property {number} rows
 * @property {number} columns
 * @property {1|3} samples
 * @property {"gray"|"rgb"} kind
 * @property {Dtype} dtype
 * @property {{entry_id: number, offset: number, length: number}|null} [location]
 * @property {number} shift_left
 * @property {number} shift_right
 * @property {number} slope
 * @property {number} intercept
 * @property {string} unit
 * @property {Window[]} windows  the first is shown; none with auto_window
 * @property {boolean} [auto_window]  the window spans the frame's own values, padding left out
 * @property {VoiLut|null} voi_lut
 * @property {boolean} invert
 * @property {{low: number, high: number}|null} [padding]
 * @property {{is: boolean, text: string}} lossy
 * @property {number} pixel_aspect
 * @property {{row: number, column: number}|null} spacing_mm
 * @property {"pixel"|"imager"|""} spacing_source
 * @property {Letters|null} letters
 * @property {number|null} position_mm
 * @property {number|null} thickness_mm
 * @property {number|null} [tilt_degrees] of the gantry
 * @property {string} cannot
 */

/** A line in a corner: quiet lines are dimmer, wide ones are left out on a phone. @typedef {string|{text: string, quiet?: boolean, wide?: boolean}} Line */

/**
 * What `<image-viewport>` shows. `values` is one frame as it lies in the file (or as the worker sent it), not yet shifted.
 * Lines in `tl` and `tr` name the patient and are hidden with the patient text; `bl` and `br` follow our own lines.
 * @typedef {object} Frame
 * @property {Recipe} recipe
 * @property {Values|null} values
 * @property {{tl?: Line[], tr?: Line[], bl?: Line[], br?: Line[]}} [text]
 * @property {string} [label]  name of the series, for the accessible name
 * @property {number} [index]  from 1
 * @property {number} [count]
 */

/** How grey values are made: one window, or the stored table. @typedef {{window: Window|null, table: VoiLut|null, invert: boolean}} Display */

/** Affine map [a, b, c, d, e, f]: x' = a x + c y + e, y' = b x + d y + f. @typedef {[number, number, number, number, number, number]} Matrix */

/**
 * @typedef {object} Picture
 * @property {number} rows
 * @property {number} columns
 * @property {1|3} samples
 * @property {Uint8Array} data  rows * columns * samples, row by row, samples interleaved
 */

/**
 * One way of drawing. Pixels of the picture are made once per frame and window, at native resolution; drawing only places them.
 * @typedef {object} Renderer
 * @property {string} name
 * @property {HTMLCanvasElement} canvas
 * @property {(recipe: Recipe) => boolean} fits
 * @property {(recipe: Recipe, values: Values) => void} setFrame
 * @property {(display: Display) => void} setDisplay
 * @property {(matrix: Matrix, smooth: boolean) => void} draw  matrix: image pixels to device pixels
 * @property {() => void} clear
 * @property {() => Picture} readPixels
 * @property {() => void} dispose
 */
export {};
