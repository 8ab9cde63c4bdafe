import { productionOf } from './places.js';
import { bullets, md, page } from '../records/text.js';
import { code, grid } from './phrases.js';
import type { DocumentFacts, ServiceFacts } from './facts.js';
import { releasing } from './runbook-release.js';
import { troubles } from './troubles.js';

/** What a person needs who has never released this before, or who was woken: what to type, how a release goes, what mends what. */
export const runbook = (facts: DocumentFacts): string =>
  page([
    '## At night',
    'Each command says on its last lines what to do next, takes `--json`, and ends with an exit code that tells the outcome (`slipway --help`). CHANGE is an id such as `change-20261124-01`; `slipway status` shows it.',
    grid(['what you want', 'what you type', 'what then happens'], facts.services.flatMap(atNight)),
    `**Whom to call.**${whomToCall(facts)}`,
    '## When something is in the way',
    grid(
      ['what you meet', 'what mends it', 'what to know'],
      troubles(facts).map(({ met, commands, known }) => [met, commands.map(code).join('<br>'), known]),
    ),
    ...facts.services.map((service) => releasing(service, facts)),
  ]);

/** What is done by night, for each service. */
function atNight(service: ServiceFacts): readonly (readonly string[])[] {
  const { name } = service;
  const production = productionOf(service);
  const elsewhere = service.stages.find(({ order }) => order.environment !== production);
  return [
    [`see how ${md(name)} is`, code(`slipway status ${name}`), 'what runs where, what waits, who must act'],
    [
      `${md(name)} back to what ran before, now`,
      code(`slipway rollback ${name} --reason "customers cannot pay" --watch`),
      `in ${md(production)}, in every phase and after the release has ended too; anybody with a token may, at any hour, and no approval is asked for`,
    ],
    ...(elsewhere
      ? [
          [
            `${md(name)} back somewhere else`,
            code(`slipway rollback ${name} --environment ${elsewhere.order.environment} --reason "…"`),
            'the same, there',
          ],
        ]
      : []),
    [
      `nothing of ${md(name)} to go on`,
      code(`slipway hold --service ${name} --reason "…"`),
      `a rollback is never held; \`slipway hold --service ${name} --lift --reason "…"\` lets it run again`,
    ],
    [
      `you know what was told of ${md(name)}`,
      code('slipway acknowledge CHANGE --comment "…"'),
      'with the role on-call; it is told again until then',
    ],
    [
      `what is left to do of ${md(name)}, in the morning`,
      code(`slipway follow-up list --service ${name} --open`),
      `${code('slipway follow-up close FU-… --comment "…"')} for each that is done`,
    ],
  ];
}

/** Everybody with a role, by role. */
function whomToCall({ people }: DocumentFacts): string {
  const roles = [...new Set(people.flatMap((person) => person.roles))];
  if (roles.length === 0) return ' Nobody has a role in `slipway.yml`.';
  return `\n\n${bullets(
    roles.map((role) => {
      const holders = people.filter((person) => person.roles.includes(role));
      return `${md(role)}: ${holders.map(({ person, name }) => (name === person ? md(person) : `${md(name)} (${md(person)})`)).join(', ')}`;
    }),
  )}`;
}
