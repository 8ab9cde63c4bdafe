/** What is written of `aFlagSetBack`, to the letter. */

export const flagDecision = `# DEC-DEPLOY-0001 — Flag new-checkout in production

**Status:** Draft

## Decision Date

2026-11-24

## Participants

- ada (implementation-wrangler), asked for it at 2026-11-24 02:00:00 UTC
- grace (governance-sentinel), approved it at 2026-11-24 02:50:00 UTC: only a quarter
- oscar (service-owner, name only claimed), approved it at 2026-11-24 02:50:00 UTC
- slipway, had it set back (judgement)

## Problem Statement

a quarter first

## Candidate Thoughts

- Set it to on 25 %, off 75 %: the way back is to set it to off, without a deployment
- Leave it at off

## Evaluation

shop in production, its stable lane:

| window | from (UTC) | to (UTC) | requests | errors | p95 |
| --- | --- | --- | --- | --- | --- |
| before | 2026-11-24 03:00:00 | 2026-11-24 03:15:00 | 3000 | 3 | 41 ms |
| with the flag set | 2026-11-24 03:15:00 | 2026-11-24 03:30:00 | 3000 | 243 | 41 ms |

fail: error-rate 8.1 % is above 0.11 %

## Outcome

- Set at 2026-11-24 03:15:00 UTC: off → on 25 %, off 75 %.
- Set back at 2026-11-24 03:20:01 UTC, read back. slipway: fail: error-rate 8.1 % is above 0.11 %
- Time to detect: 5 min
- Time to safe: 1 s

## Cross-Links

- SPEC-0701, REQ-0701-0750
- [Change Log](../change-log.md), change-20261124-01
- [flags](../../method/config/features.yml)

## Follow-Up Actions

- *To be completed by service-owner: root cause, and what would have found it before customers did.*
- *To be completed by governance-sentinel: the decision on new-checkout.*

| id | what | owner | due (UTC) |
| --- | --- | --- | --- |
| [FU-0001](../../logs/follow-ups/FU-0001.json) | write root cause and prevention steps into DEC-DEPLOY-0001 | service-owner | 2026-11-29 |
| [FU-0002](../../logs/follow-ups/FU-0002.json) | review and decide DEC-DEPLOY-0001 | governance-sentinel | 2026-12-01 |

<!-- slipway chain: sequence 1, … -->
`;

export const flagRow =
  '| change-20261124-01 | 2026-11-24 03:30:00 | flag new-checkout in production: off → on 25 %, off 75 %, set back: slipway: fail: error-rate 8.1 % is above 0.11 %, approved by grace (governance-sentinel), oscar (service-owner, name only claimed). Follow-up: [FU-0001](../logs/follow-ups/FU-0001.json) write root cause and prevention steps into DEC-DEPLOY-0001 (service-owner, due 2026-11-29); [FU-0002](../logs/follow-ups/FU-0002.json) review and decide DEC-DEPLOY-0001 (governance-sentinel, due 2026-12-01) | new-checkout, shop, SPEC-0701, DEC-DEPLOY-0001 | ada (implementation-wrangler) | watched, fail: [flags](../method/config/features.yml), [DEC-DEPLOY-0001](decisions/DEC-DEPLOY-0001-flag-new-checkout-in-production.md) |';
