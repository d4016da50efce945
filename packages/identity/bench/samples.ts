/** A version record of about 600 bytes, before it is signed. */
export function record(writer: string): object {
  return {
    key: 'claude:architect@shop:checkout/decisions/payment.json',
    version: 7,
    time: '2025-08-01T12:00:00Z',
    previous: 'bafkreidwslb22nkaxoadyaqlhlxgntmiq4jdenhkbrxhcq6avxlt75br5u',
    content: 'bafkreidwslb22nkaxoadyaqlhlxgntmiq4jdenhkbrxhcq6avxlt75br5u',
    content_type: 'application/json',
    size: 1021,
    tags: ['payment', 'decision'],
    provenance: { source: 'git', commit: '9a6a8d6', author: 'Guido van Rossum' },
    writer,
  }
}

/** A decision whose JSON has about 1 KB. */
export const decision = {
  id: 'ucxl://claude:architect@shop:checkout/*~7/decisions/payment.json',
  title: 'Take payments through the provider that settles daily',
  status: 'accepted',
  decided: '2025-08-01T12:00:00Z',
  author: 'claude:architect',
  question: 'Which of the three providers is to take the payments of the shop?',
  reason:
    'The daily settlement keeps the ledger and the bank in step; the fee is 0.2 points higher than that of the second, which settles weekly and has no sandbox that behaves as its production does.',
  options: [
    { name: 'daily', chosen: true, score: 8.5, pros: ['ledger in step', 'sandbox'], cons: ['fee'] },
    { name: 'weekly', chosen: false, score: 6.25, pros: ['fee'], cons: ['drift', 'no sandbox'] },
    { name: 'none', chosen: false, score: 0, pros: [], cons: ['no revenue'] },
  ],
  citations: [
    'ucxl://bob:critic@shop:checkout/*~2/reviews/payment.md',
    'ucxl://carol:researcher@shop:checkout/*~1/notes/fees.md',
  ],
  tags: ['payment', 'provider', 'ledger'],
}
