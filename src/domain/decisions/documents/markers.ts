/** A text with its generated part in it; or why that cannot be put there: the line, from 1, what was met and what was wanted. */
export type WithSection =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'broken'; readonly line: number; readonly met: string; readonly wanted: string };

/** Puts a section between its markers. Everything outside stays letter by letter; without markers it goes to the end. */
export function withSection(text: string, name: string, section: string): WithSection {
  const found = marksOf(text);
  const eol = /\r\n/.test(text) ? '\r\n' : '\n';
  const body = section.trim().split('\n').join(eol);
  const block = `${marker('begin', name)}${eol}${eol}${body}${eol}${eol}${marker('end', name)}`;
  if (found.length === 0) return { kind: 'text', text: `${text}${separator(text, eol)}${block}${eol}` };
  const broken = whyBroken(found, name);
  if (broken) return { kind: 'broken', ...broken };
  const [begin, end] = found;
  return { kind: 'text', text: `${text.slice(0, begin?.from)}${block}${text.slice(end?.to)}` };
}

/** The line that a generated part begins or ends with. */
export const marker = (kind: Mark['kind'], name: string): string => `<!-- slipway:${kind} ${name} -->`;

interface Mark {
  readonly kind: 'begin' | 'end';
  readonly name: string;
  readonly line: number;
  /** Where it stands in the text, `to` not included; white space around it is not part of it. */
  readonly from: number;
  readonly to: number;
}

/** A marker is a line of its own. */
const marksOf = (text: string): readonly Mark[] =>
  [...text.matchAll(/^[ \t]*(<!--\s*slipway:(begin|end)\s+(\S+?)\s*-->)[ \t]*\r?$/gm)].map((match) => {
    const [whole, mark = '', kind, name = ''] = match;
    const from = match.index + whole.indexOf(mark);
    return {
      kind: kind === 'begin' ? 'begin' : 'end',
      ...{ name, from, to: from + mark.length },
      line: text.slice(0, from).split('\n').length,
    };
  });

/** In order: a name that is none of ours, then whatever is not exactly one begin before one end. */
function whyBroken(marks: readonly Mark[], name: string) {
  const foreign = marks.find((mark) => mark.name !== name);
  if (foreign)
    return { line: foreign.line, met: marker(foreign.kind, foreign.name), wanted: marker(foreign.kind, name) };
  const [first, second, third] = marks;
  const said = (mark: Mark | undefined, wanted: string) => ({
    line: mark?.line ?? 1,
    met: marker(mark?.kind ?? 'begin', name),
    wanted,
  });
  if (first?.kind === 'end') return said(first, `${marker('begin', name)} before it`);
  if (!second) return said(first, `${marker('end', name)} after it`);
  if (second.kind === 'begin') return said(second, `${marker('end', name)} before another begins`);
  return third ? said(third, 'nothing: there is one generated part in this file') : undefined;
}

/** A blank line between what people wrote and what is put behind it. */
function separator(text: string, eol: string): string {
  if (text === '') return '';
  if (/\r?\n\r?\n$/.test(text)) return '';
  return text.endsWith('\n') ? eol : `${eol}${eol}`;
}
