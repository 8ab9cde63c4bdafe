import * as z from 'zod';
import type { Config } from '../../config/config.js';
import { toldBy } from '../../domain/decisions/told-alert.js';
import { seconds } from '../../domain/duration.js';
import type { Alerts, StandingAlert } from '../../ports/alerts.js';
import { codeOf, guardedFetch } from '../guarded-fetch.js';
import { secretOf, type Variables, whereSecret } from '../secret.js';

/** A look must not wait longer than this for what it is not about. */
const patience = seconds(5);

const firing = z.array(
  z.looseObject({
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()).default({}),
    startsAt: z.string(),
    fingerprint: z.string().default(''),
    status: z.looseObject({ state: z.string() }).default({ state: 'active' }),
  }),
);

/** The alerts of an Alertmanager; nothing where the configuration names none. */
export function createAlerts(of: {
  readonly config: Pick<Config, 'alerts' | 'services' | 'environments'>;
  readonly variables: Variables;
}): Alerts | undefined {
  const { labels, alertmanager, policy } = of.config.alerts;
  if (!alertmanager) return undefined;
  const { url, bearer } = alertmanager;
  const here = {
    labels,
    services: Object.keys(of.config.services),
    environments: of.config.environments.map(({ name }) => name),
  };
  return {
    async critical({ service, environment }) {
      const found = await read({ muted: false }, [
        `${labels.service}="${service}"`,
        `${labels.environment}="${environment}"`,
      ]);
      return found.flatMap(({ alert }) => (policy.rollout[alert.severity] === 0 ? [alert] : []));
    },
    standing: () =>
      read({ muted: true }, [
        `${labels.service}=~"${here.services.join('|')}"`,
        `${labels.environment}=~"${here.environments.join('|')}"`,
      ]),
  };

  /** Those that match, and are about something here; with `muted` also what is silenced or inhibited. */
  async function read({ muted }: { readonly muted: boolean }, filters: readonly string[]): Promise<StandingAlert[]> {
    const asked = new URL(`${url}/api/v2/alerts`);
    const all = { active: 'true', silenced: String(muted), inhibited: String(muted) };
    asked.search = String(new URLSearchParams(all));
    for (const filter of filters) asked.searchParams.append('filter', filter);
    return firing.parse(await ask(asked)).flatMap(({ status, ...alert }) => {
      const told = toldBy({ ...alert, status: 'firing' }, here);
      const { kind } = told;
      return kind === 'about' ? [{ place: told.place, alert: told.alert, muted: status.state === 'suppressed' }] : [];
    });
  }

  async function ask(asked: URL): Promise<unknown> {
    const token = bearer && (await secretOf(bearer, of.variables));
    if (bearer && token === undefined) throw new Error(`${whereSecret(bearer)} for the Alertmanager holds nothing`);
    const answer = await guardedFetch(asked, {
      headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      signal: AbortSignal.timeout(patience),
    }).catch((fault: unknown) => {
      throw new Error(`the Alertmanager at ${url} does not answer (${codeOf(fault)})`);
    });
    if (!answer.ok) throw new Error(`the Alertmanager at ${url} answered ${answer.status}`);
    return await answer.json();
  }
}
