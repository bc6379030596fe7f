/** What a tenant can have switched off: its calls then get `DisabledFeature`. */
export const FEATURES = [
  'advancedHunting',
  'automatedInvestigation',
  'customIndicators',
  'liveResponse',
] as const;

/** A feature of the tenant that can be switched off. */
export type Feature = (typeof FEATURES)[number];
