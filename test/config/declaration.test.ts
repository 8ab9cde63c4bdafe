import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readDeclaration } from '../../src/config/declaration.js';

const files: Readonly<Record<string, string>> = {
  'db/forth.sql': 'alter table orders add column note text;\n',
  'db/back.sql': 'alter table orders drop column note;\n',
  'db/empty.sql': '\n  \n',
  'db/comments.sql': '-- nothing yet\n',
  'db/commits.sql': "select 'BEGIN;';\n\n-- enough\nCommit;\nselect 1;\n",
  'db/typo.sql': 'select 1;\n\nalter tabel orders add column x int;\n',
  'db/psql.sql': '\\set x 1\nselect 1;\n',
  'db/body.sql': `create function f() returns trigger language plpgsql as $$ begin return new; end $$;
create procedure p() language sql begin atomic; select 1; end;
savepoint here; rollback to savepoint here;
do $$ begin perform 1; end $$;\n`,
};

const read = (text: string) =>
  readDeclaration({ file: 'migration.yml', text, script: (path) => Promise.resolve(files[path]) });

/** The lines a person would read. */
async function problemsOf(text: string): Promise<readonly string[]> {
  const declared = await read(text);
  return declared.ok
    ? []
    : declared.problems.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`);
}

describe('a declaration', () => {
  it('of class none is no migration', async () => {
    assert.deepEqual(await read('class: none\n'), { ok: true });
  });

  it('of a scripted migration names both scripts by path and hash', async () => {
    const declared = await read('class: scripted\nmigrate: db/forth.sql\nrevert: db/back.sql\nimpact: Notes come.\n');
    assert.ok(declared.ok);
    const { migration } = declared;
    assert.ok(migration?.class === 'scripted');
    assert.deepEqual(
      [migration.migrate.path, migration.revert.path, migration.impact],
      ['db/forth.sql', 'db/back.sql', 'Notes come.'],
    );
    assert.notEqual(migration.migrate.hash, migration.revert.hash);
  });

  it('of one half of a change in two releases names the other', async () => {
    const expand = await read('class: compatible\nphase: expand\nmigrate: db/forth.sql\nimpact: Notes come.\n');
    const contract = await read(
      'class: irreversible\nphase: contract\nexpands: 1.4.0\nmigrate: db/back.sql\nimpact: Notes go.\n',
    );
    assert.deepEqual(expand.ok && expand.migration?.phase, { kind: 'expand' });
    assert.deepEqual(contract.ok && contract.migration?.phase, { kind: 'contract', expands: '1.4.0' });
  });

  it('may have functions, blocks and savepoints in its scripts', async () => {
    assert.deepEqual(await problemsOf('class: compatible\nmigrate: db/body.sql\nimpact: Functions come.\n'), []);
  });

  it('is known by the lines of its script, whatever their ends', async () => {
    const hashes = await Promise.all(
      ['select 1;\nselect 2;\n', 'select 1;\r\nselect 2;'].map(async (sql) => {
        const text = 'class: compatible\nmigrate: a.sql\nimpact: None.\n';
        const declared = await readDeclaration({ file: 'm.yml', text, script: () => Promise.resolve(sql) });
        return declared.ok && declared.migration?.migrate.hash;
      }),
    );
    assert.equal(hashes[0], hashes[1]);
  });
});

describe('a declaration that makes no sense is refused at its place', () => {
  const good = 'migrate: db/forth.sql\nimpact: Notes come.\n';
  const table: readonly { readonly says: string; readonly text: string; readonly reads: readonly string[] }[] = [
    {
      says: 'a class that does not exist',
      text: `class: reversible\n${good}`,
      reads: [
        'migration.yml:1:8 class: met "reversible"; possible: none, compatible, scripted, irreversible. Did you mean irreversible?',
      ],
    },
    {
      says: 'an unknown key',
      text: `class: compatible\nrevrt: db/back.sql\n${good}`,
      reads: [
        'migration.yml:2:1 revrt: met the unknown key "revrt"; possible: class, migrate, revert, impact, phase, expands. Did you mean revert?',
      ],
    },
    {
      says: 'no script and no sentence',
      text: 'class: irreversible\n',
      reads: [
        'migration.yml:1:1 migrate: met nothing; wanted the path of the script that migrates',
        'migration.yml:1:1 impact: met nothing; wanted a sentence that tells people what this means for data',
      ],
    },
    {
      says: 'a script that the commit does not have',
      text: 'class: compatible\nmigrate: db/0009.sql\nimpact: Notes come.\n',
      reads: ['migration.yml:2:10 migrate: met "db/0009.sql"; wanted a file of this commit; db/0009.sql is none'],
    },
    {
      says: 'a script outside the commit',
      text: 'class: compatible\nmigrate: ../shared/x.sql\nimpact: Notes come.\n',
      reads: [
        'migration.yml:2:10 migrate: met "../shared/x.sql"; wanted the path of a file of the commit, without .. and not absolute',
      ],
    },
    {
      says: 'a scripted one without its way back',
      text: `class: scripted\n${good}`,
      reads: [
        'migration.yml:1:1 revert: met nothing; wanted the path of the script that reverts it: class scripted has a way back',
      ],
    },
    {
      says: 'an irreversible one with a way back',
      text: `class: irreversible\nrevert: db/back.sql\n${good}`,
      reads: ['migration.yml:2:9 revert: met "db/back.sql"; wanted nothing: class irreversible has no way back'],
    },
    {
      says: 'a way back that is the way forth',
      text: `class: scripted\nrevert: db/forth.sql\n${good}`,
      reads: ['migration.yml:2:9 revert: met "db/forth.sql"; wanted another script than migrate'],
    },
    {
      says: 'nothing that does something',
      text: `class: none\n${good}`,
      reads: [
        'migration.yml:2:10 migrate: met "db/forth.sql"; wanted nothing: class none changes no data',
        'migration.yml:3:9 impact: met "Notes come."; wanted nothing: class none changes no data',
      ],
    },
    {
      says: 'an expand half that the former version does not run on',
      text: `class: irreversible\nphase: expand\n${good}`,
      reads: [
        'migration.yml:2:8 phase: met "expand"; wanted expand with class compatible only: both versions run on what is expanded',
      ],
    },
    {
      says: 'a contract half of nothing',
      text: `class: irreversible\nphase: contract\n${good}`,
      reads: ['migration.yml:1:1 expands: met nothing; wanted the version whose expand half this contracts'],
    },
    {
      says: 'a version of an expand half that is none',
      text: `class: irreversible\nphase: contract\nexpands: v1.4\n${good}`,
      reads: ['migration.yml:3:10 expands: met "v1.4"; wanted a semantic version such as 1.4.0'],
    },
    {
      says: 'an expand half where nothing is contracted',
      text: `class: compatible\nexpands: 1.4.0\n${good}`,
      reads: ['migration.yml:2:10 expands: met "1.4.0"; wanted nothing: only phase contract follows an expand half'],
    },
    {
      says: 'an empty script, and one that says nothing',
      text: 'class: scripted\nmigrate: db/empty.sql\nrevert: db/comments.sql\nimpact: None.\n',
      reads: [
        'migration.yml:2:10 migrate: met db/empty.sql, an empty file; wanted SQL statements',
        'migration.yml:3:9 revert: met db/comments.sql, which holds no statement; wanted SQL statements',
      ],
    },
    {
      says: 'a script that ends its transaction',
      text: 'class: compatible\nmigrate: db/commits.sql\nimpact: None.\n',
      reads: [
        'migration.yml:2:10 migrate: met db/commits.sql:4 COMMIT; wanted a script without transaction statements: Slipway runs all of it in one transaction of its own',
      ],
    },
    {
      says: 'a script that PostgreSQL does not read',
      text: 'class: scripted\nmigrate: db/typo.sql\nrevert: db/psql.sql\nimpact: None.\n',
      reads: [
        'migration.yml:2:10 migrate: met db/typo.sql:3 syntax error at or near "tabel"; wanted SQL that PostgreSQL reads; psql commands are not',
        'migration.yml:3:9 revert: met db/psql.sql:1 syntax error at or near "\\"; wanted SQL that PostgreSQL reads; psql commands are not',
      ],
    },
    {
      says: 'text that is no YAML',
      text: 'class: [compatible\n',
      reads: [
        'migration.yml:2:1 met ""; wanted valid YAML 1.2: Flow sequence in block collection must be sufficiently indented and end with a ]',
      ],
    },
    { says: 'an empty file', text: '', reads: ['migration.yml:1:1 met nothing; wanted settings, as key: value'] },
  ];
  for (const { says, text, reads } of table)
    it(says, async () => {
      assert.deepEqual(await problemsOf(text), reads);
    });
});
