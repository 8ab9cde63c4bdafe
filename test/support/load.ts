import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Answered {
  /** 0 where there was no answer. */
  readonly status: number;
  readonly body: string;
  readonly error?: string;
}

/** One request; no answer is an answer of status 0. */
export const requestOf = (ask: {
  readonly url: string;
  readonly agent?: Agent;
  readonly method?: string;
  readonly send?: string | Buffer;
}): Promise<Answered> =>
  new Promise((resolve) => {
    const failed = (error: Error) => resolve({ status: 0, body: '', error: error.message });
    const headers = ask.send === undefined ? {} : { 'content-length': Buffer.byteLength(ask.send) };
    const options = { method: ask.method ?? 'GET', headers, ...(ask.agent && { agent: ask.agent }) };
    const sent = request(ask.url, options, (answer) => {
      text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), failed);
    });
    sent.once('error', failed);
    sent.end(ask.send);
  });

/** Users who ask without pause on kept-alive connections, half of them with a body, until they are told to stop. */
export function startLoad(url: string, users = 8): { readonly stop: () => Promise<readonly Answered[]> } {
  const agent = new Agent({ keepAlive: true, maxSockets: users });
  const answers: Answered[] = [];
  let going = true;
  const use = async (user: number) => {
    while (going) {
      const body = user % 2 === 0 ? {} : { method: 'POST', send: `hello from ${user}` };
      answers.push(await requestOf({ url, agent, ...body }));
    }
  };
  const all = Promise.all(Array.from({ length: users }, (_, user) => use(user)));
  return {
    stop: async () => {
      going = false;
      await all;
      agent.destroy();
      return answers;
    },
  };
}
