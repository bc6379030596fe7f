// superagent has no types of its own. With @types/superagent, this file is not needed.
declare module 'superagent' {
  export interface Response {
    readonly status: number;
    readonly body: unknown;
  }

  export interface Request extends PromiseLike<Response> {
    retry(count: number): this;
    abort(): this;
    ok(isOk: (response: Response) => boolean): this;
  }

  const superagent: { get(url: string): Request; post(url: string): Request };
  // biome-ignore lint/style/noDefaultExport: it is how superagent exports itself
  export default superagent;
}
