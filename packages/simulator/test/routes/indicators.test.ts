import { startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { call, firstIn, having, refusalIn, rowsIn } from '../support.ts';

const INDICATOR = {
  indicatorValue: 'evil.example.com',
  indicatorType: 'DomainName',
  action: 'Block',
  title: 'Bad domain',
  description: 'From the list',
};

describe('POST /api/indicators', () => {
  it('adds an indicator, and changes the one of the same value and type', async () => {
    await using simulator = await startSimulator();
    const added = await call(simulator, 'POST /api/indicators', INDICATOR);
    expect(added.status).toBe(200);
    const changed = await call(simulator, 'POST /api/indicators', {
      ...INDICATOR,
      indicatorValue: 'EVIL.example.com',
      title: 'Worse domain',
      severity: 'High',
      recommendedActions: 'Run',
      application: 'list',
      expirationTime: '2027-01-01T00:00:00Z',
      rbacGroupNames: ['Lab'],
      generateAlert: true,
    });
    expect(changed.json).toMatchObject({
      id: added.json['id'],
      title: 'Worse domain',
      severity: 'High',
      rbacGroupNames: ['Lab'],
      creationTimeDateTimeUtc: added.json['creationTimeDateTimeUtc'],
    });
    const filter = "indicatorValue eq 'evil.example.com'";
    expect(rowsIn(await call(simulator, `GET /api/indicators?$filter=${filter}`))).toHaveLength(1);
  });

  it.each([
    ['FileSha1', 'a'.repeat(40)],
    ['FileSha256', 'a'.repeat(64)],
    ['FileMd5', 'a'.repeat(32)],
    ['CertificateThumbprint', 'a'.repeat(40)],
    ['IpAddress', '198.51.100.7'],
    ['Url', 'https://evil.example.com/a?b=c'],
  ])('takes a %s', async (indicatorType, indicatorValue) => {
    await using simulator = await startSimulator();
    const body = { ...INDICATOR, indicatorType, indicatorValue };
    expect((await call(simulator, 'POST /api/indicators', body)).json).toMatchObject({
      indicatorValue,
    });
  });

  it.each([
    [{ indicatorType: 'FileSha256', indicatorValue: 'a'.repeat(40) }, 'InvalidHashValue'],
    [{ indicatorType: 'IpAddress', indicatorValue: '10.0.0.0/8' }, 'InvalidIpAddress'],
    [{ indicatorValue: 'no domain' }, 'InvalidDomainName'],
    [{ indicatorType: 'Url', indicatorValue: 'evil.example.com/a' }, 'InvalidUrl'],
    [{ indicatorType: 'Smell' }, 'InvalidInput'],
    [{ action: 'Bite' }, 'InvalidInput'],
    [{ severity: 'Dire' }, 'InvalidInput'],
    [{ indicatorValue: '' }, 'InvalidRequestBody'],
    [{ indicatorValue: 7 }, 'InvalidRequestBody'],
    [{ generateAlert: 'yes' }, 'InvalidRequestBody'],
    [{ action: 'Audit' }, 'InvalidRequestBody'],
    [{ IndicatorValue: 'x' }, 'InvalidRequestBody'],
    [{ title: undefined }, 'MissingRequiredParameter'],
  ])('refuses %j with %s', async (change, code) => {
    await using simulator = await startSimulator();
    const seen = await call(simulator, 'POST /api/indicators', { ...INDICATOR, ...change });
    expect(refusalIn(seen).slice(0, 2)).toEqual([400, code]);
  });

  it('writes an empty value’s message as the live service does', async () => {
    await using simulator = await startSimulator();
    const seen = await call(simulator, 'POST /api/indicators', {
      ...INDICATOR,
      indicatorValue: '',
    });
    expect(refusalIn(seen)[2]).toBe('Recieved an empty indicator value.');
  });

  it('is refused when custom indicators are switched off', async () => {
    await using simulator = await startSimulator({ disabledFeatures: ['customIndicators'] });
    for (const request of ['POST /api/indicators', 'GET /api/indicators'] as const) {
      const body = request.startsWith('POST') ? INDICATOR : undefined;
      expect(refusalIn(await call(simulator, request, body))[1]).toBe('DisabledFeature');
    }
  });
});

describe('POST /api/indicators/import', () => {
  it('says in a 200 which items failed and why', async () => {
    await using simulator = await startSimulator();
    const seen = await call(simulator, 'POST /api/indicators/import', {
      Indicators: [
        INDICATOR,
        { ...INDICATOR, indicatorType: 'FileMd5' },
        { ...INDICATOR, indicatorvalue: 'x' },
        { indicatorType: 'DomainName' },
      ],
    });
    expect(seen.status).toBe(200);
    expect(rowsIn(seen)).toEqual([
      { id: '920', indicator: 'evil.example.com', isFailed: false, failureReason: null },
      {
        id: null,
        indicator: 'evil.example.com',
        isFailed: true,
        failureReason: 'Hash value evil.example.com is invalid.',
      },
      {
        id: null,
        indicator: 'evil.example.com',
        isFailed: true,
        failureReason: 'Request body is incorrect',
      },
      {
        id: null,
        indicator: null,
        isFailed: true,
        failureReason: 'Parameter indicatorValue is missing.',
      },
    ]);
  });

  it('fails items beyond the tenant’s 15,000', async () => {
    await using simulator = await startSimulator({ quotas: 'off' });
    const batch = (from: number, count: number): object => ({
      Indicators: Array.from({ length: count }, (_, index) => ({
        ...INDICATOR,
        indicatorValue: `d${from + index}.example.com`,
      })),
    });
    for (let from = 0; from < 14_500; from += 500) {
      await call(simulator, 'POST /api/indicators/import', batch(from, 500));
    }
    const last = await call(simulator, 'POST /api/indicators/import', batch(14_500, 481));
    expect(rowsIn(last).filter(({ isFailed }) => isFailed)).toEqual([
      having({ failureReason: 'Max capacity exceeded. Current Total: 15000' }),
    ]);
  });

  it('takes 500 at a time and no more', async () => {
    await using simulator = await startSimulator();
    const body = { Indicators: Array.from({ length: 501 }, () => INDICATOR) };
    expect(refusalIn(await call(simulator, 'POST /api/indicators/import', body))).toEqual([
      400,
      'MaximumBatchSizeExceeded',
      'Maximum batch size exceeded. Received: 501, allowed: 500.',
    ]);
  });

  it.each([{ Indicators: 'x' }, { Indicators: [7] }, { indicators: [] }])(
    'refuses %j',
    async (body) => {
      await using simulator = await startSimulator();
      const seen = await call(simulator, 'POST /api/indicators/import', body);
      expect(refusalIn(seen)[1]).toBe('InvalidRequestBody');
    },
  );
});

describe('deleting indicators', () => {
  it('deletes one, once', async () => {
    await using simulator = await startSimulator();
    const { id } = firstIn(await call(simulator, 'GET /api/indicators?$top=1'));
    const path = `/api/indicators/${String(id)}` as const;
    expect((await call(simulator, `DELETE ${path}`)).status).toBe(204);
    expect(refusalIn(await call(simulator, `DELETE ${path}`))).toEqual([
      404,
      'ResourceNotFound',
      `Resource Indicator ${String(id)} was not found.`,
    ]);
  });

  it('deletes many, or none where one is not found', async () => {
    await using simulator = await startSimulator();
    const remove = (IndicatorIds: readonly unknown[]) =>
      call(simulator, 'POST /api/indicators/BatchDelete', { IndicatorIds });
    const ids = rowsIn(await call(simulator, 'GET /api/indicators?$top=3')).map(({ id }) => id);
    expect(refusalIn(await remove([...ids, 'x']))[1]).toBe('ResourceNotFound');
    expect(rowsIn(await call(simulator, 'GET /api/indicators'))).toHaveLength(20);
    expect((await remove(ids)).status).toBe(204);
    expect(rowsIn(await call(simulator, 'GET /api/indicators'))).toHaveLength(17);
    const many = Array.from({ length: 501 }, () => 'x');
    expect(refusalIn(await remove(many))[1]).toBe('MaximumBatchSizeExceeded');
  });

  it('adds an indicator again after it was deleted', async () => {
    await using simulator = await startSimulator();
    const first = await call(simulator, 'POST /api/indicators', INDICATOR);
    await call(simulator, `DELETE /api/indicators/${String(first.json['id'])}`);
    const second = await call(simulator, 'POST /api/indicators', INDICATOR);
    expect(second.json['id']).not.toBe(first.json['id']);
  });
});
