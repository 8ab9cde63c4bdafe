import { setDefaultSignalHandler } from '@temporalio/workflow';
import type { ReaderReport, SecretsOrder, SecretsStanding } from '../src/domain/secret.js';
import { reportingIn, rotating } from './activities.js';
import { tellAll } from './notices.js';

/**
 * Asks everybody who reads secrets what they find, records a rotation where one is said, and judges where all secrets
 * stand. A reader that does not answer in time is left out: its silence is shown, and taken for nothing else.
 */
export async function secrets({ by, how, rotation, reports }: SecretsOrder): Promise<SecretsStanding> {
  setDefaultSignalHandler(() => undefined);
  const house = rotating(`secrets (${by})`);
  const { report, environments } = await house.reportHouse();
  const heard = await Promise.all(environments.map(reportOf));
  const all = [...reports, report, ...heard.flat()];
  if (rotation) await house.recordRotation({ rotation, reports: all });
  const { standing, reminders } = await house.judgeSecrets({ reports: all });
  if (how === 'remind') await tellAll(reminders);
  return standing;
}

const reportOf = (environment: string): Promise<readonly ReaderReport[]> =>
  reportingIn(environment)
    .reportSecrets({ environment })
    .then(
      (report) => [report],
      () => [],
    );
