import type { ApprovalCodes } from '../../ports/approval-codes.js';
import { codeOf } from '../identity/approval-codes.js';

/** Codes of a key that everybody knows. */
export function createMemoryApprovalCodes(): ApprovalCodes {
  const key = Buffer.alloc(32, 7);
  return {
    codeFor: (subject) => Promise.resolve(codeOf(subject, key)),
    isCodeFor: (subject, typed) => Promise.resolve(codeOf(subject, key) === typed),
  };
}
