/** How a call ended that got no HTTP answer. */
export type NetworkEnd = 'unsent' | 'certificate' | 'interrupted' | 'timeout' | 'cancelled';

/** The codes of Node, undici, OpenSSL and the HTTP clients. */
const CODES: Readonly<Record<NetworkEnd, readonly string[]>> = {
  // No connection came about, so the request was certainly not sent.
  unsent: [
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EAI_FAIL',
    'EAI_NODATA',
    'EAI_NONAME',
    'ENETUNREACH',
    'ENETDOWN',
    'EHOSTUNREACH',
    'EHOSTDOWN',
    'EADDRNOTAVAIL',
    'EMFILE',
    'ENFILE',
    'EPROTO',
    'ERR_SOCKET_CONNECTION_TIMEOUT',
    'ERR_TLS_HANDSHAKE_TIMEOUT',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'ERR_SSL_UNSUPPORTED_PROTOCOL',
    'ERR_SSL_PACKET_LENGTH_TOO_LONG',
    'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
    'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR',
    'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
    'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
    'UND_ERR_CONNECT_TIMEOUT',
    'UND_ERR_PRX_TLS',
  ],
  // X.509 errors, as OpenSSL names them, and Node's own check of the host name.
  certificate: [
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'ERR_TLS_CERT_ALTNAME_FORMAT',
    'ERROR_IN_CERT_NOT_BEFORE_FIELD',
    'ERROR_IN_CERT_NOT_AFTER_FIELD',
    'HOSTNAME_MISMATCH',
    'INVALID_CA',
    'INVALID_PURPOSE',
    'PATH_LENGTH_EXCEEDED',
  ],
  interrupted: [
    'ECONNRESET',
    'EPIPE',
    'ERR_STREAM_PREMATURE_CLOSE',
    'ERR_HTTP2_GOAWAY_SESSION',
    'ERR_HTTP2_INVALID_SESSION',
    'ERR_HTTP2_SESSION_ERROR',
    'ERR_HTTP2_STREAM_CANCEL',
    'ERR_HTTP2_STREAM_ERROR',
    // got's, for a body that broke off.
    'ERR_HTTP_CONTENT_LENGTH_MISMATCH',
    'UND_ERR_SOCKET',
    // HTTP/2, where the other side gave up the stream or the session.
    'UND_ERR_INFO',
    'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
    // A compressed body that broke off.
    'Z_BUF_ERROR',
  ],
  timeout: [
    'ETIMEDOUT',
    'ESOCKETTIMEDOUT',
    'ETIME',
    // What axios and superagent call their own time limit.
    'ECONNABORTED',
    'UND_ERR_HEADERS_TIMEOUT',
    'UND_ERR_BODY_TIMEOUT',
  ],
  cancelled: ['ABORT_ERR', 'ABORTED', 'ERR_ABORTED', 'ERR_CANCELED', 'UND_ERR_ABORTED'],
};

/** Names of errors that may come without a code of their own. */
const NAMES: readonly (readonly [name: string, end: NetworkEnd])[] = [
  ['AbortError', 'cancelled'],
  ['CanceledError', 'cancelled'],
  ['CancelError', 'cancelled'],
  ['TimeoutError', 'timeout'],
  // undici's, for an answer that is none.
  ['HTTPParserError', 'interrupted'],
];

const FAMILIES: readonly (readonly [prefix: string, end: NetworkEnd])[] = [
  ['CERT_', 'certificate'],
  ['CRL_', 'certificate'],
  ['UNABLE_TO_', 'certificate'],
  // The rest of OpenSSL's errors can come after the request was sent too.
  ['ERR_SSL_', 'interrupted'],
  // Node's HTTP parser: the answer is none.
  ['HPE_', 'interrupted'],
];

const ENDS: ReadonlyMap<string, NetworkEnd> = new Map([
  ...pairs('unsent'),
  ...pairs('certificate'),
  ...pairs('interrupted'),
  ...pairs('timeout'),
  ...pairs('cancelled'),
  ...NAMES,
]);

function pairs(end: NetworkEnd): readonly (readonly [code: string, end: NetworkEnd])[] {
  return CODES[end].map((code) => [code, end]);
}

/** What an error's code or name says of the network; undefined where it says nothing. */
export function networkEndOf(codeOrName: string): NetworkEnd | undefined {
  return ENDS.get(codeOrName) ?? FAMILIES.find(([prefix]) => codeOrName.startsWith(prefix))?.[1];
}
