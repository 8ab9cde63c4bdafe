import { activityInfo, heartbeat } from '@temporalio/activity';
import { codeMail } from '../src/domain/decisions/code-mail.js';
import type { ApprovalCodes } from '../src/ports/approval-codes.js';
import type { PersonalMail } from '../src/ports/notifier.js';
import type { CodesAsk, CodesMailed } from './contract.js';
import { wordsOf } from './faults.js';

export interface CodeTools {
  readonly codes: ApprovalCodes;
  readonly personalMail: PersonalMail;
}

/** Throws, naming people and never codes, as long as somebody's mail was not taken; who has been sent his is left out of the next attempt. */
export async function mailCodes(
  { codes, personalMail }: CodeTools,
  { subject, people, ...about }: CodesAsk,
): Promise<CodesMailed> {
  const info = activityInfo();
  const before = (info.heartbeatDetails as CodesMailed | undefined) ?? { mailed: [], without: [] };
  const missing = people.filter((person) => ![...before.mailed, ...before.without].includes(person));
  const answers = await Promise.allSettled(missing.map((person) => mailTo(person)));
  const those = (how: 'taken' | 'no address'): readonly string[] =>
    missing.filter((_, index) => fulfilled(answers[index]) === how);
  const now = { mailed: [...before.mailed, ...those('taken')], without: [...before.without, ...those('no address')] };
  heartbeat(now);
  const refused = missing.flatMap((person, index) => {
    const answer = answers[index];
    return answer?.status === 'rejected' ? [`${person}: ${wordsOf(answer.reason)}`] : [];
  });
  if (refused.length > 0) throw new Error(`codes were not sent to ${refused.join('; ')}`);
  return now;

  async function mailTo(person: string): Promise<'taken' | 'no address'> {
    const his = { ...subject, person };
    const code = await codes.codeFor(his);
    const { changeId, gate, planHash, expiresAt } = his;
    return await personalMail.tell(person, {
      key: ['code', changeId, gate, planHash, expiresAt, person].join('/'),
      text: codeMail({ subject: his, code, ...about, workflowId: info.workflowExecution?.workflowId ?? '' }),
    });
  }
}

const fulfilled = <T>(answer: PromiseSettledResult<T> | undefined): T | undefined =>
  answer?.status === 'fulfilled' ? answer.value : undefined;
