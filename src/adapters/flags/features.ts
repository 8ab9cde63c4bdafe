import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../config/config.js';
import { definitionsIn, readFeatures } from '../../config/features.js';
import type { WrittenFeatures } from '../../config/features-schema.js';
import { readText } from '../../config/load.js';
import { formatProblems } from '../../config/problems.js';
import { sameSetting, settingOf } from '../../domain/decisions/flags/set-flag.js';
import { Refused } from '../../domain/failure.js';
import { type FlagDefinition, type FlagSetting, settingText } from '../../domain/flag.js';
import type { Flags, FlagsRead } from '../../ports/flags.js';
import { isCode, replaceFile } from '../governance/durable-file.js';
import { openRepository } from '../governance/repository.js';
import { createWriterLock } from '../governance/writer-lock.js';
import { type Deed, deedFor, leftBy, outcomeOf, withDeed } from './deeds.js';
import { readDeeds, writeDeeds } from './deed-file.js';
import { withSetting } from './edit.js';

/** Where the flags of all environments are kept, relative to the governance repository. */
export const featuresPath = 'method/config/features.yml';

/** An environment's own file, which stands for the common one as a whole. */
export const ownFeaturesPath = (environment: string): string => `method/config/features.${environment}.yml`;

/** Feature flags in the files of the governance repository: people edit them, changes set them, comments stay. */
export function createFeatures(parts: {
  readonly config: Pick<Config, 'directory' | 'services' | 'environments'>;
  /** Told each step of a setting before it is taken; what it throws ends the setting there, as a crash would. */
  readonly reached?: (step: string) => void;
}): Flags {
  const { config, reached = () => undefined } = parts;
  const seen = new Map<string, { readonly print: string | undefined; readonly found: FileRead | Refused }>();
  const held = new Map<string, { readonly file: FileRead; readonly flags: FlagsRead['flags'] }>();
  let gitFolder: string | undefined;
  const inGit = async (name: string): Promise<string> =>
    join((gitFolder ??= (await openRepository(config.directory)).gitFolder), name);
  const inTurn = createWriterLock(() => inGit('slipway-flags'));

  return {
    read,
    recorded: async (environment) => leftBy(await readDeeds(await inGit('slipway-flags.json')), environment),
    set: (ask) =>
      inTurn(async (stillHeld) => {
        const step = (name: string): void => {
          stillHeld();
          reached(name);
        };
        const file = await fileOf(ask.environment);
        const flags = definitionsIn(file.features, ask.environment);
        const deedFile = await inGit('slipway-flags.json');
        const deeds = await readDeeds(deedFile);
        const deed = deedFor(ask, deeds, { flags, path: file.path });
        if (deed.done) return outcomeOf(deed);
        step('intent');
        await writeDeeds(deedFile, withDeed(deeds, deed));
        step('file');
        await carryOut(deed, file);
        step('done');
        await writeDeeds(deedFile, withDeed(deeds, { ...deed, done: true }));
        return outcomeOf(deed);
      }),
  };

  async function read(environment: string): Promise<FlagsRead> {
    const file = await fileOf(environment);
    const before = held.get(environment);
    const flags = before?.file === file ? before.flags : definitionsIn(file.features, environment);
    held.set(environment, { file, flags });
    return { flags, retired: file.features.retired ?? [], path: file.path, revision: file.revision };
  }

  /** Writes what makes the flag so, and reads it back: a text that would say anything else is not written. */
  async function carryOut({ environment, flag, after }: Deed, { path, text, features }: FileRead): Promise<void> {
    const definition = flagIn(features, environment, flag);
    if (!definition || sameSetting(settingOf(definition), after)) return;
    const own = features.flags?.[flag]?.environments?.[environment] !== undefined;
    const entry = own || path === featuresPath ? { environment } : {};
    const changed = withSetting(text, { flag: definition, ...entry, setting: after });
    check(readFeatures(changed, path, await known(changed)), { environment, flag, after });
    await replaceFile(join(config.directory, path), changed);
    check({ ok: true, features: (await fileOf(environment)).features }, { environment, flag, after });
  }

  /** The file that holds for an environment: read again only when it is not as last seen. */
  async function fileOf(environment: string): Promise<FileRead> {
    const names = config.environments.map(({ name }) => name);
    if (!names.includes(environment))
      throw new Refused('not-found', `there is no environment "${environment}"; known: ${names.join(', ')}`);
    const own = ownFeaturesPath(environment);
    const path = (await mark(join(config.directory, own))) === undefined ? featuresPath : own;
    const there = join(config.directory, path);
    const print = await mark(there);
    const before = seen.get(path);
    const found = before?.print === print && before ? before.found : await readFile(there, path);
    seen.set(path, { print, found });
    if (found instanceof Refused) throw found;
    return found;
  }

  async function readFile(file: string, path: string): Promise<FileRead | Refused> {
    const read = await readText(file);
    if ('met' in read) {
      if (read.met === 'no such file') return { path, text: '', features: { version: 1 }, revision: 'none' };
      return new Refused('invalid', `${path}:1:1 met ${read.met}; wanted ${read.wanted}`);
    }
    const found = readFeatures(read.text, file, await known(read.text));
    if (!found.ok) return new Refused('invalid', formatProblems(found.problems, config.directory));
    const revision = createHash('sha256').update(path).update('\0').update(read.text).digest('hex');
    return { path, text: read.text, features: found.features, revision };
  }

  /** What flagd itself says of targeting; its library is loaded for a file that has some. */
  async function known(text: string) {
    const { targetingFault } = text.includes('targeting') ? await import('./targeting.js') : noTargeting;
    const environments = config.environments.map(({ name }) => name);
    return { services: Object.keys(config.services), environments, targetingFault };
  }
}

const noTargeting = { targetingFault: () => undefined };

/** A features file as it was last seen. */
interface FileRead {
  readonly path: string;
  readonly text: string;
  readonly features: WrittenFeatures;
  readonly revision: string;
}

const flagIn = (features: WrittenFeatures, environment: string, flag: string): FlagDefinition | undefined =>
  definitionsIn(features, environment).find(({ name }) => name === flag);

function check(
  read: ReturnType<typeof readFeatures>,
  { environment, flag, after }: { readonly environment: string; readonly flag: string; readonly after: FlagSetting },
): void {
  const definition = read.ok ? flagIn(read.features, environment, flag) : undefined;
  if (definition && sameSetting(settingOf(definition), after)) return;
  const met = definition ? settingText(definition) : 'nothing that can be read';
  throw new Error(`${flag} in ${environment} would be ${met} after writing ${settingText(after)}`);
}

/** Another one whenever the file may be another; `undefined` where there is none. */
async function mark(file: string): Promise<string | undefined> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}
