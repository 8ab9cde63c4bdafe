import { open } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { lintSource } from '@secretlint/core';
import { creator as recommended } from '@secretlint/secretlint-rule-preset-recommend';
import type { AllowedSecret } from '../../config/config.js';
import type { GateRun } from '../../domain/gate.js';
import { fail, pass } from '../../domain/verdict.js';

/** A secret that stands where everybody can read it. What it is is masked: this is kept. */
interface SecretFinding {
  readonly path: string;
  readonly line: number;
  readonly what: string;
}

/** What was looked at, and what was found. */
export interface SecretsScan {
  readonly files: number;
  /** Not looked at: too large, or no text. */
  readonly skipped: number;
  readonly findings: readonly SecretFinding[];
  /** Findings that the configuration lists with a reason. */
  readonly allowed: readonly SecretFinding[];
}

/** Whose rules they are, for the evidence. */
export const secretlintVersion = (
  createRequire(import.meta.url)('@secretlint/core/package.json') as { version: string }
).version;

/** The name of the gate that every build passes. */
export const secretsScan = 'secrets scan';

/** Looks for secrets in files of a folder, by secretlint's rules and some of our own. Nothing of a secret is answered. */
export async function scanForSecrets(ask: {
  readonly folder: string;
  /** Relative to the folder. */
  readonly paths: readonly string[];
  readonly allowed: readonly AllowedSecret[];
  readonly signal?: AbortSignal;
}): Promise<SecretsScan> {
  const found: SecretFinding[] = [];
  let skipped = 0;
  for (const path of ask.paths) {
    ask.signal?.throwIfAborted();
    const content = await textOf(join(ask.folder, path));
    if (content === undefined) skipped += 1;
    else found.push(...(await findingsIn(path, content)));
  }
  const isAllowed = ({ path }: SecretFinding): boolean =>
    ask.allowed.some((one) => path === one.path || path.startsWith(`${one.path}/`));
  return {
    files: ask.paths.length - skipped,
    skipped,
    findings: found.filter((finding) => !isAllowed(finding)),
    allowed: found.filter(isAllowed),
  };
}

/** The scan as a quality gate: what was looked at, and each finding with the place of it. */
export function scanGate({ files, skipped, findings, allowed }: SecretsScan): GateRun {
  const looked = `${files} files looked at, ${skipped} too large or no text`;
  const lines = [
    ...findings.map(({ path, line, what }) => `${path}:${line} ${what}`),
    ...allowed.map(({ path, line, what }) => `${path}:${line} allowed by slipway.yml: ${what}`),
  ];
  const log = `${[looked, ...lines].join('\n')}\n`.slice(0, logLength);
  if (findings.length === 0) return { name: secretsScan, verdict: pass(`no secret: ${looked}`), log };
  const [first] = findings;
  const more = findings.length > 1 ? `, and ${findings.length - 1} more` : '';
  const way = 'Take it out and change it, or list the file in build.allow-secrets with a reason';
  const where = `${first?.path ?? ''}:${first?.line ?? 0} ${first?.what ?? ''}`;
  return { name: secretsScan, verdict: fail(`${where}${more}. ${way}`), log };
}

const logLength = 8 * 1024;
const largest = 1_000_000;

/** The text of a file; nothing where it is too large, or holds a byte that no text has. */
async function textOf(file: string): Promise<string | undefined> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    if (size > largest) return undefined;
    const content = await handle.readFile();
    return content.includes(0) ? undefined : content.toString('utf8');
  } finally {
    await handle.close();
  }
}

async function findingsIn(path: string, content: string): Promise<readonly SecretFinding[]> {
  const { messages } = await lintSource({
    source: { content, filePath: path, contentType: 'text', ext: extname(path) },
    options: { config: { rules: [...rules] }, maskSecrets: true },
  });
  const found = [
    ...messages.map(({ message, loc }) => ({ path, line: loc.start.line, what: masked(message) })),
    ...ownFindings(path, content),
  ];
  return found.filter((one, i) => found.findIndex((other) => other.line === one.line) === i);
}

/** What secretlint leaves out: a bare key id of AWS, a private key that is cut off, a password in a URL. */
const own: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['AWS access key id', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['private key', /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/],
  [
    'password in a URL',
    /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"'`${}<>]+:(?!(?:pass|passw(?:or)?d|pwd|secret|token|foo|bar|test|guest|x+|\*+)@)[^\s/:@"'`${}<>]{4,}@[\w.-]+/i,
  ],
];

const ownFindings = (path: string, content: string): readonly SecretFinding[] =>
  content.split('\n').flatMap((text, i) => {
    const met = own.find(([, pattern]) => pattern.test(text));
    return met ? [{ path, line: i + 1, what: `found ${met[0]}` }] : [];
  });

/** What the masking of a rule leaves is cut too: its kind is enough to find it. */
const masked = (message: string): string =>
  message
    .split('\n')
    .join(' ')
    .replace(/\(?[\w+/=-]*\*{3,}[\w+/=-]*\)?/g, '')
    .replace(/[\s:]+$/, '')
    .slice(0, 120);

/** A comment in a file lets nothing through: that is said in slipway.yml, with a reason. */
const rules = [
  {
    id: '@secretlint/secretlint-rule-preset-recommend',
    rule: recommended,
    rules: [{ id: '@secretlint/secretlint-rule-filter-comments', disabled: true }],
  },
];
