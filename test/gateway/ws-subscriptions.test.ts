/**
 * What a client's subscriptions do when it goes while a request of its own is under way; the feeds are stand-ins.
 */
import assert from 'node:assert/strict';
import type { Outbox } from '../../src/gateway/ws/outbox.ts';
import { Subscriptions, type Feeds } from '../../src/gateway/ws/subscriptions.ts';

const everybody = { key: 'all', accounts: 'all', isOperator: true, endsAt: Infinity } as const;

describe('the subscriptions of a client', () => {
  for (const [outcome, list] of [
    ['were listed', () => Promise.resolve('{"accounts":[{"account_id":"a"}]}')],
    ['could not be listed', () => Promise.reject(new Error('not listed'))],
  ] as const) {
    it(`read and follow nothing once it is gone, when the accounts ${outcome} afterwards`, async () => {
      const calls: string[] = [];
      let ask = (): Promise<string> => Promise.resolve('{"accounts":[]}');
      const equity = {
        follow: () => calls.push('follow'),
        unfollow: () => calls.push('unfollow'),
        read: () => calls.push('read'),
        known: () => Promise.resolve(),
      };
      const feeds = {
        nats: { ask: () => ask() },
        equity,
        alerts: { leave: () => undefined },
      } as unknown as Feeds;
      const subscriptions = new Subscriptions(feeds, {} as unknown as Outbox, everybody);
      // It follows already.
      await subscriptions.subscribeEquity({});
      calls.length = 0;
      ask = () => {
        subscriptions.end();
        return list();
      };
      await Promise.allSettled([subscriptions.subscribeEquity({})]);
      const [first, ...others] = calls;
      assert.equal(first, 'follow');
      assert.deepEqual([...new Set(others)], ['unfollow']);
    });
  }
});
