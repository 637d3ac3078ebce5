/**
 * Writes `assets/silero/silero-vad-8k.f16` from the ONNX file of Silero VAD v5.
 *
 * Run once, by hand: `npx tsx scripts/extract-silero-weights.ts`. The ONNX file
 * comes with the development dependency `@ricky0123/vad-web`; its weights are
 * MIT (assets/silero/LICENSE). The graph is one `If`: its else branch is the
 * 8 kHz model, with every weight a named `Constant`. What is read here of
 * protobuf and ONNX is only what that takes (onnx.proto3: ModelProto.graph 7,
 * GraphProto.node 1, NodeProto output 2, op_type 4, attribute 5).
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { SILERO_TENSORS, sizeOf } from '../src/simulator/speech/silero-weights.ts';

type Field = readonly [id: number, value: Buffer | number];

function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message.readUInt8(at++);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const take = (length: number) => message.subarray(at, (at += length));
  while (at < message.length) {
    const key = varint();
    const id = key >> 3;
    switch (key & 7) {
      case 0:
        fields.push([id, varint()]);
        break;
      case 1:
        fields.push([id, take(8)]);
        break;
      case 2:
        fields.push([id, take(varint())]);
        break;
      case 5:
        fields.push([id, take(4)]);
        break;
      default:
        throw new Error(`unknown wire type at byte ${String(at)}`);
    }
  }
  return fields;
}

const all = (message: Buffer, wanted: number) =>
  fieldsOf(message).flatMap(([id, value]) => (id === wanted && Buffer.isBuffer(value) ? [value] : []));

function one(message: Buffer, wanted: number): Buffer {
  const [found] = all(message, wanted);
  if (found === undefined) throw new Error(`field ${String(wanted)} is missing`);
  return found;
}

const attribute = (node: Buffer, name: string) =>
  all(node, 5).find((entry) => one(entry, 1).toString() === name);

/** Half precision, rounded to nearest: the reader's inverse. */
function toHalf(value: number): number {
  const sign = value < 0 ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size < 2 ** -14) return sign | Math.round(size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  // A fraction that rounds up to 1024 carries into the exponent, which is what adding does.
  return sign | (((exponent + 15) << 10) + Math.round((size / 2 ** exponent - 1) * 1024));
}

const require = createRequire(import.meta.url);
const source = join(dirname(require.resolve('@ricky0123/vad-web')), 'silero_vad_v5.onnx');
const model = one(readFileSync(source), 7);
const choice = all(model, 1).find((node) => one(node, 4).toString() === 'If');
const branch = choice && attribute(choice, 'else_branch');
if (branch === undefined) throw new Error('the model has no else branch');

const weights = new Map<string, Buffer>();
for (const node of all(one(branch, 6), 1)) {
  const value = one(node, 4).toString() === 'Constant' ? attribute(node, 'value') : undefined;
  const [data] = value === undefined ? [] : all(one(value, 5), 9);
  if (data !== undefined)
    weights.set(
      one(node, 2)
        .toString()
        .replace(/^.*Inline_0__/, ''),
      data,
    );
}

const halves: number[] = [];
for (const [name, shape] of SILERO_TENSORS) {
  const data = weights.get(name);
  if (data?.length !== 4 * sizeOf(shape)) throw new Error(`${name} is missing or of another shape`);
  for (let at = 0; at < data.length; at += 4) halves.push(toHalf(data.readFloatLE(at)));
}
writeFileSync(
  new URL('../assets/silero/silero-vad-8k.f16', import.meta.url),
  Buffer.from(Uint16Array.from(halves).buffer),
);
process.stdout.write(`${String(halves.length)} weights written\n`);
