import { normal } from '../domain/decisions/flags/set-flag.js';
import type { FlagDefinition, FlagSetting } from '../domain/flag.js';
import { isPlain, writtenFeatures } from './features-schema.js';
import type { WrittenFeatures, WrittenFlag, WrittenSetting } from './features-schema.js';
import { senseOfFeatures } from './features-sense.js';
import type { Known } from './features-sense.js';
import type { ConfigProblem } from './problems.js';
import { shown, toProblem } from './problems.js';
import { isBehind, readAs, touches, valueAt } from './read.js';
import { readSource } from './source.js';

/** A features file that makes sense, or everything that is wrong with it, in the order of the file. */
export type ReadFeatures =
  | { readonly ok: true; readonly features: WrittenFeatures }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Reads the text of a features file. Whatever it holds is answered and never thrown. */
export function readFeatures(text: string, file: string, known: Known): ReadFeatures {
  const source = readSource(text);
  if ('faults' in source) {
    const problems = source.faults.map(({ line, column, met, wanted }) =>
      toProblem({ path: [], at: 'value', met, wanted }, { file, line, column }),
    );
    return { ok: false, problems };
  }
  const { written, findings, refused } = readAs(writtenFeatures, source.value ?? {});
  const doubtful = [...refused, ...source.findings.map((finding) => finding.path)];
  const senseless = (written ? senseOfFeatures(written, known) : [])
    .filter(({ path, reads }) => !isBehind(path, doubtful) && !reads.some((place) => touches(place, doubtful)))
    .map((finding) => ({ met: shown(valueAt(source.value, finding.path)), ...finding }));
  const placed = [...findings, ...senseless].map((f) => ({ ...f, ...source.position(f.path, f.at) }));
  const problems = [...source.findings, ...placed].map(({ line, column, ...finding }) =>
    toProblem(finding, { file, line, column }),
  );
  if (problems.length === 0 && written) return { ok: true, features: written };
  return { ok: false, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
}

/** The flags as they hold in one environment: its own entry, where a flag has one, stands for the setting as a whole. */
export const definitionsIn = ({ flags }: WrittenFeatures, environment: string): readonly FlagDefinition[] =>
  Object.entries(flags ?? {}).map(([name, flag]) => definitionOf(name, flag, environment));

function definitionOf(name: string, flag: WrittenFlag, environment: string): FlagDefinition {
  const { description, owner, service, targeting, expires } = flag;
  const variants = flag.variants ?? { on: true, off: false };
  return {
    name,
    description,
    owner,
    ...(service !== undefined && { service }),
    variants,
    ...settingIn(flag, flag.environments?.[environment] ?? flag, Object.keys(variants)),
    ...(targeting !== undefined && { targeting }),
    ...(expires !== undefined && { expires }),
  };
}

function settingIn(flag: WrittenFlag, of: WrittenSetting, variants: readonly string[]): FlagSetting {
  const { state = 'ENABLED', rollout } = of;
  const given = isPlain(flag) ? (of.on === true ? 'on' : 'off') : of['default-variant'];
  const defaultVariant = given ?? flag['default-variant'] ?? '';
  return normal({ state, defaultVariant, ...(rollout && { rollout }) }, variants);
}
