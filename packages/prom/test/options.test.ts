import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { promObserver } from '../src/index.ts';

/** Options as JavaScript may give them. */
function make(options: unknown): () => void {
  return () => void Reflect.apply(promObserver, undefined, [options]);
}

describe('invalid options', () => {
  it('are reported all at once, each with its rule and its value', () => {
    const wrong = {
      register: {},
      client: 'prom-client',
      prefix: '1_',
      exemplars: 'yes',
      recentErrors: { capacity: 1_001, size: 3 },
      constantLabels: { code: 'x', __mine: 'x', 'a-b': 'x', tenant: 7, le: 'x', zone: undefined },
      maxOperations: 0,
      maxCircuits: 1.5,
      maxQuotaGroups: Number.NaN,
      traceContext: true,
      clock: {},
      prefx: 'x_',
    };
    expect(make(wrong)).toThrow(
      new TypeError(
        [
          'promObserver got invalid options:',
          '- register must be a registry of prom-client, got an object',
          '- client must be the module prom-client or @prometheus-io/client, got "prom-client"',
          '- prefix must be letters, digits, _ and :, not starting with a digit, got "1_"',
          '- exemplars must be true or false, got "yes"',
          '- recentErrors.capacity must be an integer ≥ 0 and ≤ 1000, got 1001',
          '- recentErrors.size is not an option; known are capacity',
          "- constantLabels['code'] is a label of the metrics themselves",
          "- constantLabels['__mine'] is not a valid label name",
          "- constantLabels['a-b'] is not a valid label name",
          "- constantLabels['tenant'] must be a string of at most 128 characters, got 7",
          "- constantLabels['le'] is a label of the metrics themselves",
          "- constantLabels['zone'] must be a string of at most 128 characters, got undefined",
          '- maxOperations must be an integer ≥ 1 and ≤ 10000, got 0',
          '- maxCircuits must be an integer ≥ 1 and ≤ 10000, got 1.5',
          '- maxQuotaGroups must be an integer ≥ 1 and ≤ 10000, got NaN',
          '- traceContext must be a function, got true',
          '- clock must be an object with a method epoch, got an object',
          '- prefx is not an option; did you mean prefix?',
        ].join('\n'),
      ),
    );
  });

  it.each([null, 'x', 7, []])('are no object: %j', (options) => {
    expect(make(options)).toThrow('promObserver takes an object of options, got ');
  });

  it('are more constant labels than any series needs', () => {
    const many = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`l${index}`, 'x']));
    expect(make({ constantLabels: many })).toThrow('constantLabels must be at most 10, got 11');
  });

  it('show no secret that was passed at the wrong place', () => {
    expect(make({ clock: { token: 'secret' }, constantLabels: 'x'.repeat(60) })).toThrow(
      /clock must be an object with a method epoch, got an object/,
    );
  });
});

describe('an option', () => {
  it('that is undefined has its default', () => {
    const undefinedOptions = { register: new Registry(), exemplars: false, prefix: undefined };
    expect(
      make({ ...undefinedOptions, recentErrors: undefined, maxCircuits: undefined }),
    ).not.toThrow();
  });

  it('such as the prefix may be empty', async () => {
    const register = new Registry();
    promObserver({ register, exemplars: false, prefix: '' });
    expect(await register.metrics()).toContain('\nerrors_total{code="Forbidden"');
  });
});
