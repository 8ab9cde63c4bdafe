import type { DocumentFacts } from './facts.js';
import { productionOf } from './places.js';

/** Something that goes wrong, the commands that mend it, and what is worth knowing before typing them. */
export interface Trouble {
  readonly met: string;
  readonly commands: readonly string[];
  readonly known: string;
}

/** What may go wrong with what is configured, the most urgent first. */
export function troubles(facts: DocumentFacts): readonly Trouble[] {
  const [first] = facts.services;
  const service = first?.name ?? 'SERVICE';
  const production = first ? productionOf(first) : 'production';
  return [
    ...onTheWay(service, facts),
    ...(facts.services.some(({ database }) => database) ? ofData(service, facts) : []),
    ...(facts.flags.length > 0 ? [ofFlags(facts.flags[0]?.name ?? 'FLAG', production)] : []),
    ...ofTheHouse(facts),
  ];
}

function onTheWay(service: string, { profile, environments }: DocumentFacts): readonly Trouble[] {
  const calendars = environments.some(({ calendar }) => calendar !== undefined);
  return [
    {
      met: 'customers suffer',
      commands: [`slipway rollback ${service} --reason "…" --watch`],
      known: 'first go back, then ask why',
    },
    {
      met: 'a way back is `stuck`',
      commands: [
        'slipway retry CHANGE --reason "…"',
        'slipway skip CHANGE --reason "…"',
        'slipway take-over CHANGE --reason "…"',
      ],
      known: 'mend what `slipway status` names, then retry; what was taken over is in your hands, and is listed',
    },
    {
      met: 'a release is `held`: others have moved something',
      commands: ['slipway retry CHANGE --reason "…"', 'slipway rollback CHANGE --reason "…"'],
      known: 'nothing that others moved is written over; the way back does not mind',
    },
    {
      met: 'it waits for approval',
      commands: ['slipway approve CHANGE --comment "…"', ...(profile.name === 'demo' ? [] : ['slipway code CHANGE'])],
      known: 'who asked for it does not count where it says so; a code lets you approve in the Temporal UI',
    },
    {
      met: 'it waits for readiness',
      commands: [
        `slipway status ${service}`,
        `slipway evidence ${service} ITEM --record docs/… --comment "…"`,
        `slipway drill ${service}`,
      ],
      known: 'status shows the missing items, each with its command',
    },
    ...(calendars
      ? [
          {
            met: 'it waits for a window',
            commands: [`slipway plan ${service} 1.2.0`],
            known: 'plan says when it opens; an exception in `slipway.yml` opens an hour, and needs no restart',
          },
        ]
      : []),
    {
      met: 'the version is vetoed',
      commands: [`slipway veto ${service} 1.2.0 --lift --reason "…"`],
      known: 'what went back is vetoed until somebody has looked; better release a fix',
    },
    {
      met: 'standard releases are refused: a review is owed',
      commands: [`slipway review ${service} CHANGE --record docs/reviews/CHANGE.md --comment "…"`],
      known: 'by somebody else than who asked for the emergency',
    },
    {
      met: 'an alert counts down and is known to be wrong',
      commands: ['slipway snooze CHANGE --for 30m --reason "…"', 'slipway alerts'],
      known: 'what the windows see takes the release back all the same',
    },
    {
      met: 'the line is held',
      commands: ['slipway hold', 'slipway hold --everything --lift --reason "…"'],
      known: 'lift the scope that the first one shows',
    },
  ];
}

const ofData = (service: string, { services }: DocumentFacts): readonly Trouble[] => [
  {
    met: 'going back is refused: the migration is irreversible and has run',
    commands: [`slipway release ${service} 1.2.1${cannotWait(services) ? ' --emergency "…"' : ''} --watch`],
    known: 'the former version cannot work on this data: release a fix forward',
  },
  {
    met: 'a backup or a migration fails',
    commands: ['slipway doctor', 'slipway retry CHANGE --reason "…"'],
    known:
      'doctor says whether the database answers and PostgreSQL’s programs fit it; nothing was migrated before the backup was proved',
  },
];

const cannotWait = (services: DocumentFacts['services']): boolean =>
  services.some(({ stages }) => stages.some(({ emergency }) => emergency !== undefined));

const ofFlags = (flag: string, environment: string): Trouble => ({
  met: 'a feature flag does harm',
  commands: [
    `slipway flag set ${flag} off --environment ${environment} --reason "…"`,
    `slipway flag rollback ${flag} --environment ${environment} --reason "…"`,
  ],
  known: 'the second takes back a change that is under way',
});

const ofTheHouse = ({ secrets }: DocumentFacts): readonly Trouble[] => [
  {
    met: 'Slipway does not answer',
    commands: ['slipway doctor', 'slipway start'],
    known: 'deployed instances go on serving; releases go on where they were',
  },
  {
    met: 'a workflow was ended in the Temporal UI',
    commands: ['slipway status'],
    known: 'it is found within a minute, and status names the one command that mends it',
  },
  {
    met: 'the records do not verify',
    commands: ['slipway audit verify'],
    known: 'it names each record that was altered; tell the governance sentinel',
  },
  {
    met: 'the disk is full',
    commands: ['slipway retention', 'slipway retention --apply'],
    known: 'what runs, and what would be gone back to, is always kept',
  },
  ...(secrets.length > 0
    ? [
        {
          met: 'a secret has leaked, or is due',
          commands: ['slipway secrets', 'slipway rotated NAME --reason "…"'],
          known: 'replace it where it is kept, then say so; DOC-0019 says who and how',
        },
      ]
    : []),
];
