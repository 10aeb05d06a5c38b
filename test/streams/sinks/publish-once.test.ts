import assert from 'node:assert/strict';
import { PublishOnce } from '../../../streams/sinks/publish-once.ts';
import { PublishRefused, type Acknowledgement } from '../../../streams/sinks/windowed-publisher.ts';
import { silentLog } from '../support/silent-log.ts';

describe('what is published once', () => {
  /** Acknowledged by hand, in whatever order: a server does that when messages are sent again. */
  class Acknowledgements {
    readonly outstandingBytes = 0;
    readonly open: { readonly take: () => void; readonly refuse: () => void }[] = [];

    publish(): Promise<Acknowledgement> {
      return new Promise((resolve, reject) => {
        const take = (): void => {
          resolve({ stream: 'DEAD_LETTERS', sequence: 1, isDuplicate: false });
        };
        const refuse = (): void => {
          reject(new PublishRefused('dead_letters.LEDGER.1.0', 10_071, 'wrong last sequence'));
        };
        this.open.push({ take, refuse });
      });
    }
  }

  it('is settled when all that was published until then is dealt with, whatever came after it', async () => {
    const server = new Acknowledgements();
    const once = new PublishOnce(server, silentLog());
    const done: string[] = [];
    const publish = (): void => {
      once.publish('dead_letters.LEDGER.1.0', () => new Uint8Array(1));
    };
    const wait = (name: string): void => void once.settled().then(() => done.push(name));
    wait('nothing');
    publish();
    publish();
    wait('two');
    publish();
    wait('three');
    publish();
    const [first, second, third] = server.open;
    third?.take();
    second?.take();
    await new Promise(setImmediate);
    assert.deepEqual(done, ['nothing']);
    // It is there already, and that is success.
    first?.refuse();
    await new Promise(setImmediate);
    assert.deepEqual(done, ['nothing', 'two', 'three']);
  });
});
