import { createResilience } from '@defender-resilience/core';
import { costTable, medianOf } from '../lib/markdown.ts';
import { bytesPerCall, type Case, inFlight, measure, sequential } from '../lib/measure.ts';
import { by, type Chapter, type Effort } from '../lib/suite.ts';
import { cockatielWrap } from '../peers/cockatiel.ts';
import {
  atOnce,
  caseOf,
  cockatiel,
  floor,
  functionPeers,
  ours,
  oursWrap,
  passthrough,
} from '../peers/functions.ts';

const BASES = [passthrough.name, cockatiel.name];

/** Around an async function that resolves at once. */
export async function success(effort: Effort): Promise<Chapter> {
  const cases = functionPeers.map(caseOf);
  const costs = await measure(cases, passthrough.name, {
    rounds: by(effort, 15, 5),
    sampleMs: by(effort, 30, 10),
  });
  const ns = (name: string): number => medianOf(costs, name);
  return {
    text: costTable(costs, BASES),
    values: {
      'execute ÷ cockatiel': ns(ours.name) / ns(cockatiel.name),
      'execute ÷ passthrough': ns(ours.name) / ns(passthrough.name),
      'wrap ÷ cockatiel': ns(oursWrap.name) / ns(cockatiel.name),
      'floor ÷ cockatiel': ns(floor.name) / ns(cockatiel.name),
      'floor ÷ passthrough': ns(floor.name) / ns(passthrough.name),
      'p-retry > opossum ÷ cockatiel': ns('p-retry around opossum') / ns(cockatiel.name),
      'opossum ÷ passthrough': ns('opossum') / ns(passthrough.name),
    },
  };
}

/** The bytes of the same cases, in a process whose young generation holds a whole sample. */
export async function bytes(): Promise<Chapter> {
  const cases = functionPeers.map(caseOf);
  const taken = await bytesPerCall(cases);
  const of = (name: string): number => taken.get(name)?.median ?? Number.NaN;
  const costs = await measure(cases, passthrough.name, { rounds: 3, sampleMs: 10 });
  return {
    text: costTable(costs, [cockatiel.name], taken),
    values: {
      'bytes ÷ cockatiel': of(ours.name) / of(cockatiel.name),
      'floor bytes ÷ cockatiel': of(floor.name) / of(cockatiel.name),
      'opossum bytes ÷ cockatiel': of('opossum') / of(cockatiel.name),
    },
  };
}

/** Around a fetch that answers at once, so that only the wrappers' own work is seen. */
export async function fetchStub(effort: Effort): Promise<Chapter> {
  const answer = new Response('{}');
  const inner = (async () => answer) as typeof fetch;
  const url = 'https://api.security.microsoft.com/api/incidents/924518';
  const wrapped = createResilience().wrapFetch(inner);
  const policy = cockatielWrap();
  const cases: Case[] = [
    { name: 'bare fetch', run: sequential(() => inner(url)) },
    { name: 'ours: wrapFetch', run: sequential(() => wrapped(url)) },
    {
      name: cockatiel.name,
      run: sequential(() => policy.execute(({ signal }) => inner(url, { signal }))),
    },
  ];
  const costs = await measure(cases, cockatiel.name, {
    rounds: by(effort, 15, 5),
    sampleMs: by(effort, 30, 10),
  });
  return {
    text: costTable(costs, [cockatiel.name]),
    values: {
      'stub wrapFetch ÷ cockatiel':
        medianOf(costs, 'ours: wrapFetch') / medianOf(costs, cockatiel.name),
    },
  };
}

/** The caller has a signal, and the function listens to the one that it is handed. */
export async function signal(effort: Effort): Promise<Chapter> {
  const listening = async (handed?: AbortSignal): Promise<number> => {
    if (handed === undefined) return 1;
    const onAbort = (): void => undefined;
    handed.addEventListener('abort', onAbort, { once: true });
    handed.removeEventListener('abort', onAbort);
    return 1;
  };
  const { signal: own } = new AbortController();
  const cases = [passthrough, floor, ours, cockatiel].map(
    ({ name, wrap }): Case => ({ name, run: sequential(wrap(listening, own)) }),
  );
  const costs = await measure(cases, passthrough.name, {
    rounds: by(effort, 15, 5),
    sampleMs: by(effort, 30, 10),
  });
  return {
    text: costTable(costs, BASES),
    values: {
      'signal ÷ cockatiel': medianOf(costs, ours.name) / medianOf(costs, cockatiel.name),
      'floor signal ÷ cockatiel': medianOf(costs, floor.name) / medianOf(costs, cockatiel.name),
    },
  };
}

/** 64 calls at once. */
export async function flight64(effort: Effort): Promise<Chapter> {
  const cases = functionPeers.map(
    ({ name, wrap }): Case => ({ name, run: inFlight(64, wrap(atOnce)) }),
  );
  const costs = await measure(cases, passthrough.name, {
    rounds: by(effort, 9, 3),
    sampleMs: by(effort, 20, 10),
  });
  return {
    text: costTable(costs, BASES),
    values: {
      '64 in flight ÷ cockatiel': medianOf(costs, ours.name) / medianOf(costs, cockatiel.name),
    },
  };
}
