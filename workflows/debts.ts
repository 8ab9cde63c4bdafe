import { condition, log } from '@temporalio/workflow';
import { after, between } from '../src/domain/duration.js';
import { type Debt, debtText, nextReminder, type Review } from '../src/domain/emergency.js';
import type { ReleaseOrder, ReleaseOutcome } from '../src/domain/release.js';
import { recording, telling } from './activities.js';
import { now } from './clock.js';
import { refusal } from './commands.js';

/** The reviews that a service owes: remembered, told of until they are settled, and settled by a record. */
export function keepDebts(service: string, known: readonly Debt[], changed: () => void) {
  let debts: readonly Debt[] = known;
  for (const debt of known) void remind(debt);

  return {
    all: (): readonly Debt[] => debts,

    /** An emergency that has changed anything leaves a debt, however it ended. */
    owe({ changeId, version, emergency, requester, comeback }: ReleaseOrder, { kind }: ReleaseOutcome): void {
      if (!emergency || comeback || kind === 'refused' || kind === 'withdrawn') return;
      const debt: Debt = {
        ...{ changeId, version, reason: emergency.reason, by: requester.person },
        ...{ at: now(), due: after(now(), emergency.reviewWithin) },
      };
      debts = [...debts, debt];
      void remind(debt, true);
    },

    /** As the records tell them. */
    restore(told: readonly Debt[]): void {
      const known = new Set(debts.map(({ changeId }) => changeId));
      debts = told.map((debt) => debts.find(({ changeId }) => changeId === debt.changeId) ?? debt);
      for (const debt of debts) if (!known.has(debt.changeId)) void remind(debt, true);
    },

    /** Written down first, then forgotten. Throws a refusal that names the rule. */
    async settle(review: Review): Promise<void> {
      const debt = debts.find(({ changeId }) => changeId === review.changeId);
      if (!debt) {
        const owed = debts.map(({ changeId }) => changeId).join(', ') || 'nothing';
        throw refusal('Refused', `${service} owes no review of ${review.changeId}; owed: ${owed}`);
      }
      if (review.by === debt.by)
        throw refusal('Refused', `${review.by} asked for ${debt.changeId}: another person says that it was reviewed`);
      await recording(`review of ${debt.changeId}`).recordReview({ service, debt, review, at: now() });
      debts = debts.filter((other) => other !== debt);
      changed();
    },
  };

  /** Beside everything else; what no channel takes is told the next time. */
  async function remind(debt: Debt, atOnce = false): Promise<void> {
    if (atOnce) await tell(debt);
    while (debts.includes(debt)) {
      const next = nextReminder(debt, now());
      const settled = await condition(() => !debts.includes(debt), Math.max(1, between(now(), next)), {
        summary: `the review of ${debt.changeId}: people are told`,
      });
      if (!settled) await tell(debt);
    }
  }

  async function tell(debt: Debt): Promise<void> {
    const key = `debt/${service}/${debt.changeId}/${now().slice(0, 16)}`;
    const told = telling(`a review is owed for ${debt.changeId}`);
    await told.notify({ key, text: debtText(service, debt, now()) }).catch((fault: unknown) => {
      log.warn('nobody could be told of a debt', { changeId: debt.changeId, why: String(fault) });
    });
  }
}
