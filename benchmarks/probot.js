// What Tactful is measured beside: an app that checks the signature and answers, as Probot's own documentation starts.
// With LEDGER it also does some work of WORK_MS after the answer, in memory, and writes down what it did.
import { appendFileSync } from "node:fs";
import { Probot, Server } from "probot";

const server = new Server({
  host: "127.0.0.1",
  port: Number(process.env.PORT),
  Probot: Probot.defaults({ appId: 1, privateKey: process.env.PRIVATE_KEY, secret: process.env.WEBHOOK_SECRET }),
});

await server.load((app) => {
  app.on("pull_request_review_comment", ({ payload }) => {
    if (!process.env.LEDGER) return;
    setTimeout(() => appendFileSync(process.env.LEDGER, `${payload.comment.id}\n`), Number(process.env.WORK_MS));
  });
});
await server.start();
