import { createAlerts } from '../adapters/alertmanager/alerts.js';
import type { Config } from '../config/config.js';
import { type Finding, ill, said, well } from './findings.js';

/** Whether the alerts that fire can be read: by windows, and where a message leaves some out. Nothing needs an Alertmanager. */
export async function alerts(config: Config, variables: NodeJS.ProcessEnv): Promise<Finding> {
  const source = createAlerts({ config, variables });
  if (!source)
    return {
      ...well(
        'alerts',
        'no Alertmanager is named: no window asks for alerts, and what a truncated message leaves out is lost',
      ),
      todo: 'where one sends here, name it: alerts: { alertmanager: { url: http://127.0.0.1:9093 } }',
    };
  try {
    const standing = await source.standing();
    const firing = standing.filter(({ muted }) => !muted).length;
    return well('alerts', `the Alertmanager at ${config.alerts.alertmanager?.url ?? ''} answers: ${firing} fire`);
  } catch (fault) {
    return ill('alerts', said(fault), 'no window passes while nobody can say which alerts fire: see url and bearer');
  }
}
