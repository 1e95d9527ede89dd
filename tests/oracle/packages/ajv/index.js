// Keyed by the schema object, as ajv 8 does.
module.exports = class Ajv {
  constructor() {
    this.compiled = new Map();
    this.named = new Map();
  }

  compile(schema) {
    if (!this.compiled.has(schema)) this.compiled.set(schema, (data) => typeof data === schema.type);
    return this.compiled.get(schema);
  }

  addSchema(schema, name) {
    this.named.set(name, schema);
  }

  getSchema(name) {
    return this.named.get(name);
  }

  validate(schema, data) {
    return this.compile(typeof schema === 'string' ? this.named.get(schema) : schema)(data);
  }
};
