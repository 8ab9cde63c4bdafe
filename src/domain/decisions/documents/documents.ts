import { page } from '../records/text.js';
import { deploymentConfig } from './deployment-config.js';
import type { DocumentFacts } from './facts.js';
import { withSection, type WithSection } from './markers.js';
import { runbook } from './runbook.js';
import { secretsRotation } from './secrets-rotation.js';

/** A document of the governance repository that has a generated part. */
export interface GeneratedDocument {
  /** Relative to the governance repository. */
  readonly path: string;
  /** What its markers name. */
  readonly name: string;
  /** The whole file with its generated part as it should be, from what it holds now; `undefined` where there is no file. */
  readonly renew: (text: string | undefined) => WithSection;
}

/** The documents that SPEC-0701 names, each made from the same facts. */
export const documentsOf = (facts: DocumentFacts): readonly GeneratedDocument[] =>
  kinds.map(({ path, name, frame, section }) => ({
    path,
    name,
    renew: (text = frame) => withSection(text, name, `${note}\n\n${section(facts)}`),
  }));

const note =
  '_Made from `slipway.yml` by `slipway documents`, which leaves all text outside the markers as it is: write there._';

interface Kind {
  readonly path: string;
  readonly name: string;
  /** What a new file begins with, for people to go on from. */
  readonly frame: string;
  readonly section: (facts: DocumentFacts) => string;
}

const kinds: readonly Kind[] = [
  {
    path: 'docs/runbooks/deployment-runbook.md',
    name: 'runbook',
    frame: page([
      '# Deployment runbook',
      'How releases are made, watched and taken back (SPEC-0701). What only people know stands here, above the generated part: telephone numbers, what customers notice first, what was learned the last time.',
    ]),
    section: runbook,
  },
  {
    path: 'docs/implementation/deployment-config.md',
    name: 'deployment-config',
    frame: page([
      '# Deployment configuration',
      'What is deployed where, and by which rules (SPEC-0701). Why it is so stands here, above the generated part.',
    ]),
    section: deploymentConfig,
  },
  {
    path: 'docs/runbooks/DOC-0019-secrets-rotation.md',
    name: 'secrets-rotation',
    frame: page([
      '# DOC-0019 — Secrets rotation',
      'Which secrets there are, and when they are replaced (SPEC-0701, Secrets Management). How each is made anew stands here, above the generated part. Never write a value here.',
    ]),
    section: secretsRotation,
  },
];
