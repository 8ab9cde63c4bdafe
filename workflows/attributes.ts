import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { searchAttributes } from '../src/messages.js';

/** Keyword search attributes: by them releases are found in the Temporal UI. */
export const serviceAttribute = defineSearchAttributeKey(searchAttributes.service, SearchAttributeType.KEYWORD);
export const environmentAttribute = defineSearchAttributeKey(searchAttributes.environment, SearchAttributeType.KEYWORD);
export const stateAttribute = defineSearchAttributeKey(searchAttributes.state, SearchAttributeType.KEYWORD);
export const changeAttribute = defineSearchAttributeKey(searchAttributes.changeId, SearchAttributeType.KEYWORD);
export const versionAttribute = defineSearchAttributeKey(searchAttributes.version, SearchAttributeType.KEYWORD);
