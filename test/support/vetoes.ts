import { eventually } from './eventually.js';
import type { Stage } from './stage.js';

/** A version that an earlier run has rolled back is vetoed: alice lifts that, so that the next run can release it again. */
export async function liftVetoes(stage: Stage, service: string): Promise<void> {
  // The release ends before its mailbox has heard of it, and the veto stands only then.
  const body = await eventually(`${service} has settled`, async () => {
    const { body: standing } = await stage.ask('alice', 'GET', `/v1/services/${service}`);
    return standing['underWay'] === undefined ? standing : undefined;
  });
  const vetoes = (body['vetoes'] ?? []) as readonly { readonly version: string }[];
  for (const { version } of vetoes) {
    const lift = { version, lift: true, reason: 'the next run' };
    const { status } = await stage.ask('alice', 'POST', `/v1/services/${service}/veto`, lift);
    if (status !== 200) throw new Error(`the veto of ${service} ${version} is not lifted: ${status}`);
  }
}
