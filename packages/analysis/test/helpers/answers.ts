/** Files of a made-up repository, and an answer that quotes them. */
export const files = {
  "src/refunds.ts":
    "import { Order } from './order'\n\nexport function refund(order: Order) {\n  return order.cancel()\n}\n",
  "src/order.ts": "export class Order {\n  cancel() {}\n}\n",
}

export const goodAnswer = {
  snippets: [
    {
      node_id: "src/refunds.ts:3-5",
      file_path: "src/refunds.ts",
      code: "export function refund(order: Order) {\n  return order.cancel()\n}",
      tags: ["domain"],
      description: "Gives the money back.",
      line_start: 3,
      line_end: 5,
    },
    {
      node_id: "src/order.ts:2-2",
      file_path: "./src/order.ts",
      code: "  cancel() { throw new Error() }",
      tags: [],
      description: "Cancels.",
      line_start: 2,
      line_end: 2,
    },
    { node_id: "src/gone.ts:1-1", file_path: "src/gone.ts", code: "gone()", line_start: 1, line_end: 1 },
    { node_id: "src/order.ts", file_path: "src/order.ts", code: null },
  ],
  snippets_count: 4,
  analysis_response: { overview: "It gives money back.", architecture: "Two files." },
  metadata: { model: "made-up" },
}

export const goodText = JSON.stringify(goodAnswer)
