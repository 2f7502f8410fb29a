// Messages of the session: a header in JSON and arrays after it.

const ARRAYS = { u1: Uint8Array, f4: Float32Array, f8: Float64Array, i4: Int32Array };
const NOT_FINITE = { NaN, Infinity, "-Infinity": -Infinity };

const finite = (name, value) => (typeof value === "string" && Object.hasOwn(NOT_FINITE, value) ? NOT_FINITE[value] : value);

/* A binary message as anywidget gives it: the header and its blobs as DataViews. */
export function split(buffer) {
  const size = new DataView(buffer).getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, size)));
  return [header, (header.blobs ?? []).map(({ at, bytes }) => new DataView(buffer, 8 + size + at, bytes))];
}

/* The header's numbers as numbers, and its blobs by name as {values, shape}. */
export function read(header, buffers) {
  const message = JSON.parse(JSON.stringify(header), finite);
  message.arrays = {};
  (header.blobs ?? []).forEach(({ name, dtype, shape }, k) => {
    const view = buffers[k], Type = ARRAYS[dtype];
    const bytes = view.byteOffset % Type.BYTES_PER_ELEMENT ? view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) : view.buffer;
    const at = bytes === view.buffer ? view.byteOffset : 0;
    message.arrays[name] = { shape, values: new Type(bytes, at, view.byteLength / Type.BYTES_PER_ELEMENT) };
  });
  return message;
}
