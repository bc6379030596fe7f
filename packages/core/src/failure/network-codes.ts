import { words } from '../words.ts';

/**
 * What a network error means: `unsent`, no connection was made; `certificate`, the server is not trusted;
 * `refused`, the server did not process the request (HTTP/2); `interrupted`, the connection broke or did not
 * speak HTTP; `timeout`; `cancelled`, by the caller.
 */
export type NetworkErrorKind =
  | 'unsent'
  | 'certificate'
  | 'refused'
  | 'interrupted'
  | 'timeout'
  | 'cancelled';

/** The codes of Node, undici, OpenSSL and the HTTP clients. */
const CODES: readonly (readonly [kind: NetworkErrorKind, codes: string])[] = [
  [
    'unsent',
    `ECONNREFUSED ENOTFOUND EAI_AGAIN EAI_FAIL EAI_NODATA EAI_NONAME ENETUNREACH ENETDOWN EHOSTUNREACH
    EHOSTDOWN EADDRNOTAVAIL EMFILE ENFILE EPROTO ERR_SOCKET_CONNECTION_TIMEOUT ERR_TLS_HANDSHAKE_TIMEOUT
    ERR_SSL_WRONG_VERSION_NUMBER ERR_SSL_UNSUPPORTED_PROTOCOL ERR_SSL_PACKET_LENGTH_TOO_LONG
    ERR_SSL_TLSV1_UNRECOGNIZED_NAME ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR
    ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE UND_ERR_CONNECT_TIMEOUT
    UND_ERR_PRX_TLS`,
  ],
  // HTTP/2, when the session accepts no more streams.
  ['unsent', 'ERR_HTTP2_GOAWAY_SESSION ERR_HTTP2_INVALID_SESSION ERR_HTTP2_STREAM_CANCEL'],
  // X.509 errors, as OpenSSL names them, and Node's own check of the host name.
  [
    'certificate',
    `DEPTH_ZERO_SELF_SIGNED_CERT SELF_SIGNED_CERT_IN_CHAIN ERR_TLS_CERT_ALTNAME_INVALID
    ERR_TLS_CERT_ALTNAME_FORMAT ERROR_IN_CERT_NOT_BEFORE_FIELD ERROR_IN_CERT_NOT_AFTER_FIELD
    HOSTNAME_MISMATCH INVALID_CA INVALID_PURPOSE PATH_LENGTH_EXCEEDED`,
  ],
  [
    'interrupted',
    `ECONNRESET EPIPE ERR_STREAM_PREMATURE_CLOSE ERR_HTTP2_SESSION_ERROR ERR_HTTP2_STREAM_ERROR
    UND_ERR_SOCKET UND_ERR_RES_CONTENT_LENGTH_MISMATCH`,
  ],
  // HTTP/2, when the server did not keep to the protocol: every stream of the session fails.
  ['interrupted', 'ERR_HTTP2_ERROR ERR_HTTP2_FRAME_ERROR'],
  // undici, when the server closed the stream or the session of HTTP/2.
  ['interrupted', 'UND_ERR_INFO'],
  // A body that broke off: got's code, and zlib's for a compressed body.
  ['interrupted', 'ERR_HTTP_CONTENT_LENGTH_MISMATCH Z_BUF_ERROR'],
  ['timeout', 'ETIMEDOUT ESOCKETTIMEDOUT ETIME UND_ERR_HEADERS_TIMEOUT UND_ERR_BODY_TIMEOUT'],
  // axios and superagent.
  ['timeout', 'ECONNABORTED'],
  ['cancelled', 'ABORT_ERR ABORTED ERR_ABORTED ERR_CANCELED UND_ERR_ABORTED'],
  // Names of errors that may have no code.
  ['cancelled', 'AbortError CanceledError CancelError'],
  ['timeout', 'TimeoutError'],
  // undici, when the response is not HTTP.
  ['interrupted', 'HTTPParserError'],
];

const KINDS: ReadonlyMap<string, NetworkErrorKind> = new Map(
  CODES.flatMap(([kind, codes]) => words(codes).map((code) => [code, kind])),
);

const PREFIXES: readonly (readonly [prefix: string, kind: NetworkErrorKind])[] = [
  ['CERT_', 'certificate'],
  ['CRL_', 'certificate'],
  ['UNABLE_TO_', 'certificate'],
  // Any other OpenSSL error can happen after the request was sent.
  ['ERR_SSL_', 'interrupted'],
  // Node's HTTP parser, when the response is not HTTP.
  ['HPE_', 'interrupted'],
];

/** Messages that say more than the error's code. */
const MESSAGES: readonly (readonly [message: RegExp, kind: NetworkErrorKind])[] = [
  // RFC 9113: the server did not process a refused stream, nor one after the last stream of a GOAWAY. Only for
  // the latter, undici's error is an informational one.
  [/NGHTTP2_REFUSED_STREAM|^HTTP\/2: "GOAWAY" frame received with code 0$/, 'refused'],
  // axios, when the body broke off: its codes also mean a bad response, a timeout or a body that is too long.
  [/^(?:response )?stream (?:has been )?aborted$/, 'interrupted'],
  [/^maxContentLength size of -1 exceeded$/, 'interrupted'],
];

/** The meaning of an error's message, if it says more than the code. */
export function networkMessageKind(code: string, message: string): NetworkErrorKind | undefined {
  // undici 6 and 7 fail every stream of the session with this code.
  if (code === 'UND_ERR_SOCKET') return undefined;
  return MESSAGES.find(([pattern]) => pattern.test(message))?.[1];
}

/** The meaning of an error's code or name; undefined if it is not a network error. */
export function networkErrorKind(codeOrName: string): NetworkErrorKind | undefined {
  return KINDS.get(codeOrName) ?? PREFIXES.find(([prefix]) => codeOrName.startsWith(prefix))?.[1];
}
