/**
 * Why a connection did not come about, by the code that Node gives its error: in words, and what to do. Whoever
 * connects to something that an operator has set tells it by this table: the model, the public URL, the carrier.
 */

export interface NetworkFault {
  /** Completes the sentence "HOST: ...". */
  readonly text: string;
  /** Begins with a verb. */
  readonly remedy: string;
}

const NO_ROUTE: NetworkFault = {
  text: 'this machine has no route to it',
  remedy: 'check the network of this machine, and its firewall for outgoing connections',
};
const TOO_SLOW: NetworkFault = {
  text: 'it did not answer in time',
  remedy: 'check the address, and the firewalls in between',
};
const CUT_OFF: NetworkFault = {
  text: 'the connection was cut off',
  remedy: 'check the proxies and firewalls in between: one of them ended it',
};
const UNKNOWN_SIGNER: NetworkFault = {
  text: 'its certificate is signed by an authority that is not trusted',
  remedy: 'use one of a public authority; for an authority of your own set NODE_EXTRA_CA_CERTS here',
};
const HALF_A_CHAIN: NetworkFault = {
  text: 'it sent its certificate without the intermediate ones',
  remedy: 'serve the whole chain (fullchain.pem, not cert.pem)',
};
const NO_TLS: NetworkFault = {
  text: 'it does not speak TLS',
  remedy: 'check scheme and port: the port speaks plain HTTP, or TLS is switched off',
};
const NOT_HTTP: NetworkFault = {
  text: 'it does not speak HTTP',
  remedy: 'check scheme and port: the port speaks TLS, or belongs to another program',
};

const FAULTS: Readonly<Record<string, NetworkFault>> = {
  ENOTFOUND: {
    text: 'the host name is unknown',
    remedy: 'check the name for typing errors, and its DNS record',
  },
  EAI_AGAIN: {
    text: 'the host name could not be looked up',
    remedy: 'check that this machine can reach a DNS server',
  },
  ECONNREFUSED: {
    text: 'nothing listens on that port',
    remedy: 'check the port, and that the program runs',
  },
  ECONNRESET: CUT_OFF,
  EPIPE: CUT_OFF,
  UND_ERR_SOCKET: CUT_OFF,
  ETIMEDOUT: TOO_SLOW,
  ABORT_ERR: TOO_SLOW,
  TIMEOUT: TOO_SLOW,
  UND_ERR_CONNECT_TIMEOUT: TOO_SLOW,
  UND_ERR_HEADERS_TIMEOUT: TOO_SLOW,
  EHOSTUNREACH: NO_ROUTE,
  ENETUNREACH: NO_ROUTE,
  EADDRNOTAVAIL: NO_ROUTE,
  CERT_HAS_EXPIRED: { text: 'its certificate has expired', remedy: 'renew it' },
  CERT_NOT_YET_VALID: {
    text: 'its certificate is not valid yet',
    remedy: 'check the clock of this machine',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    text: 'its certificate is for another name',
    remedy: "get one for this host name, or use the certificate's name",
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_SIGNER,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_SIGNER,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: HALF_A_CHAIN,
  UNABLE_TO_GET_ISSUER_CERT: HALF_A_CHAIN,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: HALF_A_CHAIN,
  EPROTO: NO_TLS,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: {
    text: 'it has no certificate for this name',
    remedy: 'get one for this host name, or use a name that it has one for',
  },
  ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR: {
    text: 'it has no certificate for this name',
    remedy: 'get one for this host name, or use a name that it has one for',
  },
};

/** By a code; undefined for one that says nothing of the network. */
export function networkFault(code: string): NetworkFault | undefined {
  if (code.startsWith('HPE_')) return NOT_HTTP;
  if (code.startsWith('ERR_SSL_') && FAULTS[code] === undefined) return NO_TLS;
  return FAULTS[code];
}

/**
 * The code of an error of the network, however deep it lies: `fetch` wraps what the socket said, and a host with
 * several addresses wraps it twice. Empty when there is none.
 */
export function networkCodeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return '';
  if (thrown.name === 'TimeoutError') return 'TIMEOUT';
  if ('code' in thrown && typeof thrown.code === 'string' && thrown.code !== '') return thrown.code;
  return networkCodeOf(thrown instanceof AggregateError ? thrown.errors[0] : thrown.cause);
}
