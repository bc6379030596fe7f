/** The addresses of a running simulator. */
export interface Addresses {
  /**
   * `http://127.0.0.1:port`, the base of Defender XDR's and Defender for Endpoint's paths, which begin with
   * `/api`.
   */
  readonly url: string;
  /** The base of Microsoft Graph's paths: `url` and `/v1.0`. */
  readonly graphUrl: string;
  /** The token endpoint of the simulated tenant; another tenant's name may replace its own. */
  readonly tokenUrl: string;
}

export function addressesOf(origin: string): Addresses {
  return {
    url: origin,
    graphUrl: `${origin}/v1.0`,
    tokenUrl: `${origin}/contoso.onmicrosoft.com/oauth2/v2.0/token`,
  };
}
