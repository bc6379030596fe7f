import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { cliProcess, type ProgramFolder, programFolder } from './support.ts';

const run = promisify(execFile);

let programs: ProgramFolder;
beforeAll(async () => {
  programs = await programFolder();
});
afterAll(() => programs[Symbol.asyncDispose]());

/** Presses the tab key after the words `defender-resilience` and `word`, and prints what the shell offers. */
const SHELLS: Readonly<Record<string, (word: string) => string>> = {
  // Of bash-completion only the function that splits the line is used; here the line is split already.
  bash: (word) => `
    _get_comp_words_by_ref() { words=("\${COMP_WORDS[@]}"); cword=$COMP_CWORD; cur=\${COMP_WORDS[COMP_CWORD]}; }
    compopt() { :; }
    source <(defender-resilience completion bash)
    COMP_WORDS=(defender-resilience ${word}); COMP_CWORD=1
    read -r _ _ name _ <<<"$(complete -p defender-resilience)"
    "$name"; printf '%s\\n' "\${COMPREPLY[@]}"`,
  // A shell without a terminal has no completion of its own: what the script would show is printed.
  zsh: (word) => `
    compdef() { :; }
    _describe() { print -l $completions; }
    source <(defender-resilience completion zsh)
    words=(defender-resilience ${word}); CURRENT=2
    _defender-resilience`,
  fish: (word) => `
    defender-resilience completion fish | source
    complete --do-complete "defender-resilience ${word}"`,
};

/** Skipped where the shell is not installed, but in CI. */
async function pressTab(context: TestContext, shell: string, word: string): Promise<string> {
  const env = { ...programs.env, HOME: programs.folder };
  try {
    const { stdout } = await run(shell, ['-c', SHELLS[shell]?.(word) ?? ''], { env });
    return stdout;
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (!isMissing || process.env['CI'] !== undefined) throw error;
    return context.skip(`${shell} is not installed (apt-get install ${shell})`);
  }
}

describe('completion', () => {
  for (const shell of Object.keys(SHELLS)) {
    it(`completes commands in ${shell}`, async (context) => {
      const offered = await pressTab(context, shell, 'sta');
      expect(offered.split('\n').filter(Boolean)).toEqual([expect.stringMatching(/^status\b/)]);
    });
  }

  it('prints a script for PowerShell, which Debian does not have', async () => {
    const { code, out } = await cliProcess(['completion', 'powershell']);
    expect(code).toBe(0);
    expect(out).toContain('Register-ArgumentCompleter');
  });
});
