import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DeliveryReader } from '../../../streams/sources/delivery.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the reply subject of a delivery', () => {
  it('is read in the form of every server, one consumer a reader', () => {
    const prefixes = ['$JS.ACK.LEDGER.c1', '$JS.ACK.hub.x7Yz.LEDGER.c1', '$JS.ACK._.x7Yz.LEDGER.c1'];
    const figures = fc.tuple(
      fc.maxSafeNat(),
      fc.maxSafeNat(),
      fc.integer({ min: 1, max: 4_000_000_000_000 }),
      fc.nat(),
    );
    fc.assert(
      fc.property(fc.constantFrom(...prefixes), fc.array(figures, { minLength: 1 }), (prefix, deliveries) => {
        const reader = new DeliveryReader();
        for (const [sequence, consumed, ms, pending] of deliveries) {
          const end = prefix.includes('x7Yz') ? '.rAnDoM' : '';
          const isRead = reader.read(
            bytes(`${prefix}.1.${sequence + 1}.${consumed}.${ms}123456.${pending}${end}`),
          );
          assert.equal(isRead, true);
          assert.deepEqual(
            [reader.streamSequence, reader.consumerSequence, reader.time, reader.pending],
            [sequence + 1, consumed, ms, pending],
          );
        }
      }),
    );
  });

  it('is told from anything else', () => {
    const reader = new DeliveryReader();
    for (const other of ['', '_INBOX.abc', '$J', '$SYS.ACK.1.2.3'])
      assert.equal(reader.read(bytes(other)), false);
    assert.equal(reader.read(bytes('$JS.ACK.S.c.1.7.1.1760000000000000000.0')), true);
    assert.equal(reader.read(bytes('')), false);
  });
});
