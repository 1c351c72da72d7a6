// Reads chat streams with the official client, one for each line of standard input, and says of each what it heard.
const readline = require("node:readline");
const OpenAI = require("openai");

async function read({ url, token, body }) {
  const client = new OpenAI({ baseURL: `${url}/api/v1`, apiKey: token, maxRetries: 0 });
  const heard = { text: "", roles: [], kinds: [], frames: 0, finish: [], usage: null, conversation: null, extras: {}, error: null };
  try {
    const { data, response } = await client.post("/agent/chat", { body, stream: true }).withResponse();
    heard.conversation = response.headers.get("x-conversation-id");
    for await (const chunk of data) {
      heard.frames += 1;
      for (const { delta, finish_reason } of chunk.choices ?? []) {
        heard.text += delta.content ?? "";
        if (delta.role) heard.roles.push(delta.role);
        if (finish_reason) heard.finish.push(finish_reason);
      }
      heard.usage = chunk.usage ?? heard.usage;
      if (chunk.extra) {
        heard.kinds.push(chunk.extra.kind);
        heard.extras[chunk.extra.kind] = chunk.extra;
      }
    }
  } catch (error) {
    heard.error = { name: error.constructor.name, status: error.status ?? null, code: error.code ?? null, type: error.type ?? null };
  }
  return heard;
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await read(JSON.parse(line))));
  }
})();
