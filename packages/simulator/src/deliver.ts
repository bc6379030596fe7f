import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Answer } from './call.ts';
import type { Answered } from './record.ts';
import type { StepAction } from './script.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** A gateway's error page, as from a proxy in front of the service. */
export function gatewayPage(status: number): Answer {
  const title = `${status} ${STATUS_CODES[status] ?? 'Error'}`;
  return {
    status,
    headers: { 'content-type': 'text/html' },
    body: `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>gateway</center>\r\n</body>\r\n</html>\r\n`,
  };
}

function textOf(body: unknown): string {
  if (body === undefined) return '';
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function headersOf(answer: Answer, text: string): Record<string, string> {
  return { ...(text === '' ? {} : { 'content-type': JSON_TYPE }), ...answer.headers };
}

type Delivery = (reply: FastifyReply, answer: Answer, text: string) => Answered;

const send: Delivery = (reply, answer, text) => {
  void reply.code(answer.status).headers(headersOf(answer, text));
  void reply.send(text === '' ? undefined : text);
  return answer.status;
};

const cutHeaders: Delivery = (reply, answer) => {
  const { socket } = reply.raw;
  reply.hijack();
  const line = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`;
  socket?.write(`${line}\r\nContent-Type: ${JSON_TYPE.slice(0, 8)}`, () =>
    socket.resetAndDestroy(),
  );
  return 'reset';
};

const cutBody: Delivery = (reply, answer, text) => {
  const bytes = Buffer.from(text === '' ? '{"value":[]}' : text);
  reply.hijack();
  reply.raw.writeHead(answer.status, {
    ...headersOf(answer, text),
    'content-length': bytes.byteLength,
  });
  reply.raw.write(bytes.subarray(0, Math.ceil(bytes.byteLength / 2)), () =>
    reply.raw.socket?.resetAndDestroy(),
  );
  return 'reset';
};

/** Does not answer: resets the connection, or leaves the client waiting. */
export function refuseToAnswer(reply: FastifyReply, action: 'reset' | 'hang'): Answered {
  reply.hijack();
  if (action === 'reset') reply.raw.socket?.resetAndDestroy();
  return action;
}

/** The actions that break an answer in transit; the others leave it as it is. */
const BROKEN: Readonly<Partial<Record<StepAction, Delivery>>> = {
  'reset-headers': cutHeaders,
  'reset-mid-body': cutBody,
  truncate: (reply, answer, text) => send(reply, answer, text.slice(0, Math.ceil(text.length / 2))),
  malformed: (reply, answer, text) => send(reply, answer, `${text.slice(0, -1)},,}`),
};

/** Sends an answer, broken as `action` says. Returns how the request ended. */
export function deliver(
  reply: FastifyReply,
  answer: Answer,
  action: StepAction | undefined,
): Answered {
  const deliverAs = (action && BROKEN[action]) ?? send;
  return deliverAs(reply, answer, textOf(answer.body));
}
