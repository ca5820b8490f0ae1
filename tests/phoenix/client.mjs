// The stock `phoenix` client against a server with the topics of tests/unit/serve_live_fake.h:
//   node client.mjs PORT KEY
// Each step waits for its event; a step that takes too long ends the run.

import { Socket } from "phoenix";
import WebSocket from "ws";

const [port, key] = process.argv.slice(2);
const PATIENCE_MS = 10000;

function within(step, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${step}: nothing came`)), PATIENCE_MS);
  });
  return Promise.race([promise, late]).finally(() => {
    clearTimeout(timer);
    console.log(`  ${step}`);
  });
}

function expect(condition, what) {
  if (!condition) throw new Error(`expected ${what}`);
}

const answer = (push) =>
  new Promise((resolve) => {
    for (const status of ["ok", "error", "timeout"]) {
      push.receive(status, (response) => resolve({ status, response }));
    }
  });

const event = (channel, name) => new Promise((resolve) => channel.on(name, resolve));

const socket = new Socket(`ws://127.0.0.1:${port}/socket`, {
  authToken: key,
  transport: WebSocket,
  heartbeatIntervalMs: 100,
  reconnectAfterMs: () => 20,
  rejoinAfterMs: () => 20,
});
const opened = () => new Promise((resolve) => socket.onOpen(resolve));
const heartbeat = () =>
  new Promise((resolve) =>
    socket.onMessage((message) => {
      if (message.topic === "phoenix" && message.payload.status === "ok") resolve(message);
      return message;
    }),
  );

const firstOpen = opened();
socket.connect();
await within("connects with a token", firstOpen);
await within("has its heartbeat answered", heartbeat());

const room = socket.channel("room:a", { since: 17 });
let joins = 0;
const joined = room.join().receive("ok", () => (joins += 1));
const first = await within("joins", answer(joined));
expect(first.status === "ok" && first.response.joined.since === 17, "the state of the topic");

const echo = await within("pushes", answer(room.push("echo", { text: "Grüße" })));
expect(echo.status === "ok" && echo.response.text === "Grüße", "its payload");
const refused = await within("is told of an error", answer(room.push("sing", {})));
expect(refused.status === "error" && refused.response.reason === "nothing is taken here", "a reason");

const heard = event(room, "heard");
room.push("shout", { n: 1 });
expect((await within("receives events", heard)).n === 1, "the event's payload");

const attic = socket.channel("attic", {});
const unmatched = await within("is refused an unknown topic", answer(attic.join()));
expect(unmatched.response.reason === "unmatched topic", "unmatched topic");
attic.leave();

const big = await within("receives a large answer", answer(room.push("big", {})));
expect(big.response.x.length === 3 << 20, "three megabytes");

const rejoined = (before) =>
  new Promise((resolve) => {
    const look = setInterval(() => {
      if (joins > before && room.state === "joined") {
        clearInterval(look);
        resolve();
      }
    }, 5);
  });
let again = rejoined(joins);
room.push("lose", {});
await within("joins again after phx_error", again);

again = rejoined(joins);
const reopened = opened();
socket.conn.send("this is no message"); // the server ends the connection
await within("reconnects", reopened);
await within("joins again after that", again);

const closed = new Promise((resolve) => room.onClose(resolve));
const left = await within("leaves", answer(room.leave()));
expect(left.status === "ok", "ok");
await within("has its channel closed", closed);

const ending = socket.channel("room:b", {});
await within("joins another", answer(ending.join()));
const over = new Promise((resolve) => ending.onClose(resolve));
ending.push("end", {});
await within("is told when a topic ends", over);

await within("disconnects", new Promise((resolve) => socket.disconnect(resolve)));

const stranger = new Socket(`ws://127.0.0.1:${port}/socket`, {
  authToken: "wrong",
  transport: WebSocket,
  reconnectAfterMs: () => PATIENCE_MS * 2,
});
const failed = new Promise((resolve) => stranger.onError(resolve));
stranger.connect();
await within("gets no connection with a wrong token", failed);
process.exit(0);
