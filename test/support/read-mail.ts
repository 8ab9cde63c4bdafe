import type { Notice } from '../../src/ports/notifier.js';

/** The notice in a mail of one text part, as a mail reader would show it. */
export function readMail(raw: string): Notice {
  const at = raw.indexOf('\r\n\r\n');
  const head = raw.slice(0, at).replace(/\r\n[ \t]+/g, ' ');
  const header = (name: string): string => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
  const body = raw.slice(at + 4);
  const bytes =
    header('Content-Transfer-Encoding') === 'base64'
      ? Buffer.from(body, 'base64')
      : header('Content-Transfer-Encoding') === 'quoted-printable'
        ? unquoted(body)
        : Buffer.from(unflowed(body, header('Content-Type')));
  const text = bytes.toString('utf8').replaceAll('\r\n', '\n').replace(/\n+$/, '');
  return { key: decodeURI(header('X-Slipway-Notice').replaceAll(' ', '')), text };
}

const unquoted = (body: string): Buffer =>
  Buffer.from(
    body
      .replace(/=\r\n/g, '')
      .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );

const unflowed = (body: string, type: string): string =>
  type.includes('format=flowed') ? body.replace(/ \r\n/g, ' ') : body;
