/**
 * What the records of the told canaries say, letter by letter: a planned change, a staging rollout, a good canary, the same
 * canary gone wrong, and the end. `…` stands for the hash before.
 */

export const changeLog = `# Change Log

| change_id | date (UTC) | description | impacted_ids | operator | verification |
| --- | --- | --- | --- | --- | --- |
| change-20261124-01 | 2026-11-24 02:00:00 | planned shop 1.1.0 for staging (rolling in 2; asks implementation-wrangler), production (canary 25 → 100 %; asks governance-sentinel and service-owner) — faster checkout | shop, SPEC-0701 | ada (implementation-wrangler) | planned |
| change-20261124-01 | 2026-11-24 02:04:00 | deployed shop 1.1.0 to staging (rolling) | shop, SPEC-0701, sha256:111111111111 | ada (implementation-wrangler) | pass: [deploy log](../logs/deployments/deploy_20261124T020400Z.json), [smoke log](../logs/ci/smoke_tests_20261124T020200Z.log) |
| change-20261124-01 | 2026-11-24 03:20:00 | deployed shop 1.1.0 to production (canary): cutover approved by grace (governance-sentinel), oscar (service-owner, name only claimed) | shop, SPEC-0701, sha256:111111111111 | ada (implementation-wrangler) | pass: [deploy log](../logs/deployments/deploy_20261124T032000Z.json), [smoke log](../logs/ci/smoke_tests_20261124T030100Z.log) |
| change-20261124-01 | 2026-11-24 03:06:00 | rolled back shop 1.1.0 in production to 1.0.0: error-rate: 0.081 is above 0.052. Follow-up: [FU-0001](../logs/follow-ups/FU-0001.json) confirm that service is restored and customers are informed (implementation-wrangler, due 2026-11-25); [FU-0002](../logs/follow-ups/FU-0002.json) write root cause and prevention steps into DEC-DEPLOY-0001 (service-owner, due 2026-11-29); [FU-0003](../logs/follow-ups/FU-0003.json) review and decide DEC-DEPLOY-0001 (governance-sentinel, due 2026-12-01) | shop, SPEC-0701, sha256:111111111111, DEC-DEPLOY-0001 | ada (implementation-wrangler) | restored, pass (3 of 3 checks passed): [deploy log](../logs/deployments/deploy_20261124T030600Z.json), [smoke log](../logs/ci/smoke_tests_20261124T030500Z.log), [incident](../artifacts/integration/incident-20261124T030400Z/incident.md), [DEC-DEPLOY-0001](decisions/DEC-DEPLOY-0001-rollback-of-shop-1-1-0-in-production.md) |
`;

export const smokeLog = `change: change-20261124-01
service: shop 1.0.0
environment: production, stable lane
at: 2026-11-24T03:05:00Z
verdict: pass: 3 of 3 checks passed

login: 200, wanted 200

chain: sequence 4, previous sha256:…
`;

export const incidentPage = `# Incident: shop v1.1.0 went back in production

## Summary

The canary rollout of shop v1.1.0 to production (change-20261124-01) went back: error-rate: 0.081 is above 0.052. v1.0.0 serves again.

## Impact

Users met the candidate from 2026-11-24 03:02:00 to 2026-11-24 03:04:02 UTC. The observation windows saw it answer 200 requests, 16 of them with errors.

## Timeline

| begun (UTC) | ended (UTC) | what | verdict |
| --- | --- | --- | --- |
| 2026-11-24 03:00:00 | 2026-11-24 03:00:50 | start 4 of 1.1.0 beside what is running |  |
| 2026-11-24 03:01:00 | 2026-11-24 03:01:50 | smoke suite on the candidate lane | pass: 3 of 3 checks passed |
| 2026-11-24 03:02:00 | 2026-11-24 03:02:50 | give 1.1.0 25 % of the traffic |  |
| 2026-11-24 03:02:00 |  | users first met the candidate |  |
| 2026-11-24 03:03:00 | 2026-11-24 03:03:50 | observe 1.1.0 | fail: error-rate: 0.081 is above 0.052 |
| 2026-11-24 03:04:00 |  | rollback demanded by judge (judgement): error-rate: 0.081 is above 0.052 |  |
| 2026-11-24 03:04:00 | 2026-11-24 03:04:50 | way back: move all traffic back to the stable lane |  |
| 2026-11-24 03:04:02 |  | read back as safe: no traffic on the candidate |  |
| 2026-11-24 03:05:00 | 2026-11-24 03:05:50 | way back: stop the candidate 1.1.0 |  |

## Times

- Time to detect: 2 min from first exposure to the demand
- Time to safe: 2 s from the demand to no traffic on the candidate

## Demand

judge (judgement) at 2026-11-24 03:04:00 UTC: error-rate: 0.081 is above 0.052

## Evidence

| step | share | looks | candidate | stable | verdict |
| --- | --- | --- | --- | --- | --- |
| 04-observe | 25 % | 30 | 200 requests, 16 errors, p95 55 ms | 3000 requests, 3 errors, p95 41 ms | fail: error-rate: 0.081 is above 0.052 |

[![04-observe over time](04-observe.svg)](04-observe.svg)

## Verification after going back

Smoke suite on the stable lane: pass: 3 of 3 checks passed

## Follow-Up

| id | what | owner | due (UTC) |
| --- | --- | --- | --- |
| [FU-0001](../../../logs/follow-ups/FU-0001.json) | confirm that service is restored and customers are informed | implementation-wrangler | 2026-11-25 |
| [FU-0002](../../../logs/follow-ups/FU-0002.json) | write root cause and prevention steps into DEC-DEPLOY-0001 | service-owner | 2026-11-29 |
| [FU-0003](../../../logs/follow-ups/FU-0003.json) | review and decide DEC-DEPLOY-0001 | governance-sentinel | 2026-12-01 |

## Records

- [deploy log](../../../logs/deployments/deploy_20261124T030600Z.json)
- [smoke log, candidate lane](../../../logs/ci/smoke_tests_20261124T030100Z-2.log)
- [smoke log, stable lane](../../../logs/ci/smoke_tests_20261124T030500Z.log)
- [decision draft](../../../docs/decisions/DEC-DEPLOY-0001-rollback-of-shop-1-1-0-in-production.md)
- [Change Log](../../../docs/change-log.md), change-20261124-01

<!-- slipway chain: sequence 4, previous sha256:… -->
`;

export const decisionDraft = `# DEC-DEPLOY-0001 — Rollback of shop v1.1.0 in production

**Status:** Draft

## Decision Date

Drafted 2026-11-24. *To be completed by governance-sentinel: date of the decision.*

## Participants

- ada (implementation-wrangler, asked for the release)
- grace (governance-sentinel, approved the rollout)
- oscar (service-owner, approved the rollout)
- judge (demanded the rollback: judgement)
- *To be completed by governance-sentinel: who decided.*

## Problem Statement

The canary rollout of shop v1.1.0 to production (change-20261124-01) went back: error-rate: 0.081 is above 0.052. v1.0.0 serves again.

Users met the candidate from 2026-11-24 03:02:00 to 2026-11-24 03:04:02 UTC. The observation windows saw it answer 200 requests, 16 of them with errors.

- Time to detect: 2 min from first exposure to the demand
- Time to safe: 2 s from the demand to no traffic on the candidate

*To be completed by service-owner: root cause.*

## Candidate Thoughts

- Correct the cause and release it anew, after shop v1.1.0. *To be completed by service-owner: judge.*
- Leave the former version in place and withdraw the change. *To be completed by service-owner: judge.*
- Change what would have found this earlier: gates, smoke suite, windows, criteria. *To be completed by implementation-wrangler: judge.*

## Evaluation

- 04-observe at 25 %: fail: error-rate: 0.081 is above 0.052

*To be completed by service-owner: prevention steps and why they suffice.*

## Outcome

The way back was taken. Verified afterwards: pass: 3 of 3 checks passed

*To be completed by governance-sentinel: the decision.*

## Cross-Links

- SPEC-0701, REQ-0701-0750
- [Change Log](../change-log.md), change-20261124-01
- [deploy log](../../logs/deployments/deploy_20261124T030600Z.json)
- [smoke log](../../logs/ci/smoke_tests_20261124T030100Z-2.log)
- [smoke log](../../logs/ci/smoke_tests_20261124T030500Z.log)
- [incident](../../artifacts/integration/incident-20261124T030400Z/incident.md)

## Follow-Up Actions

| id | what | owner | due (UTC) |
| --- | --- | --- | --- |
| [FU-0001](../../logs/follow-ups/FU-0001.json) | confirm that service is restored and customers are informed | implementation-wrangler | 2026-11-25 |
| [FU-0002](../../logs/follow-ups/FU-0002.json) | write root cause and prevention steps into DEC-DEPLOY-0001 | service-owner | 2026-11-29 |
| [FU-0003](../../logs/follow-ups/FU-0003.json) | review and decide DEC-DEPLOY-0001 | governance-sentinel | 2026-12-01 |

<!-- slipway chain: sequence 4, previous sha256:… -->
`;

export const transcriptPage = `# Transcript: change-20261124-01, shop 1.1.0

**succeeded** at 2026-11-24 03:21:00 UTC: adopted in staging and production

## Request

- Asked for by ada (implementation-wrangler) at 2026-11-24 02:00:00 UTC
- Description: faster checkout
- Commit 1111111111111111111111111111111111111111
- Artifact 1.1.0+111111111111.20261124T023000Z, sha256:1111111111111111111111111111111111111111111111111111111111111111, built at 2026-11-24 02:30:00 UTC

## Gates and approvals

| environment | tier | strategy | instances | asked to approve | outcome |
| --- | --- | --- | --- | --- | --- |
| staging | staging | rolling | 2 | implementation-wrangler | adopted |
| production | production | canary | 4 | governance-sentinel, service-owner | adopted |

| at (UTC) | gate | person | decision | comment |
| --- | --- | --- | --- | --- |
| 2026-11-24 02:50:00 | production | grace (via http) | approve | figures of staging look good |
| 2026-11-24 02:50:00 | production | oscar (via temporal, name only claimed) | approve |  |

## staging: adopted (rolling)

Begun 2026-11-24 02:00:00 UTC, ended 2026-11-24 02:04:00 UTC, 4 min.

| begun (UTC) | ended (UTC) | what | verdict |
| --- | --- | --- | --- |
| 2026-11-24 02:00:00 | 2026-11-24 02:01:00 | batch 1 of 1 runs 1.1.0 |  |

## production: adopted (canary)

Begun 2026-11-24 03:00:00 UTC, ended 2026-11-24 03:20:00 UTC, 20 min.

| begun (UTC) | ended (UTC) | what | verdict |
| --- | --- | --- | --- |
| 2026-11-24 03:00:00 | 2026-11-24 03:00:50 | start 4 of 1.1.0 beside what is running |  |
| 2026-11-24 03:01:00 | 2026-11-24 03:01:50 | smoke suite on the candidate lane | pass: 3 of 3 checks passed |
| 2026-11-24 03:02:00 | 2026-11-24 03:02:50 | give 1.1.0 25 % of the traffic |  |
| 2026-11-24 03:03:00 | 2026-11-24 03:03:50 | observe 1.1.0 | pass: error-rate: 0.001 is at most 0.002 |
| 2026-11-24 03:19:00 | 2026-11-24 03:19:50 | adopt 1.1.0 as stable |  |

## production: rolled-back (canary)

Begun 2026-11-24 03:00:00 UTC, ended 2026-11-24 03:06:00 UTC, 6 min.

| begun (UTC) | ended (UTC) | what | verdict |
| --- | --- | --- | --- |
| 2026-11-24 03:00:00 | 2026-11-24 03:00:50 | start 4 of 1.1.0 beside what is running |  |
| 2026-11-24 03:01:00 | 2026-11-24 03:01:50 | smoke suite on the candidate lane | pass: 3 of 3 checks passed |
| 2026-11-24 03:02:00 | 2026-11-24 03:02:50 | give 1.1.0 25 % of the traffic |  |
| 2026-11-24 03:02:00 |  | users first met the candidate |  |
| 2026-11-24 03:03:00 | 2026-11-24 03:03:50 | observe 1.1.0 | fail: error-rate: 0.081 is above 0.052 |
| 2026-11-24 03:04:00 |  | rollback demanded by judge (judgement): error-rate: 0.081 is above 0.052 |  |
| 2026-11-24 03:04:00 | 2026-11-24 03:04:50 | way back: move all traffic back to the stable lane |  |
| 2026-11-24 03:04:02 |  | read back as safe: no traffic on the candidate |  |
| 2026-11-24 03:05:00 | 2026-11-24 03:05:50 | way back: stop the candidate 1.1.0 |  |

Users met the candidate from 2026-11-24 03:02:00 to 2026-11-24 03:04:02 UTC. The observation windows saw it answer 200 requests, 16 of them with errors.

- Time to detect: 2 min from first exposure to the demand
- Time to safe: 2 s from the demand to no traffic on the candidate

## Outcome

- succeeded: adopted in staging and production
- Adopted in: staging, production

## Records

- [logs/deployments/deploy\\_20261124T032000Z.json](../../../../logs/deployments/deploy_20261124T032000Z.json)
- [docs/change-log.md](../../../../docs/change-log.md)
- [artifacts/integration/deployment-archive/change-20261124-01-shop/history-release-shop-change-20261124-01.json](history-release-shop-change-20261124-01.json)

<!-- slipway chain: sequence 5, previous sha256:… -->
`;
