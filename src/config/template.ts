/** The commented file `slipway init` writes: valid as it stands, with only the repository to fill in. */
export function startingFile(fill: { readonly service?: string; readonly repository?: string } = {}): string {
  const { service = 'shop', repository = `../${service}` } = fill;
  return `# What Slipway releases, through which environments, and who agrees. Each setting is refused when it makes no sense:
# \`slipway doctor\` tells where, what was met and what was wanted. Durations are written 500ms, 90s, 15m or 1h.
version: 1

# spec-0701 holds the windows of SPEC-0701 as lower bounds: 15 min at each canary step, 1 h of all traffic.
# demo keeps every rule of approval and shortens time to seconds; each record says so.
profile: spec-0701

# Who may act. Roles are SPEC-0701's, or names of your own. One person counts once in an approval and in one role,
# and who asks for a change of production does not approve it: so production takes three people.
people:
  alice: { name: Alice Adams, roles: [implementation-wrangler] } # asks for releases; approves before production
  grace: { name: Grace Green, roles: [governance-sentinel] } # production's; mail: a@b.example has codes sent
  oscar: { name: Oscar Olsen, roles: [service-owner, on-call] } # the owner of the service; says that he is on call

# In order of promotion: a release must be adopted in one before it begins in the next.
environments:
  dev: { tier: development }
  staging: { tier: staging }
  production:
    tier: production
    # approval: # of production: these two roles at least
    #   roles: [governance-sentinel, service-owner]
    #   quorums: { reviewer: 2 } # two people of a role of your own, on top of these
    #   expires-after: 24h # how long the gate waits, and an approval stays good
    # emergency: { board: 2, window: 5m, escalate-after: 15m, review-within: 48h } # release … --emergency "why"
    # readiness: { runbooks: { max-age: 14d } } # the checklist: evidence may be younger, never older
    # gates: [{ name: end to end, run: ./e2e.sh, timeout: 20m }] # must exit 0 before anybody is asked to approve here
    # windows: [{ days: [tue, wed], from: "09:00", to: "15:00", zone: Europe/Berlin }] # when it may begin; or an rrule
    # customers: { notice: 24h, webhook: { env: CUSTOMERS_WEBHOOK } } # told that long before it begins
    # aftercare: 24h # watched on after the release, the former version kept warm: going back then starts nothing
    # on-hold: stop # what stopping the line (slipway hold) means for a rollout that has begun: stop, or finish
    # blast-radius: 50 # the most points, of traffic or of a flag's users, that one command may move to what is new
    # drift: terraform -chdir=infra plan -detailed-exitcode -input=false # asked every day: exit code 0 none, 2 drift
    # at-once: 100 # steps that one worker takes here at the same time, of all services; a way back waits for none

services:
  ${service}:
    repository: ${JSON.stringify(repository)} # TO FILL IN: a git repository, as a folder beside this file or a URL
    build:
      gates: [] # commands that must exit 0, in a clean checkout: [{ name: unit tests, run: npm test }]
      # run: npm run build # makes what is packed; leave out when the checkout itself is
      output: . # the folder that is packed: . is the whole checkout
      timeout: 10m # for each command
    process:
      run: node server.js # started in the unpacked artifact; must listen on $PORT of 127.0.0.1
      health: /healthz # answers 2xx while it lives; a header slipway-digest: $SLIPWAY_DIGEST says what it runs
      # ready: /readyz # answers 2xx when it may receive traffic; the health path when left out
      start-within: 30s # from start to ready
      stop-within: 10s # from SIGTERM to SIGKILL, after its last request
    # The critical path, run against every new version before and after it receives traffic. At least one check.
    smoke:
      - { name: alive, get: /healthz, status: 200 }
      # - { name: order, post: /orders, body: { sku: apple }, status: 201, contains: accepted }
      # - { name: login, run: ./smoke/login.sh } # exit code 0 passes; BASE_URL, SERVICE and ENVIRONMENT are set
    # How production gets a new version: canary, blue-green { afterwards } or rolling { batches, afterwards }.
    # Environments before it get it at once, unless they have a strategy of their own below.
    strategy: { kind: canary, shares: [5, 25, 100], window: 15m, afterwards: 1h, every: 15s } # baseline: fresh (README)
    # What a window is judged by. A first release has nothing to be compared with: give error-rate an at-most too.
    criteria:
      error-rate: { within: 5%, mode: relative } # above the stable version's; at-most: 1%, alpha: 1% (false early ends)
      # latency-p95: { at-most: 300ms } # your service level objective; metrics: { … } are any queries (README)
      min-samples: 50 # requests it is judged from; with fewer it goes back, or inconclusive: hold, extend
    # when-busy: queue # of a release asked for while one is under way: queue, supersede (it goes back first) or reject
    # way-back: { shares: [50, 25], every: 30s } # users are brought back in steps; at once when left out
    # Data that releases migrate, by a migration.yml in the commit: class, migrate, revert, impact. Addresses are
    # references that only the environment's own worker reads: { env: NAME } or { file: PATH }.
    # database: # PostgreSQL
    #   url: { dev: { env: DEV_DB_URL }, staging: { env: STAGING_DB_URL }, production: { env: PRODUCTION_DB_URL } }
    #   # scratch: { production: { env: SCRATCH_DB_URL } } # the server where backups are restored, if another one
    #   migration: migration.yml # without this file a commit leaves data alone
    #   dump-timeout: 30m # of the backup, and again of its restore
    #   statement-timeout: 5m # of a whole script
    #   lock-timeout: 5s # how long users may queue behind a script that waits for a table
    #   keep-backups: 90d # removed with the next backup after that; the latest three are always kept
    # Per environment, each optional: instances (1), port (0: chosen once and kept), variables, strategy, and
    # expected-requests-per-minute, by which windows that could not reach min-samples are refused.
    # Nothing secret belongs here: this file is kept with the records.
    environments:
      dev: { instances: 1 }
      staging: { instances: 1 }
      production: { instances: 2, variables: { LOG_LEVEL: info } }

# freezes: { year-end: { times: { from: 2026-12-18T00:00, to: 2027-01-04T08:00, zone: Europe/Berlin }, reason: sales } }
# metrics: { prometheus: { url: http://127.0.0.1:9090 } } # where windows read figures; else the proxy's
# alerts: { severities: { critical: now, warning: 5m } } # which take a release back
# secrets: { PRODUCTION_DB_URL: { rotate-every: 90d, owner: service-owner } } # who replaces what, and how often
# The first release: commit this file, \`slipway start\`, then \`slipway release ${service}\` as alice. dev and staging follow
# at once; production waits for grace and oscar. \`slipway release --help\` tells what can be said.
`;
}
