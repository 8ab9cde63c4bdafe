import { closing } from '../../domain/decisions/follow-ups.js';
import type { Finding } from '../../domain/finding.js';
import type { ListedView } from './list.js';
import type { TemporalUi } from './links.js';
import type { ReleaseView } from './release.js';
import type { ServiceView } from './service.js';

/** The figure of a window as markup of ours, and what it says. */
export interface DrawnWindow {
  readonly svg: string;
  readonly says: string;
}

/** The page for people, whole: no framework, nothing fetched, everything that people wrote escaped. */
export function landingPage(ask: {
  readonly person: string;
  readonly services: readonly ServiceView[];
  readonly listed: readonly ListedView[];
  readonly open: readonly ReleaseView[];
  readonly findings: readonly Finding[];
  readonly windows: readonly DrawnWindow[];
  readonly nonce: string;
  readonly temporalUi: TemporalUi;
}): string {
  const { person, services, listed, open, findings, windows, nonce, temporalUi } = ask;
  const byId = new Map(open.map((release) => [release.changeId, release]));
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Slipway</title>
<style nonce="${nonce}">${style}</style>
<h1>Slipway</h1>
<p id="stale" role="status" hidden></p>
<main data-every="${open.length > 0 ? often : seldom}">
<p>You are ${text(person)}.${temporalUi === undefined ? '' : ` ${link(`${temporalUi}/workflows`, 'Temporal UI')}`}</p>
${toLookAt(findings, services)}<h2>Releases</h2>
${table(
  ['change', 'service', 'version', 'state', 'waits for', 'begun'],
  listed.map((one) => releaseRow(one, byId.get(one.changeId))),
)}
${watched(windows)}<h2>Services</h2>
${table(
  ['service', 'environment', 'runs', 'since', 'queue'],
  services.flatMap((service) => serviceRows(service)),
)}
</main>
<script nonce="${nonce}">${keptUp}</script>
</html>
`;
}

/** What must be looked at comes first, then what is owed; where all is in order, nothing is said of it. */
function toLookAt(findings: readonly Finding[], services: readonly ServiceView[]): string {
  const rows = [
    ...findings.map((finding) => [
      text(finding.service),
      text(finding.environment),
      time(finding.since),
      text(finding.text),
      `<code>${text(finding.command)}</code>`,
    ]),
    ...services.flatMap(({ name, followUps }) =>
      followUps
        .filter(({ state }) => state === 'open')
        .map(({ id, owner, due, at, what }) => [
          text(name),
          '',
          time(at),
          text(`The follow-up ${id} is due ${due}, ${owner}: ${what}`),
          `<code>${text(closing({ id }))}</code>`,
        ]),
    ),
    ...services.flatMap(({ name, debts }) =>
      debts.map(({ changeId, version, reason, at, due }) => [
        text(name),
        '',
        time(at),
        `The review of the emergency release ${text(changeId)} (${text(version)}: ${text(reason)}) is due ${time(due)}`,
        `<code>${text(`slipway review ${name} ${changeId} --record docs/reviews/${changeId}.md --comment "…"`)}</code>`,
      ]),
    ),
  ];
  return rows.length === 0
    ? ''
    : `<h2>To look at</h2>\n${table(['service', 'environment', 'since', 'what', 'command'], rows)}\n`;
}

/** What windows have seen; where there is none, nothing is said of it. */
const watched = (windows: readonly DrawnWindow[]): string =>
  windows.length === 0
    ? ''
    : `<h2>Windows</h2>\n${windows.map(({ svg, says }) => `<figure>${svg}<figcaption>${text(says)}</figcaption></figure>`).join('\n')}\n`;

function releaseRow(one: ListedView, open: ReleaseView | undefined): readonly string[] {
  const { temporal } = one.links;
  return [
    temporal === undefined ? text(one.changeId) : link(temporal, one.changeId),
    text(one.service),
    text(one.version ?? ''),
    text(open?.state ?? one.state),
    open?.waiting ? waits(open.waiting) : '',
    time(one.begunAt),
  ];
}

function waits({ reason, for: roles, until, command }: NonNullable<ReleaseView['waiting']>): string {
  const who = roles.map(({ role, people }) => `${role}: ${people.join(' or ') || 'nobody holds it'}`);
  const parts = [text(reason), text(who.join('; ')), until === undefined ? '' : `until ${time(until)}`];
  return [...parts, command === undefined ? '' : `<code>${text(command)}</code>`].filter(Boolean).join('<br>');
}

const serviceRows = ({ name, environments, queue }: ServiceView): readonly (readonly string[])[] =>
  environments.map(({ environment, current, since }, i) => [
    i === 0 ? text(name) : '',
    text(environment),
    text(current?.tag ?? 'nothing'),
    time(since),
    i === 0 ? text(queue.join(', ')) : '',
  ]);

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  rows.length === 0
    ? '<p>None yet.</p>'
    : `<table><thead><tr>${head.map((h) => `<th>${text(h)}`).join('')}<tbody>${rows.map((cells) => `<tr>${cells.map((c) => `<td>${c}`).join('')}`).join('\n')}</table>`;

const time = (at: string | undefined): string =>
  at === undefined ? '' : `<time datetime="${text(at)}">${text(at)}</time>`;

const link = (to: string, words: string): string => `<a href="${text(to)}" rel="noreferrer">${text(words)}</a>`;

/** What people wrote, as text. */
const text = (of: string): string => of.replace(/[&<>"'`]/g, (c) => `&#${c.charCodeAt(0)};`);

const style =
  ':root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #8884;vertical-align:top}code{font-size:.9em}figure{margin:1rem 0 2rem}figure svg{max-width:100%;height:auto}#stale{border:1px solid;padding:.5rem .8rem}';

/** How often the page is read again, in milliseconds: while a release is under way, and while none is. */
const often = 3_000;
const seldom = 15_000;

/**
 * Times as the reader's clock shows them, and all of it read again and again for as long as somebody looks; where that
 * fails it is said as of when the page is. Without a script it stands there as it was, in UTC.
 */
const keptUp = `
const local = () => { for (const t of document.querySelectorAll('time')) t.textContent = new Date(t.dateTime).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' }) };
const main = () => document.querySelector('main');
const stale = document.getElementById('stale');
let asOf = new Date();
const again = async () => {
  if (!document.hidden) try {
    const answer = await fetch(location.origin + location.pathname);
    if (!answer.ok) throw new Error(answer.status);
    main().replaceWith(new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main'));
    local();
    asOf = new Date();
    stale.hidden = true;
  } catch {
    stale.textContent = 'The front door does not answer: this is as of ' + asOf.toLocaleTimeString() + '.';
    stale.hidden = false;
  }
  setTimeout(again, Number(main().dataset.every));
};
local();
setTimeout(again, Number(main().dataset.every));
`;
