// The worker: boots Python, then passes messages between the page and scanfolio.bridge.
import { boot } from "./boot.js";

export { boot };
