// Composition root: the only place that wires the engine, the screens and the viewport together.
export {};
