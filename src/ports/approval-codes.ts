import type { CodeSubject } from '../domain/approval.js';

/**
 * One-time codes by which an approver proves, outside the front door, who he is. A code is made for one person and exactly
 * one thing to approve, until it expires; asking again gives the same one.
 */
export interface ApprovalCodes {
  codeFor(subject: CodeSubject): Promise<string>;
  /** Takes the same time whatever was typed. */
  isCodeFor(subject: CodeSubject, typed: string): Promise<boolean>;
}
