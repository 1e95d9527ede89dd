// Controls listen to the document until they are disposed.
exports.OrbitControls = class {
  constructor(camera) {
    this.onKey = () => camera;
    document.addEventListener('keydown', this.onKey);
  }

  dispose() {
    document.removeEventListener('keydown', this.onKey);
  }
};
