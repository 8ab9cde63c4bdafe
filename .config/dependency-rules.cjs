const lib = 'node_modules/';
const only = (name, from, allowed) => ({ name, severity: 'error', from: { path: from }, to: { pathNot: allowed } });
const never = (name, from, banned) => ({ name, severity: 'error', from: { path: from }, to: { path: banned } });

/** The layering of README.md, "The map": folders are levels of knowledge. Each rule is seen to fail in test/architecture. */
module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    only('domain-imports-domain', '^src/domain/(?!decisions/calendar/)', '^src/domain'),
    only(
      'calendars-know-time-zones',
      '^src/domain/decisions/calendar/',
      `^src/domain|${lib}(rrule-temporal|temporal-polyfill)`,
    ),
    never('nouns-do-not-judge', '^src/domain/[^/]+\\.ts$', '^src/domain/decisions'),
    only('messages-are-names', '^src/messages', `^src/domain/[^/]+\\.ts$|${lib}@temporalio/(workflow|common)`),
    only('ports-are-shapes', '^src/ports', '^src/(ports|domain)'),
    never('src-looks-inward', '^src', '^(workflows|activities|workers|test)/'),
    never('adapters-serve-ports', '^src/adapters', '^src/(http|cli|demo)/'),
    never(
      'the-front-door-knows-the-client',
      '^src/http',
      `^src/(adapters|cli|demo)/|${lib}@temporalio/(worker|activity)`,
    ),
    only(
      'workflows-know-words-not-tools',
      '^workflows',
      `^(workflows/|src/domain/[^/]+\\.ts$|src/messages|activities/contract\\.ts$)|${lib}@temporalio/(workflow|common)`,
    ),
    never('activities-use-ports-not-adapters', '^activities', '^(workflows|workers)/|^src/(adapters|http|cli|demo)'),
    never('contract-is-shapes', '^activities/contract', `^src/ports|${lib}|^activities/`),
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
