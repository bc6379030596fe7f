/** Where a running simulator listens. */
export interface Addresses {
  /** `http://127.0.0.1:port`: the paths of Defender XDR and Defender for Endpoint follow with `/api`. */
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
