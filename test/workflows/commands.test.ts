import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CommandKind, CommandRecord } from '../../src/domain/command.js';
import { noteCommand } from '../../workflows/commands.js';
import { tuesday } from '../support/orders.js';

const heard = (kind: CommandKind, id: string): CommandRecord => ({
  ...{ id, kind, by: 'dave', roles: ['on-call'], reason: 'why', at: tuesday, via: 'temporal', proved: false },
  ...{ outcome: 'done', said: 'done' },
});

describe('what is kept of commands (fault 17)', () => {
  it('is the latest 300, and whatever ended a release', () => {
    const kept: CommandRecord[] = [];
    noteCommand(kept, heard('rollback', 'the demand'));
    for (let i = 0; i < 10_000; i += 1) noteCommand(kept, heard(i % 2 === 0 ? 'pause' : 'resume', `${i}`));
    assert.deepEqual([kept.length, kept[0]?.id, kept.at(-1)?.id], [300, 'the demand', '9999']);
  });
});
