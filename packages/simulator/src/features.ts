/** What a tenant can have switched off: its calls then get `DisabledFeature`. */
export const FEATURES = [
  'advancedHunting',
  'automatedInvestigation',
  'customIndicators',
  'liveResponse',
] as const;

export type Feature = (typeof FEATURES)[number];
