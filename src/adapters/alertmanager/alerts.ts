import * as z from 'zod';
import type { Config } from '../../config/config.js';
import { toldBy } from '../../domain/decisions/told-alert.js';
import { seconds } from '../../domain/duration.js';
import type { Alerts } from '../../ports/alerts.js';
import { secretOf, type Variables, whereSecret } from '../secret.js';

/** A look must not wait longer than this for what it is not about. */
const patience = seconds(5);

const firing = z.array(
  z.looseObject({
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()).default({}),
    startsAt: z.string(),
    fingerprint: z.string().default(''),
  }),
);

/** The alerts of an Alertmanager that are neither silenced nor inhibited; nothing where the configuration names none. */
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
      const asked = new URL(`${url}/api/v2/alerts`);
      asked.search = String(
        new URLSearchParams([
          ...['active=true', 'silenced=false', 'inhibited=false'].map((pair) => pair.split('=') as [string, string]),
          ['filter', `${labels.service}="${service}"`],
          ['filter', `${labels.environment}="${environment}"`],
        ]),
      );
      const told = firing.parse(await ask(asked)).map((alert) => toldBy({ ...alert, status: 'firing' }, here));
      return told.flatMap((one) =>
        one.kind === 'about' && policy.rollout[one.alert.severity] === 0 ? [one.alert] : [],
      );
    },
  };

  async function ask(asked: URL): Promise<unknown> {
    const token = bearer && (await secretOf(bearer, of.variables));
    if (bearer && token === undefined) throw new Error(`${whereSecret(bearer)} for the Alertmanager holds nothing`);
    const answer = await fetch(asked, {
      headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      signal: AbortSignal.timeout(patience),
    }).catch((fault: unknown) => {
      throw new Error(`the Alertmanager at ${url} does not answer (${fault instanceof Error ? fault.name : 'fault'})`);
    });
    if (!answer.ok) throw new Error(`the Alertmanager at ${url} answered ${answer.status}`);
    return await answer.json();
  }
}
