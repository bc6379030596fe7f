import { createResilience, failureOf } from '@defender-resilience/core';

const { fetch } = createResilience(); // the line that changes
const response = await fetch('https://api.security.microsoft.com/api/incidents?$top=5', {
  headers: { authorization: `Bearer ${process.env['DEFENDER_TOKEN']}` },
});

const failure = failureOf(response); // undefined after a success
if (failure) console.error(failure.code, failure.trackingId, failure.advice);
else console.log(await response.json());
