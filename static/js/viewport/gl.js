// WebGL2 renderer in two passes. First the picture is made at native resolution: an integer texture keeps the raw values
// exactly, and a table (made in double precision, see window.js) turns each into its grey. Then that picture is placed on the
// screen by the sampler: bilinear, with mipmaps where it is made smaller. So a new window costs one small table and the
// first pass, zoom and pan only the second, and what is read back is exactly what the canvas fall-back shows.
import { fillLevels, GreyTable, hasTable } from "./window.js";

/** @typedef {import("./types.js").Recipe} Recipe */
/** @typedef {import("./types.js").Values} Values */
/** @typedef {import("./types.js").Display} Display */
/** @typedef {import("./types.js").Matrix} Matrix */

const TABLE_SIDE = 256; // 65,536 entries as a square: textures are not that wide everywhere

const WHOLE = `#version 300 es
void main() { gl_Position = vec4(float(gl_VertexID & 1) * 4.0 - 1.0, float(gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0); }`;

const LOOK_UP = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
uniform usampler2D raw_values;
uniform sampler2D table;
out vec4 color;
void main() {
  uint v = texelFetch(raw_values, ivec2(gl_FragCoord.xy), 0).r;
  color = vec4(texelFetch(table, ivec2(int(v & 255u), int(v >> 8u)), 0).rrr, 1.0);
}`;

const PLACE = `#version 300 es
uniform vec4 turn;
uniform vec2 origin;
out vec2 at;
void main() {
  at = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  gl_Position = vec4(origin + turn.xy * at.x + turn.zw * at.y, 0.0, 1.0);
}`;

const SAMPLE = `#version 300 es
precision highp float;
uniform sampler2D picture;
uniform bool gray;
in vec2 at;
out vec4 color;
void main() {
  vec4 c = texture(picture, at);
  color = vec4(gray ? c.rrr : c.rgb, 1.0);
}`;

/** @param {WebGL2RenderingContext} gl @param {string} vertex @param {string} fragment */
function link(gl, vertex, fragment) {
  const program = /** @type {WebGLProgram} */ (gl.createProgram());
  for (const [kind, text] of /** @type {[number, string][]} */ ([[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]])) {
    const shader = /** @type {WebGLShader} */ (gl.createShader(kind));
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(`shader: ${gl.getProgramInfoLog(program)}`);
  }
  return program;
}

/** Whether the CPU does the drawing; not every browser says so when asked for no such context. @param {WebGL2RenderingContext} gl */
function isSoftware(gl) {
  const short = String(gl.getParameter(gl.RENDERER));
  const info = short === "WebKit WebGL" ? gl.getExtension("WEBGL_debug_renderer_info") : null; // a warning in Firefox
  const name = info ? String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL)) : short;
  return /swiftshader|llvmpipe|softpipe|basic render|software/i.test(name);
}

/** A texture that is made anew only when its size or format changes. */
class Texture {
  /** @param {WebGL2RenderingContext} gl @param {number} unit */
  constructor(gl, unit) {
    this.gl = gl;
    this.unit = unit;
    this.shape = "";
    /** @type {WebGLTexture|null} */
    this.id = null;
  }

  /**
   * @param {number} format sized internal format @param {number} width @param {number} height @param {boolean} mipmaps
   * @returns {boolean} whether it is a new texture
   */
  make(format, width, height, mipmaps) {
    const { gl } = this;
    gl.activeTexture(gl.TEXTURE0 + this.unit);
    const shape = `${format}/${width}/${height}`;
    if (shape === this.shape) return false;
    gl.deleteTexture(this.id);
    this.id = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.id);
    gl.texStorage2D(gl.TEXTURE_2D, mipmaps ? Math.floor(Math.log2(Math.max(width, height))) + 1 : 1, format, width, height);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    this.shape = shape;
    return true;
  }

  /** @param {number} width @param {number} height @param {number} format @param {number} type @param {ArrayBufferView} data */
  put(width, height, format, type, data) {
    const { gl } = this;
    gl.activeTexture(gl.TEXTURE0 + this.unit);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, format, type, data);
  }
}

/** Everything that lives in a context. @param {WebGL2RenderingContext} gl */
function make(gl) {
  const looking = link(gl, WHOLE, LOOK_UP);
  const placing = link(gl, PLACE, SAMPLE);
  gl.useProgram(looking);
  gl.uniform1i(gl.getUniformLocation(looking, "raw_values"), 0);
  gl.uniform1i(gl.getUniformLocation(looking, "table"), 1);
  gl.useProgram(placing);
  gl.uniform1i(gl.getUniformLocation(placing, "picture"), 2);
  gl.bindVertexArray(gl.createVertexArray()); // empty: positions come from gl_VertexID
  gl.disable(gl.DITHER);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  gl.pixelStorei(gl.PACK_ALIGNMENT, 1);
  gl.clearColor(0, 0, 0, 1);
  const greys = new Texture(gl, 1);
  greys.make(gl.R8, TABLE_SIDE, TABLE_SIDE, false);
  return {
    looking, placing, greys, raw: new Texture(gl, 0), picture: new Texture(gl, 2), target: gl.createFramebuffer(),
    turn: gl.getUniformLocation(placing, "turn"), origin: gl.getUniformLocation(placing, "origin"),
    gray: gl.getUniformLocation(placing, "gray"),
  };
}

/** @implements {Renderer_} */
export class WebGLRenderer {
  /**
   * @param {HTMLCanvasElement} canvas a fresh one
   * @param {boolean} [evenInSoftware] also where WebGL would be drawn by the CPU, which is slower than the canvas fall-back
   * @returns {WebGLRenderer|null} null where there is no (usable) WebGL2
   */
  static on(canvas, evenInSoftware = false) {
    const gl = canvas.getContext("webgl2", {
      alpha: false, antialias: false, depth: false, stencil: false, failIfMajorPerformanceCaveat: !evenInSoftware,
    });
    if (!gl || gl.isContextLost()) return null;
    if (evenInSoftware || !isSoftware(gl)) return new WebGLRenderer(canvas, gl);
    gl.getExtension("WEBGL_lose_context")?.loseContext(); // gives its memory back
    return null;
  }

  /** @param {HTMLCanvasElement} canvas @param {WebGL2RenderingContext} gl */
  constructor(canvas, gl) {
    this.name = "webgl2";
    this.canvas = canvas;
    this.gl = gl;
    /** @type {Recipe|null} */
    this.recipe = null;
    /** @type {Values|null} */
    this.values = null;
    this.table = new GreyTable();
    this.bytes = new Uint8Array(0);
    this.mipmapped = false;
    this.filters = 0;
    this.most = gl.getParameter(gl.MAX_TEXTURE_SIZE);
    this.made = make(gl);
  }

  /** Make everything anew, after a lost context came back. */
  start() {
    this.made = make(this.gl);
    this.table = new GreyTable();
    this.filters = 0;
    this.mipmapped = false;
  }

  get usable() {
    return !this.gl.isContextLost();
  }

  /** @param {Recipe} recipe */
  fits(recipe) {
    return recipe.rows <= this.most && recipe.columns <= this.most;
  }

  /** @param {Recipe} recipe @param {Values} values */
  setFrame(recipe, values) {
    const { gl, made } = this;
    const { rows, columns } = recipe;
    this.recipe = recipe;
    this.values = values;
    const fresh = made.picture.make(recipe.kind === "gray" ? gl.R8 : gl.RGBA8, columns, rows, true);
    if (fresh) {
      this.filters = 0;
      gl.bindFramebuffer(gl.FRAMEBUFFER, made.target);
      gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, made.picture.id, 0);
      gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    }
    if (!hasTable(recipe)) return;
    if (values.BYTES_PER_ELEMENT === 1) {
      made.raw.make(gl.R8UI, columns, rows, false);
      made.raw.put(columns, rows, gl.RED_INTEGER, gl.UNSIGNED_BYTE, new Uint8Array(values.buffer, values.byteOffset, values.length));
    } else {
      made.raw.make(gl.R16UI, columns, rows, false);
      made.raw.put(columns, rows, gl.RED_INTEGER, gl.UNSIGNED_SHORT, new Uint16Array(values.buffer, values.byteOffset, values.length));
    }
  }

  /** Make the picture of the frame. @param {Display} display */
  setDisplay(display) {
    const { gl, made, recipe, values } = this;
    if (!recipe || !values) return;
    const { rows, columns } = recipe;
    this.mipmapped = false;
    if (hasTable(recipe)) {
      if (this.table.update(recipe, display)) made.greys.put(TABLE_SIDE, TABLE_SIDE, gl.RED, gl.UNSIGNED_BYTE, this.table.greys);
      gl.bindFramebuffer(gl.FRAMEBUFFER, made.target);
      gl.viewport(0, 0, columns, rows);
      gl.useProgram(made.looking);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
      gl.bindFramebuffer(gl.FRAMEBUFFER, null);
      return;
    }
    const gray = recipe.kind === "gray";
    const size = rows * columns * (gray ? 1 : 4);
    if (this.bytes.length !== size) this.bytes = new Uint8Array(size);
    if (gray) fillLevels(recipe, values, display, this.bytes);
    else fillColors(values, display.invert, this.bytes);
    made.picture.put(columns, rows, gray ? gl.RED : gl.RGBA, gl.UNSIGNED_BYTE, this.bytes);
  }

  /** @param {Matrix} matrix image pixels to device pixels @param {boolean} smooth */
  draw([a, b, c, d, e, f], smooth) {
    const { gl, made, recipe, canvas } = this;
    if (!recipe) return this.clear();
    const { rows, columns } = recipe;
    const small = Math.max(Math.hypot(a, b), Math.hypot(c, d)) < 0.75;
    gl.activeTexture(gl.TEXTURE2);
    const min = small ? gl.LINEAR_MIPMAP_LINEAR : smooth ? gl.LINEAR : gl.NEAREST;
    const mag = smooth ? gl.LINEAR : gl.NEAREST;
    if (this.filters !== min * 65536 + mag) {
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, min);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, mag);
      this.filters = min * 65536 + mag;
    }
    if (small && !this.mipmapped) {
      gl.generateMipmap(gl.TEXTURE_2D);
      this.mipmapped = true;
    }
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.useProgram(made.placing);
    const x = 2 / canvas.width;
    const y = -2 / canvas.height;
    gl.uniform4f(made.turn, a * columns * x, b * columns * y, c * rows * x, d * rows * y);
    gl.uniform2f(made.origin, e * x - 1, f * y + 1);
    gl.uniform1i(made.gray, recipe.kind === "gray" ? 1 : 0);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }

  clear() {
    this.recipe = this.values = null;
    this.gl.clear(this.gl.COLOR_BUFFER_BIT);
  }

  readPixels() {
    const { gl, made, recipe } = this;
    if (!recipe) throw new Error("there is no picture to read");
    const { rows, columns, samples } = recipe;
    const rgba = new Uint8Array(rows * columns * 4);
    gl.bindFramebuffer(gl.FRAMEBUFFER, made.target);
    gl.readPixels(0, 0, columns, rows, gl.RGBA, gl.UNSIGNED_BYTE, rgba);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    return { rows, columns, samples, data: withoutAlpha(rgba, samples) };
  }

  dispose() {
    this.recipe = this.values = null;
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

/** @typedef {import("./types.js").Renderer} Renderer_ */

/** @param {Values} values interleaved RGB @param {boolean} invert @param {Uint8Array} out RGBA */
export function fillColors(values, invert, out) {
  const flip = invert ? 255 : 0;
  for (let i = 0, o = 0; o < out.length; i += 3, o += 4) {
    out[o] = values[i] ^ flip;
    out[o + 1] = values[i + 1] ^ flip;
    out[o + 2] = values[i + 2] ^ flip;
    out[o + 3] = 255;
  }
}

/** @param {ArrayLike<number>} rgba @param {1|3} samples */
export function withoutAlpha(rgba, samples) {
  const out = new Uint8Array((rgba.length / 4) * samples);
  for (let i = 0, o = 0; o < out.length; i += 4, o += samples) {
    for (let s = 0; s < samples; s++) out[o + s] = rgba[i + s];
  }
  return out;
}
