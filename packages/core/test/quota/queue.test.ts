import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CallQueue, type Waiting } from '../../src/quota/queue.ts';

interface Call extends Waiting {
  readonly id: number;
}

const call = (id: number, operation = 'a', priority = 0, isRetry = false): Call => ({
  id,
  operation,
  priority,
  isRetry,
});

function drained(queue: CallQueue<Call>): number[] {
  const ids: number[] = [];
  while (queue.size > 0 && ids.length <= 1_000) ids.push(queue.next()?.id ?? -1);
  expect(queue.next()).toBeUndefined();
  return ids;
}

describe('the calls that wait', () => {
  it('say how many go before another, at the least', () => {
    const queue = new CallQueue<Call>(100);
    for (const id of [1, 2, 3]) queue.add(call(id, 'a'));
    for (const id of [4, 5, 6, 7]) queue.add(call(id, 'b'));
    queue.add(call(8, 'c', 1));
    queue.add(call(9, 'd', -1));
    expect(queue.ahead(call(0, 'a'))).toBe(1 + 3 + 3);
    expect(queue.ahead(call(0, 'new'))).toBe(1);
    expect(queue.ahead(call(0, 'a', 0, true))).toBe(1);
    expect(queue.ahead(call(0, 'c', 1))).toBe(1);
    expect(queue.ahead(call(0, 'e', 2))).toBe(0);
  });

  it('make room for a call of a higher priority at the end of the longest lane', () => {
    const queue = new CallQueue<Call>(4);
    queue.add(call(1, 'a', 1));
    queue.add(call(2, 'a'));
    queue.add(call(3, 'b'));
    queue.add(call(4, 'b'));
    expect(queue.add(call(5, 'c', 0))?.id).toBe(5);
    expect(queue.add(call(6, 'c', 1))?.id).toBe(4);
    expect(drained(queue)).toEqual([1, 6, 2, 3]);
  });

  it('make room by the latest of the longest lane, and by a retry where nothing else waits', () => {
    const queue = new CallQueue<Call>(7);
    for (const id of [1, 2, 3]) queue.add(call(id, 'a'));
    for (const id of [4, 5, 6]) queue.add(call(id, 'b', 0, true));
    queue.add(call(7, 'a'));
    const displaced = [8, 9, 10, 11].map((id) => queue.add(call(id, 'c', 1))?.id);
    expect(displaced).toEqual([7, 3, 6, 2]);
    expect(drained(queue)).toEqual([8, 9, 10, 11, 1, 4, 5]);
  });

  it('are as they were when one is removed that does not wait', () => {
    const queue = new CallQueue<Call>(7);
    queue.remove(call(1));
    queue.add(call(1, 'a'));
    for (const other of [call(2, 'a'), call(3, 'b'), call(4, 'a', 1), call(5, 'a', 0, true)]) {
      queue.remove(other);
    }
    expect([queue.size, drained(queue)]).toEqual([1, [1]]);
    expect(queue.size).toBe(0);
  });

  it('have room for none where none may wait', () => {
    const queue = new CallQueue<Call>(0);
    expect(queue.add(call(1, 'a', 5))?.id).toBe(1);
    expect(queue.size).toBe(0);
  });

  it('go in order whatever comes and leaves, none twice, none lost', () => {
    const arrival = fc.record({
      operation: fc.constantFrom('a', 'b', 'c'),
      priority: fc.integer({ min: -1, max: 1 }),
      isRetry: fc.boolean(),
    });
    const step = fc.oneof(
      { weight: 3, arbitrary: arrival },
      { weight: 1, arbitrary: fc.constant('next' as const) },
      { weight: 1, arbitrary: fc.nat({ max: 30 }) },
    );
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 80 }),
        fc.integer({ min: 1, max: 20 }),
        (steps, max) => {
          const queue = new CallQueue<Call>(max);
          const waiting = new Map<number, Call>();
          let id = 0;
          for (const each of steps) {
            if (each === 'next') {
              const next = queue.next();
              const urgent = Math.max(...[...waiting.values()].map(({ priority }) => priority));
              if (waiting.size === 0) expect(next).toBeUndefined();
              else expect(next?.priority).toBe(urgent);
              // Within its lane it is the first of those that were sent before, or of all.
              const lane = [...waiting.values()].filter(
                ({ operation, priority }) =>
                  operation === next?.operation && priority === next.priority,
              );
              const first = lane.find(({ isRetry }) => isRetry) ?? lane[0];
              expect(next).toBe(first);
              if (next) waiting.delete(next.id);
            } else if (typeof each === 'number') {
              const leaving = waiting.get(each);
              if (leaving) queue.remove(leaving);
              waiting.delete(each);
            } else {
              id += 1;
              const added: Call = { id, ...each };
              const unfit = queue.add(added);
              waiting.set(id, added);
              if (unfit) waiting.delete(unfit.id);
              if (unfit && unfit !== added) expect(unfit.priority).toBeLessThan(added.priority);
            }
            expect(queue.size).toBe(waiting.size);
            expect(queue.size).toBeLessThanOrEqual(max);
            expect(new Set(queue)).toEqual(new Set(waiting.values()));
          }
          expect(drained(queue).toSorted((a, b) => a - b)).toEqual([...waiting.keys()]);
        },
      ),
    );
  });

  it('take turns by operation, however long the lane of one is', () => {
    const queue = new CallQueue<Call>(1_000);
    for (let id = 0; id < 500; id += 1) queue.add(call(id, 'export'));
    queue.add(call(1_000, 'lookup'));
    queue.add(call(1_001, 'lookup'));
    const first = [queue.next()?.id, queue.next()?.id, queue.next()?.id, queue.next()?.id];
    expect(first).toEqual([0, 1_000, 1, 1_001]);
  });
});
