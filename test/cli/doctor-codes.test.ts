import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { approvalCodes } from '../../src/cli/doctor-notices.js';
import { aFile, configOf } from '../config/support.js';

const people = (mails: Readonly<Record<string, string>>): string =>
  `{ ${Object.entries({
    alice: 'implementation-wrangler',
    grace: 'governance-sentinel',
    oscar: 'service-owner, on-call',
    ivan: 'auditor',
  })
    .map(([name, roles]) => `${name}: { roles: [${roles}]${mails[name] ?? ''} }`)
    .join(', ')} }`;
const mail = { url: 'smtp://mail.example.org', from: 'a@example.org', to: ['b@example.org'] };
const grace = { grace: ', mail: grace@example.org' };

const cases = [
  {
    says: 'who of the approvers has no address',
    of: { people: people(grace), mail },
    reads: [true, 'are mailed to grace; no mail is known of alice, oscar: slipway code shows theirs'],
  },
  {
    says: 'that nobody has one',
    of: { people: people({}), mail },
    reads: [true, 'are shown by slipway code alone: no mail is known of alice, grace, oscar'],
  },
  {
    says: 'that addresses without a mail server reach nobody',
    of: { people: people(grace) },
    reads: [
      false,
      'cannot be mailed to grace: no mail server is set; no mail is known of alice, oscar: slipway code shows theirs',
    ],
  },
  { says: 'nothing where a bare name counts', of: { people: people(grace), profile: 'demo', mail } },
] as const;

describe('slipway doctor says of approval codes', () => {
  for (const { says, of, ...wanted } of cases)
    it(says, async () => {
      const { mail: server, ...sections } = { mail: undefined, ...of };
      const found = approvalCodes(await configOf(aFile(sections)), { ...(server && { mail: server }) });
      const reads = 'reads' in wanted ? [wanted.reads] : [];
      assert.deepEqual(
        found.map((finding) => [finding.well, finding.found]),
        reads,
      );
    });
});
