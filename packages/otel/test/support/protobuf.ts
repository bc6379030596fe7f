/** How one field of a message is read; a message's fields by their numbers. */
type FieldType = 'string' | 'hex' | 'int' | 'fixed64' | 'double' | 'doubles' | Message;
interface Field {
  readonly name: string;
  readonly type: FieldType | (() => Message);
  readonly repeated?: true;
}
export type Message = Readonly<Record<number, Field>>;

/** A message, decoded: what the schema does not name is passed over. */
export type Decoded = { [name: string]: unknown };

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new Error('The message ends within a number');
      this.#at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  block(): Uint8Array {
    const length = Number(this.varint());
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  fixed64(): bigint {
    this.#at += 8;
    return this.#view.getBigUint64(this.#at - 8, true);
  }

  double(): number {
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8, true);
  }

  skip(wireType: number): void {
    if (wireType === 0) this.varint();
    else if (wireType === 1) this.#at += 8;
    else if (wireType === 2) this.block();
    else if (wireType === 5) this.#at += 4;
    else throw new Error(`Wire type ${wireType} is not known`);
  }
}

/** Reads a protobuf message as its schema says. */
export function decode(bytes: Uint8Array, message: Message): Decoded {
  const reader = new Reader(bytes);
  const decoded: Decoded = {};
  while (!reader.done) {
    const tag = Number(reader.varint());
    const field = message[tag >> 3];
    if (field === undefined) {
      reader.skip(tag & 7);
      continue;
    }
    const value = read(reader, typeof field.type === 'function' ? field.type() : field.type);
    if (field.repeated) append(decoded, field.name, value);
    else decoded[field.name] = value;
  }
  return decoded;
}

function append(decoded: Decoded, name: string, value: unknown): void {
  const list = decoded[name];
  if (Array.isArray(list)) list.push(value);
  else decoded[name] = [value];
}

function read(reader: Reader, type: FieldType): unknown {
  switch (type) {
    case 'string':
      return new TextDecoder('utf-8', { fatal: true }).decode(reader.block());
    case 'hex':
      return Buffer.from(reader.block()).toString('hex');
    case 'int':
      return Number(BigInt.asIntN(64, reader.varint()));
    case 'fixed64':
      return reader.fixed64();
    case 'double':
      return reader.double();
    case 'doubles':
      return doubles(new Reader(reader.block()));
    default:
      return decode(reader.block(), type);
  }
}

function doubles(reader: Reader): number[] {
  const values: number[] = [];
  while (!reader.done) values.push(reader.double());
  return values;
}
