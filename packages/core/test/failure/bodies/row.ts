import type { Failure } from '../../../src/failure/failure.ts';

/** An error answer, and what is to be read out of it. */
export interface Row {
  readonly what: string;
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly says: Partial<Failure>;
}

export const TRACKING = '43f4cb08-8fac-4b65-9db1-745c2ae65f3a';
