import { readFileSync } from 'node:fs';

/** The facts that only the owner of the project knows. A field is empty until it is known. */
export interface Project {
  /** Where the repository is: `https://github.com/owner/name`. */
  readonly repository: string;
  /** Where the site of the docs is, without a slash at the end. */
  readonly docs: string;
  /** The npm scope that the owner holds: `@defender-resilience`. */
  readonly npmScope: string;
  /** An address for reports about conduct. */
  readonly contact: string;
  /** Who reviews changes: `@owner/team`, several separated by spaces. */
  readonly codeOwners: string;
}

/** What each field must look like once it is filled in, in words and as a pattern. */
const FIELDS: Readonly<Record<keyof Project, readonly [RegExp, string]>> = {
  repository: [
    /^https:\/\/github\.com\/[\w.-]+\/[\w.-]+$/,
    "the repository's address, https://github.com/owner/name",
  ],
  docs: [/^https:\/\/\S+[^/\s]$/, 'the address of the docs, https and no slash at the end'],
  npmScope: [/^@[a-z\d][\w.-]*$/, 'the npm scope that the packages are published under, @scope'],
  contact: [/^\S+@\S+\.\S+$|^https:\/\/\S+$/, 'where conduct is reported: an e-mail or an address'],
  codeOwners: [/^@[\w/.-]+( @[\w/.-]+)*$/, 'who reviews changes: @user or @owner/team'],
};

function readProject(): Project {
  const path = new URL('../project.json', import.meta.url);
  const parsed = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, unknown>>;
  const field = (name: keyof Project): string => {
    const value = parsed[name];
    if (typeof value !== 'string') throw new TypeError(`project.json: ${name} must be a text`);
    return value;
  };
  return {
    repository: field('repository'),
    docs: field('docs'),
    npmScope: field('npmScope'),
    contact: field('contact'),
    codeOwners: field('codeOwners'),
  };
}

/** The facts of project.json. */
export const project: Project = readProject();

/** One line for each field that is empty or cannot be right. */
export function faultsOf(given: Project): string[] {
  const faults: string[] = [];
  for (const [name, [pattern, meaning]] of Object.entries(FIELDS)) {
    const value = given[name as keyof Project];
    if (value === '') faults.push(`${name} is empty: ${meaning}`);
    else if (!pattern.test(value)) faults.push(`${name} is "${value}", and should be ${meaning}`);
  }
  return faults;
}
