/**
 * What to do about the errors of Entra's token endpoint that users of the Defender APIs meet.
 * https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
const ADVICE: ReadonlyMap<number, string> = new Map([
  [50_034, 'The user does not exist in this tenant: check the user name and the tenant ID.'],
  [53_003, 'A Conditional Access policy refuses the sign-in: ask the tenant’s administrator.'],
  [
    65_001,
    'Nobody consented to the app’s permissions: grant admin consent in the Entra admin center.',
  ],
  [
    70_011,
    'The scope is not valid: ask for one resource’s /.default, such as https://api.security.microsoft.com/.default.',
  ],
  [90_002, 'The tenant does not exist in this cloud: check the tenant ID and the login host.'],
  [
    500_011,
    'The tenant does not know the API asked for: check the scope, and that the tenant has a Defender licence.',
  ],
  [700_016, 'The tenant does not know the app: check the client ID and the tenant ID.'],
  [
    700_027,
    'The client certificate does not fit the app: upload its public key to the app registration.',
  ],
  [
    901_002,
    'The v2.0 token endpoint takes no resource parameter: send scope=<resource>/.default in its place.',
  ],
  [7_000_215, 'The client secret is wrong: send the secret’s value, not its ID.'],
  [7_000_222, 'The client secret has expired: make a new one in the app registration.'],
]);

const GENERAL =
  'Entra gave no token: check tenant ID, client ID, credential and scope of the app registration.';

/** What a person should do about a refusal of Entra's, by its AADSTS numbers. */
export function entraAdvice(codes: readonly number[]): string {
  for (const code of codes) {
    const advice = ADVICE.get(code);
    if (advice !== undefined) return advice;
  }
  return GENERAL;
}

/** The AADSTS number that a message begins with, where a client keeps nothing else. */
export function aadstsCodes(message: string): readonly number[] {
  const digits = /AADSTS(\d{4,9})/.exec(message)?.[1];
  return digits === undefined ? [] : [Number(digits)];
}
