import type { Config, SmokeCheck } from '../../config/config.js';
import { seconds, spoken } from '../../domain/duration.js';
import { fail, graver, pass, type Verdict } from '../../domain/verdict.js';
import type { Smoke } from '../../ports/smoke.js';
import { judgeEnding, lastBytes, runCommand } from '../build/command.js';
import type { Variables } from '../build/git.js';
import { knownService } from '../build/sources.js';
import { guardedFetch } from '../guarded-fetch.js';

/**
 * Runs the smoke checks of `slipway.yml`, one after another and all of them, so that one run tells everything that is
 * wrong. A service without checks has shown nothing: `no-data`. The log holds no header and no body that was sent.
 */
export function createSmoke(parts: {
  readonly config: Pick<Config, 'services'>;
  /** Where command checks run: the governance repository. */
  readonly directory: string;
  /** Of this process: `PATH`, `HOME` and `LANG` are passed on to command checks, the others are not. */
  readonly variables: Variables;
  readonly now?: () => Date;
}): Smoke {
  const now = parts.now ?? ((): Date => new Date());
  return {
    run: async ({ service, environment, url }) => {
      const { smoke } = knownService(parts.config, service);
      if (smoke.length === 0)
        return { verdict: { kind: 'no-data', reason: noChecks(service) }, log: noChecks(service) };
      const place = { url, variables: commandVariables(parts.variables, { service, environment, url }) };
      let verdict = pass(`${smoke.length} of ${smoke.length} checks passed`);
      const lines: string[] = [];
      for (const check of smoke) {
        const begun = performance.now();
        const met = await judge(check, { ...place, directory: parts.directory });
        const took = spoken(performance.now() - begun);
        lines.push(`${now().toISOString()} ${met.kind} "${check.name}": ${met.reason} (${took})`);
        verdict = graver(verdict, { kind: met.kind, reason: `smoke check "${check.name}": ${met.reason}` });
      }
      return { verdict, log: lastBytes(`${lines.join('\n')}\n`, logBytes) };
    },
  };
}

const logBytes = 8 * 1024;
const bodyBytes = 256 * 1024;
const httpLimit = seconds(10);
const commandLimit = seconds(60);

interface Against {
  readonly url: string;
  readonly directory: string;
  readonly variables: Readonly<Record<string, string>>;
}

const noChecks = (service: string): string => `no smoke checks are configured for ${service}`;

const judge = (check: SmokeCheck, against: Against): Promise<Verdict> =>
  check.kind === 'http' ? judgeHttp(check, against.url) : judgeCommand(check, against);

async function judgeHttp(check: SmokeCheck & { kind: 'http' }, base: string): Promise<Verdict> {
  const asked = `${check.method} ${check.path}`;
  const late = AbortSignal.timeout(httpLimit);
  try {
    const answer = await guardedFetch(new URL(check.path, base), {
      method: check.method,
      headers: { ...check.headers },
      ...(check.body !== undefined && { body: check.body }),
      signal: late,
    });
    return judgeAnswer(check, asked, answer.status, await cappedBody(answer));
  } catch (fault) {
    const met = late.aborted ? `no answer within ${spoken(httpLimit)}` : `no answer, ${causeOf(fault)}`;
    return fail(`${asked} met ${met}, wanted ${wanted(check)}`);
  }
}

function judgeAnswer(check: SmokeCheck & { kind: 'http' }, asked: string, status: number, body: string): Verdict {
  if (status !== check.status) return fail(`${asked} met ${status} ${excerpt(body)}, wanted ${wanted(check)}`);
  if (check.contains !== undefined && !body.includes(check.contains))
    return fail(`${asked} met ${status} ${excerpt(body)}, wanted ${wanted(check)}`);
  return pass(`${asked} met ${status}, wanted ${wanted(check)}`);
}

const wanted = ({ status, contains }: SmokeCheck & { kind: 'http' }): string =>
  contains === undefined ? String(status) : `${status} with ${JSON.stringify(contains)}`;

/** The beginning of an answer on one line, to tell a proxy's error page from the service's own. */
const excerpt = (body: string): string => JSON.stringify(body.length > 120 ? `${body.slice(0, 120)}…` : body);

/** An endless answer must not fill the memory; what is asked for stands near the beginning. */
async function cappedBody(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= bodyBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What `fetch` calls "fetch failed" has its reason one level below. */
function causeOf(fault: unknown): string {
  const cause = fault instanceof Error && fault.cause instanceof Error ? fault.cause : fault;
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause ? `${String(cause.code)} ${cause.message}`.trim() : cause.message;
}

async function judgeCommand(check: SmokeCheck & { kind: 'command' }, against: Against): Promise<Verdict> {
  const { directory: cwd, variables } = against;
  const run = await runCommand({ run: check.run, cwd, variables, timeout: commandLimit });
  const verdict = judgeEnding(run, commandLimit);
  if (verdict.kind === 'pass') return verdict;
  const said = run.tail.trim().split('\n').at(-1) ?? '';
  const reason = said === '' ? verdict.reason : `${verdict.reason}: ${said.slice(0, 300)}`;
  // 126 and 127 are the shell's own: the check did not run, so it says nothing about the service.
  const didNotRun = run.ending.kind === 'exited' && [126, 127].includes(run.ending.code);
  return { kind: didNotRun ? 'error' : 'fail', reason };
}

function commandVariables(
  variables: Variables,
  about: { readonly service: string; readonly environment: string; readonly url: string },
): Record<string, string> {
  const inherited = ['PATH', 'HOME', 'LANG'].flatMap((name) => {
    const value = variables[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(inherited),
    BASE_URL: about.url,
    SERVICE: about.service,
    ENVIRONMENT: about.environment,
  };
}
