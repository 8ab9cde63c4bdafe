import { lasting } from '../../duration.js';
import { type KnownSecret, readerText } from '../../secret.js';
import { dueOf, latestOf } from '../rotations.js';
import { bullets, md, page, shown } from '../records/text.js';
import type { DocumentFacts } from './facts.js';
import { code, grid, listed } from './phrases.js';

/** Every secret that something refers to: what for, where it is read, who replaces it and when that is due. Never a value. */
export const secretsRotation = (facts: DocumentFacts): string =>
  page([
    '## Secrets',
    'References only: a value is in no configuration, record or document. Each is tied to an environment, not to a version: replacing it releases nothing.',
    facts.secrets.length === 0
      ? 'Nothing refers to a secret.'
      : grid(
          ['secret', 'what for', 'where it is read', 'replaced', 'by', 'last replaced (UTC)', 'due (UTC)'],
          facts.secrets.map((secret) => row(secret, facts)),
        ),
    unplanned(facts.secrets),
    '## How one is replaced',
    bullets([
      'Make the new value where secrets are kept; where two may hold at once (alerts take up to four), add it beside the old one first.',
      'Put it where it is read: a file is read anew each time; a variable is read when a worker starts, so start that worker again. Instances that read it themselves are told by you.',
      `Say so: ${code('slipway rotated NAME --reason "…"')}. It is recorded with your name, and the next day is counted from there.`,
      `See that it arrived: ${code('slipway secrets')} says which readers see a new value since, by a keyed fingerprint.`,
      'Take the old value away, and run `slipway documents`.',
    ]),
    ownText(facts),
  ]);

function row(secret: KnownSecret, { rotations, people }: DocumentFacts): readonly string[] {
  const { name, kind, uses, rotation } = secret;
  const last = latestOf(name, rotations);
  const due = dueOf(secret, last);
  const holders = people.filter(({ roles }) => roles.includes(rotation?.owner ?? '')).map(({ person }) => md(person));
  const owner = rotation ? `${md(rotation.owner)}${holders.length > 0 ? ` (${holders.join(', ')})` : ''}` : 'nobody';
  return [
    `${code(name)} (${kind === 'env' ? 'variable' : 'file'})`,
    uses.map(({ purpose }) => md(purpose)).join('; '),
    [...new Set(uses.map(({ reader }) => md(readerText(reader))))].join('; '),
    rotation ? `every ${lasting(rotation.every)}` : '**not planned**',
    owner,
    last ? shown(last.at) : 'not recorded',
    due === undefined ? (rotation ? '**now: none is recorded**' : '–') : shown(due),
  ];
}

function unplanned(secrets: readonly KnownSecret[]): string | undefined {
  const names = secrets.filter(({ rotation }) => !rotation).map(({ name }) => name);
  if (names.length === 0) return undefined;
  return `Nobody has planned when ${listed(names, '')} is replaced: ${code(`secrets: { ${names[0] ?? ''}: { rotate-every: 90d, owner: service-owner } }`)} in \`slipway.yml\`.`;
}

function ownText({ ownSecrets, secrets }: DocumentFacts): string | undefined {
  const left = Object.entries(ownSecrets).filter(([name]) => !secrets.some((secret) => secret.name === name));
  if (left.length === 0) return undefined;
  const each = left.map(([name, purpose]) => `${code(name)} (${purpose})`);
  return `Where they are set, Slipway itself reads ${each.join(', ')}: plan them under \`secrets\` in the same way. Tokens of people are issued anew by \`slipway token PERSON\`.`;
}
