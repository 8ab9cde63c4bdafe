import type { CodeSubject } from '../approval.js';
import { shortDigest } from '../artifact.js';

/** What is approved, for people, and how it is decided without a code. */
export interface CodeMail {
  readonly subject: CodeSubject;
  readonly code: string;
  /** `shop 1.2.0`, `the flag new-checkout`. */
  readonly what: string;
  readonly workflowId: string;
  /** The command that decides at the front door. */
  readonly command: string;
}

/** The mail that carries a code to its approver. The code is not in the first line, which mail servers log as the subject. */
export function codeMail({ subject, code, what, workflowId, command }: CodeMail): string {
  const { person, changeId, gate, digest, planHash, expiresAt } = subject;
  return [
    `${what} (${changeId}) waits for your word in ${gate}, ${person}`,
    '',
    `Your one-time code: ${code}`,
    '',
    `It is made for you, for digest ${shortDigest(digest)} by plan ${shortDigest(planHash)}, until ${expiresAt}. Give it to nobody: it says that you approve.`,
    'Look first at what it is about: the User Metadata of the workflow show it.',
    '',
    'In the Temporal UI:',
    `  workflow: ${workflowId}`,
    '  Send an Update, decide:',
    `  ${JSON.stringify({ person, decision: 'approve', comment: '…', code })}`,
    '  or Send a Signal, approve (or reject):',
    `  ${JSON.stringify({ person, comment: '…', code })}`,
    '',
    `With your token and without a code: ${command}`,
  ].join('\n');
}
