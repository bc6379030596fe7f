import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { field } from '../../examples/support/json.ts';
import { ResumableOutput } from '../../examples/support/resumable-output.ts';
import { newFolder, rowsOf } from './support/folder.ts';

const KIND = {
  initial: 0,
  parse: (saved: unknown) => (typeof saved === 'number' ? saved : undefined),
};

async function written(path: string, ...pages: readonly (readonly unknown[])[]): Promise<void> {
  const output = await ResumableOutput.open(path, KIND);
  for (const rows of pages) await output.commit(rows, output.state + 1);
  await output.close();
}

describe('an output that a job can go on with', () => {
  it('keeps lines and state from run to run', async () => {
    await using folder = await newFolder();
    const path = folder.path('rows.jsonl');
    await written(path, [{ a: 1 }, { a: 'ü' }], []);
    await written(path, [{ a: 3 }]);
    expect(await rowsOf(path)).toEqual([{ a: 1 }, { a: 'ü' }, { a: 3 }]);
    const output = await ResumableOutput.open(path, KIND);
    expect(output.state).toBe(3);
    await output.close();
  });

  it.each(['{"a":3', '{"a":3}\n', '{"a":3}\n{"a":4}\n{"a'])(
    'cuts off what was written after the last state: %j',
    async (rest) => {
      await using folder = await newFolder();
      const path = folder.path('rows.jsonl');
      await written(path, [{ a: 1 }]);
      await appendFile(path, rest);
      // A state that was not renamed yet counts for nothing.
      await writeFile(`${path}.state.json.new`, '{"bytes":99,"st');
      await written(path, [{ a: 3 }]);
      expect(await rowsOf(path)).toEqual([{ a: 1 }, { a: 3 }]);
    },
  );

  it('has a state from the start, so that the first lines can be cut off as well', async () => {
    await using folder = await newFolder();
    const path = folder.path('rows.jsonl');
    await written(path);
    await appendFile(path, '{"a":1}\n');
    await written(path, [{ a: 2 }]);
    expect(await rowsOf(path)).toEqual([{ a: 2 }]);
  });

  it('keeps the state as it was when a commit fails, and goes on from there', async () => {
    await using folder = await newFolder();
    const path = folder.path('rows.jsonl');
    await written(path, [{ a: 1 }]);
    const output = await ResumableOutput.open(path, KIND);
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    await expect(output.commit([{ a: 2 }, circular], 2)).rejects.toThrow(TypeError);
    expect(output.state).toBe(1);
    await output.commit([{ a: 3 }], 2);
    await output.close();
    expect(await rowsOf(path)).toEqual([{ a: 1 }, { a: 3 }]);
  });

  it('refuses an output that has no state, and leaves it as it is', async () => {
    await using folder = await newFolder();
    const path = folder.path('rows.jsonl');
    await writeFile(path, '{"a":1}\n');
    await expect(ResumableOutput.open(path, KIND)).rejects.toThrow('.state.json does not');
    expect(await readFile(path, 'utf8')).toBe('{"a":1}\n');
  });

  it('refuses an output that is shorter than its state says', async () => {
    await using folder = await newFolder();
    const path = folder.path('rows.jsonl');
    await written(path, [{ a: 1 }]);
    await truncate(path, 3);
    await expect(ResumableOutput.open(path, KIND)).rejects.toThrow('it was changed');
  });

  it.each(['', 'null', '{"bytes":0}', '{"bytes":"0","state":1}', '{"bytes":0,"state":"x"}'])(
    'refuses a state that is none: %j',
    async (state) => {
      await using folder = await newFolder();
      const path = folder.path('rows.jsonl');
      await writeFile(`${path}.state.json`, state);
      await expect(ResumableOutput.open(path, KIND)).rejects.toThrow('is not a state of this job');
    },
  );

  it('saves a state that says how long the file was', async () => {
    await using folder = await newFolder();
    const path = folder.path('rows.jsonl');
    await written(path, [{ a: 'ü' }]);
    const saved: unknown = JSON.parse(await readFile(`${path}.state.json`, 'utf8'));
    expect(field(saved, 'bytes')).toBe((await readFile(path)).length);
  });
});
