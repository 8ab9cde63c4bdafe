import { duties, type Duty, type FollowUpPolicy, type Owed, usualFollowUps } from '../domain/follow-up.js';
import type { Written } from './schema.js';

/** What is usual, and what is written on top of it. */
export const followUpsOf = ({ owner, due, of }: Written['follow-ups']): FollowUpPolicy => ({
  usual: { ...usualFollowUps.usual, ...said({ owner, due }) },
  duties: Object.fromEntries(
    duties.map((duty) => [duty, { ...usualFollowUps.duties[duty], ...said(of[duty]) }]),
  ) as Record<Duty, Owed>,
});

const said = ({ owner, due }: { readonly owner?: string | undefined; readonly due?: number | undefined } = {}) => ({
  ...(owner !== undefined && { owner }),
  ...(due !== undefined && { due }),
});
