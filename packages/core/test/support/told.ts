const ERROR_FIELDS = ['code', 'errno', 'syscall', 'address', 'port', 'cause', 'errors'];

/** What a call gives or rejects with, as plain data that can be compared. */
export async function tell(call: () => unknown): Promise<unknown> {
  try {
    return await told(await call());
  } catch (error) {
    return { rejection: await told(error) };
  }
}

/** Replaces what differs from run to run: the port, the time, the boundaries of forms. */
export function normalised<T>(value: T, port: string): T {
  const text = JSON.stringify(value)
    .replaceAll(`"port":${port}`, '"port":"PORT"')
    .replaceAll(`:${port}`, ':PORT')
    .replace(/formdata-undici-\d+/g, 'BOUNDARY')
    .replace(/"(date|Date)","[^"]*"/g, '"$1","NOW"');
  return JSON.parse(text) as T;
}

async function told(value: unknown): Promise<unknown> {
  if (value instanceof Error) return toldError(value);
  if (isTagged(value, 'Response')) return toldResponse(value as Response);
  if (value instanceof Blob) return { blob: value.type, text: await value.text() };
  if (isTagged(value, 'FormData')) return { form: await told([...(value as FormData)]) };
  if (value instanceof ArrayBuffer) return told(new Uint8Array(value));
  if (ArrayBuffer.isView(value)) return { bytes: Buffer.from(value as Uint8Array).toString('hex') };
  if (Array.isArray(value)) return Promise.all(value.map(told));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(async ([key, part]) => [key, await told(part)]);
    return Object.fromEntries(await Promise.all(entries)) as unknown;
  }
  return typeof value === 'string' || typeof value === 'number' ? value : String(value);
}

async function toldError(error: Error): Promise<unknown> {
  const fields = ERROR_FIELDS.filter((key) => key in error).map(async (key) => [
    key,
    await told(Reflect.get(error, key)),
  ]);
  const { name, message } = error;
  const type = Object.prototype.toString.call(error);
  return { type, name, message, ...Object.fromEntries(await Promise.all(fields)) };
}

async function toldResponse(response: Response): Promise<unknown> {
  const { status, statusText, url, redirected, type, ok, headers, bodyUsed } = response;
  return {
    status,
    statusText,
    url,
    redirected,
    type,
    ok,
    headers: [...headers],
    cookies: headers.getSetCookie(),
    hasBody: response.body !== null,
    bodyUsed,
    ...(bodyUsed ? {} : { body: await tell(() => response.bytes()), read: response.bodyUsed }),
    again: await tell(() => response.text()),
  };
}

function isTagged(value: unknown, tag: string): boolean {
  return Object.prototype.toString.call(value) === `[object ${tag}]`;
}
