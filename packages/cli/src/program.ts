import tab from '@bomb.sh/tab/commander';
import { Command } from 'commander';
import { COMMANDS } from './commands/index.ts';
import type { Context } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { examples } from './terminal/examples.ts';
import { definitions, wrap } from './terminal/layout.ts';
import { version } from './version.ts';

const NAME = 'defender-resilience';

const EXIT_CODES: readonly (readonly [name: string, text: string])[] = [
  [String(EXIT.ok), 'success; explain: the input is not an error'],
  [String(EXIT.failed), 'failed: a port is taken, a file or a host cannot be reached'],
  [String(EXIT.usage), 'the command line or an input file is wrong'],
  [String(EXIT.differs), 'a check found differences'],
  [String(EXIT.retryable), 'an API error; sending the request again can succeed'],
  [String(EXIT.terminal), 'an API error; the same request fails again'],
  [String(EXIT.notUnderstood), 'explain: the input contains no known error'],
  [String(EXIT.interrupted), 'interrupted by Ctrl+C'],
];

/** The part of the completion command's help that the library leaves out. */
const COMPLETION: readonly (readonly [command: string, what: string])[] = [
  [`source <(${NAME} completion bash)`, 'in ~/.bashrc, after bash-completion'],
  [`source <(${NAME} completion zsh)`, 'in ~/.zshrc, after compinit'],
  [`${NAME} completion fish \\\n    > ~/.config/fish/completions/${NAME}.fish`, 'once'],
  [`${NAME} completion powershell | Out-String | Invoke-Expression`, 'in $PROFILE'],
];

/** Creates the program with all its commands. Errors in the command line are printed, then thrown. */
export function createProgram(context: Context, exitWith: (code: ExitCode) => void): Command {
  const { out, err } = context;
  const program = new Command(NAME)
    .description(
      'Explains errors of the Microsoft Defender APIs, simulates them, and makes calls resilient.',
    )
    .version(version)
    .exitOverride()
    .showHelpAfterError(`Run "${NAME} --help" for examples.`)
    .configureOutput({
      writeOut: (text) => out.write(text),
      writeErr: (text) => err.write(text),
      outputError: (text, write) =>
        write(wrap(text.replace(/^error:/, err.style('red', 'error:')), err.columns)),
      getOutHelpWidth: () => out.columns,
      getErrHelpWidth: () => err.columns,
      getOutHasColors: () => out.style('bold', '') !== '',
      getErrHasColors: () => err.style('bold', '') !== '',
    })
    .configureHelp({
      styleTitle: (text) => out.style('bold', text),
      helpWidth: out.columns,
    })
    .addHelpText('after', `\nExit codes:\n${definitions(EXIT_CODES, out.columns, '  ')}`);
  for (const add of COMMANDS) add(program, { context, exitWith });
  tab(program, { completionCommandName: 'completion' });
  for (const command of program.commands) {
    const name = command.name();
    command.showHelpAfterError(`Run "${NAME} ${name} --help" for examples.`);
    if (name === 'completion') {
      command.addHelpText('after', () => examples(COMPLETION, out));
    }
  }
  return program;
}
