// Windows to choose from: those the image brings, customary ones where its values are Hounsfield units, and its whole range.
// Chosen by the unit the recipe names, never by modality.
/** @typedef {import("./types.js").Recipe} Recipe */
/**
 * key: for the name in the person's language ("stored" ones have their own name, or none).
 * @typedef {{key: string, name: string, kind: "window"|"table"|"range", window: import("./types.js").Window|null}} Preset
 */

/** @type {readonly {key: string, name: string, center: number, width: number}[]} */
export const HU_WINDOWS = [
  { key: "soft_tissue", name: "Soft tissue", center: 50, width: 400 },
  { key: "lung", name: "Lung", center: -600, width: 1500 },
  { key: "bone", name: "Bone", center: 400, width: 1800 },
  { key: "brain", name: "Brain", center: 40, width: 80 },
  { key: "abdomen", name: "Abdomen", center: 60, width: 400 },
  { key: "liver", name: "Liver", center: 80, width: 150 },
  { key: "mediastinum", name: "Mediastinum", center: 50, width: 350 },
  { key: "vessels", name: "Vessels with contrast", center: 200, width: 600 },
  { key: "stroke", name: "Brain, narrow", center: 35, width: 35 },
];

/**
 * In the order of the keys 1 to 9: what is stored, then the customary ones, then the whole range.
 * @param {Recipe} recipe
 * @returns {Preset[]}
 */
export function presetsFor(recipe) {
  if (recipe.kind !== "gray") return [];
  /** @type {Preset[]} */
  const list = [];
  const stored = recipe.windows.filter((w) => w.name !== "auto");
  const table = /** @type {Preset[]} */ (recipe.voi_lut ? [{ key: "table", name: "", kind: "table", window: null }] : []);
  if (!stored.length) list.push(...table.splice(0)); // shown first where no window is stored
  for (const window of stored) list.push({ key: "stored", name: window.name ?? "", kind: "window", window });
  list.push(...table);
  if (recipe.unit === "HU") {
    for (const { key, name, center, width } of HU_WINDOWS) {
      if (stored.some((w) => w.center === center && w.width === width && w.function === "LINEAR")) continue;
      list.push({ key, name, kind: "window", window: { center, width, function: "LINEAR" } });
    }
  }
  list.push({ key: "range", name: "", kind: "range", window: null });
  return list;
}
