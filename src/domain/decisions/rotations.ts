import { after, between, days, type Instant } from '../duration.js';
import {
  type KnownSecret,
  type ReaderReport,
  type ReaderStanding,
  readerText,
  type RecordedRotation,
  type Rotation,
  type SecretReader,
  type SecretsStanding,
  type SecretStanding,
} from '../secret.js';

/** The last time that a secret was replaced; nothing where that was never recorded. Of one moment, what was recorded later. */
export const latestOf = <T extends Rotation>(secret: string, rotations: readonly T[]): T | undefined =>
  rotations
    .filter((rotation) => rotation.secret === secret)
    .reduce<T | undefined>((latest, one) => (latest && latest.at > one.at ? latest : one), undefined);

/** When it is to be replaced next; nothing where that is not planned, and where nobody knows when it was last. */
export const dueOf = ({ rotation }: Pick<KnownSecret, 'rotation'>, last: Rotation | undefined): Instant | undefined =>
  rotation && last ? after(last.at, rotation.every) : undefined;

/** What is known of all secrets: the rotations as they were recorded, in their order, and what readers report now. */
export interface RotationFacts {
  readonly secrets: readonly KnownSecret[];
  readonly rotations: readonly RecordedRotation[];
  readonly reports: readonly ReaderReport[];
}

/** Where every secret stands at a moment. */
export const secretsStanding = (facts: RotationFacts, now: Instant): SecretsStanding => ({
  at: now,
  secrets: facts.secrets.map((secret) => standingOf(secret, facts, now)),
});

/** A secret is due soon in the last two weeks before it is due. */
const soon = 14;

function standingOf(secret: KnownSecret, { rotations, reports }: RotationFacts, now: Instant): SecretStanding {
  const its = rotations.filter((rotation) => rotation.secret === secret.name);
  const last = latestOf(secret.name, its);
  const former =
    last &&
    latestOf(
      secret.name,
      its.filter((one) => one !== last),
    );
  const due = dueOf(secret, last);
  const readers = [...new Set(secret.uses.map(({ reader }) => reader))];
  return {
    ...secret,
    state: stateOf(secret, due, now),
    ...(last && { last: told(last) }),
    ...(due !== undefined && { due }),
    readers: readers.map((reader) => ({
      reader,
      ...seenBy(reader, {
        secret: secret.name,
        now: reportOf(reader, reports),
        ...(last && { last }),
        ...(former && { former }),
      }),
    })),
  };
}

const told = ({ secret, by, reason, at, changeId }: RecordedRotation) => ({ secret, by, reason, at, changeId });

function stateOf({ rotation }: KnownSecret, due: Instant | undefined, now: Instant): SecretStanding['state'] {
  if (!rotation) return 'unplanned';
  if (due === undefined) return 'unrecorded';
  if (now >= due) return 'overdue';
  return between(now, due) <= days(soon) ? 'due-soon' : 'in-time';
}

const reportOf = (reader: SecretReader, reports: readonly ReaderReport[]): ReaderReport | undefined =>
  reports.find((report) => report.reader === reader);

interface Seen {
  readonly secret: string;
  readonly now: ReaderReport | undefined;
  readonly last?: RecordedRotation;
  /** The rotation before it: what readers found then is what was replaced. */
  readonly former?: RecordedRotation;
}

/** What a reader finds now is compared with what it found when the last rotation was said, and the one before. */
function seenBy(reader: SecretReader, { secret, now, last, former }: Seen): Omit<ReaderStanding, 'reader'> {
  const who = readerText(reader);
  if (!now) return { sees: 'unheard', reason: `${who}: no answer` };
  const found = now.fingerprints[secret];
  if (found === undefined) return { sees: 'missing', reason: `${who} find nothing there` };
  const atLast = last && reportOf(reader, last.reports);
  const [then, before] = [
    atLast?.fingerprints[secret],
    former && reportOf(reader, former.reports)?.fingerprints[secret],
  ];
  if (!last || then === undefined || !comparable(then, found))
    return { sees: 'unknown', reason: `${who}: nothing to compare with: ${whyNothing(last, then)}` };
  if (found === before)
    return {
      sees: 'former',
      reason: `${who} still see the value from before ${last.at}: a variable is read at their start`,
    };
  const beside = ranBeside(atLast?.running, now.running);
  const known = before !== undefined && comparable(before, found);
  if (found === then)
    return known
      ? { sees: 'new', reason: `${who} see a new value since ${last.saidAt}${beside}` }
      : { sees: 'unknown', reason: `${who} see the value of ${last.saidAt}; what was before it is not known` };
  if (known && before !== then)
    return {
      sees: 'changed',
      reason: `${who} see another value than at ${last.saidAt}, when it was said: it was replaced again`,
    };
  return { sees: 'new', reason: `${who} see a new value, which came after it was said at ${last.saidAt}${beside}` };
}

const comparable = (a: string, b: string): boolean => a.split(':')[0] === b.split(':')[0];

function whyNothing(last: RecordedRotation | undefined, then: string | undefined): string {
  if (!last) return 'no rotation is recorded';
  return then === undefined ? `nothing was seen at ${last.saidAt}` : 'the key of the fingerprints is another one';
}

/** Whether the rotation came with a new version, or without. */
function ranBeside(then: ReaderReport['running'] = {}, now: ReaderReport['running'] = {}): string {
  const services = Object.keys(now);
  if (services.length === 0) return '';
  const released = services.filter((service) => then[service] !== now[service]);
  return released.length === 0
    ? `, without a new version (${services.map((service) => `${service} ${now[service] ?? ''}`).join(', ')})`
    : `; released since: ${released.join(', ')}`;
}

/** What people are told of what is due: two weeks, a week and a day before, and every day from then on. */
export function reminders({
  at,
  secrets,
}: SecretsStanding): readonly { readonly key: string; readonly text: string }[] {
  return secrets.flatMap((secret) => {
    const { name, due, rotation, state } = secret;
    if (!rotation) return [];
    const left = due === undefined ? 0 : Math.ceil(between(at, due) / days(1));
    if (left > 0 && ![soon, 7, 1].includes(left)) return [];
    const when = state === 'unrecorded' ? 'has a plan, and no rotation of it is recorded' : dueText(due, left);
    const text = `The secret ${name} (${secret.uses.map(({ purpose }) => purpose).join('; ')}) ${when}. ${rotation.owner} replaces it, then: slipway rotated ${name} --reason "…"`;
    return [{ key: `secret/${name}/${at.slice(0, 10)}`, text }];
  });
}

const dueText = (due: Instant | undefined, left: number): string =>
  left > 0 ? `is to be replaced by ${due ?? ''}` : `should have been replaced by ${due ?? ''}`;
