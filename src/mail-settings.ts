/** A mail server, and who is told through it. `url` may hold a password: it is a secret. */
export interface MailSettings {
  /** `smtp://`, which goes over to TLS where the server offers it, or `smtps://`. */
  readonly url: string;
  readonly from: string;
  readonly to: readonly string[];
}

type MailKey = 'smtpUrl' | 'smtpFrom' | 'smtpTo';

/** Reads the three settings of mail by `word`, which refuses what does not fit; one without the others is refused too. */
export function readMail(
  word: <T>(key: MailKey, wanted: string, read: (met: string) => T | undefined) => T | undefined,
  refuse: (key: MailKey, met: string, wanted: string) => void,
  isSaid: (key: MailKey) => boolean,
): MailSettings | undefined {
  const keys = ['smtpUrl', 'smtpFrom', 'smtpTo'] as const;
  if (!keys.some(isSaid)) return undefined;
  const url = word('smtpUrl', 'an address such as smtps://user:password@mail.example.org', smtpUrlOf);
  const from = word('smtpFrom', 'one mail address', addressOf);
  const to = word('smtpTo', 'mail addresses with commas between them', addressesOf);
  for (const key of keys) if (!isSaid(key)) refuse(key, 'nothing', 'a value, as mail is set');
  return url !== undefined && from !== undefined && to !== undefined ? { url, from, to } : undefined;
}

const smtpUrlOf = (met: string): string | undefined =>
  /^smtps?:\/\/[^/]/.test(met) && URL.canParse(met) && new URL(met).hostname !== '' ? met : undefined;

/** The address as it is, or nothing where it is none: one `@`, neither spaces nor what separates addresses. */
export const addressOf = (met: string): string | undefined => (/^[^\s@,<>]+@[^\s@,<>]+$/.test(met) ? met : undefined);

function addressesOf(met: string): readonly string[] | undefined {
  const addresses = met.split(',').map((text) => addressOf(text.trim()));
  const known = addresses.filter((address) => address !== undefined);
  return known.length === addresses.length ? [...new Set(known)] : undefined;
}
