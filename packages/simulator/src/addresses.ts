/** Where a running simulator is called. */
export interface Addresses {
  /** `http://127.0.0.1:port`: the Defender XDR and MDE paths begin with `/api` below it. */
  readonly url: string;
  /** The base of Microsoft Graph's paths: `url` and `/v1.0`. */
  readonly graphUrl: string;
  /** The token endpoint of the simulated tenant; any other tenant's name takes the place of its own. */
  readonly tokenUrl: string;
}

export function addressesOf(origin: string): Addresses {
  return {
    url: origin,
    graphUrl: `${origin}/v1.0`,
    tokenUrl: `${origin}/contoso.onmicrosoft.com/oauth2/v2.0/token`,
  };
}
