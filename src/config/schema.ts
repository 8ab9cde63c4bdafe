import * as z from 'zod';
import { readinessItems } from '../domain/readiness.js';
import { alerts } from './schema-alerts.js';
import { calendarOfEnvironment, exception, freeze } from './schema-calendar.js';
import { notices } from './schema-notices.js';
import { followUps } from './schema-follow-ups.js';
import { secrets } from './schema-secrets.js';
import { metrics, metricsOfEnvironment } from './schema-metrics.js';
import { windowJudge, windowMetrics } from './schema-window-metrics.js';
import {
  age,
  alarmRate,
  anyText,
  duration,
  fileInside,
  fraction,
  headerName,
  headerValue,
  insidePath,
  mailAddress,
  name,
  principal,
  reference,
  repository,
  share,
  text,
  keepFor,
  urlPath,
  variable,
  whole,
} from './words.js';

/** `slipway.yml` as people write it. What the program uses is `Config`; `meant` leads from one to the other. */

const roles = z.array(name, 'a list of roles');

const person = z.strictObject({
  name: text.optional(),
  roles: roles.default([]),
  mail: mailAddress.optional(),
  principal: principal.optional(),
});

const approval = z.strictObject({
  roles: roles.min(1, 'at least one role').max(8, 'at most 8 roles').optional(),
  quorums: z.record(name, whole(1, 8)).optional(),
  'requester-may-approve': z.boolean('true or false').optional(),
  'expires-after': duration.optional(),
});

const variables = z.record(variable, anyText);

const readiness = z.partialRecord(
  z.enum(readinessItems, `one of ${readinessItems.join(', ')}`),
  z.union([z.literal('off'), z.strictObject({ 'max-age': age.optional() })], 'off, or { max-age: 7d }'),
);

const emergency = z.strictObject({
  board: whole(2, 8).optional(),
  'expires-after': duration.optional(),
  window: duration.optional(),
  'escalate-after': duration.optional(),
  'review-within': duration.optional(),
});

const environment = z.strictObject({
  tier: z.enum(['development', 'staging', 'production']),
  approval: approval.optional(),
  variables: variables.optional(),
  aftercare: duration.optional(),
  'on-hold': z.enum(['stop', 'finish']).optional(),
  emergency: emergency.optional(),
  readiness: readiness.optional(),
  'at-once': whole(1, 100).optional(),
  'blast-radius': whole(1, 100).optional(),
  drift: text.optional(),
  gates: z
    .array(
      z.strictObject({
        name: text,
        run: text,
        timeout: duration.optional(),
        'in-emergency': z.boolean('true or false').optional(),
      }),
      'a list of gates: { name, run }',
    )
    .optional(),
  metrics: metricsOfEnvironment.optional(),
  ...calendarOfEnvironment,
});

const build = z.strictObject({
  gates: z.array(z.strictObject({ name: text, run: text }), 'a list of gates: { name, run }').default([]),
  run: text.optional(),
  output: insidePath.default('.'),
  timeout: duration.optional(),
  'allow-secrets': z
    .array(z.strictObject({ path: fileInside, reason: text }), 'a list of files: { path, reason }')
    .optional(),
});

const process = z.strictObject({
  run: text,
  health: urlPath.default('/healthz'),
  ready: urlPath.optional(),
  'start-within': duration.optional(),
  'stop-within': duration.optional(),
});

/** The methods a smoke check may begin with. */
export const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

const httpOnly = ['headers', 'body', 'status', 'contains'] as const;

const smokeCheck = z
  .strictObject({
    name: text,
    get: urlPath.optional(),
    post: urlPath.optional(),
    put: urlPath.optional(),
    patch: urlPath.optional(),
    delete: urlPath.optional(),
    run: text.optional(),
    headers: z.record(headerName, headerValue).optional(),
    body: z.union([z.string(), z.record(z.string(), z.json()), z.array(z.json())], 'text, or JSON').optional(),
    status: whole(200, 599).optional(),
    contains: text.optional(),
  })
  .superRefine((check, context) => {
    const asks = [...methods, 'run' as const].filter((ask) => check[ask] !== undefined);
    const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (asks.length !== 1) refuse([], `exactly one of ${methods.join(', ')} and run`);
    if (check.get !== undefined && check.body !== undefined) refuse(['body'], 'no body: a GET has none');
    for (const key of httpOnly.filter((k) => check[k] !== undefined && check.run !== undefined))
      refuse([key], 'nothing here: a check that runs a command passes by exit code 0');
  });

const shares = z.array(share, 'a list of shares such as [5, 25, 100]').superRefine((list, context) => {
  const refuse = (path: number[], message: string) => context.addIssue({ code: 'custom', path, message });
  const falls = list.findIndex((value, i) => i > 0 && value <= (list[i - 1] ?? 0));
  if (falls > 0) refuse([falls], `more than the share before it, ${list[falls - 1]}`);
  else if (list.at(-1) !== 100) refuse(list.length === 0 ? [] : [list.length - 1], '100 as the last share');
});

const strategy = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('canary'),
    shares: shares.optional(),
    window: duration.optional(),
    afterwards: duration.optional(),
    every: duration.optional(),
    baseline: z.literal('fresh', 'fresh').optional(),
  }),
  z.strictObject({
    kind: z.literal('blue-green'),
    afterwards: duration.optional(),
    every: duration.optional(),
  }),
  z.strictObject({
    kind: z.literal('rolling'),
    batches: whole(1, 100).optional(),
    afterwards: duration.optional(),
    every: duration.optional(),
  }),
]);

const fallingShares = z.array(share, 'a list of shares such as [50, 25]').superRefine((list, context) => {
  const rises = list.findIndex((value, i) => value >= (list[i - 1] ?? 100));
  const message = `less than ${rises > 0 ? `the share before it, ${list[rises - 1]}` : '100'}`;
  if (rises >= 0) context.addIssue({ code: 'custom', path: [rises], message });
});

const wayBack = z.strictObject({ shares: fallingShares.min(1, 'at least one share'), every: duration });

const criteria = z.strictObject({
  'error-rate': z
    .strictObject({
      within: fraction.optional(),
      mode: z.enum(['relative', 'points']).optional(),
      'at-most': fraction.optional(),
      alpha: alarmRate.optional(),
    })
    .optional(),
  'latency-p95': z.strictObject({ 'at-most': duration }).optional(),
  'min-samples': whole(1, 1_000_000).optional(),
  inconclusive: z.enum(['roll-back', 'hold', 'extend']).optional(),
  'hold-patience': duration.optional(),
  metrics: windowMetrics.optional(),
  judge: windowJudge.optional(),
});

const stage = z.strictObject({
  instances: whole(1, 100).default(1),
  port: whole(0, 65_535).default(0),
  variables: variables.optional(),
  strategy: strategy.optional(),
  'expected-requests-per-minute': whole(1, 100_000_000).optional(),
});

const database = z.strictObject({
  url: z.record(name, reference),
  scratch: z.record(name, reference).optional(),
  migration: fileInside.default('migration.yml'),
  'dump-timeout': duration.optional(),
  'statement-timeout': duration.optional(),
  'lock-timeout': duration.optional(),
  'keep-backups': keepFor.optional(),
});

const observability = z.strictObject({ logs: text.optional(), traces: text.optional() });

const service = z.strictObject({
  repository,
  build: build.optional(),
  process,
  // Missing and empty are refused with the other things that make no sense.
  smoke: z.array(smokeCheck, 'a list of smoke checks').default([]),
  strategy: strategy.optional(),
  criteria: criteria.optional(),
  database: database.optional(),
  observability: observability.optional(),
  environments: z.record(name, stage).default({}),
  'smoke-within': duration.optional(),
  'rollback-patience': duration.optional(),
  'way-back': wayBack.optional(),
  'when-busy': z.enum(['queue', 'supersede', 'reject']).default('queue'),
});

/** The whole file. */
export const written = z.strictObject({
  version: z.literal(1).default(1),
  profile: z.enum(['spec-0701', 'demo']).default('spec-0701'),
  people: z.record(name, person).default({}),
  engine: z.strictObject({ authenticates: principal }).optional(),
  environments: z.record(name, environment).default({}),
  services: z.record(name, service).default({}),
  'keep-artifacts': keepFor.optional(),
  freezes: z.record(name, freeze).default({}),
  alerts: alerts.default({}),
  secrets: secrets.default({}),
  notices: notices.default({}),
  'follow-ups': followUps.default({ of: {} }),
  metrics: metrics.optional(),
  exceptions: z.array(exception, 'a list of exceptions').default([]),
});

export type Written = z.output<typeof written>;
export type WrittenService = z.output<typeof service>;
export type WrittenDatabase = z.output<typeof database>;
export type WrittenStrategy = z.output<typeof strategy>;
export type WrittenEnvironment = z.output<typeof environment>;
export type WrittenSmokeCheck = z.output<typeof smokeCheck>;
