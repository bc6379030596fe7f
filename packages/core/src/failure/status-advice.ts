const NOT_AUTHENTICATED =
  'Send a valid token of this API in the Authorization header; where it is refused again, check its audience (aud) and tenant.';
const IN_DOUBT =
  'A gateway got no answer from the service in time, and the request may have been carried out all the same: look it up before you send again what must not act twice.';
const OVERLOADED =
  'Send it again after a while; where it lasts, look at Service health in the Microsoft 365 admin center.';

/** What a person should do about an answer of which only the status is known. */
const ADVICE: ReadonlyMap<number, string> = new Map([
  [401, NOT_AUTHENTICATED],
  [403, 'Check the permissions of the app, and that no proxy or firewall refuses the request.'],
  [404, 'Check the host, the path and its API version.'],
  [405, 'Check the HTTP method against the operation’s reference page.'],
  [407, 'The proxy on the way wants credentials of its own: check the proxy’s settings.'],
  [413, 'Send less in one call.'],
  [414, 'Shorten the URL: use a simpler $filter, or a hunting query in its place.'],
  [415, 'Send Content-Type: application/json with a JSON body.'],
  [429, 'Wait as long as the answer says, then send it again; spread the calls if it comes often.'],
  [431, 'Send fewer or shorter headers.'],
  [502, IN_DOUBT],
  [504, IN_DOUBT],
]);

export function statusAdvice(status: number): string | undefined {
  return ADVICE.get(status) ?? (status >= 500 ? OVERLOADED : undefined);
}
