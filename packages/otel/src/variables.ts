/**
 * Runs `run` with environment variables set, and puts back what was there before.
 *
 * The SDK's own way to be told of a receiver that works for every signal, protocol and version of it:
 * its exporters' classes are no longer re-exported, and are not this package's to depend on. It reads
 * the variables while it is made and started, which is synchronous, so nobody else sees them.
 */
export function withVariables<T>(variables: Readonly<Record<string, string>>, run: () => T): T {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  try {
    Object.assign(process.env, variables);
    return run();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
