import { findErrorCode } from '@defender-resilience/core';
import type { Exchange } from '../exchange.ts';

const STATUS = /^(?:HTTP ?)?([1-5]\d\d)$/i;
const SOLE_CODE = /^(?:AADSTS\d{4,9}|E[A-Z]{3,}|UND_ERR_[A-Z_]+|[A-Z]+(?:_[A-Z]+)+)$/;
const OWN_CODE =
  /^(?:CircuitOpen|Throttled|Timeout|AttemptTimeout|DeadlineExceeded|Cancelled)(?:Error)?$/;
const STATUS_AND_CODE = /^([45]\d\d)[ :]+([A-Za-z_]+)$/;

/** Reads a code that stands alone: the service's, Entra's, Node's, this package's, or an HTTP status. */
export function readCode(text: string): Exchange | undefined {
  const status = STATUS.exec(text)?.[1];
  if (status !== undefined) return { status: Number(status) };
  const [, stated, code] = STATUS_AND_CODE.exec(text) ?? [];
  if (code !== undefined && findErrorCode(code) !== undefined)
    return { status: Number(stated), code };
  const isCode = findErrorCode(text) !== undefined || SOLE_CODE.test(text) || OWN_CODE.test(text);
  return isCode ? { code: text } : undefined;
}
