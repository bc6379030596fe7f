/**
 * A canary is a text that stands nowhere else: its two marks, with its number after the first and before the
 * second, so that its first and its last twelve characters each say which one it is. It consists of small
 * letters and digits: URLs, JSON and `inspect` show it as it is.
 */
const HEAD = 'zq7kx4wj9';
const TAIL = 'v8hn3py6c';
const NUMBER_LENGTH = 3;

/** Makes canaries, and finds them in what was written. */
export class Canaries {
  /** Of those that were made, by their numbers. */
  readonly names: string[] = [];

  /** @param name - where the canary is put in */
  make(name: string): string {
    const number = this.names.length.toString(36).padStart(NUMBER_LENGTH, '0');
    this.names.push(name);
    return `${HEAD}${number}${number}${TAIL}`;
  }

  /** Which canaries a text has, whole or in parts, and in which form: the first time of each. */
  find(text: string): readonly Leak[] {
    const lower = text.toLowerCase();
    const leaks = new Map<string, Leak>();
    for (const wanted of NEEDLES) {
      const { form, needle, sensitive } = wanted;
      const haystack = sensitive ? text : lower;
      for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, at + 1)) {
        const canary = this.#nameOf(wanted, text, at);
        const key = `${form} ${canary}`;
        if (leaks.has(key)) continue;
        leaks.set(key, { canary, form, around: text.slice(Math.max(0, at - 80), at + 120) });
      }
    }
    return [...leaks.values()];
  }

  #nameOf({ form, mark }: Needle, text: string, at: number): string {
    // The number follows the first mark, and precedes the second.
    const [before, after] = mark === HEAD ? [4, 32] : [12, 20];
    const near = text.slice(Math.max(0, at - before), at + after);
    const plain = {
      plain: near,
      base64: decodings(near),
      hex: Buffer.from(/[\da-f]{24,}/i.exec(near)?.[0] ?? '', 'hex').toString('latin1'),
    }[form];
    const number = mark === HEAD ? AFTER_HEAD.exec(plain) : BEFORE_TAIL.exec(plain);
    return this.names[Number.parseInt(number?.[1] ?? '', 36)] ?? UNKNOWN;
  }
}

/** A canary where none may be. */
export interface Leak {
  /** Where it was put in. */
  readonly canary: string;
  readonly form: 'plain' | 'base64' | 'hex';
  /** What stands around it. */
  readonly around: string;
}

const UNKNOWN = 'one of them';
const AFTER_HEAD = new RegExp(`${HEAD}([\\da-z]{3})`, 'i');
const BEFORE_TAIL = new RegExp(`([\\da-z]{3})${TAIL}`, 'i');

interface Needle {
  readonly mark: string;
  readonly form: Leak['form'];
  readonly needle: string;
  /** Whether the letter case matters. Host names and metrics have small letters only. */
  readonly sensitive: boolean;
}

const NEEDLES: readonly Needle[] = [HEAD, TAIL].flatMap((mark): Needle[] => [
  { mark, form: 'plain', needle: mark, sensitive: false },
  { mark, form: 'hex', needle: Buffer.from(mark).toString('hex'), sensitive: false },
  ...[0, 1, 2].map((before): Needle => {
    return { mark, form: 'base64', needle: insideBase64(mark, before), sensitive: true };
  }),
]);

/** What base64 makes of a text, whatever stands before and after it; the marks give no `+`, `/`, `-` or `_`. */
function insideBase64(mark: string, bytesBefore: number): string {
  const bytes = Buffer.concat([Buffer.alloc(bytesBefore), Buffer.from(mark)]);
  const from = Math.ceil((bytesBefore * 8) / 6);
  const to = Math.floor((bytes.length * 8) / 6);
  return bytes.toString('base64').slice(from, to);
}

/** What a text in base64 says, wherever it begins. */
function decodings(text: string): string {
  const runs = text.match(/[\w+/-]{12,}/g) ?? [];
  return runs
    .flatMap((run) =>
      [0, 1, 2, 3].map((skip) => Buffer.from(run.slice(skip), 'base64').toString('latin1')),
    )
    .join(' ');
}
